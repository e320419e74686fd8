import type { Area } from './area.ts';
import { botRegistrationColumns } from './bot-registration-table.ts';

/** Registrations of bots with channels: bound to an app registration that exists for one environment. */
export const botRegistrations: Area = {
  area: 'bot-registrations',
  title: 'Bot channel registrations',
  channels: [],
  includedBy: 'bot-registrations',
  source:
    'learn.microsoft.com/dynamics365/customer-service/administer/migrate-config-data-for-custom-channel',
  steps: [
    {
      step: '10-bot-registrations',
      title: 'Bot channel registrations, without their secrets',
      tables: [
        {
          table: 'msdyn_ocbotchannelregistration',
          why: 'Bot channel registrations were asked for; their secrets stay behind.',
          columns: botRegistrationColumns,
        },
      ],
    },
  ],
  rules: {},
  manual: ['Set application id and secret of each bot channel registration in the target.'],
};
