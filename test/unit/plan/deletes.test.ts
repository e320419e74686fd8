import assert from 'node:assert/strict';
import { DataverseError } from '#shared/dataverse/dataverse-error.ts';
import type { DeleteOrders } from '#shared/plan/policy.ts';
import {
  actionsOf,
  aMemoryTarget,
  anEnvironmentTable,
  aSource,
  idOf,
  planOf,
} from '#support/plan-builders.ts';

const queue = anEnvironmentTable('queue', { name: 'text' });
const tag = anEnvironmentTable('tag', { name: 'text' });

/** A target with a tag to delete, which refuses to be asked for tags where it is told to. */
function aTarget({ refuses }: { readonly refuses: boolean }): ReturnType<typeof aMemoryTarget> {
  const target = aMemoryTarget([queue, tag]);
  target.put('tag', idOf(20), { name: 'Old' });
  return {
    ...target,
    async *rows(...question) {
      if (refuses && question[0].name === 'tag')
        throw new DataverseError(
          'URM1012',
          { what: 'Refused', where: 'GET tags', next: 'Ask.' },
          { status: 403 },
        );
      yield* target.rows(...question);
    },
  };
}

const orders: DeleteOrders = {
  removed: [],
  rules: [{ table: 'tag', where: new Map([['name', 'Old']]) }],
  max: 10,
  deactivate: new Set(),
};

describe('deletes', () => {
  const source = aSource([{ table: queue, rows: [{ id: idOf(10), name: 'Billing' }] }]);

  it('are planned of rows that a rule names', async () => {
    const { plan } = await planOf(source, aTarget({ refuses: false }), { deletes: orders });
    const kinds = (await actionsOf(plan)).map(({ kind }) => kind);
    assert.deepEqual(kinds, ['create', 'delete']);
    assert.deepEqual([plan.complete, plan.applyable], [true, true]);
  });

  it('are no plan to apply where their rows could not be sought', async () => {
    const { plan } = await planOf(source, aTarget({ refuses: true }), { deletes: orders });
    assert.deepEqual(
      plan.findings.map(({ code, severity, where }) => [code, severity, where]),
      [['URM1325', 'error', 'table tag']],
    );
    assert.deepEqual([plan.complete, plan.applyable], [false, false]);
  });
});
