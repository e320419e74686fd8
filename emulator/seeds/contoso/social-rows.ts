import type { SeedRow, SeedTables } from '../seed-rows.ts';
import { mergeTables } from './merge-tables.ts';
import { rules, workstreamTables } from './routing-parts.ts';

/** `msdyn_streamsource`, by the key of the workstream. */
const sources = {
  facebook: 192330000,
  line: 192310000,
  teams: 19241000,
  apple: 192450000,
  google: 192450001,
  wechat: 192320000,
} as const;

type Channel = keyof typeof sources;

const accountTables: Readonly<Record<Channel, string>> = {
  facebook: 'msdyn_ocfbpage',
  line: 'msdyn_oclinechannelconfig',
  teams: 'msdyn_octeamschannelconfig',
  apple: 'msdyn_ocapplebusinessaccount',
  google: 'msdyn_ocgooglebusinessmessagesagentaccount',
  wechat: 'msdyn_ocwechatchannelconfig',
};

const host = 'https://oc.contoso-dev.example';

/**
 * Facebook, LINE, Microsoft Teams, Apple, Google and WeChat: a workstream each with its account, and
 * accounts that no filter selects, because no page, agent or workstream of today uses them.
 */
export const socialRows: SeedTables = mergeTables([
  conversations('facebook', 'Facebook'),
  conversations('line', 'LINE'),
  conversations('teams', 'Staff desk in Teams'),
  conversations('apple', 'Apple Messages'),
  conversations('google', 'Google Messages'),
  conversations('wechat', 'WeChat'),
  {
    // Every documented filter leaves these out: one for its mode, one for its channel.
    msdyn_liveworkstream: [
      outside('line-legacy', 'LINE (until 2021)', sources.line, 717210000),
      outside('twitter', 'Twitter', 192350001, 717210001),
    ],
    msdyn_ocfbapplication: [
      {
        key: 'facebook',
        msdyn_name: 'Contoso on Facebook',
        msdyn_fbapplicationid: '480215936627184',
        msdyn_fbapplicationsecret: 'S3CR3T-facebook-app-2b91',
        msdyn_fbverifytoken: 'S3CR3T-facebook-verify-77aa',
        msdyn_fbcallbackuri: `${host}/facebook/callback`,
      },
      {
        key: 'trial',
        msdyn_name: 'Trial application (no page)',
        msdyn_fbapplicationid: '480215936600000',
        msdyn_fbapplicationsecret: 'S3CR3T-facebook-trial-app-c0d4',
        msdyn_fbverifytoken: 'S3CR3T-facebook-trial-verify-19e8',
      },
    ],
    msdyn_ocfbpage: [
      {
        key: 'facebook',
        msdyn_fbpagename: 'Contoso Coffee',
        msdyn_fbpageid: '1093847566601923',
        msdyn_fbpageaccesstoken: 'S3CR3T-facebook-page-5d3e',
        msdyn_ocfbapplicationid: '#facebook',
        msdyn_enablehumanagenttag: true,
        ...settings('facebook', 'en-US'),
      },
    ],
    msdyn_oclinechannelconfig: [
      {
        key: 'line',
        msdyn_name: 'Contoso LINE',
        msdyn_channelid: '1657712034',
        msdyn_channelsecret: 'S3CR3T-line-channel-90bf',
        msdyn_channelaccesstoken: 'S3CR3T-line-access-e613',
        msdyn_webhookurl: `${host}/line/webhook`,
        ...settings('line', 'ja-JP'),
      },
      {
        key: 'trial',
        msdyn_name: 'Trial LINE account (legacy)',
        msdyn_channelid: '1657700000',
        msdyn_channelsecret: 'S3CR3T-line-trial-channel-4f20',
        msdyn_channelaccesstoken: 'S3CR3T-line-trial-access-a7c9',
        msdyn_liveworkstreamid: '#line-legacy',
        msdyn_ocwidgetlanguage: '#ja-JP',
      },
    ],
    msdyn_octeamschannelconfig: [
      {
        key: 'teams',
        msdyn_name: 'Contoso staff desk',
        msdyn_teamsappname: 'Contoso staff desk',
        msdyn_botid: 'b7d1c5f0-2e94-4b36-9a08-6f13d2c87e45',
        msdyn_callingoptions: 192350000,
        ...settings('teams', 'en-GB'),
      },
    ],
    msdyn_authenticationsettings: [
      signIn('apple', 'Apple sign-in', 'S3CR3T-apple-client-33b8'),
      signIn('apple-v2', 'Apple sign-in (new form)', 'S3CR3T-apple-client-v2-81d6'),
    ],
    msdyn_ocapplebusinessaccount: [
      {
        key: 'apple',
        msdyn_name: 'Contoso on Apple Messages',
        msdyn_businessid: '5f0c9d12-7a63-4e8b-b1d4-08c2e6f7a935',
        msdyn_enableapplepay: false,
        msdyn_enableoauth: true,
        msdyn_businessauthsettingsid: '#apple',
        msdyn_v2businessauthsettingsid: '#apple-v2',
        ...settings('apple', 'en-US'),
      },
    ],
    msdyn_ocgooglebusinessmessagespartneraccount: [
      {
        key: 'google',
        msdyn_name: 'Contoso partner',
        msdyn_partneraccountid: 'contoso-partner-eu',
        msdyn_partneraccountclienttoken: 'S3CR3T-google-partner-c5e2',
        msdyn_credentialfilename: 'contoso-partner-eu.json',
        msdyn_base64credentialfilestring: 'S3CR3T-google-credentials-e09a',
        msdyn_base64credentialfilestringcontd: 'S3CR3T-google-credentials-more-2c47',
        msdyn_googlebusinessmessagescallbackurl: `${host}/google/partner`,
      },
      {
        key: 'trial',
        msdyn_name: 'Trial partner (no agent)',
        msdyn_partneraccountid: 'contoso-trial',
        msdyn_partneraccountclienttoken: 'S3CR3T-google-trial-partner-b16f',
        msdyn_credentialfilename: 'contoso-trial.json',
        msdyn_base64credentialfilestring: 'S3CR3T-google-trial-credentials-67d0',
        msdyn_base64credentialfilestringcontd: 'S3CR3T-google-trial-credentials-more-f854',
        msdyn_googlebusinessmessagescallbackurl: `${host}/google/trial`,
      },
    ],
    msdyn_ocgooglebusinessmessagesagentaccount: [
      {
        key: 'google',
        msdyn_name: 'Contoso agent',
        msdyn_agentid: 'contoso-agent-4711',
        msdyn_brandid: 'contoso-brand-0815',
        msdyn_agentaccountclienttoken: 'S3CR3T-google-agent-70fa',
        msdyn_googlebusinessmessagescallbackurl: `${host}/google/agent`,
        msdyn_enableagentoverride: true,
        msdyn_ocgbmpartneraccount: '#google',
        ...settings('google', 'en-US'),
      },
    ],
    msdyn_ocwechatchannelconfig: [
      {
        key: 'wechat',
        msdyn_name: 'Contoso WeChat',
        msdyn_applicationid: 'wx8a1f60c27be934d5',
        msdyn_applicationsecret: 'S3CR3T-wechat-app-d2c8',
        msdyn_secureapplicationsecret: 'S3CR3T-wechat-secure-app-1e75',
        msdyn_token: 'S3CR3T-wechat-token-b39d',
        msdyn_securetoken: 'S3CR3T-wechat-secure-token-06fc',
        msdyn_encodingaeskey: 'S3CR3T-wechat-aes-4ab1',
        msdyn_secureencodingaeskey: 'S3CR3T-wechat-secure-aes-9d52',
        msdyn_serviceaccount: 'gh_4c7e15a90b38',
        msdyn_ipaddresses: '203.0.113.10;203.0.113.11',
        msdyn_callbackurl: `${host}/wechat/callback`,
        ...settings('wechat', 'en-GB'),
      },
    ],
    msdyn_ocbotchannelregistration: [
      registration('facebook', { msdyn_ocfbapplicationid: '#facebook' }),
      registration('line', { msdyn_oclinechannelconfigid: '#line' }),
      registration('teams', { msdyn_octeamschannelconfigid: '#teams' }),
      registration('google', { msdyn_ocgbmagentaccount: '#google' }),
    ],
  },
]);

