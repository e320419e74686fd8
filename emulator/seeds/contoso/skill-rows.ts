import type { SeedTables } from '../seed-rows.ts';

/** Skills, the scale they are rated on, and its values. */
export const skillRows: SeedTables = {
  characteristic: [
    {
      key: 'english',
      name: 'English',
      characteristictype: 1,
      description: 'Speaks and writes English',
    },
    {
      key: 'german',
      name: 'German',
      characteristictype: 1,
      description: 'Speaks and writes German',
    },
    {
      key: 'french',
      name: 'French',
      characteristictype: 1,
      description: 'Parle et écrit le français',
    },
    {
      key: 'billing',
      name: 'Billing',
      characteristictype: 1,
      description: 'Invoices, refunds & payment plans',
    },
    {
      key: 'espresso',
      name: 'Espresso machines',
      characteristictype: 1,
      description: 'Model lines ES100 to ES900',
    },
    { key: 'grinders', name: 'Grinders', characteristictype: 1 },
    {
      key: 'returns',
      name: 'Returns and repairs',
      characteristictype: 1,
      description: 'RMA, spare parts, "out of warranty"',
    },
    {
      key: 'retention',
      name: 'Customer retention',
      characteristictype: 1,
      description: 'May offer a goodwill credit',
    },
    {
      key: 'iso',
      name: 'ISO 9001 auditor',
      characteristictype: 2,
      description: 'Certificate renewed every three years',
    },
    { key: 'electrician', name: 'Certified electrician', characteristictype: 2 },
    {
      key: 'fax',
      name: 'Fax handling',
      characteristictype: 1,
      description: 'No longer used',
      statecode: 1,
      statuscode: 2,
    },
  ],
  ratingmodel: [
    { key: 'proficiency', name: 'Proficiency', minratingvalue: 1, maxratingvalue: 10 },
    { key: 'language', name: 'Language level', minratingvalue: 1, maxratingvalue: 6 },
  ],
  ratingvalue: [
    ...['Novice', 'Familiar', 'Proficient', 'Expert'].map((name, index) => ({
      key: `proficiency-${name}`,
      name,
      ratingmodel: '#proficiency',
      value: [1, 4, 7, 10][index] ?? 1,
    })),
    ...['A1', 'A2', 'B1', 'B2', 'C1', 'C2'].map((name, index) => ({
      key: `language-${name}`,
      name,
      ratingmodel: '#language',
      value: index + 1,
    })),
  ],
};
