import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Plan } from '#shared/model/plan.ts';
import type { Value } from '#shared/model/row.ts';
import { applyPlan } from '#shared/stages/apply/apply-plan.ts';
import { checkPlan, type PlanState } from '#shared/stages/apply/check-plan.ts';
import { runNumberOf } from '#shared/stages/apply/journal.ts';
import { RunLog } from '#shared/stages/apply/run-log.ts';
import { aMemoryJournal, aMemoryWriter, type MemoryWriterOptions } from '#support/memory-writer.ts';
import {
  aMemoryTarget,
  anEnvironmentTable,
  aRuleBook,
  aSource,
  idOf,
  planOf,
  type MemoryTarget,
} from '#support/plan-builders.ts';
import { sourceOf, targetOf, worldBook, worlds, worldTables } from '#support/plan-worlds.ts';
import type { RuleBook } from '#shared/model/rules.ts';
import type { EnvironmentTable } from '#shared/model/table.ts';

const signal = new AbortController().signal;
const fresh: PlanState = {
  done: new Set(),
  unfinished: new Set(),
  versions: new Map(),
  stale: [],
};

interface Applied {
  readonly log: RunLog;
  readonly state: PlanState;
  readonly journal: ReturnType<typeof aMemoryJournal>;
}

async function apply(
  made: { readonly plan: Plan; readonly texts: ReadonlyMap<string, string> },
  target: MemoryTarget,
  tables: readonly EnvironmentTable[],
  options: MemoryWriterOptions & { readonly saved?: true; readonly book?: RuleBook } = {},
): Promise<Applied> {
  const { plan, texts } = made;
  const writer = aMemoryWriter(target, options);
  const byName = new Map(tables.map((table) => [table.name, table]));
  const runNumber = runNumberOf(plan);
  const state = options.saved
    ? await checkPlan(plan, { tables: byName, reader: writer, runNumber, begun: new Set() }, signal)
    : fresh;
  assert.deepEqual(state.stale, []);
  const log = new RunLog();
  const journal = aMemoryJournal();
  await applyPlan(
    {
      plan,
      writer,
      tables: byName,
      texts: { text: (sha256) => Promise.resolve(texts.get(sha256)) },
      book: options.book ?? worldBook,
      host: { variable: () => undefined, maskSecret: () => {} },
      journal,
      runNumber,
      payload: async function* () {
        yield await Promise.resolve(new Uint8Array());
      },
      bypassing: new Set(),
      state,
      log,
      progress: () => {},
    },
    signal,
  );
  return { log, state, journal };
}

/** All rows of a target as plain data, without versions and the mark of the run. */
function contentOf(target: MemoryTarget, tables: readonly EnvironmentTable[]): unknown {
  return tables.map(({ name }) =>
    [...target.rowsOf(name)]
      .map(([key, cells]): readonly [string, unknown] => [
        key,
        [...cells]
          .filter(([column]) => column !== 'versionnumber' && column !== 'importsequencenumber')
          .sort(([one], [other]) => (one < other ? -1 : 1)),
      ])
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

describe('applying a plan', () => {
  it('leaves an empty plan, whatever the package and the target hold', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (given) => {
        const target = targetOf(given);
        const made = await planOf(sourceOf(given), target, { book: worldBook });
        const { log } = await apply(made, target, worldTables);
        assert.deepEqual(log.findings, []);
        const again = await planOf(sourceOf(given), target, { book: worldBook });
        assert.equal(again.plan.counts.unchanged, again.plan.counts.in);
        const { counts, notReached } = await log.counts(made.plan, false, signal);
        assert.deepEqual([counts, notReached], [made.plan.counts, 0]);
      }),
      { numRuns: 40 },
    );
  });

  it('ends the same when it is cut off at any write and the saved plan is applied again', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, fc.nat(30), async (given, lostAfter) => {
        const undisturbed = targetOf(given);
        const made = await planOf(sourceOf(given), undisturbed, { book: worldBook });
        await apply(made, undisturbed, worldTables);

        const target = targetOf(given);
        await apply(made, target, worldTables, { lostAfter }).catch(() => undefined);
        const { log, state } = await apply(made, target, worldTables, { saved: true });
        assert.deepEqual(log.findings, []);
        assert.deepEqual(contentOf(target, worldTables), contentOf(undisturbed, worldTables));
        const { counts } = await log.counts(made.plan, false, signal);
        const { created, updated, unchanged, skipped, failed } = counts;
        assert.equal(created + updated + unchanged + skipped + failed, counts.in);
        assert.ok(state.done.size >= 0);
      }),
      { numRuns: 40 },
    );
  });

  it('tells nothing done before its intent', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async (given) => {
        const target = targetOf(given);
        const made = await planOf(sourceOf(given), target, { book: worldBook });
        const { journal } = await apply(made, target, worldTables);
        const begun = new Set<number>();
        for (const entry of journal.entries)
          if (entry.is === 'intent') for (const action of entry.actions) begun.add(action);
          else if (entry.is === 'done') assert.ok(begun.has(entry.action));
      }),
      { numRuns: 20 },
    );
  });
});

