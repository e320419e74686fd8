import type { SeedTables } from '../seed-rows.ts';
import { mergeTables } from './merge-tables.ts';
import { rules, workstreamTables } from './routing-parts.ts';

const entityRecords = 192350000;

/** Cases and tasks: intake rules that choose a workstream, and the workstreams that choose a queue. */
export const recordRows: SeedTables = mergeTables([
  {
    msdyn_decisioncontract: [
      intakeContract('incident', 'Case intake input'),
      intakeContract('task', 'Task intake input'),
      intakeContract('lead', 'Lead intake input'),
    ],
    msdyn_decisionruleset: [
      intakeRuleset('incident', 'Case intake', [
        ['incident.casetypecode', '2', '{[[MSDYN_LIVEWORKSTREAM#cases]]}'],
        ['incident.casetypecode', '1', '[[msdyn_liveworkstream#cases]]'],
      ]),
      intakeRuleset('task', 'Task intake', [
        ['task.category', 'Spare parts', '[[MSDYN_LIVEWORKSTREAM#tasks]]'],
      ]),
      intakeRuleset('lead', 'Lead intake', []),
    ],
    msdyn_masterentityroutingconfiguration: ['incident', 'task', 'lead'].map((table) => ({
      key: table,
      msdyn_name: `${table} routing`,
      msdyn_uniquename: `contoso_recordrouting_${table}`,
      msdyn_entitylogicalname: table,
      msdyn_rulesetid: `#intake-${table}`,
    })),
  },
  workstreamTables({
    key: 'cases',
    name: 'Cases',
    streamSource: entityRecords,
    more: {
      msdyn_masterentityroutingconfigurationid: '#incident',
      msdyn_defaultqueue: '#cases-returns',
      msdyn_sessiontemplate_default: 'contoso_session_case',
    },
    variables: [],
    capacity: ['cases', 'claims'],
    steps: [
      {
        key: 'cases-skills',
        name: 'Cases: skills',
        kind: 'skills',
        definition: rules('all', [
          {
            id: 'r1',
            name: 'German speakers',
            when: [['incident.caseorigincode', '==', '1']],
            set: [
              [
                'requiredskills',
                '[{"characteristicid":"[[characteristic#german]]","ratingvalueid":"[[ratingvalue#language-B2]]"}]',
              ],
            ],
          },
        ]),
      },
      {
        key: 'cases-queues',
        name: 'Cases: route to queues',
        kind: 'queue',
        definition: rules('first', [
          {
            id: 'r1',
            name: 'Money',
            when: [['incident.casetypecode', '==', '1']],
            set: [['assign_to.queue', '{[[QUEUE#cases-billing]]}']],
          },
          {
            id: 'r2',
            name: 'Split the rest',
            set: [
              ['assign_to.queue', '[[queue#cases-repairs]]'],
              ['assign_to.weight', '60'],
              ['assign_to.queue', '[[queue#cases-returns]]'],
              ['assign_to.weight', '40'],
            ],
          },
        ]),
      },
    ],
  }),
  workstreamTables({
    key: 'tasks',
    name: 'Tasks of the workshop',
    streamSource: entityRecords,
    more: {
      msdyn_masterentityroutingconfigurationid: '#task',
      msdyn_defaultqueue: '#cases-repairs',
      msdyn_workdistributionmode: 192350001,
      msdyn_capacityformat: 192350000,
      msdyn_capacityrequired: 20,
    },
    variables: [],
    capacity: [],
    steps: [
      {
        key: 'tasks-queues',
        name: 'Tasks: route to queues',
        kind: 'queue',
        definition: '<decision hit-policy="first" version="1"><rules /></decision>',
      },
    ],
  }),
  {
    // Made with the old experience: every documented filter leaves it out.
    msdyn_liveworkstream: [
      {
        key: 'cases-legacy',
        msdyn_name: 'Cases (until 2021)',
        msdyn_streamsource: entityRecords,
        msdyn_mode: 717210000,
        msdyn_direction: 0,
        msdyn_capacityrequired: 10,
        msdyn_workdistributionmode: 192350001,
        msdyn_allowedpresences: [192360000],
        msdyn_autocloseafterinactivity: 30,
        msdyn_enablevoicev2: false,
        msdyn_restrictdownloadrecording: false,
        msdyn_restrictdownloadtranscript: false,
        statecode: 1,
        statuscode: 2,
      },
    ],
  },
]);

function intakeContract(table: string, name: string): SeedTables[string][number] {
  return {
    key: `intake-${table}`,
    msdyn_name: name,
    msdyn_uniquename: `contoso_intake_${table}`,
    msdyn_contractdefinition: `<contract version="1">\n  <complex key="${table}" entity="${table}" />\n</contract>`,
  };
}

function intakeRuleset(
  table: string,
  name: string,
  routes: readonly (readonly [variable: string, value: string, workstream: string])[],
): SeedTables[string][number] {
  return {
    key: `intake-${table}`,
    msdyn_name: name,
    msdyn_uniquename: `contoso_intakerules_${table}`,
    msdyn_authoringmode: 192350000,
    msdyn_rulesettype: 192350000,
    msdyn_inputcontractid: `#intake-${table}`,
    msdyn_outputcontractid: '#msdyn_baseoutputcontractmasterentityroutingconfiguration',
    msdyn_rulesetdefinition: rules(
      'first',
      routes.map(([variable, value, workstream], index) => ({
        id: `intake-${index + 1}`,
        name: `${variable} ${value}`,
        when: [[variable, '==', value]],
        set: [['assign_to.workstream', workstream]],
      })),
    ),
  };
}
