import type { SeedRow, SeedTables } from '../seed-rows.ts';
import { mergeTables } from './merge-tables.ts';
import { rules, workstreamTables } from './routing-parts.ts';

const voiceCall = 192440000;
const automatic = 192351002;

/** Three phone lines with their settings, voices, numbers and messages. */
export const voiceRows: SeedTables = mergeTables([
  line('main-line', 'Main line', [
    {
      key: 'main-line-skills',
      name: 'Main line: skills',
      kind: 'skills',
      definition: rules('all', [
        {
          id: 'r1',
          name: 'French callers',
          when: [['liveworkitemcontext.language', '==', 'fr']],
          set: [
            [
              'characteristic',
              '{"id":"[[characteristic#french]]","proficiency":"[[ratingvalue#language-B1]]"}',
            ],
          ],
        },
        {
          id: 'r2',
          name: 'Billing',
          when: [['liveworkitemcontext.topic', '==', 'billing']],
          set: [['characteristic', '{"id":"{[[CHARACTERISTIC#billing]]}"}']],
        },
      ]),
    },
    {
      key: 'main-line-queues',
      name: 'Main line: route to queues',
      kind: 'queue',
      definition: rules('first', [
        {
          id: 'r1',
          name: 'Gold customers',
          when: [['liveworkitemcontext.segment', '==', 'gold']],
          set: [['assign_to.queue', '{[[QUEUE#voice-gold]]}']],
        },
        {
          id: 'r2',
          name: 'Repairs',
          when: [['liveworkitemcontext.topic', 'equals', 'repair']],
          set: [['assign_to.queue', '[[queue#voice-repairs]]']],
        },
        { id: 'r3', name: 'Everybody else', set: [['assign_to.queue', '[[QUEUE#voice-general]]']] },
      ]),
    },
  ]),
  line('repair-line', 'Repair line', [
    {
      key: 'repair-line-queues',
      name: 'Repair line: route to queues',
      kind: 'queue',
      definition: rules('all', [
        {
          id: '7c0b6c1e-3f2d-4d80-9a57-5b9e2f1a6c43',
          name: 'Workshop',
          set: [['assign_to.queue', '[[queue#voice-repairs]]']],
        },
      ]),
    },
  ]),
  line('dealer-line', 'Dealer line', [
    {
      key: 'dealer-line-queues',
      name: 'Dealer line: route to queues',
      kind: 'queue',
      definition: '',
    },
  ]),
  {
    // An earlier attempt: not active.
    msdyn_routingconfiguration: [
      {
        key: 'main-line-old',
        msdyn_name: 'Main line routing (2023)',
        msdyn_uniquename: 'contoso_routingconfiguration_mainline2023',
        msdyn_liveworkstreamid: '#main-line',
        msdyn_isactiveconfiguration: false,
      },
    ],
    msdyn_ocvoice: [
      voice('en', 'English, calm', 'en-US', 'en-US-JennyNeural'),
      voice('de', 'Deutsch', 'de-DE', 'de-DE-KatjaNeural'),
      voice('fr', 'Français', 'fr-FR', 'fr-FR-DeniseNeural'),
    ],
    msdyn_occarrier: [{ key: 'acs', msdyn_name: 'Azure Communication Services' }],
    msdyn_occommunicationprovidersetting: [
      {
        key: 'acs',
        msdyn_name: 'ACS Contoso',
        msdyn_occommunicationprovider: 192350000,
        msdyn_accountsid: 'contoso-acs-weu',
        msdyn_occommunicationproviderimmutableid: '6a52ce5e-7d15-4a36-9f2c-0c1b77ad8e41',
        msdyn_secret: 'S3CR3T-acs-connection-4c1f',
        msdyn_securesecret: 'S3CR3T-acs-secure-connection-9d20',
      },
    ],
    msdyn_ocphonenumber: [
      number('main', '+494055501000'),
      number('repairs', '+494055501010'),
      number('dealers', '+494055501020'),
      number('sms', '+4915799001200'),
    ],
    msdyn_ocphonemusic: [
      { key: 'wait', msdyn_name: 'Espresso lounge (wait)' },
      { key: 'hold', msdyn_name: 'Grinder blues (hold)' },
    ],
    msdyn_ocvoicechannelsetting: [
      setting('main-line', 'Main line', 'main', {
        msdyn_recordingenabled: true,
        msdyn_recordingmode: [automatic],
      }),
      setting('repair-line', 'Repair line', 'repairs', { msdyn_operatinghoursid: '#repairs' }),
      setting('dealer-line', 'Dealer line', 'dealers', {}),
    ],
    msdyn_ocvoicechannellanguagesetting: [
      languageSetting('main-line', 'en-US', 'en', true),
      languageSetting('main-line', 'de-DE', 'de', false),
      languageSetting('main-line', 'fr-FR', 'fr', false),
      languageSetting('repair-line', 'de-DE', 'de', true),
      languageSetting('dealer-line', 'en-US', 'en', true),
    ],
    msdyn_ocprovisioningstate: ['main-line', 'repair-line', 'dealer-line'].map((key) => ({
      key,
      msdyn_name: `Provisioning of ${key}`,
      msdyn_automatedcallingstatus: 1,
      msdyn_communicationprovidersettingid: '#acs',
      msdyn_exceptiondetails: key === 'dealer-line' ? 'Number is being ported' : 'None',
      msdyn_voicechannelsettingid: `#${key}`,
      statuscode: 192350003,
    })),
    msdyn_ocsystemmessage: [
      message('voice-greeting', 'Greeting to customer', 'Welcome to Contoso. Please hold.'),
      message('voice-position', 'Position in queue', 'You are number {0} in the queue.'),
    ],
    msdyn_oclocalizationdata: [
      localized('voice-greeting', 'de-DE', 1031, 'Willkommen bei Contoso. Bitte bleiben Sie dran.'),
      localized('voice-greeting', 'fr-FR', 1036, 'Bienvenue chez Contoso. Veuillez patienter.'),
    ],
  },
]);