function signIn(key: string, name: string, secret: string): SeedRow {
  const login = `https://login.contoso.example/${key}`;
  return {
    key,
    msdyn_name: name,
    msdyn_authenticationtype: 192350001,
    msdyn_publickeyurl: `${login}/publickey`,
    msdyn_javascriptclientfunction: 'none',
    msdyn_authenticationclientid: `contoso-${key}`,
    msdyn_authenticationclientsecret: secret,
    msdyn_accesstokenurl: `${login}/token`,
    msdyn_decryptedtokenurl: `${login}/decrypted`,
    msdyn_authenticationscopes: 'openid',
    msdyn_additionalparams: 'none',
    msdyn_endpointregion: 192440003,
    msdyn_redirecturi: `${login}/redirect`,
  };
}

function outside(key: string, name: string, source: number, mode: number): SeedRow {
  return {
    key,
    msdyn_name: name,
    msdyn_streamsource: source,
    msdyn_mode: mode,
    msdyn_direction: 0,
    msdyn_capacityrequired: 10,
    msdyn_workdistributionmode: 192350001,
    msdyn_allowedpresences: [192360000],
    msdyn_autocloseafterinactivity: 30,
    msdyn_enablevoicev2: false,
    msdyn_restrictdownloadrecording: false,
    msdyn_restrictdownloadtranscript: false,
  };
}

