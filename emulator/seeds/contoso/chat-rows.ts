import type { SeedRow, SeedTables } from '../seed-rows.ts';
import { mergeTables } from './merge-tables.ts';
import { rules, workstreamTables } from './routing-parts.ts';

const liveChat = 192360000;

/** Chats of the web site, the shop and the dealers, with widgets, surveys and messages. */
export const chatRows: SeedTables = mergeTables([
  chat(
    'web-chat',
    'Web chat',
    ['segment', 'product', 'machine_model', 'serial_number'],
    [
      {
        key: 'web-chat-queues',
        name: 'Web chat: route to queues',
        kind: 'queue',
        definition: rules('first', [
          {
            id: 'r1',
            name: 'Known machine',
            when: [['liveworkitemcontext.machine_model', 'not-null', '']],
            set: [['assign_to.queue', '[[queue#chat-support]]']],
          },
          {
            id: 'r2',
            name: 'Gold customers',
            when: [['liveworkitemcontext.segment', '==', 'gold']],
            set: [['assign_to.queue', '{[[QUEUE#chat-sales]]}']],
          },
          { id: 'r3', name: 'Default', set: [['assign_to.queue', '{[[queue#chat-sales]]}']] },
        ]),
      },
    ],
  ),
  chat(
    'shop-chat',
    'Shop chat',
    ['segment', 'cart_value', 'order_number'],
    [
      {
        key: 'shop-chat-queues',
        name: 'Shop chat: route to queues',
        kind: 'queue',
        definition: rules('all', [
          {
            id: 'r1',
            name: 'Half and half',
            set: [
              ['assign_to.queue', '[[queue#chat-sales]]'],
              ['assign_to.percentage', '50'],
              ['assign_to.queue', '[[queue#chat-french]]'],
              ['assign_to.percentage', '50'],
            ],
          },
        ]),
      },
    ],
  ),
  chat(
    'dealer-chat',
    'Dealer chat',
    [],
    [
      {
        key: 'dealer-chat-queues',
        name: 'Dealer chat: route to queues',
        kind: 'queue',
        definition: rules('first', [
          { id: 'r1', name: 'Dealers', set: [['assign_to.queue', '[[queue#dealers-chat]]']] },
        ]),
      },
    ],
  ),
  {
    msdyn_authenticationsettings: [
      {
        key: 'web',
        msdyn_name: 'Customer portal sign-in',
        msdyn_authenticationtype: 192350000,
        msdyn_publickeyurl: 'https://www.contoso.example/_services/auth/publickey',
        msdyn_javascriptclientfunction: 'auth.getAuthenticationToken',
        msdyn_authenticationclientid: 'contoso-portal',
        msdyn_authenticationclientsecret: 'S3CR3T-portal-client-7be1',
        msdyn_accesstokenurl: 'https://www.contoso.example/oauth/token',
        msdyn_decryptedtokenurl: 'https://www.contoso.example/oauth/decrypted',
        msdyn_authenticationscopes: 'openid',
        msdyn_additionalparams: 'none',
        msdyn_endpointregion: 192440003,
        msdyn_redirecturi: 'https://www.contoso.example/oauth/redirect',
        msdyn_ocauthchanneltype: liveChat,
      },
      {
        key: 'trial',
        msdyn_name: 'Trial sign-in (not used)',
        msdyn_authenticationtype: 192350001,
        msdyn_publickeyurl: 'https://trial.contoso.example/publickey',
        msdyn_javascriptclientfunction: 'auth.trial',
        msdyn_authenticationclientid: 'contoso-trial',
        msdyn_authenticationclientsecret: 'S3CR3T-trial-client-90aa',
        msdyn_accesstokenurl: 'https://trial.contoso.example/token',
        msdyn_decryptedtokenurl: 'https://trial.contoso.example/decrypted',
        msdyn_authenticationscopes: 'openid',
        msdyn_additionalparams: 'none',
        msdyn_endpointregion: 192440001,
        msdyn_redirecturi: 'https://trial.contoso.example/redirect',
      },
    ],
    msdyn_oc_geolocationprovider: [
      {
        key: 'bing',
        msdyn_name: 'Bing Maps',
        msdyn_providername: 192350000,
        msdyn_providerapikey: 'S3CR3T-bing-key-22ad',
        msdyn_secureproviderapikey: 'S3CR3T-bing-secure-key-0f3c',
        msdyn_providerapikeyversion: 1,
      },
      {
        key: 'google',
        msdyn_name: 'Google Maps (not used)',
        msdyn_providername: 192350001,
        msdyn_providerapikey: 'S3CR3T-google-key-31bb',
        msdyn_secureproviderapikey: 'S3CR3T-google-secure-key-7c44',
        msdyn_providerapikeyversion: 1,
      },
    ],
    msdyn_chatwidgetlanguage: [
      { key: 'en', msdyn_languagename: 'English - United States', msdyn_localeid: 1033 },
      { key: 'de', msdyn_languagename: 'German - Germany', msdyn_localeid: 1031 },
    ],
    msdyn_livechatconfig: [
      widget('web', 'Contoso web', 'web-chat', {
        msdyn_authsettingsid: '#web',
        msdyn_oc_geolocationprovider: '#bing',
        msdyn_prechatenabled: true,
        msdyn_prechatquestionnaireauthenticated: '#model',
        msdyn_prechatquestionnaireunauthenticated: '#serial',
        msdyn_mailbox: 'chat@contoso-dev.example',
      }),
      widget('shop', 'Contoso shop', 'shop-chat', { msdyn_widgetposition: 192236011 }),
      widget('dealers', 'Contoso dealers', 'dealer-chat', { statecode: 1, statuscode: 2 }),
    ],
    msdyn_surveyquestion: [
      question('model', 'machine_model', 'Which machine do you have?', 192350002),
      question('serial', 'serial_number', 'What is its serial number?', 192350000),
      {
        ...question('order', 'order_number', 'What is the number of your order?', 192350002),
        msdyn_liveworkstreamtochatquestion: '#shop-chat',
      },
    ],
    msdyn_chatansweroption: [
      ...['ES100', 'ES500', 'ES900 Pro'].map((name) => ({
        key: name,
        msdyn_name: name,
        msdyn_answeroptionsid: '#model',
      })),
      { key: 'unknown', msdyn_name: 'I do not know', msdyn_answeroptionsid: '#order' },
    ],
    msdyn_localizedsurveyquestion: [
      {
        key: 'model fr',
        msdyn_name: 'Modèle',
        msdyn_languagecode: 100000002,
        msdyn_localizedquestiontext: 'Quelle machine avez-vous ?',
        msdyn_surveyquestionid: '#model',
      },
      {
        key: 'order fr',
        msdyn_name: 'Commande',
        msdyn_languagecode: 100000002,
        msdyn_localizedquestiontext: 'Quel est le numéro de votre commande ?',
        msdyn_surveyquestionid: '#order',
      },
    ],
    msdyn_questionsequence: [
      sequence('model', 1, 192350000, true),
      sequence('serial', 2, 192350001, false),
      {
        ...sequence('order', 1, 192350001, false),
        msdyn_chatengagementtochatsequenceid: '#shop',
      },
    ],
    msdyn_livechatwidgetlocation: [
      {
        key: 'web',
        msdyn_name: 'Everywhere but the shop',
        msdyn_domainvalue: 'www.contoso.example',
        msdyn_locationurlwildcard: '/*',
        msdyn_ruletype: 100000000,
        msdyn_livechatconfigid: '#web',
      },
      {
        key: 'shop',
        msdyn_name: 'Shop',
        msdyn_domainvalue: 'shop.contoso.example',
        msdyn_ruletype: 100000000,
        msdyn_livechatconfigid: '#shop',
      },
    ],
    msdyn_ocsystemmessage: [
      message('chat-joined', 'web', 'Agent joined', '{0} is here to help.'),
      message('chat-offline', 'shop', 'Shop is closed', 'We are back at eight.'),
    ],
    msdyn_oclocalizationdata: [
      {
        key: 'chat-joined fr',
        msdyn_systemmessageid: '#chat-joined',
        msdyn_entityname: 'msdyn_ocsystemmessage',
        msdyn_entitycolumnname: 'msdyn_messagetext',
        msdyn_entityrecordid: '[[msdyn_ocsystemmessage#chat-joined]]',
        msdyn_customerlanguageid: '#fr-FR',
        msdyn_languagecode: 1036,
        msdyn_localizedtext: '{0} est là pour vous aider.',
        msdyn_isdefault: false,
      },
    ],
  },
]);