function line(
  key: string,
  name: string,
  steps: Parameters<typeof workstreamTables>[0]['steps'],
): SeedTables {
  return workstreamTables({
    key,
    name,
    streamSource: voiceCall,
    more: {
      msdyn_enablevoicev2: true,
      msdyn_defaultqueue: '#voice-general',
      msdyn_outboundqueueid: '#voice-after-hours',
      msdyn_conversationmode: 192350000,
      msdyn_botfailureactionconfig: key === 'main-line' ? '#to-voice-general' : null,
      msdyn_notificationtemplate_transfer: 'contoso_notification_incoming',
      msdyn_sessiontemplate_default: 'contoso_session_voice',
      msdyn_handlingtimethreshold: 10,
    },
    variables: [
      { name: 'segment' },
      { name: 'topic' },
      { name: 'language', isSystemDefined: true },
    ],
    capacity: ['voice'],
    steps,
  });
}

function voice(key: string, name: string, language: string, voiceName: string): SeedRow {
  return {
    key,
    msdyn_name: name,
    msdyn_voicename: voiceName,
    msdyn_languageid: `#${language}`,
    msdyn_pitch: 0,
    msdyn_speakingspeed: 100,
    msdyn_voicestyle: 'general',
  };
}

function number(key: string, phoneNumber: string): SeedRow {
  return {
    key,
    msdyn_name: phoneNumber,
    msdyn_phonenumber: phoneNumber,
    msdyn_ocphonenumbersource: 192350000,
    msdyn_phonenumbertype: 0,
    msdyn_countryisocode: 'DE',
    msdyn_phoneinboundenabled: true,
    msdyn_smsinboundenabled: key === 'sms',
    msdyn_carrierid: '#acs',
    msdyn_occommunicationprovidersettingid: '#acs',
  };
}

function setting(key: string, name: string, phoneNumber: string, more: SeedRow): SeedRow {
  return {
    key,
    msdyn_name: `${name} voice channel`,
    msdyn_liveworkstreamid: `#${key}`,
    msdyn_phonenumberid: `#${phoneNumber}`,
    msdyn_operatinghoursid: '#weekdays',
    msdyn_announceaveragewaittime: true,
    msdyn_announcepositioninqueue: true,
    msdyn_agentexternalparticipanttransfercontrolenabled: true,
    msdyn_agentexternalteamsparticipanttransfercontrolenabled: false,
    msdyn_stoptranscriptionandrecordingafterpstntransfer: false,
    msdyn_stoptranscriptionandrecordingafterteamstransfer: false,
    msdyn_usebridgetransferforpstntransfer: false,
    msdyn_usebridgetransferforteamstransfer: false,
    msdyn_transcriptionenabled: true,
    msdyn_transcriptionmode: [automatic],
    msdyn_inboundurl: 'https://oc.contoso-dev.example/voice/inbound',
    ...more,
  };
}

function languageSetting(
  line: string,
  language: string,
  voiceKey: string,
  isPrimary: boolean,
): SeedRow {
  return {
    key: `${line} ${language}`,
    msdyn_name: `${line} ${language}`,
    msdyn_ocvoicechannelsettingid: `#${line}`,
    msdyn_languageid: `#${language}`,
    msdyn_ocvoiceid: `#${voiceKey}`,
    msdyn_isprimary: isPrimary,
    msdyn_waitmusicid: '#wait',
    msdyn_holdmusicid: '#hold',
  };
}

function message(key: string, name: string, text: string): SeedRow {
  return {
    key,
    msdyn_name: name,
    msdyn_messagetext: text,
    msdyn_messagedescription: name,
    msdyn_messagereceiver: 192350001,
    msdyn_messagetype: 2,
    msdyn_messagetemplatetrigger: 1,
    msdyn_systemmessageeventtype: 192350000,
    msdyn_streamsource: voiceCall,
    msdyn_defaultlanguage: '#en-US',
    msdyn_instanceid: '[[msdyn_ocvoicechannelsetting#main-line]]',
  };
}

function localized(messageKey: string, language: string, code: number, text: string): SeedRow {
  return {
    key: `${messageKey} ${language}`,
    msdyn_systemmessageid: `#${messageKey}`,
    msdyn_entityname: 'msdyn_ocsystemmessage',
    msdyn_entitycolumnname: 'msdyn_messagetext',
    msdyn_entityrecordid: `[[msdyn_ocsystemmessage#${messageKey}]]`,
    msdyn_customerlanguageid: `#${language}`,
    msdyn_languagecode: code,
    msdyn_localizedtext: text,
    msdyn_isdefault: false,
  };
}
