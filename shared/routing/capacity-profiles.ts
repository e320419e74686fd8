import type { Area } from './area.ts';
import { allOf, fetchText, where } from './fetch-filter.ts';

/** Capacity profiles of one's own; managed ones come with their solution. */
export const capacityProfiles: Area = {
  area: 'capacity-profiles',
  title: 'Capacity profiles',
  channels: [],
  source:
    'learn.microsoft.com/dynamics365/customer-service/administer/migrate-config-data-for-records, capacity profiles',
  steps: [
    {
      step: '02-capacity-profiles',
      title: 'Capacity profiles',
      tables: [
        {
          table: 'msdyn_capacityprofile',
          why: 'Workstreams use capacity profiles; those that no solution manages move.',
          columns: [
            'msdyn_blockassignment',
            'msdyn_capacityprofileid',
            'msdyn_defaultmaxunits',
            'msdyn_name',
            'msdyn_resetduration',
            'msdyn_uniquename',
          ],
          filter: () =>
            fetchText(
              'msdyn_capacityprofile',
              {},
              allOf(where({ column: 'ismanaged', operator: 'eq', values: ['0'] })),
            ),
        },
      ],
    },
  ],
  rules: {
    // A profile that went by solution once has the same unique name in both environments.
    msdyn_capacityprofile: {
      identities: [{ by: 'id' }, { by: 'unique-name', column: 'msdyn_uniquename' }],
    },
  },
  manual: [
    'Give the bookable resources of the target their capacity profiles (bookable resource capacity profiles).',
  ],
};
