import assert from 'node:assert/strict';
import { withEmulator } from '#support/emulator.ts';
import { aPromotion } from '#support/promotion.ts';
import { linkByHand, spoil, type Spoiling } from '#support/spoiled-target.ts';
import { told, withFolder } from '#support/stage-runs.ts';
import { namedChecks, type CheckName } from '#shared/stages/verify/check-names.ts';
import type { Finding } from '#shared/errors/finding.ts';

const queue = 'queue';
const workstream = 'msdyn_liveworkstream';
const ruleset = 'msdyn_decisionruleset';
const definition = 'msdyn_rulesetdefinition';
const configuration = 'msdyn_routingconfiguration';
const routingStep = 'msdyn_routingconfigurationstep';
const assignmentStep = 'msdyn_assignmentconfigurationstep';
const variable = 'msdyn_ocliveworkstreamcontextvariable';
const mapping = 'msdyn_rulesetdependencymapping';
const overflow = 'msdyn_overflowactionconfig';
const hours = 'msdyn_operatinghour';
const widget = 'msdyn_livechatconfig';
const setting = 'msdyn_ocvoicechannelsetting';
const provisioning = 'msdyn_ocprovisioningstate';
const nowhere = '99999999-9999-4999-8999-999999999999';

/** One way to break a target, and by what it is found: a check, and words that a person would use. */
interface Spoil {
  readonly how: string;
  readonly check: CheckName;
  readonly words: RegExp;
  readonly act: (target: Spoiling) => void;
}

const off = { statecode: 1, statuscode: 2 };
const to = (table: string, id: string) => ({ table, id });
const members = (target: Spoiling, name: string) =>
  target.pointingTo('queuemembership', 'queueid', target.id(queue, name) as never);