const queue = anEnvironmentTable('queue', {
  name: 'text',
  size: 'integer',
  parent: { type: 'lookup', to: ['queue'] },
  importsequencenumber: 'integer',
});

describe('applying a plan, row by row', () => {
  const tables = [queue];
  const source = aSource([
    {
      table: queue,
      rows: [
        { id: idOf(1), name: 'One', size: 1 },
        { id: idOf(2), name: 'Two', size: 2, parent: { table: 'queue', id: idOf(1) } },
        { id: idOf(3), name: 'Three', size: 3, parent: { table: 'queue', id: idOf(2) } },
        { id: idOf(4), name: 'Four', size: 4 },
      ],
    },
  ]);
  const made = (target: MemoryTarget): ReturnType<typeof planOf> =>
    planOf(source, target, { book: aRuleBook() });

  it('writes again what the logic of the server overwrote, and only that', async () => {
    const target = aMemoryTarget(tables);
    const { log, journal } = await apply(await made(target), target, tables, {
      logic: (write, cells) =>
        write.kind === 'create' && cells.get('name') === 'Two'
          ? new Map<string, Value>([...cells, ['size', 99]])
          : cells,
    });
    assert.deepEqual([log.findings, log.settled], [[], 1]);
    assert.equal(target.rowsOf('queue').get(idOf(2))?.get('size'), 2);
    assert.equal(journal.entries.filter(({ is }) => is === 'settled').length, 1);
  });

  it('tells a value that the server sets back each time', async () => {
    const target = aMemoryTarget(tables);
    const plan = await made(target);
    const { log } = await apply(plan, target, tables, {
      logic: (_, cells) =>
        cells.has('size') ? new Map<string, Value>([...cells, ['size', 99]]) : cells,
    });
    assert.deepEqual(new Set(log.findings.map(({ code }) => code)), new Set(['URM1406']));
    assert.match(log.findings[0]?.where ?? '', /column size$/);
    assert.equal((await log.counts(plan.plan, false, signal)).counts.failed, 4);
  });

  it('holds back what needs a refused row, names the root, and writes the rest', async () => {
    const target = aMemoryTarget(tables);
    const plan = await made(target);
    const { log } = await apply(plan, target, tables, {
      refuse: (write) =>
        write.kind === 'create' && write.id === idOf(1) ? 'size is wrong today' : undefined,
    });
    assert.deepEqual(
      log.findings.map(({ code, where }) => `${code} ${where}`),
      [
        `URM1401 queue ${idOf(1)} One, column size`,
        `URM1402 queue ${idOf(2)} Two`,
        `URM1402 queue ${idOf(3)} Three`,
      ],
    );
    for (const finding of log.findings.slice(1))
      assert.match(finding.detail, /One, column size: .*wrong today/);
    const { counts } = await log.counts(plan.plan, false, signal);
    assert.deepEqual([counts.created, counts.failed], [1, 3]);
  });

  it('recognizes the rows of an earlier run of the same plan, however they look by now', async () => {
    const target = aMemoryTarget(tables);
    const plan = await made(target);
    target.put('queue', idOf(1), {
      name: 'One',
      size: 99,
      importsequencenumber: runNumberOf(plan.plan),
    });
    const { log, state } = await apply(plan, target, tables, { saved: true });
    assert.equal(state.unfinished.size, 1);
    assert.deepEqual(log.findings, []);
    assert.equal(target.rowsOf('queue').get(idOf(1))?.get('size'), 1);
  });

  it('waits with a text until the rows it names are there', async () => {
    const rule = anEnvironmentTable('rule', { name: 'text', text: 'text' });
    const names = { table: 'queue', column: 'name', find: (text: string) => text.split(' ') };
    const book = aRuleBook({ rule: { textNames: new Map([['text', names]]) } });
    const naming = aSource([
      { table: rule, rows: [{ id: idOf(50), name: 'R', text: 'One Four' }] },
      {
        table: queue,
        rows: [1, 2, 3, 4].map((n) => ({
          id: idOf(n),
          name: ['', 'One', 'Two', 'Three', 'Four'][n] ?? '',
        })),
      },
    ]);
    const target = aMemoryTarget([queue, rule]);
    const plan = await planOf(naming, target, { book });
    const { log } = await apply(plan, target, [queue, rule], {
      book,
      refuse: (write) => {
        const there = [...target.rowsOf('queue').values()].map((cells) => cells.get('name'));
        const isEarly = !there.includes('One') || !there.includes('Four');
        return write.table.name === 'rule' && isEarly ? 'too early' : undefined;
      },
    });
    assert.deepEqual(log.findings, []);
  });

  it('writes a row in its new version when server logic only touched it', async () => {
    const target = aMemoryTarget(tables);
    target.put('queue', idOf(4), { name: 'Old four', size: 4 });
    const plan = await made(target);
    target.put('queue', idOf(4), { touched: true });
    const { log } = await apply(plan, target, tables);
    assert.deepEqual(log.findings, []);
    assert.equal(target.rowsOf('queue').get(idOf(4))?.get('name'), 'Four');
  });

  it('leaves a row alone that somebody changed while the import ran', async () => {
    const target = aMemoryTarget(tables);
    target.put('queue', idOf(4), { name: 'Old four', size: 4 });
    const plan = await made(target);
    target.put('queue', idOf(4), { name: 'By hand' });
    const { log } = await apply(plan, target, tables);
    assert.deepEqual(
      log.findings.map(({ code, where }) => `${code} ${where}`),
      [`URM1405 queue ${idOf(4)} Four`],
    );
    assert.equal(target.rowsOf('queue').get(idOf(4))?.get('name'), 'By hand');
    assert.equal(target.rowsOf('queue').size, 4, 'the other rows were created');
  });

  it('leaves a row alone that somebody else created under the same id', async () => {
    const target = aMemoryTarget(tables);
    const plan = await made(target);
    const { log } = await apply(plan, target, tables, {
      written: (write) => {
        if (write.kind === 'create' && write.id === idOf(4))
          target.put('queue', idOf(4), { name: 'Theirs', importsequencenumber: 12 });
      },
    });
    assert.deepEqual(
      log.findings.map(({ code }) => code),
      ['URM1405'],
    );
    assert.equal(target.rowsOf('queue').get(idOf(4))?.get('name'), 'Theirs');
  });

  it('finds the plan stale when somebody else made the row', async () => {
    const target = aMemoryTarget(tables);
    const { plan } = await made(target);
    target.put('queue', idOf(1), { name: 'One', size: 99 });
    const state = await checkPlan(
      plan,
      {
        tables: new Map([['queue', queue]]),
        reader: aMemoryWriter(target),
        runNumber: runNumberOf(plan),
        begun: new Set(),
      },
      signal,
    );
    assert.deepEqual(
      state.stale.map(({ code, where }) => `${code} ${where}`),
      [`URM1404 queue ${idOf(1)} One`],
    );
  });
});
