import { lookup } from './belonging.ts';
import type { Area } from './area.ts';
import {
  channelRules,
  languageTable,
  messageTables,
  operatingHourTable,
} from './channel-tables.ts';
import { fetchText, join } from './fetch-filter.ts';
import { byWorkstream, workstreamJoin, workstreamsOf } from './workstream-filter.ts';
import {
  workstreamLeftOut,
  workstreamManual,
  workstreamRules,
  workstreamTables,
} from './workstream-tables.ts';

const page =
  'learn.microsoft.com/dynamics365/customer-service/administer/migrate-config-data-for-voice-channel';

export const voiceWorkstreams: Area = {
  area: 'voice-workstreams',
  title: 'Voice workstreams',
  channels: ['voice'],
  source: `${page}, workstreams`,
  steps: [
    {
      step: '06-voice-workstreams',
      title: 'Voice workstreams and their rules',
      tables: workstreamTables('voice'),
    },
  ],
  rules: workstreamRules,
  leftOut: workstreamLeftOut,
  manual: workstreamManual,
};

/** Columns that hold what only one environment has (phone numbers, music, bots) are withheld. */
export const voiceSettings: Area = {
  area: 'voice-settings',
  title: 'Voice channel settings',
  channels: ['voice'],
  source: `${page}, voice channels`,
  steps: [
    {
      step: '08-voice-settings',
      title: 'Voice channels, voices, languages and messages',
      needs: 'msdyn_ocvoicechannelsetting',
      tables: [
        languageTable('voice', [
          {
            table: 'msdyn_ocvoice',
            idColumn: 'msdyn_ocvoiceid',
            column: 'msdyn_languageid',
          },
          {
            table: 'msdyn_ocvoicechannellanguagesetting',
            idColumn: 'msdyn_ocvoicechannellanguagesettingid',
            column: 'msdyn_languageid',
          },
        ]),
        operatingHourTable('msdyn_ocvoicechannelsetting', 'msdyn_operatinghoursid', 'voice'),
        {
          table: 'msdyn_ocvoicechannelsetting',
          why: 'The voice channels of these workstreams.',
          belongsTo: [lookup('msdyn_liveworkstreamid')],
          columns: [
            'msdyn_announceaveragewaittime',
            'msdyn_announcepositioninqueue',
            'msdyn_agentrecordingcontrolsenabled',
            'msdyn_agenttranscriptioncontrolsenabled',
            'msdyn_agentexternalparticipantcontrolenabled',
            'msdyn_agentexternalteamsparticipantcontrolenabled',
            'msdyn_name',
            'msdyn_operatinghoursid',
            'msdyn_recordingenabled',
            'msdyn_recordingmode',
            'statecode',
            'statuscode',
            'msdyn_transcriptionenabled',
            'msdyn_transcriptionmode',
            'msdyn_ocvoicechannelsettingid',
            'msdyn_liveworkstreamid',
          ],
          // Required by newer versions.
          optionalColumns: [
            'msdyn_agentexternalparticipanttransfercontrolenabled',
            'msdyn_agentexternalteamsparticipanttransfercontrolenabled',
            'msdyn_stoptranscriptionandrecordingafterpstntransfer',
            'msdyn_stoptranscriptionandrecordingafterteamstransfer',
            'msdyn_usebridgetransferforpstntransfer',
            'msdyn_usebridgetransferforteamstransfer',
          ],
          filter: byWorkstream('msdyn_ocvoicechannelsetting', 'msdyn_liveworkstreamid', 'voice'),
        },
        ...messageTables('voice'),
        {
          table: 'msdyn_ocvoice',
          why: 'Voices that voice channels speak with; the procedure moves all of them.',
          columns: [
            'msdyn_languageid',
            'msdyn_name',
            'msdyn_pitch',
            'msdyn_speakingspeed',
            'statecode',
            'statuscode',
            'msdyn_ocvoiceid',
            'msdyn_voicename',
            'msdyn_voicestyle',
          ],
        },
        {
          table: 'msdyn_ocvoicechannellanguagesetting',
          why: 'The languages of these voice channels.',
          belongsTo: [lookup('msdyn_ocvoicechannelsettingid')],
          columns: [
            'msdyn_holdmusicid',
            'msdyn_isprimary',
            'msdyn_languageid',
            'msdyn_name',
            'statecode',
            'statuscode',
            'msdyn_surveybotsystemuserid',
            'msdyn_ocvoiceid',
            'msdyn_ocvoicechannellanguagesettingid',
            'msdyn_ocvoicechannelsettingid',
            'msdyn_waitmusicid',
          ],
          filter: (scope) =>
            fetchText(
              'msdyn_ocvoicechannellanguagesetting',
              {},
              join(
                'msdyn_ocvoicechannelsetting',
                {
                  from: 'msdyn_ocvoicechannelsettingid',
                  to: 'msdyn_ocvoicechannelsettingid',
                  type: 'inner',
                  alias: 'ac',
                },
                workstreamJoin('msdyn_liveworkstreamid', 'ad', workstreamsOf('voice', scope)),
              ),
            ),
        },
        {
          table: 'msdyn_ocprovisioningstate',
          why: 'The provisioning states of these voice channels.',
          belongsTo: [lookup('msdyn_voicechannelsettingid')],
          columns: [
            'msdyn_communicationprovidersettingid',
            'msdyn_voicechannelsettingid',
            'msdyn_ocprovisioningstateid',
            'msdyn_exceptiondetails',
            'msdyn_name',
          ],
          filter: (scope) =>
            fetchText(
              'msdyn_ocprovisioningstate',
              {},
              join(
                'msdyn_ocvoicechannelsetting',
                {
                  from: 'msdyn_ocvoicechannelsettingid',
                  to: 'msdyn_voicechannelsettingid',
                  type: 'inner',
                  alias: 'ac',
                },
                workstreamJoin('msdyn_liveworkstreamid', 'ad', workstreamsOf('voice', scope)),
              ),
            ),
        },
      ],
    },
  ],
  rules: channelRules,
  leftOut: [
    {
      what: 'Phone numbers, their carriers and communication providers',
      known: [
        'msdyn_ocphonenumber',
        'msdyn_occarrier',
        'msdyn_occommunicationprovidersetting',
        'msdyn_ocvoicechannelsetting.msdyn_phonenumberid',
      ],
      reason: 'Numbers are acquired for one environment, and providers hold secrets.',
      instead: 'Acquire or port the numbers in the target and assign them to the voice channels.',
    },
    {
      what: 'Hold and wait music',
      known: ['msdyn_ocphonemusic'],
      reason: 'The music is kept as files of the environment.',
      instead: 'Upload it in the target and choose it for each language.',
    },
  ],
  manual: [
    'Assign phone numbers to the voice channels in the target.',
    'Upload hold and wait music in the target and choose it for each language.',
  ],
};
