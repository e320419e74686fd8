import type { SeedRow, SeedTables } from '../seed-rows.ts';
import { mergeTables } from './merge-tables.ts';
import { rules, workstreamTables } from './routing-parts.ts';

const whatsApp = 192300000;
const sms = 192340000;
const custom = 192350002;

/** SMS, WhatsApp and the messages of the company's own app. */
export const messageRows: SeedTables = mergeTables([
  messages('sms', 'SMS', sms, {
    msdyn_smsprovider: 192350001,
    msdyn_customerid: 'contoso-sms',
    msdyn_apikey: 'S3CR3T-sms-key-a817',
    msdyn_secureapikey: 'S3CR3T-sms-secure-key-b340',
    msdyn_apikeyversionnumber: 2,
    msdyn_twilioinboundurl: 'https://oc.contoso-dev.example/twilio/inbound',
    msdyn_telesigninboundurl: 'https://oc.contoso-dev.example/telesign/inbound',
    msdyn_lastvalidationon: '2025-02-28T12:00:00Z',
    msdyn_lastvalidationstatus: 'Valid',
  }),
  messages('whatsapp', 'WhatsApp', whatsApp, {}),
  messages('app-messages', 'App messages', custom, {}),
  {
    msdyn_ocsmschannelsetting: [
      {
        key: 'sms',
        msdyn_name: 'Contoso SMS',
        msdyn_language: '#en-US',
        msdyn_liveworkstreamid: '#sms',
        msdyn_phonenumberid: '#sms',
        msdyn_operatinghourid: '#always',
        msdyn_enablefileattachmentforagents: true,
        msdyn_inboundurl: 'https://oc.contoso-dev.example/sms/inbound',
      },
    ],
    msdyn_ocwhatsappchannelaccount: [
      {
        key: 'whatsapp',
        msdyn_name: 'Contoso WhatsApp',
        msdyn_provideraccountid: 'AC5b1e6f0c9d8742',
        msdyn_providertype: 192350000,
        msdyn_authenticationtoken: 'S3CR3T-whatsapp-token-66d9',
        msdyn_secureauthenticationtoken: 'S3CR3T-whatsapp-secure-token-f1a2',
        msdyn_twilioinboundurl: 'https://oc.contoso-dev.example/whatsapp/inbound',
      },
      {
        key: 'trial',
        msdyn_name: 'Trial account (no number)',
        msdyn_provideraccountid: 'AC000000000000000',
        msdyn_providertype: 192350000,
        msdyn_authenticationtoken: 'S3CR3T-trial-token-08e1',
        msdyn_secureauthenticationtoken: 'S3CR3T-trial-secure-token-d5b7',
      },
    ],
    msdyn_ocwhatsappchannelnumber: [
      {
        key: 'whatsapp',
        msdyn_name: 'Contoso WhatsApp number',
        msdyn_organizationphonenumber: '+4915799001300',
        msdyn_ocwhatsappaccountid: '#whatsapp',
        msdyn_ocwidgetlanguage: '#de-DE',
        msdyn_liveworkstreamid: '#whatsapp',
        msdyn_enablefileattachmentsforcustomers: true,
      },
    ],
    msdyn_ocbotchannelregistration: [
      {
        key: 'app',
        msdyn_name: 'Contoso app bot',
        msdyn_msappid: '3e9d1b72-5f80-4c26-a1d4-8c7b0e6f2a95',
        msdyn_msappsecret: 'S3CR3T-bot-app-5c0e',
        msdyn_securemsappsecret: 'S3CR3T-bot-secure-app-83ff',
        msdyn_iscustommessagingbcr: true,
        msdyn_lastvalidateddate: '2025-02-28T12:00:00Z',
        msdyn_validationstatus: 'Valid',
        msdyn_messagingendpoint: 'https://oc.contoso-dev.example/bot/messages',
      },
      {
        key: 'trial',
        msdyn_name: 'Trial bot (no channel)',
        msdyn_msappid: 'f1c7a290-64be-4d0f-8e35-29d6b0c18a74',
        msdyn_msappsecret: 'S3CR3T-bot-trial-17d2',
        msdyn_securemsappsecret: 'S3CR3T-bot-secure-trial-44ce',
        msdyn_iscustommessagingbcr: false,
        msdyn_lastvalidateddate: '2024-11-05T08:00:00Z',
        msdyn_validationstatus: 'Not validated',
      },
    ],
    msdyn_occustommessagingchannel: [
      {
        key: 'app',
        msdyn_name: 'Contoso app',
        msdyn_occustomchannelid: 192350000,
        msdyn_custombotchannelregistration: '#app',
        msdyn_ocwidgetlanguage: '#en-GB',
        msdyn_liveworkstreamid: '#app-messages',
      },
    ],
    msdyn_ocsystemmessage: [
      message('sms-closed', sms, 'We are closed', 'Thank you. We answer tomorrow.'),
      message('whatsapp-closed', whatsApp, 'We are closed', 'Thank you. We answer tomorrow.'),
      message('app-closed', custom, 'We are closed', 'Thank you. We answer tomorrow.'),
    ],
    msdyn_oclocalizationdata: ['sms-closed', 'whatsapp-closed', 'app-closed'].map((key) => ({
      key: `${key} de`,
      msdyn_systemmessageid: `#${key}`,
      msdyn_entityname: 'msdyn_ocsystemmessage',
      msdyn_entitycolumnname: 'msdyn_messagetext',
      msdyn_entityrecordid: `[[msdyn_ocsystemmessage#${key}]]`,
      msdyn_customerlanguageid: '#de-DE',
      msdyn_languagecode: 1031,
      msdyn_localizedtext: 'Danke. Wir antworten morgen.',
      msdyn_isdefault: false,
    })),
  },
]);

function messages(key: string, name: string, source: number, more: SeedRow): SeedTables {
  return workstreamTables({
    key,
    name,
    streamSource: source,
    more: {
      msdyn_defaultqueue: '#messages',
      msdyn_conversationmode: 192350001,
      msdyn_autocloseafterinactivity: 1440,
      msdyn_sessiontemplate_default: 'contoso_session_chat',
      ...more,
    },
    variables: [{ name: 'campaign' }],
    capacity: ['messages'],
    steps: [
      {
        key: `${key}-queues`,
        name: `${name}: route to queues`,
        kind: 'queue',
        definition: rules('first', [
          {
            id: 'r1',
            name: 'Campaign',
            when: [['liveworkitemcontext.campaign', '==', 'spring']],
            set: [['assign_to.queue', '[[queue#chat-sales]]']],
          },
          { id: 'r2', name: 'Default', set: [['assign_to.queue', '{[[QUEUE#messages]]}']] },
        ]),
      },
    ],
  });
}

function message(key: string, source: number, name: string, text: string): SeedRow {
  return {
    key,
    msdyn_name: name,
    msdyn_messagetext: text,
    msdyn_messagereceiver: 192350001,
    msdyn_messagetype: 2,
    msdyn_messagetemplatetrigger: 1,
    msdyn_systemmessageeventtype: 192350000,
    msdyn_streamsource: source,
    msdyn_defaultlanguage: '#en-US',
  };
}
