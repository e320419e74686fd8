import { lookup } from './belonging.ts';
import type { Area, Scope } from './area.ts';
import { contractTable, decisionRules, rulesetTable } from './decision-tables.ts';
import { allOf, anyOf, fetchText, join, oneOf, where, type FetchNode } from './fetch-filter.ts';

/** Record types of the scope, as a condition on the table itself or on a linked one. */
function recordTypesOf({ recordTypes = [] }: Scope, on?: string): FetchNode {
  return allOf(
    recordTypes.length === 0
      ? where({ column: 'msdyn_entitylogicalname', operator: 'not-null', on })
      : oneOf('msdyn_entitylogicalname', recordTypes, on),
  );
}

/** The ruleset of a record type, behind a contract that is its input or output. */
function contractLink(
  column: 'msdyn_inputcontractid' | 'msdyn_outputcontractid',
  [ruleset, recordType]: readonly [string, string],
): FetchNode {
  return join(
    'msdyn_decisionruleset',
    { from: column, to: 'msdyn_decisioncontractid', type: 'outer', alias: ruleset },
    // The page's query for all record types misspells link-type, which makes it an inner join.
    join('msdyn_masterentityroutingconfiguration', {
      from: 'msdyn_rulesetid',
      to: 'msdyn_decisionrulesetid',
      type: 'outer',
      alias: recordType,
    }),
  );
}

/**
 * Intake rules: which workstream a record goes to. A record type (a row of
 * `msdyn_masterentityroutingconfiguration`) is set up once for each table that is routed.
 *
 * The page has three cases for the definitions of these rulesets: where the target lacks the record type
 * or has it with the same id, the definition is taken out of data.xml first; where it has the type with
 * another id, that row is deleted first. None of this is done by hand here: definitions are written after
 * the workstreams they name, and a record type is recognized by its table.
 */
export const intakeRules: Area = {
  area: 'intake-rules',
  title: 'Intake rules',
  channels: ['record'],
  source:
    'learn.microsoft.com/dynamics365/customer-service/administer/migrate-config-data-for-records, intake rules',
  steps: [
    {
      step: '05-intake-rules',
      title: 'Record types and their intake rules',
      needs: 'msdyn_masterentityroutingconfiguration',
      tables: [
        {
          ...contractTable,
          filter: (scope) =>
            fetchText(
              'msdyn_decisioncontract',
              { distinct: true },
              anyOf(recordTypesOf(scope, 'bp'), recordTypesOf(scope, 'bt')),
              contractLink('msdyn_inputcontractid', ['bo', 'bp']),
              contractLink('msdyn_outputcontractid', ['bs', 'bt']),
            ),
        },
        {
          ...rulesetTable,
          why: 'The intake rules of these record types.',
          filter: (scope) =>
            fetchText(
              'msdyn_decisionruleset',
              { distinct: true },
              join(
                'msdyn_masterentityroutingconfiguration',
                {
                  from: 'msdyn_rulesetid',
                  to: 'msdyn_decisionrulesetid',
                  type: 'inner',
                  alias: 'cp',
                },
                recordTypesOf(scope),
              ),
            ),
        },
        {
          table: 'msdyn_masterentityroutingconfiguration',
          why: 'The record types that are routed.',
          columns: [
            'msdyn_entitylogicalname',
            'msdyn_masterentityroutingconfigurationid',
            'msdyn_name',
            'msdyn_rulesetid',
            'msdyn_uniquename',
          ],
          optionalColumns: ['statecode', 'statuscode'],
          filter: (scope) =>
            fetchText('msdyn_masterentityroutingconfiguration', {}, recordTypesOf(scope)),
        },
      ],
    },
  ],
  rules: {
    ...decisionRules,
    msdyn_masterentityroutingconfiguration: {
      identities: [{ by: 'id' }, { by: 'key', columns: ['msdyn_entitylogicalname'] }],
      isLine: true,
      liveColumns: new Set(['msdyn_rulesetid']),
    },
  },
  manual: [
    'Check that each routed table is enabled for unified routing in the target.',
    'Open the intake rules of each record type in the target once: they must render without errors.',
  ],
};

/** Workstreams of records belong to their record type. */
export const ofRecordType = lookup('msdyn_masterentityroutingconfigurationid');
