import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { JournalEntry } from '#shared/model/journal.ts';
import type { Plan } from '#shared/model/plan.ts';
import { applyPlan } from '#shared/stages/apply/apply-plan.ts';
import { runNumberOf, type JournalMemory } from '#shared/stages/apply/journal.ts';
import { RunLog } from '#shared/stages/apply/run-log.ts';
import { freshState } from '#shared/stages/apply/run-plan.ts';
import type { FileSpool } from '#shared/stages/planning/file-spool.ts';
import { makeInverse } from '#shared/stages/roll-back/make-inverse.ts';
import { aMemoryJournal, aMemoryWriter, type MemoryWriterOptions } from '#support/memory-writer.ts';
import {
  actionsOf,
  createMemorySpool,
  idOf,
  planOf,
  type MemoryTarget,
} from '#support/plan-builders.ts';
import { sourceOf, targetOf, worldBook, worlds, worldTables } from '#support/plan-worlds.ts';

const signal = new AbortController().signal;
const tables = new Map(worldTables.map((table) => [table.name, table]));

/** Carries out a plan as far as the connection holds, and remembers what a journal would. */
async function carryOut(
  plan: Plan,
  texts: ReadonlyMap<string, string>,
  target: MemoryTarget,
  options: MemoryWriterOptions = {},
): Promise<JournalMemory> {
  const journal = aMemoryJournal();
  await applyPlan(
    {
      plan,
      writer: aMemoryWriter(target, options),
      tables,
      texts: { text: (sha256) => Promise.resolve(texts.get(sha256)) },
      book: worldBook,
      host: { variable: () => undefined, maskSecret: () => {} },
      journal,
      runNumber: runNumberOf(plan),
      payload: async function* () {
        yield await Promise.resolve(new Uint8Array());
      },
      bypassing: new Set(),
      state: freshState,
      log: new RunLog(),
      progress: () => {},
    },
    signal,
  ).catch((error: unknown) => {
    if (options.lostAfter === undefined) throw error;
  });
  return memoryOf(journal.entries, plan);
}

function memoryOf(entries: readonly JournalEntry[], plan: Plan): JournalMemory {
  const begun = entries.flatMap((entry) => (entry.is === 'intent' ? entry.actions : []));
  return {
    begun: new Set(begun),
    found: new Set(),
    ids: new Map(),
    left: new Map(),
    planHash: plan.hash,
    snapshot: undefined,
  };
}

async function rollBack(plan: Plan, journal: JournalMemory, target: MemoryTarget): Promise<Plan> {
  const kept = createMemorySpool();
  const spool: FileSpool = {
    ...kept,
    text: (sha256) => Promise.resolve(kept.texts.get(sha256)),
    remove: () => Promise.resolve(),
  };
  const inverse = await makeInverse(
    { folder: 'run', plan, journal, snapshot: undefined },
    {
      reader: aMemoryWriter(target),
      tables,
      rules: worldBook,
      spool,
      users: new Set([idOf(2)]),
      isContinued: false,
      overwriteChanged: false,
    },
    signal,
  );
  const again = await carryOut(inverse, kept.texts, target);
  assert.ok(again.begun.size >= 0);
  return inverse;
}

/** Rows with their values, without versions. */
function contentOf(target: MemoryTarget): unknown {
  return worldTables.map(({ name }) =>
    [...target.rowsOf(name)]
      .map(([id, cells]) => [
        id,
        [...cells]
          .filter(([column, value]) => column !== 'versionnumber' && value !== null)
          .map(([column, value]) => `${column}=${JSON.stringify(value)}`)
          .toSorted(),
      ])
      .toSorted(([one], [other]) => (String(one) < String(other) ? -1 : 1)),
  );
}

describe('roll-back', () => {
  it('after apply is identity', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (given) => {
        const target = targetOf(given);
        const before = contentOf(target);
        const { plan, texts } = await planOf(sourceOf(given), target, { book: worldBook });
        const journal = await carryOut(plan, texts, target);
        const inverse = await rollBack(plan, journal, target);
        assert.deepEqual(contentOf(target), before);
        const { created, updated, unchanged, skipped, failed } = inverse.counts;
        assert.equal(created + updated + unchanged + skipped + failed, inverse.counts.in);
      }),
      { numRuns: 60 },
    );
  });

  it('after an apply that broke off anywhere is identity, and has nothing left to do', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, fc.nat(14), async (given, lostAfter) => {
        const target = targetOf(given);
        const before = contentOf(target);
        const { plan, texts } = await planOf(sourceOf(given), target, { book: worldBook });
        const journal = await carryOut(plan, texts, target, { lostAfter });
        await rollBack(plan, journal, target);
        assert.deepEqual(contentOf(target), before);
        const again = await rollBack(plan, journal, target);
        assert.deepEqual(await actionsOf(again), []);
      }),
      { numRuns: 60 },
    );
  });
});
