import { lookup } from './belonging.ts';
import type { Area, AreaTable } from './area.ts';
import {
  authenticationColumns,
  channelRules,
  languageTable,
  messageTables,
  operatingHourTable,
} from './channel-tables.ts';
import { fetchText, join } from './fetch-filter.ts';
import { byWorkstream, workstreamJoin, workstreamsOf } from './workstream-filter.ts';
import { messagingWorkstreams } from './workstream-tables.ts';

const page =
  'learn.microsoft.com/dynamics365/customer-service/administer/migrate-config-data-for-live-chat-channel';

export const liveChatWorkstreams: Area = messagingWorkstreams('live-chat', {
  title: 'Live chat workstreams',
  step: '07-live-chat-workstreams',
  source: `${page}, workstreams`,
});

/** Rows of a table that widgets of the scope look up, or that look up such a widget. */
function byWidget(table: string, from: string, to: string): NonNullable<AreaTable['filter']> {
  return (scope) =>
    fetchText(
      table,
      { distinct: true },
      join(
        'msdyn_livechatconfig',
        { from, to, type: 'inner', alias: 'ac' },
        workstreamJoin('msdyn_liveworkstreamid', 'ad', workstreamsOf('live-chat', scope)),
      ),
    );
}

/** Rows of a table that look up a survey question of the scope. */
function byQuestion(table: string, to: string): NonNullable<AreaTable['filter']> {
  return (scope) =>
    fetchText(
      table,
      {},
      join(
        'msdyn_surveyquestion',
        { from: 'msdyn_surveyquestionid', to, type: 'inner', alias: 'ab' },
        workstreamJoin(
          'msdyn_liveworkstreamtochatquestion',
          'ad',
          workstreamsOf('live-chat', scope),
        ),
      ),
    );
}

/**
 * Widgets and what belongs to them. A widget and its question sequence refer to each other. App id and
 * snippet are the target's own; customer answers (`msdyn_chatquestionnaireresponse`) stay where they are.
 */
