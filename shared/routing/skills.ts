import type { Area } from './area.ts';

/** Skills, rating models and their values: no filter, everything goes. */
export const skills: Area = {
  area: 'skills',
  title: 'Skills and rating models',
  channels: [],
  source:
    'learn.microsoft.com/dynamics365/customer-service/administer/migrate-config-data-for-records, skill-based routing',
  steps: [
    {
      step: '01-skills',
      title: 'Skills and rating models',
      tables: [
        {
          table: 'characteristic',
          columns: ['characteristicid', 'characteristictype', 'description', 'name'],
        },
        {
          table: 'ratingmodel',
          columns: ['maxratingvalue', 'minratingvalue', 'name', 'ratingmodelid'],
        },
        {
          table: 'ratingvalue',
          columns: ['name', 'ratingmodel', 'ratingvalueid', 'value'],
        },
      ],
    },
  ],
  rules: {
    characteristic: { identities: [{ by: 'id' }] },
    ratingmodel: { identities: [{ by: 'id' }] },
    ratingvalue: { identities: [{ by: 'id' }] },
  },
  manual: [
    'Give the bookable resources of the target their skills (bookable resource characteristics).',
    'Move skill types that you added to the choice "Characteristic Type" by solution.',
  ],
};
