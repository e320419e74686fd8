import type { SeedTables } from '../seed-rows.ts';

/** How much work of a kind a representative gets at a time. Managed ones came with a solution. */
export const capacityRows: SeedTables = {
  msdyn_capacityprofile: [
    {
      key: 'voice',
      msdyn_name: 'Voice calls',
      msdyn_uniquename: 'contoso_voicecalls',
      msdyn_defaultmaxunits: 1,
      msdyn_blockassignment: true,
      msdyn_resetduration: 192350000,
    },
    {
      key: 'chat',
      msdyn_name: 'Chats',
      msdyn_uniquename: 'contoso_chats',
      msdyn_defaultmaxunits: 3,
      msdyn_blockassignment: false,
      msdyn_resetduration: 192350000,
    },
    {
      key: 'messages',
      msdyn_name: 'Messages (SMS, WhatsApp)',
      msdyn_uniquename: 'contoso_messages',
      msdyn_defaultmaxunits: 6,
      msdyn_blockassignment: false,
      msdyn_resetduration: 192350000,
    },
    {
      key: 'cases',
      msdyn_name: 'Cases a day',
      msdyn_uniquename: 'contoso_cases',
      msdyn_defaultmaxunits: 20,
      msdyn_blockassignment: false,
      msdyn_resetduration: 192350001,
    },
    {
      key: 'claims',
      msdyn_name: 'Warranty claims',
      msdyn_uniquename: 'contoso_warrantyclaims',
      msdyn_defaultmaxunits: 5,
      msdyn_blockassignment: true,
      msdyn_resetduration: 192350001,
    },
    {
      key: 'managed-voice',
      msdyn_name: 'Default voice',
      msdyn_uniquename: 'msdyn_defaultvoice',
      msdyn_defaultmaxunits: 1,
      msdyn_blockassignment: true,
      msdyn_resetduration: 192350000,
      ismanaged: true,
    },
    {
      key: 'managed-chat',
      msdyn_name: 'Default chat',
      msdyn_uniquename: 'msdyn_defaultchat',
      msdyn_defaultmaxunits: 2,
      msdyn_blockassignment: false,
      msdyn_resetduration: 192350000,
      ismanaged: true,
    },
  ],
};