function chat(
  key: string,
  name: string,
  variables: readonly string[],
  steps: Parameters<typeof workstreamTables>[0]['steps'],
): SeedTables {
  return workstreamTables({
    key,
    name,
    streamSource: liveChat,
    more: {
      msdyn_defaultqueue: '#chat-support',
      msdyn_bot_queue: key === 'web-chat' ? '#chat-support' : null,
      msdyn_conversationmode: key === 'shop-chat' ? 192350001 : 192350000,
      msdyn_sessiontemplate_default: 'contoso_session_chat',
      msdyn_notificationtemplate_incoming_unauth: 'contoso_notification_incoming',
    },
    variables: variables.map((variable) => ({ name: variable })),
    capacity: ['chat'],
    steps,
  });
}

function widget(key: string, name: string, workstream: string, more: SeedRow): SeedRow {
  return {
    key,
    msdyn_name: name,
    msdyn_liveworkstreamid: `#${workstream}`,
    msdyn_ocwidgetlanguage: '#en-US',
    msdyn_widgetlocale: '#en',
    msdyn_language: 192360014,
    msdyn_operatinghourid: '#weekdays',
    msdyn_widgettitle: `${name} chat`,
    msdyn_widgetsubtitle: 'We usually answer in two minutes',
    msdyn_widgetthemecolor: 19236003,
    msdyn_widgetposition: 192236010,
    msdyn_offlinewidgettitle: 'We are closed',
    msdyn_offlinewidgetsubtitle: 'Come back between 8 and 18',
    msdyn_offlinewidgetthemecolor: 192350003,
    msdyn_avatarurl: 'https://www.contoso.example/img/avatar.png',
    msdyn_portalurl: 'https://www.contoso-dev.example',
    msdyn_redirectionurl: 'https://www.contoso.example/help',
    msdyn_authenticatedsigninoptional: true,
    msdyn_autodetectlanguage: false,
    msdyn_callingoptions: 192350000,
    msdyn_enablechattranscriptdownload: true,
    msdyn_enablechattranscriptemail: false,
    msdyn_enablecobrowse: false,
    msdyn_enablescreensharing: false,
    msdyn_postchatenabled: false,
    msdyn_prechatenabled: false,
    msdyn_proactivechatenabled: false,
    msdyn_requestvisitorlocation: false,
    msdyn_showwidgetduringofflinehours: true,
    msdyn_widgetcustomizationconfig: '{"styleProps":{"generalStyles":{"width":"360px"}}}',
    msdyn_widgetappid: `[[msdyn_livechatconfig#${key}]]`,
    msdyn_widgetsnippet: `<script id="Microsoft_Omnichannel_LCWidget" data-app-id="[[msdyn_livechatconfig#${key}]]" data-org-id="[[organization#organization]]"></script>`,
    ...more,
  };
}

