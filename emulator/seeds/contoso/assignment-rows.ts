import type { SeedRow, SeedTables } from '../seed-rows.ts';

const prioritization = 192350000;
const selection = 192350001;
const assignment = 192350002;

/**
 * Assignment configurations with their steps, and the rulesets they and the queues' overflow use. The
 * definitions name rows in the forms met in real environments.
 */
export const assignmentRows: SeedTables = {
  msdyn_decisionruleset: [
    ruleset('prioritize-cases', 'Prioritize: urgent cases first', {
      msdyn_inputcontractid: '#case-assignment',
      msdyn_outputcontractid: '#msdyn_assignmentoutput',
      msdyn_isinputcollection: true,
      msdyn_description: 'Cases with high priority, then those by phone',
      msdyn_rulesetdefinition: `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<decision hit-policy="all" version="1">
  <rules>
    <rule id="r1" name="Urgent">
      <logical operator="AND">
        <condition operator="==">
          <lhs type="attribute">incident.prioritycode</lhs>
          <rhs type="staticvalue">1</rhs>
        </condition>
      </logical>
      <action>
        <setattribute>
          <lhs type="attribute">assign_to.priority</lhs>
          <rhs type="staticvalue">1</rhs>
        </setattribute>
      </action>
    </rule>
  </rules>
</decision>`,
    }),
    ruleset('select-cases', 'Select: billing experts', {
      msdyn_inputcontractid: '#case-assignment',
      msdyn_outputcontractid: '#msdyn_selectionruleoutput',
      msdyn_rulesetdefinition: `<decision hit-policy="first" version="1">
  <rules>
    <rule id="3f1d7c52-90ab-4e6f-8b1c-2d4a6e8f0b13" name="Refunds over 500 €">
      <logical operator="OR">
        <condition operator="==">
          <lhs type="attribute">incident.caseorigincode</lhs>
          <rhs type="staticvalue">1</rhs>
        </condition>
        <condition operator="contains">
          <lhs type="attribute">incident.title</lhs>
          <rhs type="staticvalue">refund &amp; credit</rhs>
        </condition>
      </logical>
      <action>
        <setattribute>
          <lhs type="attribute">selectionrule.rulesetid</lhs>
          <rhs type="staticvalue">[[msdyn_decisionruleset#assign-cases]]</rhs>
        </setattribute>
      </action>
    </rule>
  </rules>
</decision>`,
    }),
    ruleset('assign-cases', 'Assign: skills for billing', {
      msdyn_inputcontractid: '#case-assignment',
      msdyn_outputcontractid: '#msdyn_assignmentoutput',
      msdyn_isinputcollection: true,
      msdyn_rulesetdefinition: `<decision hit-policy="first">
  <rules>
    <rule id="r1" name="Billing, any level">
      <action>
        <setattribute>
          <lhs>requiredskills</lhs>
          <rhs>[{"characteristicid":"[[characteristic#billing]]","ratingvalueid":"[[ratingvalue#proficiency-Proficient]]"},{"characteristicid":"[[characteristic#english]]"}]</rhs>
        </setattribute>
      </action>
    </rule>
  </rules>
</decision>`,
    }),
    ruleset('assign-repairs', 'Assign: workshop', {
      msdyn_inputcontractid: '#case-assignment',
      msdyn_outputcontractid: '#msdyn_assignmentoutput',
      msdyn_rulesetdefinition: `<decision hit-policy="first" version="1"><rules><rule id="r7" name="Espresso"><condition operator="equals"><lhs type="attribute">incident.productserialnumber</lhs><rhs type="staticvalue">ES</rhs></condition><action><setattribute><lhs type="attribute">characteristic</lhs><rhs type="staticvalue">{"id":"{[[CHARACTERISTIC#espresso]]}","proficiency":"{[[RATINGVALUE#proficiency-Expert]]}"}</rhs></setattribute></action></rule><rule id="r8" name="Anything else"><action><setattribute><lhs type="attribute">characteristic</lhs><rhs type="staticvalue">{[[CHARACTERISTIC#returns]]}</rhs></setattribute></action></rule></rules></decision>`,
      msdyn_fetchxml:
        '<fetch><entity name="systemuser"><attribute name="systemuserid" /></entity></fetch>',
    }),
    ruleset('select-repairs', 'Select: workshop', {
      msdyn_inputcontractid: '#case-assignment',
      msdyn_outputcontractid: '#msdyn_selectionruleoutput',
      msdyn_rulesetdefinition: `<decision hit-policy="first" version="1"><rules><rule id="r1" name="Default"><action><setattribute><lhs type="attribute">selectionrule.rulesetid</lhs><rhs type="staticvalue">{[[MSDYN_DECISIONRULESET#assign-repairs]]}</rhs></setattribute></action></rule></rules></decision>`,
    }),
    ruleset('assign-chat', 'Assign: chat by language', {
      msdyn_inputcontractid: '#conversation-assignment',
      msdyn_outputcontractid: '#msdyn_assignmentoutput',
      msdyn_rulesetdefinition: '<decision hit-policy="first" version="1"><rules /></decision>',
    }),
    ruleset('select-chat', 'Select: chat', {
      msdyn_inputcontractid: '#conversation-assignment',
      msdyn_outputcontractid: '#msdyn_selectionruleoutput',
      msdyn_rulesetdefinition: '<rules />',
    }),
    ruleset('prioritize-gold', 'Prioritize: gold customers', {
      msdyn_inputcontractid: '#conversation-assignment',
      msdyn_outputcontractid: '#msdyn_assignmentoutput',
    }),
    ruleset('assign-gold', 'Assign: skill finder', {
      msdyn_inputcontractid: '#conversation-assignment',
      msdyn_outputcontractid: '#msdyn_assignmentoutput',
      msdyn_description: 'Learned from closed conversations',
      msdyn_rulesettype: 192350001,
      msdyn_mlmodeltype: 192350000,
      msdyn_rulesetdefinition:
        '{"modelType":"skill","threshold":0.62,"trainedOn":"2025-02-17T03:00:00Z","labels":["[[characteristic#billing]]","[[characteristic#espresso]]"]}',
    }),
    ruleset('assign-alm-chat', 'ALM Test Chat assignment', {
      msdyn_inputcontractid: '#conversation-assignment',
      msdyn_outputcontractid: '#msdyn_assignmentoutput',
      msdyn_rulesetdefinition: '<decision hit-policy="all" version="1"><rules></rules></decision>',
    }),
    ruleset('assign-default-entity', 'Assign: default entity queue', {
      msdyn_inputcontractid: '#case-assignment',
      msdyn_outputcontractid: '#msdyn_assignmentoutput',
      msdyn_rulesetdefinition: '<decision hit-policy="first" version="1"><rules /></decision>',
    }),
    ruleset('overflow-repairs', 'Overflow: workshop is full', {
      msdyn_inputcontractid: '#msdyn_queueoverflowrulesetinput',
      msdyn_outputcontractid: '#msdyn_queueoverflowrulesetoutput',
      msdyn_rulesetdefinition: overflow(
        'queue_prequeue.numberofconversationswaiting',
        '>',
        '150',
        '[[msdyn_overflowactionconfig#to-cases-billing]]',
      ),
    }),
    ruleset('overflow-chat', 'Overflow: chat closed', {
      msdyn_inputcontractid: '#msdyn_queueoverflowrulesetinput',
      msdyn_outputcontractid: '#msdyn_queueoverflowrulesetoutput',
      msdyn_rulesetdefinition: overflow(
        'queue_prequeue.isoutofoperatinghours',
        '==',
        'true',
        '{[[MSDYN_OVERFLOWACTIONCONFIG#end]]}',
      ),
    }),
    ruleset('overflow-after-hours', 'Overflow: nobody in the office', {
      msdyn_inputcontractid: '#msdyn_queueoverflowrulesetinput',
      msdyn_outputcontractid: '#msdyn_queueoverflowrulesetoutput',
      msdyn_rulesetdefinition: `<decision hit-policy="first" version="1">
  <rules>
    <rule id="after-hours" name="After hours">
      <logical operator="AND">
        <condition operator="==">
          <lhs type="attribute">queue_prequeue.isoutofoperatinghours</lhs>
          <rhs type="staticvalue">true</rhs>
        </condition>
      </logical>
      <action>
        <setattribute>
          <lhs type="attribute">overflowaction.msdyn_overflowactionconfig.msdyn_overflowactionconfigid</lhs>
          <rhs type="staticvalue">[[msdyn_overflowactionconfig#to-after-hours]]</rhs>
        </setattribute>
      </action>
    </rule>
    <rule id="long-wait" name="More than ten minutes">
      <logical operator="AND">
        <condition operator=">">
          <lhs type="attribute">queue_prequeue.estimatedwaittimeinminutes</lhs>
          <rhs type="staticvalue">10</rhs>
        </condition>
      </logical>
      <action>
        <setattribute>
          <lhs type="attribute">overflowaction.msdyn_overflowactionconfig.msdyn_overflowactionconfigid</lhs>
          <rhs type="staticvalue">[[MSDYN_OVERFLOWACTIONCONFIG#voicemail]]</rhs>
        </setattribute>
      </action>
    </rule>
  </rules>
</decision>`,
    }),
    ruleset('overflow-gold', 'Overflow: gold waits too long', {
      msdyn_inputcontractid: '#msdyn_queueoverflowrulesetinput',
      msdyn_outputcontractid: '#msdyn_queueoverflowrulesetoutput',
      msdyn_description: 'Runs while the caller waits in the queue',
      msdyn_rulesetdefinition: overflow(
        'queue_inqueue.waittimeinminutes',
        '>=',
        '2',
        '{[[msdyn_overflowactionconfig#to-voice-general]]}',
      ),
    }),
    ruleset('unused', 'Trial rules (not used)', {
      msdyn_inputcontractid: '#never-used',
      msdyn_rulesetdefinition: '',
    }),
  ],
  msdyn_assignmentconfiguration: [
    configuration('cases-billing', 'Cases: Billing & refunds'),
    configuration('cases-repairs', 'Cases: Repairs'),
    configuration('chat-support', 'Chat: Support'),
    configuration('voice-gold', 'Voice: Gold customers'),
    configuration('alm-chat', 'ALM Test Chat Queue'),
    configuration('default-entity', 'Default entity queue'),
  ],
  msdyn_assignmentconfigurationstep: [
    step('cases-billing', prioritization, 'prioritize-cases', 1),
    step('cases-billing', selection, 'select-cases', 2),
    step('cases-billing', assignment, 'assign-cases', 3),
    step('cases-repairs', selection, 'select-repairs', 1),
    step('cases-repairs', assignment, 'assign-repairs', 2),
    step('chat-support', selection, 'select-chat', 1),
    step('chat-support', assignment, 'assign-chat', 2),
    step('voice-gold', prioritization, 'prioritize-gold', 1),
    step('voice-gold', assignment, 'assign-gold', 2),
    step('alm-chat', assignment, 'assign-alm-chat', 1),
    step('default-entity', assignment, 'assign-default-entity', 1),
  ],
};

