import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Action, Plan } from '#shared/model/plan.ts';
import { dividePlan, type Division } from '#shared/stages/slices/divide-plan.ts';
import type { Part } from '#shared/stages/slices/slice.ts';
import {
  actionsOf,
  aMemoryTarget,
  anEnvironmentTable,
  aRuleBook,
  aSource,
  idOf,
  planOf,
  type Cells,
} from '#support/plan-builders.ts';
import { sourceOf, targetOf, worldBook, worlds } from '#support/plan-worlds.ts';

const { signal } = new AbortController();

interface Divided {
  readonly plan: Plan;
  readonly actions: readonly Action[];
  readonly division: Division;
}

const writtenTables = ['skill', 'model', 'shelf', 'note'];

async function divided(
  made: { readonly plan: Plan; readonly texts: ReadonlyMap<string, string> },
  slices: number,
  book = worldBook,
): Promise<Divided> {
  const texts = { text: (sha256: string) => Promise.resolve(made.texts.get(sha256)) };
  const division = await dividePlan(
    made.plan,
    slices,
    { book, texts, tables: writtenTables },
    signal,
  );
  return { plan: made.plan, actions: await actionsOf(made.plan), division };
}

/** The plan of one part. */
function partOf({ plan, actions, division }: Divided, part: Part): Plan {
  const own = actions.filter((action) => division(action) === part);
  return {
    ...plan,
    async *actions() {
      for (const action of own) yield await Promise.resolve(action);
    },
  };
}

/** A folder and, one below the other, its notes; some folders are shared by notes of all groups. */
const shelf = anEnvironmentTable('shelf', { name: 'text', statecode: 'state' });
const note = anEnvironmentTable('note', {
  name: 'text',
  shelf: { type: 'lookup', to: ['shelf'] },
  before: { type: 'lookup', to: ['note'] },
});
const neutral = aRuleBook();

function notes(
  groups: number,
  perGroup: number,
  shelfOf: (group: number) => number,
  shelfCells: Cells = {},
): ReturnType<typeof aSource> {
  const shelves = new Set(Array.from({ length: groups }, (_, group) => shelfOf(group)));
  return aSource([
    {
      table: shelf,
      rows: [...shelves].map((at) => ({ id: idOf(10 + at), name: `Shelf ${at}`, ...shelfCells })),
    },
    {
      table: note,
      rows: Array.from({ length: groups * perGroup }, (_, at) => ({
        id: idOf(1000 + at),
        name: `Note ${at}`,
        shelf: { table: 'shelf', id: idOf(10 + shelfOf(Math.floor(at / perGroup))) },
        ...(at % perGroup === 0 ? {} : { before: { table: 'note', id: idOf(999 + at) } }),
      })),
    },
  ]);
}

const tables = [shelf, note];

function sizes({ actions, division }: Divided): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const action of actions) {
    const part = String(division(action));
    found[part] = (found[part] ?? 0) + 1;
  }
  return found;
}

describe('a plan that is divided into slices', () => {
  it('is done when all slices are, in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        worlds,
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        async (given, of, isBackwards) => {
          const target = targetOf(given);
          const made = await planOf(sourceOf(given), target, { book: worldBook });
          const parts = await divided(made, of);
          const numbers = Array.from({ length: of }, (_, at) => at + 1);
          const order: readonly Part[] = [
            'first',
            ...(isBackwards ? numbers.reverse() : numbers),
            'last',
          ];
          // The target refuses a lookup to a row that is not there.
          for (const part of order) await target.apply(partOf(parts, part), made.texts);
          const again = await planOf(sourceOf(given), target, { book: worldBook });
          assert.deepEqual(await actionsOf(again.plan), []);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('keeps together what needs each other, and shares the rest evenly', async () => {
    const made = await planOf(
      notes(8, 5, (group) => group),
      aMemoryTarget(tables),
      { book: neutral },
    );
    assert.deepEqual(sizes(await divided(made, 4, neutral)), { 1: 12, 2: 12, 3: 12, 4: 12 });
  });

  it('does first what would tie everything together', async () => {
    const made = await planOf(
      notes(8, 5, () => 0),
      aMemoryTarget(tables),
      { book: neutral },
    );
    const parts = await divided(made, 4, neutral);
    assert.deepEqual(sizes(parts), { first: 1, 1: 10, 2: 10, 3: 10, 4: 10 });
    assert.equal(
      parts.actions.find((action) => parts.division(action) === 'first')?.row.table,
      'shelf',
    );
  });

  it('does not tear apart what is gained nothing by', async () => {
    const made = await planOf(
      notes(1, 12, () => 0),
      aMemoryTarget(tables),
      { book: neutral },
    );
    assert.deepEqual(sizes(await divided(made, 2, neutral)), { 1: 13 });
  });

  it('is not tied together by rows that are there already', async () => {
    const target = aMemoryTarget(tables);
    target.put('shelf', idOf(10), { name: 'Shelf 0' });
    const made = await planOf(
      notes(8, 5, () => 0),
      target,
      { book: neutral },
    );
    assert.deepEqual(sizes(await divided(made, 4, neutral)), { 1: 10, 2: 10, 3: 10, 4: 10 });
  });

  it('closes a row that all slices build on when all of them are through', async () => {
    const made = await planOf(
      notes(8, 5, () => 0, { statecode: 1 }),
      aMemoryTarget(tables),
      { book: neutral },
    );
    const parts = await divided(made, 4, neutral);
    const states = parts.actions.filter(({ phase }) => phase === 'states');
    assert.equal(states.length, 1);
    assert.deepEqual(states.map(parts.division), ['last']);
  });

  it('closes a row that was there before when all of them are through', async () => {
    const target = aMemoryTarget(tables);
    target.put('shelf', idOf(10), { name: 'Shelf 0', statecode: 0 });
    const made = await planOf(
      notes(4, 2, () => 0, { statecode: 1 }),
      target,
      { book: neutral },
    );
    const parts = await divided(made, 2, neutral);
    const states = parts.actions.filter(({ row }) => row.table === 'shelf');
    assert.deepEqual(states.map(parts.division), ['last']);
  });
});