function question(key: string, name: string, text: string, answerType: number): SeedRow {
  return {
    key,
    msdyn_name: name,
    msdyn_questiontext: text,
    msdyn_answertype: answerType,
    msdyn_placeholdertext: 'On the plate below the water tank',
    msdyn_liveworkstreamtochatquestion: '#web-chat',
  };
}

function sequence(key: string, order: number, type: number, isRequired: boolean): SeedRow {
  return {
    key,
    msdyn_name: `Question ${order}`,
    sequencenumber: order,
    msdyn_chatquestionnairetype: type,
    msdyn_questionrequired: isRequired,
    msdyn_surveyquestion: `#${key}`,
    msdyn_chatengagementtochatsequenceid: '#web',
  };
}

function message(key: string, widgetKey: string, name: string, text: string): SeedRow {
  return {
    key,
    msdyn_name: name,
    msdyn_messagetext: text,
    msdyn_messagereceiver: 192350001,
    msdyn_messagetype: 2,
    msdyn_messagetemplatetrigger: 1,
    msdyn_systemmessageeventtype: 192350000,
    msdyn_streamsource: liveChat,
    msdyn_defaultlanguage: '#en-US',
    msdyn_widgetid: `#${widgetKey}`,
    msdyn_instanceid: `[[MSDYN_LIVECHATCONFIG#${widgetKey}]]`,
  };
}
