import assert from 'node:assert/strict';
import type { DataverseReader } from '#shared/dataverse/client.ts';
import { DataverseError } from '#shared/dataverse/dataverse-error.ts';
import type { RowSource } from '#shared/model/row-source.ts';
import type { SourceTable } from '#shared/model/table.ts';
import type { BuiltPlan } from '#shared/plan/build-plan.ts';
import { extraDifferences } from '#shared/stages/check-drift/extra-rows.ts';
import { CheckBook } from '#shared/stages/verify/check-book.ts';
import { filterChecks } from '#shared/stages/verify/filter-checks.ts';
import { aColumn, aTable } from '#support/environment-tables.ts';

const { signal } = new AbortController();
const queues = aTable('queue', [aColumn('name', 'text')]);
const source = {
  ...queues,
  step: '03-queues',
  filter: '<filter><condition attribute="name" operator="not-null"/></filter>',
  skipUpdate: false,
} as unknown as SourceTable;
const pkg = {
  tables: [source],
  rows: async function* () {},
  links: async function* () {},
} as unknown as RowSource;
const plan = { index: { rows: [], size: 0 }, identities: {} } as unknown as BuiltPlan;
const refusal = new DataverseError(
  'URM1040',
  { what: 'The user may not read queues', where: 'GET queues', next: 'Add the privilege.' },
  { status: 403 },
);
const reader = {
  tables: () => Promise.resolve(new Map([['queue', queues]])),
  // oxlint-disable-next-line require-yield -- it fails before the first row
  rows: async function* () {
    await Promise.resolve();
    throw refusal;
  },
} as unknown as DataverseReader;

describe('a filter that the target refuses to answer', () => {
  it('is told by verification: nobody knows whether there are other rows', async () => {
    const book = new CheckBook(new Map());
    const checks = await filterChecks({ pkg, isWhole: true }, plan, reader, book, signal);
    assert.deepEqual(
      checks.map(({ group, finding }) => [group, finding?.severity, finding?.detail]),
      [['row-count', 'warning', refusal.what]],
    );
  });

  it('is told by the check of drift', async () => {
    const { differences, findings } = await extraDifferences(
      { pkg, plan, reader, isWhole: true },
      signal,
    );
    assert.deepEqual(differences, []);
    assert.deepEqual(
      findings.map(({ severity, code, where }) => [severity, code, where]),
      [['warning', 'URM1605', '03-queues table queue']],
    );
  });
});