export const liveChatWidgets: Area = {
  area: 'live-chat-widgets',
  title: 'Live chat widgets',
  channels: ['live-chat'],
  source: `${page}, widgets`,
  steps: [
    {
      step: '09-live-chat-widgets',
      title: 'Chat widgets, surveys, messages and authentication',
      needs: 'msdyn_livechatconfig',
      tables: [
        languageTable('live-chat', [
          {
            table: 'msdyn_livechatconfig',
            idColumn: 'msdyn_livechatconfigid',
            column: 'msdyn_ocwidgetlanguage',
          },
        ]),
        operatingHourTable('msdyn_livechatconfig', 'msdyn_operatinghourid', 'live-chat'),
        {
          table: 'msdyn_livechatconfig',
          why: 'The chat widgets of these workstreams.',
          belongsTo: [lookup('msdyn_liveworkstreamid')],
          columns: [
            'msdyn_duringnonoperatinghours',
            'msdyn_agentdisplayname',
            'msdyn_enablechattranscriptdownload',
            'msdyn_enablechattranscriptemail',
            'msdyn_showagentname',
            'msdyn_authsettingsid',
            'msdyn_autodetectlanguage',
            'msdyn_postconversationsurveybotsurvey',
            'msdyn_callingoptions',
            'msdyn_livechatconfigid',
            'msdyn_cobrowseprovider',
            'msdyn_genericagentdisplayname',
            'msdyn_emailtemplate',
            'msdyn_postconversationsurveyenable',
            'msdyn_enablecobrowse',
            'msdyn_enablefileattachmentsforagents',
            'msdyn_enablefileattachmentsforcustomers',
            'msdyn_enablescreensharing',
            'importsequencenumber',
            'msdyn_conversationmode',
            'msdyn_averagewaittime_enabled',
            'msdyn_infolabel',
            'msdyn_widgetlocale',
            'msdyn_ocwidgetlanguage',
            'msdyn_language',
            'msdyn_avatarurl',
            'msdyn_postconversationsurveymessagetext',
            'msdyn_postconversationsurveybotsurveymessagetext',
            'msdyn_name',
            'msdyn_offlinewidgettitle',
            'msdyn_offlinewidgetsubtitle',
            'msdyn_offlinewidgetthemecolor',
            'msdyn_operatinghourid',
            'msdyn_portalurl',
            'msdyn_widgetposition',
            'msdyn_postchatenabled',
            'msdyn_prechatenabled',
            'msdyn_proactivechatenabled',
            'msdyn_oc_geolocationprovider',
            'msdyn_prechatquestionnaireauthenticated',
            'msdyn_prechatquestionnaireunauthenticated',
            'msdyn_timetoreconnectwithpreviousagent',
            'msdyn_redirectionurl',
            'msdyn_requestvisitorlocation',
            'msdyn_screensharingprovider',
            'msdyn_mailbox',
            'msdyn_positioninqueue_enabled',
            'msdyn_showwidgetduringofflinehours',
            'msdyn_authenticatedsigninoptional',
            'statecode',
            'statuscode',
            'msdyn_widgetsubtitle',
            'msdyn_postconversationsurveyseparatebotsurvey',
            'msdyn_postconversationsurvey',
            'msdyn_postconversationsurveymode',
            'msdyn_postconversationsurveybotsurveymode',
            'msdyn_widgetthemecolor',
            'msdyn_widgettitle',
            'msdyn_enablechatreconnect',
            'msdyn_widgetsoundnotification',
            'msdyn_widgetvisualnotification',
            'msdyn_liveworkstreamid',
          ],
          // Required by newer versions.
          optionalColumns: ['msdyn_widgetcustomizationconfig'],
          filter: byWorkstream('msdyn_livechatconfig', 'msdyn_liveworkstreamid', 'live-chat'),
        },
        {
          table: 'msdyn_authenticationsettings',
          why: 'How visitors of these widgets sign in, without the secret.',
          columns: authenticationColumns,
          optionalColumns: ['statecode', 'statuscode'],
          filter: byWidget(
            'msdyn_authenticationsettings',
            'msdyn_authsettingsid',
            'msdyn_authenticationsettingsid',
          ),
        },
        ...messageTables('live-chat'),
        {
          table: 'msdyn_chatansweroption',
          why: 'Answer options of these questions.',
          belongsTo: [lookup('msdyn_answeroptionsid')],
          columns: [
            'msdyn_name',
            'statecode',
            'statuscode',
            'msdyn_chatansweroptionid',
            'msdyn_answeroptionsid',
          ],
          filter: byQuestion('msdyn_chatansweroption', 'msdyn_answeroptionsid'),
        },
        {
          table: 'msdyn_surveyquestion',
          why: 'Survey questions of these workstreams.',
          belongsTo: [lookup('msdyn_liveworkstreamtochatquestion')],
          columns: [
            'msdyn_answertype',
            'msdyn_placeholdertext',
            'msdyn_name',
            'msdyn_questiontext',
            'msdyn_ratingscale',
            'statecode',
            'statuscode',
            'msdyn_surveyquestionid',
            'msdyn_liveworkstreamtochatquestion',
          ],
          filter: byWorkstream(
            'msdyn_surveyquestion',
            'msdyn_liveworkstreamtochatquestion',
            'live-chat',
          ),
        },
        {
          table: 'msdyn_questionsequence',
          why: 'Which question stands where in the surveys of these widgets.',
          belongsTo: [lookup('msdyn_chatengagementtochatsequenceid')],
          columns: [
            'msdyn_chatengagementtochatsequenceid',
            'msdyn_name',
            'sequencenumber',
            'msdyn_questionrequired',
            'statecode',
            'statuscode',
            'msdyn_surveyquestion',
            'msdyn_questionsequenceid',
            'msdyn_chatquestionnairetype',
          ],
          filter: byWidget(
            'msdyn_questionsequence',
            'msdyn_livechatconfigid',
            'msdyn_chatengagementtochatsequenceid',
          ),
        },
        {
          table: 'msdyn_livechatwidgetlocation',
          why: 'Where on the web these widgets show.',
          belongsTo: [lookup('msdyn_livechatconfigid')],
          columns: [
            'msdyn_livechatconfigid',
            'msdyn_livechatwidgetlocationid',
            'msdyn_locationurlwildcard',
            'msdyn_ruletype',
            'statecode',
            'statuscode',
            'msdyn_name',
            'msdyn_domainvalue',
          ],
          filter: byWidget(
            'msdyn_livechatwidgetlocation',
            'msdyn_livechatconfigid',
            'msdyn_livechatconfigid',
          ),
        },
        {
          table: 'msdyn_chatwidgetlanguage',
          why: 'The older language rows that widgets look up.',
          columns: [
            'statuscode',
            'statecode',
            'msdyn_languagename',
            'msdyn_localeid',
            'msdyn_chatwidgetlanguageid',
          ],
          filter: byWidget(
            'msdyn_chatwidgetlanguage',
            'msdyn_widgetlocale',
            'msdyn_chatwidgetlanguageid',
          ),
        },
        {
          table: 'msdyn_localizedsurveyquestion',
          why: 'Translations of these questions.',
          belongsTo: [lookup('msdyn_surveyquestionid')],
          columns: [
            'msdyn_languagecode',
            'msdyn_localizedquestiontext',
            'msdyn_localizedsurveyquestionid',
            'msdyn_name',
            'organizationid',
            'statecode',
            'statuscode',
            'msdyn_surveyquestionid',
          ],
          filter: byQuestion('msdyn_localizedsurveyquestion', 'msdyn_surveyquestionid'),
        },
        {
          table: 'msdyn_oc_geolocationprovider',
          why: "Where these widgets ask for the visitor's place, without the keys.",
          columns: [
            'msdyn_providername',
            'msdyn_providerapikeyversion',
            'msdyn_secureproviderapikey',
            'msdyn_providerapikey',
            'msdyn_oc_geolocationproviderid',
            'msdyn_name',
            'statecode',
            'statuscode',
          ],
          filter: byWidget(
            'msdyn_oc_geolocationprovider',
            'msdyn_oc_geolocationprovider',
            'msdyn_oc_geolocationproviderid',
          ),
        },
      ],
    },
  ],
  rules: channelRules,
  leftOut: [
    {
      what: 'App ids and snippets of widgets',
      known: ['msdyn_livechatconfig.msdyn_widgetappid', 'msdyn_livechatconfig.msdyn_widgetsnippet'],
      reason: 'Each environment makes its own.',
      instead: "Publish the target's snippet on the website.",
    },
    {
      what: 'Answers of customers and contexts of chats',
      known: ['msdyn_chatquestionnaireresponse', 'msdyn_livechatengagementctx'],
      reason: 'They tell what happened, not how chat is set up.',
      instead: 'Nothing.',
    },
    {
      what: 'Customer Voice surveys',
      known: ['msfp_survey', 'msdyn_livechatconfig.msdyn_postconversationsurvey'],
      reason: 'Surveys are synchronized per environment.',
      instead: 'Link them in the target.',
    },
  ],
  manual: [
    'Publish the new widget snippet of the target on the website: app id and snippet are its own.',
    'Set the authentication keys, the geolocation key, mailbox and portal address in the target.',
    'Link Customer Voice surveys in the target: surveys belong to an environment.',
  ],
};