/** What the accounts of all messaging channels have in common. */
function settings(channel: Channel, language: string): SeedRow {
  return {
    msdyn_liveworkstreamid: `#${channel}`,
    msdyn_ocwidgetlanguage: `#${language}`,
    msdyn_enablefileattachmentsforagents: true,
    msdyn_enablefileattachmentsforcustomers: channel !== 'teams',
    msdyn_postconversationsurveyenable: false,
    msdyn_postconversationsurveybotsurvey: false,
  };
}

function registration(channel: Channel, of: SeedRow): SeedRow {
  return {
    key: channel,
    msdyn_name: `Contoso ${channel} bot`,
    msdyn_msappid: `[[msdyn_liveworkstream#${channel}]]`,
    msdyn_msappsecret: `S3CR3T-bot-${channel}-6e1d`,
    msdyn_securemsappsecret: `S3CR3T-bot-secure-${channel}-b8f3`,
    msdyn_iscustommessagingbcr: false,
    msdyn_lastvalidateddate: '2025-02-28T12:00:00Z',
    msdyn_validationstatus: 'Valid',
    msdyn_messagingendpoint: `${host}/bot/${channel}`,
    ...of,
  };
}

function conversations(channel: Channel, name: string): SeedTables {
  const account = `[[${accountTables[channel]}#${channel}]]`;
  return mergeTables([
    workstreamTables({
      key: channel,
      name,
      streamSource: sources[channel],
      more: {
        msdyn_defaultqueue: '#messages',
        msdyn_conversationmode: 192350001,
        msdyn_autocloseafterinactivity: 1440,
        msdyn_sessiontemplate_default: 'contoso_session_chat',
      },
      variables: [{ name: 'topic' }],
      capacity: ['messages'],
      steps: [
        {
          key: `${channel}-queues`,
          name: `${name}: route to queues`,
          kind: 'queue',
          definition: rules('first', [
            {
              id: 'r1',
              name: 'Orders',
              when: [['liveworkitemcontext.topic', '==', 'order']],
              set: [['assign_to.queue', '[[queue#chat-sales]]']],
            },
            { id: 'r2', name: 'Default', set: [['assign_to.queue', '{[[QUEUE#messages]]}']] },
          ]),
        },
      ],
    }),
    {
      msdyn_ocsystemmessage: [
        message(`${channel}-closed`, channel, 'We are closed'),
        {
          ...message(`${channel}-welcome`, channel, `Welcome (${name})`),
          msdyn_instanceid: account,
        },
      ],
      msdyn_oclocalizationdata: [
        {
          key: `${channel}-closed de`,
          msdyn_systemmessageid: `#${channel}-closed`,
          msdyn_entityname: 'msdyn_ocsystemmessage',
          msdyn_entitycolumnname: 'msdyn_messagetext',
          msdyn_entityrecordid: `[[msdyn_ocsystemmessage#${channel}-closed]]`,
          msdyn_customerlanguageid: '#de-DE',
          msdyn_languagecode: 1031,
          msdyn_localizedtext: 'Danke. Wir antworten morgen.',
          msdyn_isdefault: false,
        },
      ],
    },
  ]);
}

function message(key: string, channel: Channel, name: string): SeedRow {
  return {
    key,
    msdyn_name: name,
    msdyn_messagetext: 'Thank you for your message.',
    msdyn_messagereceiver: 192350001,
    msdyn_messagetype: 2,
    msdyn_messagetemplatetrigger: 1,
    msdyn_systemmessageeventtype: 192350000,
    msdyn_streamsource: sources[channel],
    msdyn_defaultlanguage: '#en-US',
  };
}