/** Each round is applied to a fresh target and verified once: its spoils do not hide each other. */
const rounds: readonly (readonly Spoil[])[] = [
  [
    {
      how: 'a rule names a queue that is not there',
      check: 'dangling-reference',
      words: /Main line: route to queues.*Gold customers.*9{8}/,
      act: (target) =>
        target.edit(
          ruleset,
          target.id(ruleset, 'Main line: route to queues'),
          definition,
          new RegExp(target.id(queue, 'Voice: Gold customers'), 'i'),
          nowhere,
        ),
    },
    {
      how: 'a skill that a rule asks for is deleted',
      check: 'dangling-reference',
      words: /Assign: skills for billing.*characteristic/,
      act: (target) => target.remove('characteristic', target.id('characteristic', 'English')),
    },
    {
      how: 'an overflow action that a rule names is deleted',
      check: 'dangling-reference',
      words: /Overflow: workshop is full.*msdyn_overflowactionconfig/,
      act: (target) => {
        const id = target.id(ruleset, 'Overflow: workshop is full');
        const named = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(
          JSON.stringify(target.cell(ruleset, id, definition)),
        );
        target.remove(overflow, named?.[0] ?? '');
      },
    },
    {
      how: 'two queues are swapped in a rule',
      check: 'different-row',
      words: /Repair line: route to queues/,
      act: (target) =>
        target.edit(
          ruleset,
          target.id(ruleset, 'Repair line: route to queues'),
          definition,
          target.id(queue, 'Voice: Repairs'),
          target.id(queue, 'Voice: After hours'),
        ),
    },
    {
      how: 'a queue is renamed',
      check: 'different-row',
      words: /Chat: Sales.*name/s,
      act: (target) => target.set(queue, target.id(queue, 'Chat: Sales'), { name: 'Chat: Sales!' }),
    },
    {
      how: 'a capacity profile gets another limit',
      check: 'different-row',
      words: /Chats.*msdyn_defaultmaxunits/s,
      act: (target) =>
        target.set('msdyn_capacityprofile', target.id('msdyn_capacityprofile', 'Chats'), {
          msdyn_defaultmaxunits: 99,
        }),
    },
    {
      how: 'a rating value is deleted',
      check: 'missing-row',
      words: /ratingvalue "Novice"/,
      act: (target) => target.remove('ratingvalue', target.id('ratingvalue', 'Novice')),
    },
    {
      how: 'a quick reply is no longer offered',
      check: 'missing-link',
      words: /msdyn_msdyn_cannedmessage_msdyn_octag/,
      act: (target) => {
        const [link] = target.pointingTo(
          'msdyn_msdyn_cannedmessage_msdyn_octag',
          'msdyn_octagid',
          target.id('msdyn_octag', '#greetings') as never,
        );
        target.remove('msdyn_msdyn_cannedmessage_msdyn_octag', link ?? '');
      },
    },
    {
      how: 'all tags of repairs are gone',
      check: 'missing-link',
      words: /Status of a repair/,
      act: (target) => {
        for (const link of target.pointingTo(
          'msdyn_msdyn_cannedmessage_msdyn_octag',
          'msdyn_octagid',
          target.id('msdyn_octag', '#repairs') as never,
        ))
          target.remove('msdyn_msdyn_cannedmessage_msdyn_octag', link);
      },
    },
  ],
  [
    {
      how: 'the definition of a ruleset is cut off',
      check: 'unreadable-ruleset',
      words: /Main line: skills/,
      act: (target) =>
        target.edit(
          ruleset,
          target.id(ruleset, 'Main line: skills'),
          definition,
          /<\/rules>[\s\S]*/,
          '',
        ),
    },
    {
      how: 'JSON is written into a ruleset of rules',
      check: 'unreadable-ruleset',
      words: /Shop chat: route to queues/,
      act: (target) =>
        target.set(ruleset, target.id(ruleset, 'Shop chat: route to queues'), {
          [definition]: '{"queue":"sales"}',
        }),
    },
    {
      how: 'a rule asks for a column that is not there',
      check: 'unknown-name',
      words: /Prioritize: urgent.*incident has no column urgency/,
      act: (target) =>
        target.edit(
          ruleset,
          target.id(ruleset, 'Prioritize: urgent cases first'),
          definition,
          'incident.prioritycode',
          'incident.urgency',
        ),
    },
    {
      how: 'a rule asks for a table that is not there',
      check: 'unknown-name',
      words: /Assign: workshop.*no table contoso_machine/,
      act: (target) =>
        target.edit(
          ruleset,
          target.id(ruleset, 'Assign: workshop'),
          definition,
          'incident.productserialnumber',
          'contoso_machine.contoso_model',
        ),
    },
    {
      how: 'a rule compares with a choice value that is not there',
      check: 'unknown-name',
      words: /Select: billing experts.*caseorigincode has no choice 987/,
      act: (target) =>
        target.edit(
          ruleset,
          target.id(ruleset, 'Select: billing experts'),
          definition,
          '>1</rhs>',
          '>987</rhs>',
        ),
    },
    {
      how: 'a context variable that a rule uses is deleted',
      check: 'unknown-context-variable',
      words: /Main line: route to queues.*segment/,
      act: (target) => {
        const line = target.id(workstream, 'Main line');
        for (const id of target.pointingTo(
          variable,
          'msdyn_liveworkstreamid',
          to(workstream, line),
        ))
          if (target.cell(variable, id, 'msdyn_name') === 'segment') target.remove(variable, id);
      },
    },
    {
      how: 'a context variable is renamed under a rule',
      check: 'unknown-context-variable',
      words: /Web chat: route to queues.*machine_model/,
      act: (target) => {
        const chat = target.id(workstream, 'Web chat');
        for (const id of target.pointingTo(
          variable,
          'msdyn_liveworkstreamid',
          to(workstream, chat),
        ))
          if (target.cell(variable, id, 'msdyn_name') === 'machine_model')
            target.set(variable, id, { msdyn_name: 'model_of_machine' });
      },
    },
  ],
  [
    {
      how: 'all dependency mappings of a ruleset are gone',
      check: 'missing-dependency-mapping',
      words: /Main line: route to queues.*segment, topic/,
      act: (target) => {
        const id = target.id(ruleset, 'Main line: route to queues');
        for (const each of target.pointingTo(
          mapping,
          'msdyn_referencingrulesetid',
          to(ruleset, id),
        ))
          target.remove(mapping, each);
      },
    },
    {
      how: 'one dependency mapping of several is gone',
      check: 'missing-dependency-mapping',
      words: /Main line: skills.*: (?:language|topic)$/,
      act: (target) => {
        const id = target.id(ruleset, 'Main line: skills');
        const own = target
          .pointingTo(mapping, 'msdyn_referencingrulesetid', to(ruleset, id))
          .filter(
            (each) =>
              target.cell(mapping, each, 'msdyn_referencedpolymorphiclogicalname') === variable,
          );
        assert.ok(own.length > 1);
        target.remove(mapping, own[0] ?? '');
      },
    },
    {
      how: 'an old routing configuration is switched on beside the new',
      check: 'active-configuration',
      words: /Dealer line.* 2 active/,
      act: (target) =>
        target.add(configuration, nowhere, {
          msdyn_name: 'Dealer line, an older way',
          msdyn_liveworkstreamid: to(workstream, target.id(workstream, 'Dealer line')),
          msdyn_isactiveconfiguration: true,
          statecode: 0,
        }),
    },
    {
      how: 'the only routing configuration is switched off',
      check: 'active-configuration',
      words: /Dealer chat.* no active/,
      act: (target) =>
        target.set(configuration, target.id(configuration, 'Dealer chat routing'), {
          msdyn_isactiveconfiguration: false,
        }),
    },
    {
      how: 'two routing steps share a place',
      check: 'routing-steps',
      words: /share place 1/,
      act: (target) => {
        const id = target.id(configuration, 'Main line routing');
        for (const each of target.pointingTo(
          routingStep,
          'msdyn_routingconfigurationid',
          to(configuration, id),
        ))
          target.set(routingStep, each, { msdyn_steporder: 1 });
      },
    },
    {
      how: 'a routing step loses its ruleset',
      check: 'routing-steps',
      words: /no ruleset/,
      act: (target) => {
        const id = target.id(configuration, 'Repair line routing');
        const [step = ''] = target.pointingTo(
          routingStep,
          'msdyn_routingconfigurationid',
          to(configuration, id),
        );
        target.set(routingStep, step, { msdyn_rulesetid: null });
      },
    },
    {
      how: 'two assignment steps share a place',
      check: 'assignment-steps',
      words: /share place 1/,
      act: (target) => {
        const id = target.id('msdyn_assignmentconfiguration', 'Chat: Support assignment');
        for (const each of target.pointingTo(
          assignmentStep,
          'msdyn_assignmentconfigurationid',
          to('msdyn_assignmentconfiguration', id),
        ))
          target.set(assignmentStep, each, { msdyn_steporder: 1, msdyn_type: 192350002 });
      },
    },
    {
      how: 'an assignment step loses its ruleset',
      check: 'assignment-steps',
      words: /no ruleset/,
      act: (target) => {
        const id = target.id('msdyn_assignmentconfiguration', 'ALM Test Chat Queue assignment');
        const [step = ''] = target.pointingTo(
          assignmentStep,
          'msdyn_assignmentconfigurationid',
          to('msdyn_assignmentconfiguration', id),
        );
        target.set(assignmentStep, step, { msdyn_rulesetid: null });
      },
    },
  ],
  [
    {
      how: 'a queue gets another assignment strategy',
      check: 'queue-routing',
      words: /Chat: Support.*msdyn_assignmentstrategy/,
      act: (target) =>
        target.set(queue, target.id(queue, 'Chat: Support'), {
          msdyn_assignmentstrategy: 192350001,
        }),
    },
    {
      how: 'a queue loses its operating hours',
      check: 'queue-routing',
      words: /Chat: Sales.*msdyn_operatinghourid/,
      act: (target) =>
        target.set(queue, target.id(queue, 'Chat: Sales'), { msdyn_operatinghourid: null }),
    },
    {
      how: 'a queue loses its overflow',
      check: 'lost-lookup',
      words: /Voice: Gold customers.*msdyn_inqueueoverflowrulesetid/,
      act: (target) =>
        target.set(queue, target.id(queue, 'Voice: Gold customers'), {
          msdyn_inqueueoverflowrulesetid: null,
        }),
    },
    {
      how: 'a widget loses its workstream',
      check: 'lost-lookup',
      words: /Contoso shop.*msdyn_liveworkstreamid/,
      act: (target) =>
        target.set(widget, target.id(widget, 'Contoso shop'), { msdyn_liveworkstreamid: null }),
    },
    {
      how: 'a phone line has neither rules nor default queue',
      check: 'unreached-queue',
      words: /Dealer line/,
      act: (target) =>
        target.set(workstream, target.id(workstream, 'Dealer line'), { msdyn_defaultqueue: null }),
    },
    {
      how: 'a chat has no rules left and no default queue',
      check: 'unreached-queue',
      words: /Dealer chat/,
      act: (target) => {
        const id = target.id(workstream, 'Dealer chat');
        target.set(workstream, id, { msdyn_defaultqueue: null });
        target.set(ruleset, target.id(ruleset, 'Dealer chat: route to queues'), {
          [definition]: '<decision hit-policy="first"><rules /></decision>',
        });
      },
    },
    {
      how: 'a queue that rules reach is deactivated',
      check: 'inactive-row',
      words: /Main line.*Voice: Repairs/,
      act: (target) => target.set(queue, target.id(queue, 'Voice: Repairs'), off),
    },
    {
      how: 'operating hours of a queue are deactivated',
      check: 'inactive-row',
      words: /Messages.*Around the clock/,
      act: (target) => target.set(hours, target.id(hours, 'Around the clock'), off),
    },
    {
      how: 'a skill that a rule asks for is deactivated',
      check: 'inactive-row',
      words: /Main line: skills.*French/,
      act: (target) => target.set('characteristic', target.id('characteristic', 'French'), off),
    },
  ],
  [
    {
      how: 'a voice queue becomes the default of a chat',
      check: 'wrong-queue-type',
      words: /Shop chat.*Voice: After hours/,
      act: (target) =>
        target.set(workstream, target.id(workstream, 'Shop chat'), {
          msdyn_defaultqueue: to(queue, target.id(queue, 'Voice: After hours')),
        }),
    },
    {
      how: 'a rule of a phone line routes to a queue of chats',
      check: 'wrong-queue-type',
      words: /Repair line.*Chat: Sales/,
      act: (target) =>
        target.edit(
          ruleset,
          target.id(ruleset, 'Repair line: route to queues'),
          definition,
          target.id(queue, 'Voice: Repairs'),
          target.id(queue, 'Chat: Sales'),
        ),
    },
    {
      how: 'an overflow action transfers to a queue that is not there',
      check: 'overflow-target',
      words: /QueueTransfer.*9{8}/,
      act: (target) => {
        const id = target.id(overflow, `QueueTransfer_${target.id(queue, 'Voice: After hours')}`);
        target.set(overflow, id, { msdyn_overflowactiondata: nowhere });
      },
    },
    {
      how: 'a queue overflows to itself',
      check: 'overflow-target',
      words: /Cases: Repairs.*itself/,
      act: (target) => {
        const id = target.id(
          overflow,
          `QueueTransfer_${target.id(queue, 'Cases: Billing & refunds')}`,
        );
        target.set(overflow, id, { msdyn_overflowactiondata: target.id(queue, 'Cases: Repairs') });
      },
    },
    {
      how: 'all members leave a queue',
      check: 'unstaffed-queue',
      words: /Voice: General.*Main line/,
      act: (target) => {
        for (const id of members(target, 'Voice: General')) target.remove('queuemembership', id);
      },
    },
    {
      how: 'the only member of a queue is a disabled account',
      check: 'unstaffed-queue',
      words: /Chat: Support/,
      act: (target) => {
        for (const id of members(target, 'Chat: Support'))
          target.set('queuemembership', id, { systemuserid: nowhere });
        target.add('systemuser', nowhere, { fullname: 'Gone', isdisabled: true });
      },
    },
    {
      how: 'nobody has a skill any more',
      check: 'unheld-skill',
      words: /Espresso machines.*Assign: workshop/,
      act: (target) => {
        const skill = to('characteristic', target.id('characteristic', 'Espresso machines'));
        for (const id of target.pointingTo(
          'bookableresourcecharacteristic',
          'characteristic',
          skill,
        ))
          target.remove('bookableresourcecharacteristic', id);
      },
    },
    {
      how: 'whoever has a skill has it no longer',
      check: 'unheld-skill',
      words: /French.*Main line: skills/,
      act: (target) => {
        const skill = to('characteristic', target.id('characteristic', 'French'));
        for (const id of target.pointingTo(
          'bookableresourcecharacteristic',
          'characteristic',
          skill,
        ))
          target.set('bookableresourcecharacteristic', id, { statecode: 1 });
      },
    },
    {
      how: 'a session template is deleted',
      check: 'missing-template',
      words: /Main line.*contoso_session_voice/,
      act: (target) =>
        target.remove(
          'msdyn_sessiontemplate',
          target.id('msdyn_sessiontemplate', 'contoso_session_voice'),
        ),
    },
    {
      how: 'a notification template gets another unique name',
      check: 'missing-template',
      words: /Web chat.*contoso_notification_incoming/,
      act: (target) =>
        target.set(
          'msdyn_notificationtemplate',
          target.id('msdyn_notificationtemplate', 'contoso_notification_incoming'),
          { msdyn_uniquename: 'contoso_other' },
        ),
    },
  ],
  [
    {
      how: 'an overflow action says no phone number',
      check: 'overflow-target',
      words: /QueueTransfer.*no number/,
      act: (target) => {
        const id = target.id(overflow, `QueueTransfer_${target.id(queue, 'Voice: After hours')}`);
        target.set(overflow, id, {
          msdyn_overflowactiontype: 192350002,
          msdyn_overflowactiondata: '{}',
        });
      },
    },
    {
      how: 'a queue that no workstream reaches is deactivated',
      check: 'inactive-row',
      words: /Cases: Returns/,
      act: (target) => target.set(queue, target.id(queue, 'Cases: Returns'), off),
    },
    {
      how: 'a rating value and all that is rated by it is gone',
      check: 'missing-row',
      words: /ratingvalue "A1"/,
      act: (target) => target.remove('ratingvalue', target.id('ratingvalue', 'A1')),
    },
    {
      how: 'operating hours lose their calendar',
      check: 'missing-calendar',
      words: /Weekdays 8 to 18/,
      act: (target) =>
        target.set(hours, target.id(hours, 'Weekdays 8 to 18'), { msdyn_calendarid: null }),
    },
    {
      how: 'the calendar of operating hours is blank',
      check: 'missing-calendar',
      words: /Workshop hours/,
      act: (target) =>
        target.set(hours, target.id(hours, 'Workshop hours'), { msdyn_calendarid: ' ' }),
    },
    {
      how: 'operating hours name a calendar that is not there',
      check: 'missing-calendar',
      words: /Around the clock.*9{8}/,
      act: (target) =>
        target.set(hours, target.id(hours, 'Around the clock'), { msdyn_calendarid: nowhere }),
    },
    {
      how: 'the snippet of a widget is that of another widget',
      check: 'missing-widget',
      words: /Contoso dealers.*another app id/,
      act: (target) =>
        target.set(widget, target.id(widget, 'Contoso dealers'), {
          msdyn_widgetsnippet: '<script data-app-id="0f0f"></script>',
        }),
    },
    {
      how: 'a queue is there that nobody brought',
      check: 'extra-row',
      words: /queue.*Made by hand/,
      act: (target) =>
        target.add(queue, nowhere, {
          name: 'Made by hand',
          msdyn_queuetype: 192350000,
          msdyn_isomnichannelqueue: true,
          msdyn_isdefaultqueue: false,
          statecode: 0,
        }),
    },
    {
      how: 'a capacity profile is there that nobody brought',
      check: 'extra-row',
      words: /msdyn_capacityprofile.*Too much/,
      act: (target) =>
        target.add('msdyn_capacityprofile', nowhere, {
          msdyn_name: 'Too much',
          ismanaged: false,
          statecode: 0,
        }),
    },
    {
      how: 'a step is added to the routing of a line',
      check: 'extra-step',
      words: /Repair line routing.*Added/,
      act: (target) =>
        target.add(routingStep, nowhere, {
          msdyn_name: 'Added',
          msdyn_routingconfigurationid: to(
            configuration,
            target.id(configuration, 'Repair line routing'),
          ),
          msdyn_rulesetid: to(ruleset, target.id(ruleset, 'Main line: skills')),
          msdyn_steporder: 9,
          statecode: 0,
        }),
    },
    {
      how: 'a step is added to the assignment of a queue',
      check: 'extra-step',
      words: /Chat: Support assignment.*Added/,
      act: (target) =>
        target.add(assignmentStep, nowhere, {
          msdyn_name: 'Added',
          msdyn_assignmentconfigurationid: to(
            'msdyn_assignmentconfiguration',
            target.id('msdyn_assignmentconfiguration', 'Chat: Support assignment'),
          ),
          msdyn_rulesetid: to(ruleset, target.id(ruleset, 'Assign: workshop')),
          msdyn_steporder: 9,
          msdyn_type: 192350002,
          statecode: 0,
        }),
    },
    {
      how: 'a second way of assignment is switched on',
      check: 'assignment-steps',
      words: /Chat: Support.* 2 active/,
      act: (target) =>
        target.add('msdyn_assignmentconfiguration', nowhere, {
          msdyn_name: 'Another way',
          msdyn_queueid: to(queue, target.id(queue, 'Chat: Support')),
          msdyn_isactiveconfiguration: true,
          statecode: 0,
        }),
    },
    {
      how: 'a widget has no app id',
      check: 'missing-widget',
      words: /Contoso shop.*app id/,
      act: (target) =>
        target.set(widget, target.id(widget, 'Contoso shop'), { msdyn_widgetappid: null }),
    },
    {
      how: 'a widget has no snippet',
      check: 'missing-widget',
      words: /Contoso web.*snippet/,
      act: (target) =>
        target.set(widget, target.id(widget, 'Contoso web'), { msdyn_widgetsnippet: '' }),
    },
    {
      how: 'the snippet of a widget is that of the source',
      check: 'source-reference',
      words: /Contoso shop.*source/,
      act: (target) =>
        target.edit(
          widget,
          target.id(widget, 'Contoso shop'),
          'msdyn_widgetsnippet',
          /data-org-id="[^"]*"/,
          `data-org-id="${sourceOrganization}"`,
        ),
    },
    {
      how: 'a message names the organization of the source',
      check: 'source-reference',
      words: /Greeting to customer.*msdyn_messagetext/,
      act: (target) =>
        target.set(
          'msdyn_ocsystemmessage',
          target.id('msdyn_ocsystemmessage', 'Greeting to customer'),
          {
            msdyn_messagetext: `See ${sourceUrl}/help`,
          },
        ),
    },
    {
      how: 'a voice channel loses its phone number',
      check: 'missing-phone-number',
      words: /Main line voice channel/,
      act: (target) =>
        target.set(setting, target.id(setting, 'Main line voice channel'), {
          msdyn_phonenumberid: null,
        }),
    },
    {
      how: 'the phone number of a voice channel is deleted',
      check: 'missing-phone-number',
      words: /Dealer line voice channel/,
      act: (target) =>
        target.set(setting, target.id(setting, 'Dealer line voice channel'), {
          msdyn_phonenumberid: to('msdyn_ocphonenumber', nowhere),
        }),
    },
    {
      how: 'an SMS number loses its phone number',
      check: 'unconnected-account',
      words: /SMS number "Contoso SMS" has no phone number/,
      act: (target) =>
        target.set(
          'msdyn_ocsmschannelsetting',
          target.id('msdyn_ocsmschannelsetting', 'Contoso SMS'),
          { msdyn_phonenumberid: null },
        ),
    },
    {
      how: 'a Facebook page has no page id',
      check: 'unconnected-account',
      words: /Facebook page "Contoso Coffee" has no page id/,
      act: (target) =>
        target.set('msdyn_ocfbpage', target.id('msdyn_ocfbpage', 'Contoso Coffee'), {
          msdyn_fbpageid: null,
        }),
    },
    {
      how: 'provisioning reports an exception',
      check: 'unclean-provisioning',
      words: /Repair line voice channel/,
      act: (target) =>
        target.set(provisioning, target.id(provisioning, 'Provisioning of repair-line'), {
          msdyn_exceptiondetails: 'Number could not be bound',
        }),
    },
    {
      how: 'provisioning has failed',
      check: 'unclean-provisioning',
      words: /Main line voice channel.*failed/,
      act: (target) =>
        target.set(provisioning, target.id(provisioning, 'Provisioning of main-line'), {
          statuscode: 192350004,
        }),
    },
    {
      how: 'a workstream takes calls of another kind, so that no filter finds it',
      check: 'row-count',
      words: /Dealer line/,
      act: (target) =>
        target.set(workstream, target.id(workstream, 'Dealer line'), { msdyn_mode: 717210000 }),
    },
    {
      how: 'a queue is no longer one of routing',
      check: 'row-count',
      words: /Messages/,
      act: (target) =>
        target.set(queue, target.id(queue, 'Messages'), { msdyn_isomnichannelqueue: false }),
    },
  ],
];

