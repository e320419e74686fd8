import { lookup } from './belonging.ts';
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
          why: 'Rules ask for skills; the procedure moves all of them.',
          columns: ['characteristicid', 'characteristictype', 'description', 'name'],
        },
        {
          table: 'ratingmodel',
          why: 'Proficiencies of skills are measured by a rating model; the procedure moves all of them.',
          columns: ['maxratingvalue', 'minratingvalue', 'name', 'ratingmodelid'],
        },
        {
          table: 'ratingvalue',
          why: 'The proficiencies of the rating models; the procedure moves all of them.',
          belongsTo: [lookup('ratingmodel')],
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
