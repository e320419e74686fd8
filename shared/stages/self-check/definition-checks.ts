import { byHand, cannotTell, verdict, type Check } from './check.ts';
import { rowsIn, textOf } from './sandbox.ts';

/** Whether definitions of tables are as they are taken to be. */
export const definitionChecks: readonly Check[] = [
  {
    id: 'M1',
    title: 'a table that is not there is told as the metadata cache tells it',
    run: async (sandbox) => {
      const answer = await sandbox.get(
        "EntityDefinitions(LogicalName='urm_nosuch')?$select=LogicalName",
      );
      return verdict(answer.status === 404 && answer.code === '0x80041102', answer.text);
    },
  },
  {
    id: 'M2',
    title: 'functions in a filter on definitions are not served',
    run: async (sandbox) => {
      const filter = "startswith(LogicalName,'msdyn_')";
      const answer = await sandbox.get(`EntityDefinitions?$select=LogicalName&$filter=${filter}`);
      return verdict(answer.status === 501, answer.text);
    },
  },
  {
    id: 'M3',
    title: 'navigation properties are named as the schema names of their lookups',
    run: async (sandbox) => {
      const table = "EntityDefinitions(LogicalName='msdyn_liveworkstream')";
      const lookups = await sandbox.get(
        `${table}/ManyToOneRelationships?$select=ReferencingAttribute,ReferencingEntityNavigationPropertyName`,
      );
      const columns = await sandbox.get(`${table}/Attributes?$select=LogicalName,SchemaName`);
      const schemaOf = new Map(
        rowsIn(columns).map((row) => [textOf(row, 'LogicalName'), textOf(row, 'SchemaName')]),
      );
      const custom = rowsIn(lookups).filter((row) =>
        textOf(row, 'ReferencingAttribute').startsWith('msdyn_'),
      );
      if (custom.length === 0) return cannotTell('the table has no lookups of its own');
      const other = custom.filter((row) => {
        const column = textOf(row, 'ReferencingAttribute');
        const name = textOf(row, 'ReferencingEntityNavigationPropertyName');
        return name !== schemaOf.get(column) && !name.startsWith(`${schemaOf.get(column) ?? ''}_`);
      });
      // The document knows exceptions: it counts on most, not on all.
      return verdict(
        other.length * 2 <= custom.length,
        `${custom.length - other.length} of ${custom.length}`,
      );
    },
  },
  {
    id: 'M4',
    title: 'the tables of unified routing have no alternate keys',
    run: async (sandbox) => {
      const answer = await sandbox.get(
        'EntityDefinitions?$select=LogicalName&$expand=Keys($select=LogicalName)',
      );
      const keyed = rowsIn(answer)
        .filter((row) => Array.isArray(row['Keys']) && row['Keys'].length > 0)
        .map((row) => textOf(row, 'LogicalName'))
        .filter((name) => name.startsWith('msdyn_'));
      return verdict(
        keyed.length === 0,
        keyed.length === 0 ? 'none' : keyed.join(', ').slice(0, 200),
      );
    },
  },
  {
    id: 'M5',
    title: 'tables of unified routing allow optimistic concurrency',
    run: async (sandbox) => {
      const off: string[] = [];
      for (const table of ['msdyn_liveworkstream', 'msdyn_decisionruleset', 'queue']) {
        const answer = await sandbox.get(
          `EntityDefinitions(LogicalName='${table}')?$select=IsOptimisticConcurrencyEnabled`,
        );
        if (answer.body['IsOptimisticConcurrencyEnabled'] !== true) off.push(table);
      }
      return verdict(off.length === 0, off.length === 0 ? 'all asked' : `not ${off.join(', ')}`);
    },
  },
  {
    id: 'M6',
    title: 'queue and team take no bulk messages, other tables do',
    run: async (sandbox) => {
      const taken: string[] = [];
      for (const table of ['queue', 'team', 'account']) {
        const answer = await sandbox.get(
          `sdkmessagefilters?$select=sdkmessagefilterid&$filter=sdkmessageid/name eq 'CreateMultiple' and primaryobjecttypecode eq '${table}'`,
        );
        if (rowsIn(answer).length > 0) taken.push(table);
      }
      return verdict(taken.join() === 'account', `taken by ${taken.join(', ')}`);
    },
  },
  byHand(
    'M7',
    'ids of privileges and definitions agree between environments',
    'Compare EntityDefinitions and privileges of two environments.',
  ),
  byHand(
    'M8',
    'options without a label show an empty one',
    'Read a choice of which an option has no label.',
  ),
  byHand(
    'M9',
    'what a schema does not say is guessed',
    'Compare a table added by --tables-from with its own definition.',
  ),
];