let sourceOrganization = '';
let sourceUrl = '';

describe('verify, of a target that somebody spoiled', function () {
  this.timeout(60_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);
  let runs = 0;

  const prepare = async (): Promise<void> => {
    await target.reset();
    const imported = await promotion.import(`run-${(runs += 1)}`);
    assert.notEqual(imported.outcome, 'failed');
    linkByHand(target);
  };

  before(async () => {
    await promotion.export();
    sourceOrganization = (await source.state()).organizationId;
    sourceUrl = source.url;
  });

  it('finds nothing in a target that nobody spoiled and everybody is linked in', async () => {
    await prepare();
    const verified = await promotion.verify();
    assert.deepEqual(told(verified.findings), []);
    assert.equal(verified.outcome, 'succeeded');
  });

  it('knows two ways or more of failing each check', () => {
    const ways = new Map<string, number>();
    for (const { check } of rounds.flat()) ways.set(check, (ways.get(check) ?? 0) + 1);
    const few = Object.keys(namedChecks).filter((name) => (ways.get(name) ?? 0) < 2);
    assert.deepEqual(few, []);
    assert.ok(rounds.flat().length >= 30);
  });

  for (const [at, round] of rounds.entries())
    describe(`round ${at + 1}`, () => {
      let findings: readonly Finding[] = [];
      before(async () => {
        await prepare();
        for (const { act } of round) act(spoil(target));
        ({ findings } = await promotion.verify());
      });
      for (const { how, check, words } of round)
        it(`finds that ${how}`, () => {
          const { code } = namedChecks[check];
          const own = findings.filter((finding) => finding.code === code);
          assert.ok(
            own.some(({ where, summary }) => words.test(`${where} ${summary}`)),
            `${check} ${String(words)}\n${findings.map(({ code: c, where, summary }) => `${c} ${where} | ${summary}`).join('\n')}`,
          );
        });
    });
});
