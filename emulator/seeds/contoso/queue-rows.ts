import { contractDefinition } from '../system-contracts.ts';
import type { SeedRow, SeedTables } from '../seed-rows.ts';

const messaging = 192350000;
const entity = 192350001;
const voice = 192350002;

const omnichannelAssignment = 192350000;
const roundRobin = 192350001;
const customAssignment = 192350002;
const longestIdle = 192350003;

/** Queues of all three types, what they overflow to and when they are open. */
export const queueRows: SeedTables = {
  calendar: [
    calendar('weekdays', 'Contoso weekdays 8-18', 1),
    calendar('repairs', 'Contoso workshop hours', 1),
    calendar('holidays', 'Contoso public holidays', 2),
  ],
  calendarrule: [
    calendarRule('weekdays', 'FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,TU,WE,TH,FR', 480, 600),
    calendarRule('repairs', 'FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,TU,WE,TH', 420, 540),
  ],
  msdyn_operatinghour: [
    {
      key: 'weekdays',
      msdyn_name: 'Weekdays 8 to 18',
      msdyn_description: 'Office hours in Hamburg',
      msdyn_calendarid: '[[calendar#weekdays]]',
    },
    {
      key: 'repairs',
      msdyn_name: 'Workshop hours',
      msdyn_description: 'Monday to Thursday, 7 to 16',
      msdyn_calendarid: '{[[CALENDAR#repairs]]}',
    },
    { key: 'always', msdyn_name: 'Around the clock', msdyn_enablealldays: true },
    {
      key: 'christmas',
      msdyn_name: 'Christmas 2023',
      msdyn_description: 'Kept for reports',
      statecode: 1,
      statuscode: 2,
    },
  ],
  msdyn_decisioncontract: [
    {
      key: 'case-assignment',
      msdyn_name: 'Case assignment input',
      msdyn_uniquename: 'contoso_caseassignmentinput',
      msdyn_contractdefinition: contractDefinition([
        ['incident.prioritycode', 'optionset'],
        ['incident.caseorigincode', 'optionset'],
        ['queueitem.enteredon', 'datetime'],
        ['systemuser.fullname', 'string'],
      ]),
    },
    {
      key: 'conversation-assignment',
      msdyn_name: 'Conversation assignment input',
      msdyn_uniquename: 'contoso_conversationassignmentinput',
      msdyn_contractdefinition: contractDefinition([
        ['msdyn_ocliveworkitem.subject', 'string'],
        ['msdyn_ocliveworkitem.createdon', 'datetime'],
        ['liveworkitemcontext.segment', 'string'],
      ]),
    },
    {
      key: 'never-used',
      msdyn_name: 'Trial input, not in use',
      msdyn_uniquename: 'contoso_trialinput',
      msdyn_contractdefinition: contractDefinition([['incident.title', 'string']]),
    },
  ],
  msdyn_overflowactionconfig: [
    {
      key: 'to-cases-billing',
      msdyn_name: 'QueueTransfer_[[queue#cases-billing]]',
      msdyn_overflowactiontype: 192350005,
      msdyn_overflowactiondata: '[[queue#cases-billing]]',
    },
    {
      key: 'to-voice-general',
      msdyn_name: 'QueueTransfer_[[queue#voice-general]]',
      msdyn_overflowactiontype: 192350005,
      msdyn_overflowactiondata: '{"queueId":"{[[QUEUE#voice-general]]}"}',
    },
    {
      key: 'to-after-hours',
      msdyn_name: 'QueueTransfer_[[queue#voice-after-hours]]',
      msdyn_overflowactiontype: 192350005,
      msdyn_overflowactiondata: '{[[queue#voice-after-hours]]}',
    },
    {
      key: 'phone',
      msdyn_name: 'Transfer to the switchboard',
      msdyn_overflowactiontype: 192350002,
      msdyn_overflowactiondata: '+494055501200',
      msdyn_stoptranscriptionandrecordingaftercalltransfer: true,
    },
    {
      key: 'voicemail',
      msdyn_name: 'Voicemail',
      msdyn_overflowactiontype: 192350004,
      msdyn_overflowactiondata: '{}',
    },
    {
      key: 'end',
      msdyn_name: 'End conversation',
      msdyn_overflowactiontype: 192350001,
      msdyn_overflowactiondata: '{}',
    },
  ],
  queue: [
    queue('cases-billing', 'Cases: Billing & refunds', entity, {
      description: 'Invoices, refunds, payment plans',
      msdyn_assignmentstrategy: customAssignment,
      msdyn_assignmentinputcontractid: 'msdyn_decisioncontract#case-assignment',
      msdyn_operatinghourid: '#weekdays',
      msdyn_priority: 1,
    }),
    queue('cases-repairs', 'Cases: Repairs', entity, {
      description: 'Repair orders of the workshop in Altona',
      msdyn_assignmentstrategy: customAssignment,
      msdyn_assignmentinputcontractid: 'msdyn_decisioncontract#case-assignment',
      msdyn_operatinghourid: '#repairs',
      msdyn_prequeueoverflowrulesetid: '#overflow-repairs',
      msdyn_maxqueuesize: 200,
      msdyn_priority: 2,
    }),
    queue('cases-returns', 'Cases: Returns', entity, {
      msdyn_assignmentstrategy: roundRobin,
      msdyn_operatinghourid: '#weekdays',
      msdyn_priority: 3,
    }),
    queue('cases-escalations', 'Cases: Escalations <24 h>', entity, {
      description: 'Only for team leads',
      queueviewtype: 1,
      msdyn_assignmentstrategy: longestIdle,
      msdyn_priority: 1,
    }),
    queue('cases-paper', 'Cases: Letters', entity, {
      description: 'Scanned by hand, no routing',
      msdyn_isomnichannelqueue: false,
      msdyn_priority: 9,
    }),
    queue('cases-legacy', 'Cases: Old portal', entity, {
      description: 'Closed in 2024',
      msdyn_assignmentstrategy: omnichannelAssignment,
      msdyn_priority: 9,
      statecode: 1,
      statuscode: 2,
    }),
    queue('chat-sales', 'Chat: Sales', messaging, {
      msdyn_assignmentstrategy: omnichannelAssignment,
      msdyn_operatinghourid: '#weekdays',
      msdyn_priority: 2,
    }),
    queue('chat-support', 'Chat: Support', messaging, {
      description: 'Web chat and messages about machines in use',
      msdyn_assignmentstrategy: customAssignment,
      msdyn_assignmentinputcontractid: 'msdyn_decisioncontract#conversation-assignment',
      msdyn_prequeueoverflowrulesetid: '#overflow-chat',
      msdyn_operatinghourid: '#weekdays',
      msdyn_priority: 1,
    }),
    queue('messages', 'Messages', messaging, {
      description: 'SMS and WhatsApp',
      msdyn_assignmentstrategy: roundRobin,
      msdyn_operatinghourid: '#always',
      msdyn_priority: 4,
    }),
    queue('chat-french', 'Chat: Réparations', messaging, {
      description: 'Clients francophones',
      msdyn_assignmentstrategy: omnichannelAssignment,
      msdyn_priority: 3,
    }),
    queue('alm-chat', 'ALM Test Chat Queue', messaging, {
      description: 'For trying out deployments',
      msdyn_assignmentstrategy: customAssignment,
      msdyn_assignmentinputcontractid: 'msdyn_decisioncontract#conversation-assignment',
      msdyn_operatinghourid: '#always',
      msdyn_priority: 50,
    }),
    queue('voice-general', 'Voice: General', voice, {
      msdyn_assignmentstrategy: longestIdle,
      msdyn_operatinghourid: '#weekdays',
      msdyn_prequeueoverflowrulesetid: '#overflow-after-hours',
      msdyn_priority: 2,
    }),
    queue('voice-gold', 'Voice: Gold customers', voice, {
      description: 'At most 30 seconds of waiting',
      msdyn_assignmentstrategy: customAssignment,
      msdyn_assignmentinputcontractid: 'msdyn_decisioncontract#conversation-assignment',
      msdyn_operatinghourid: '#always',
      msdyn_inqueueoverflowrulesetid: '#overflow-gold',
      msdyn_operatinghoursbasedassignment: true,
      msdyn_priority: 1,
    }),
    queue('voice-repairs', 'Voice: Repairs', voice, {
      msdyn_assignmentstrategy: omnichannelAssignment,
      msdyn_operatinghourid: '#repairs',
      msdyn_priority: 2,
    }),
    queue('voice-after-hours', 'Voice: After hours', voice, {
      msdyn_assignmentstrategy: roundRobin,
      msdyn_operatinghourid: '#always',
      msdyn_priority: 5,
    }),
    queue('alm-voice', 'ALM Test Voice Queue', voice, {
      description: 'For trying out deployments',
      msdyn_assignmentstrategy: omnichannelAssignment,
      msdyn_operatinghourid: '#always',
      msdyn_priority: 50,
    }),
    // Two queues of one name: only their type tells them apart.
    queue('dealers-chat', 'Dealers', messaging, { msdyn_priority: 6 }),
    queue('dealers-voice', 'Dealers', voice, { msdyn_priority: 6 }),
  ],
};

function queue(key: string, name: string, queueType: number, more: SeedRow): SeedRow {
  return {
    key,
    name,
    queueviewtype: 0,
    msdyn_queuetype: queueType,
    msdyn_isomnichannelqueue: true,
    msdyn_isdefaultqueue: false,
    ...more,
  };
}

function calendar(key: string, name: string, type: number): SeedRow {
  return { key, name, type, isshared: true, businessunitid: 'businessunit#root' };
}

function calendarRule(key: string, pattern: string, offset: number, duration: number): SeedRow {
  return { key, calendarid: `#${key}`, pattern, offset, duration, timezonecode: 110, rank: 0 };
}
