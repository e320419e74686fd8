import { contractDefinition } from '../system-contracts.ts';
import type { SeedRow, SeedTables } from '../seed-rows.ts';

/** What a workstream of any channel consists of, before its channel's own settings. */
export interface WorkstreamParts {
  readonly key: string;
  readonly name: string;
  readonly streamSource: number;
  readonly more: SeedRow;
  readonly variables: readonly { readonly name: string; readonly isSystemDefined?: boolean }[];
  /** Rulesets in the order of their steps; `kind` is what a step does. */
  readonly steps: readonly {
    readonly key: string;
    readonly name: string;
    readonly kind: 'skills' | 'queue';
    readonly definition: string;
    readonly more?: SeedRow;
  }[];
  /** Capacity profiles by key. */
  readonly capacity: readonly string[];
}

const stepTypes = { skills: 192350001, queue: 192350002 } as const;

/** The rows of a workstream with contract, variables, rulesets, configuration, steps and capacity. */
export function workstreamTables(parts: WorkstreamParts): SeedTables {
  const { key, name, steps, variables } = parts;
  const unique = key.replaceAll('-', '');
  return {
    msdyn_decisioncontract: [
      {
        key: `ws-${key}`,
        msdyn_name: `${name} routing input`.slice(0, 100),
        msdyn_uniquename: `contoso_routing_${unique}`,
        msdyn_contractdefinition: contractDefinition(
          variables.map((each): readonly [string, string] => [
            `liveworkitemcontext.${each.name}`,
            'string',
          ]),
        ),
      },
    ],
    msdyn_liveworkstream: [
      {
        key,
        msdyn_name: name,
        msdyn_streamsource: parts.streamSource,
        msdyn_mode: 717210001,
        msdyn_direction: 0,
        msdyn_capacityformat: 192360000,
        msdyn_capacityrequired: 1,
        msdyn_workdistributionmode: 192350000,
        msdyn_allowedpresences: [192360000, 192360001],
        msdyn_autocloseafterinactivity: 15,
        msdyn_followupafterwaiting: 10,
        msdyn_enableagentaffinity: true,
        msdyn_enablevoicev2: false,
        msdyn_restrictdownloadrecording: false,
        msdyn_restrictdownloadtranscript: false,
        msdyn_screenpoptimeout: 60,
        msdyn_fallbacklanguage: 'en-US',
        msdyn_sessiontemplate_default: 'contoso_session_default',
        msdyn_notificationtemplate_incoming_auth: 'contoso_notification_incoming',
        msdyn_routingcontractid: `#ws-${key}`,
        ...parts.more,
      },
    ],
    msdyn_ocliveworkstreamcontextvariable: variables.map((each) => ({
      key: `${key} ${each.name}`,
      msdyn_name: each.name,
      msdyn_displayname: each.name,
      msdyn_liveworkstreamid: `#${key}`,
      msdyn_datatype: 192350000,
      msdyn_issystemdefined: each.isSystemDefined ?? false,
    })),
    msdyn_decisionruleset: steps.map((step) => ({
      key: step.key,
      msdyn_name: step.name,
      msdyn_uniquename: `contoso_${step.key.replaceAll('-', '')}`,
      msdyn_authoringmode: 192350000,
      msdyn_rulesettype: 192350000,
      msdyn_isinputcollection: false,
      msdyn_inputcontractid: `#ws-${key}`,
      ...(step.kind === 'queue'
        ? { msdyn_outputcontractid: '#msdyn_demandqueueidentificationoutput' }
        : {}),
      msdyn_rulesetdefinition: step.definition,
      ...step.more,
    })),
    msdyn_routingconfiguration: [
      {
        key,
        msdyn_name: `${name} routing`.slice(0, 100),
        msdyn_uniquename: `contoso_routingconfiguration_${unique}`,
        msdyn_liveworkstreamid: `#${key}`,
        msdyn_isactiveconfiguration: true,
      },
    ],
    msdyn_routingconfigurationstep: steps.map((step, index) => ({
      key: step.key,
      msdyn_name: step.kind === 'queue' ? 'Route to queues' : 'Skills',
      msdyn_uniquename: `contoso_routingstep_${step.key.replaceAll('-', '')}`,
      msdyn_routingconfigurationid: `#${key}`,
      msdyn_rulesetid: `#${step.key}`,
      msdyn_steporder: index + 1,
      msdyn_type: stepTypes[step.kind],
    })),
    msdyn_liveworkstreamcapacityprofile: parts.capacity.map((profile) => ({
      key: `${key} ${profile}`,
      msdyn_name: `${name} ${profile}`.slice(0, 100),
      msdyn_workstream_id: `#${key}`,
      msdyn_capacityprofile_id: `#${profile}`,
    })),
  };
}

/** One rule of a ruleset: what it asks for and what it sets. */
export interface RuleParts {
  readonly id: string;
  readonly name: string;
  readonly when?: readonly (readonly [variable: string, operator: string, value: string])[];
  readonly set: readonly (readonly [output: string, value: string])[];
}

/** A ruleset's definition as the product writes it. */
export function rules(hitPolicy: 'first' | 'all', list: readonly RuleParts[]): string {
  const parts = list.map(
    (rule) => `    <rule id="${rule.id}" name="${rule.name}">
${conditions(rule)}      <action>
${rule.set.map(assignment).join('\n')}
      </action>
    </rule>`,
  );
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<decision hit-policy="${hitPolicy}" version="1">
  <rules>
${parts.join('\n')}
  </rules>
</decision>`;
}

function conditions(rule: RuleParts): string {
  if (rule.when === undefined) return '';
  const lines = rule.when.map(
    ([variable, operator, value]) => `        <condition operator="${operator}">
          <lhs type="attribute">${variable}</lhs>
          <rhs type="staticvalue">${value}</rhs>
        </condition>`,
  );
  return `      <logical operator="AND">
${lines.join('\n')}
      </logical>
`;
}

function assignment([output, value]: readonly [string, string]): string {
  return `        <setattribute>
          <lhs type="attribute">${output}</lhs>
          <rhs type="staticvalue">${value}</rhs>
        </setattribute>`;
}
