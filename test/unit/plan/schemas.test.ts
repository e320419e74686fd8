import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { planLines } from '#shared/plan/plan-text.ts';
import { complaints, schemaOf } from '#support/json-schemas.ts';
import {
  aMemoryTarget,
  anEnvironmentTable,
  aSource,
  idOf,
  planOf,
} from '#support/plan-builders.ts';
import { sourceOf, targetOf, worldBook, worlds } from '#support/plan-worlds.ts';
import type { BuiltPlan } from '#shared/plan/build-plan.ts';

const { signal } = new AbortController();

async function jsonOf(plan: BuiltPlan): Promise<unknown> {
  let text = '';
  for await (const line of planLines(plan, (again) => plan.lines(again), signal)) text += line;
  return JSON.parse(text);
}

describe('the schema of plan.json', () => {
  it('accepts every plan', async () => {
    const validate = await schemaOf('plan');
    await fc.assert(
      fc.asyncProperty(worlds, async (given) => {
        const { plan } = await planOf(sourceOf(given), targetOf(given), { book: worldBook });
        assert.deepEqual(complaints(validate, await jsonOf(plan)), []);
      }),
      { numRuns: 20 },
    );
  });

  it('accepts blocked rows, choices and manual steps', async () => {
    const validate = await schemaOf('plan');
    const thing = anEnvironmentTable('thing', {
      name: { type: 'text', maxLength: 5 },
      flags: 'choices',
      paper: 'file',
    });
    const source = aSource([
      {
        table: thing,
        rows: [
          { id: idOf(1), name: 'Far too long' },
          {
            id: idOf(2),
            flags: [1, 2],
            paper: { fileName: 'a', sha256: 'b'.repeat(64), bytes: 1 },
          },
        ],
      },
    ]);
    const { plan } = await planOf(source, aMemoryTarget([thing]), {
      manual: [
        { severity: 'info', code: 'URM1330', where: 'w', summary: 's', detail: '', remedy: 'r' },
      ],
    });
    assert.deepEqual(complaints(validate, await jsonOf(plan)), []);
  });

  it('refuses what is no plan', async () => {
    const validate = await schemaOf('plan');
    assert.notDeepEqual(complaints(validate, { format: 1 }), []);
  });
});