function ruleset(key: string, name: string, more: SeedRow): SeedRow {
  return {
    key,
    msdyn_name: name,
    msdyn_uniquename: `contoso_${key.replaceAll('-', '')}`,
    msdyn_authoringmode: 192350000,
    msdyn_rulesettype: 192350000,
    msdyn_isinputcollection: false,
    ...more,
  };
}

function configuration(queue: string, name: string): SeedRow {
  return {
    key: queue,
    msdyn_name: `${name} assignment`,
    msdyn_uniquename: `contoso_assign_${queue.replaceAll('-', '')}`,
    msdyn_description: `How work of "${name}" is given out`,
    msdyn_queueid: `#${queue}`,
    msdyn_isactiveconfiguration: true,
  };
}

function step(queue: string, type: number, rules: string, order: number): SeedRow {
  const kind = new Map([
    [prioritization, 'Prioritization'],
    [selection, 'Selection criteria'],
    [assignment, 'Assignment'],
  ]).get(type);
  return {
    key: `${queue} ${order}`,
    msdyn_name: `${kind} ${order}`,
    msdyn_uniquename: `contoso_step_${queue.replaceAll('-', '')}_${order}`,
    msdyn_assignmentconfigurationid: `#${queue}`,
    msdyn_rulesetid: `#${rules}`,
    msdyn_steporder: order,
    msdyn_type: type,
    msdyn_isdefaultruleset: type === assignment,
  };
}

function overflow(variable: string, operator: string, value: string, action: string): string {
  const escaped = operator.replaceAll('>', '&gt;');
  return `<decision hit-policy="first" version="1">
  <rules>
    <rule id="r1" name="Overflow">
      <logical operator="AND">
        <condition operator="${escaped}">
          <lhs type="attribute">${variable}</lhs>
          <rhs type="staticvalue">${value}</rhs>
        </condition>
      </logical>
      <action>
        <setattribute>
          <lhs type="attribute">overflowaction.msdyn_overflowactionconfig.msdyn_overflowactionconfigid</lhs>
          <rhs type="staticvalue">${action}</rhs>
        </setattribute>
      </action>
    </rule>
  </rules>
</decision>`;
}
