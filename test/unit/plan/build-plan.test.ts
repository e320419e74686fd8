import assert from 'node:assert/strict';
import type { EnvironmentTable } from '#shared/model/table.ts';
import {
  actionsOf,
  aMemoryTarget,
  anEnvironmentTable,
  aRuleBook,
  aSource,
  bracketReferences,
  idOf,
  planOf,
} from '#support/plan-builders.ts';

const ruleset = anEnvironmentTable('ruleset', { name: 'text', rules: 'memo' });
const queue: EnvironmentTable = anEnvironmentTable(
  'queue',
  {
    name: { type: 'text', maxLength: 10 },
    overflow: { type: 'lookup', to: ['ruleset'] },
    active: 'boolean',
  },
  {
    manyToMany: [
      {
        name: 'queue_tag',
        target: 'tag',
        targetIdColumn: 'tagid',
        reflexive: false,
        schemaName: 'queue_tag',
        navigation: 'queue_tag',
        sourceColumn: 'queueid',
        targetColumn: 'tagid',
      },
    ],
  },
);
const tag = anEnvironmentTable('tag', { name: 'text' });
const tables = [ruleset, queue, tag];
const book = aRuleBook({
  ruleset: { textReferences: new Map([['rules', bracketReferences]]) },
  queue: { liveColumns: new Set(['active']) },
});

const overflow = (n: number): { table: string; id: string } => ({ table: 'ruleset', id: idOf(n) });

describe('plan', () => {
  it('creates what is referred to first, and closes circles afterwards', async () => {
    const source = aSource([
      { table: queue, rows: [{ id: idOf(1), name: 'Q', overflow: overflow(2) }] },
      { table: ruleset, rows: [{ id: idOf(2), name: 'R', rules: `to <queue:${idOf(1)}>` }] },
    ]);
    const target = aMemoryTarget(tables);
    const { plan, texts } = await planOf(source, target, { book });
    const actions = await actionsOf(plan);
    assert.deepEqual(
      actions.map(({ kind, phase, name }) => [kind, phase, name]),
      [
        ['create', 'rows', 'Q'],
        ['create', 'rows', 'R'],
        ['update', 'references', 'Q'],
        ['update', 'references', 'R'],
      ],
    );
    assert.deepEqual(
      actions.map(({ number }) => number),
      [1, 2, 3, 4],
    );
    await target.apply(plan, texts);
    assert.equal(target.rowsOf('ruleset').get(idOf(2))?.get('rules'), `to <queue:${idOf(1)}>`);
  });

  it('rewrites ids inside texts and lists each rewrite', async () => {
    const target = aMemoryTarget(tables);
    target.put('queue', idOf(90), { name: 'Q' });
    const source = aSource([
      { table: ruleset, rows: [{ id: idOf(2), name: 'R', rules: `to <queue:${idOf(1)}>` }] },
      { table: queue, compareBy: ['name'], rows: [{ id: idOf(1), name: 'Q' }] },
    ]);
    const { plan } = await planOf(source, target, { book });
    const [create] = await actionsOf(plan);
    assert.ok(create?.kind === 'create');
    assert.deepEqual(create.changes.at(-1), {
      column: 'rules',
      before: null,
      after: `to <queue:${idOf(90)}>`,
      rewrites: [{ from: idOf(1), to: idOf(90), at: 'place 1' }],
    });
  });

  it('blocks the rows that need a blocked one, names the root, and goes on with the rest', async () => {
    const source = aSource([
      {
        table: ruleset,
        rows: [
          { id: idOf(1), name: 'To the bad one', rules: `<queue:${idOf(10)}>` },
          { id: idOf(2), name: 'Fine', rules: '' },
        ],
      },
      {
        table: queue,
        rows: [
          { id: idOf(10), name: 'Far too long a name' },
          { id: idOf(11), name: 'Third', overflow: overflow(1) },
          { id: idOf(12), name: 'Good', overflow: overflow(2) },
        ],
      },
    ]);
    const target = aMemoryTarget(tables);
    const { plan, texts } = await planOf(source, target, { book });
    const blocked = (await actionsOf(plan)).flatMap((action) =>
      action.kind === 'blocked' ? [[action.name, action.finding.code, action.finding.detail]] : [],
    );
    assert.deepEqual(blocked.map(([name, code]) => `${name} ${code}`).sort(), [
      'Far too long a name URM1315',
      'Third URM1320',
      'To the bad one URM1320',
    ]);
    for (const [, code, detail] of blocked)
      if (code === 'URM1320')
        assert.match(detail ?? '', new RegExp(`queue ${idOf(10)}.*characters`));
    assert.deepEqual([plan.counts.created, plan.counts.failed], [2, 3]);
    await target.apply(plan, texts);
    assert.deepEqual([...target.rowsOf('queue').keys()], [idOf(12)]);
  });

  it('does not block who refers to a row that is blocked but there', async () => {
    const target = aMemoryTarget(tables);
    target.put('queue', idOf(10), { name: 'There' });
    const source = aSource([
      { table: queue, rows: [{ id: idOf(10), name: 'Far too long a name' }] },
      { table: ruleset, rows: [{ id: idOf(1), name: 'R', rules: `<queue:${idOf(10)}>` }] },
    ]);
    const { plan } = await planOf(source, target, { book });
    assert.deepEqual((await actionsOf(plan)).map(({ kind }) => kind).sort(), ['blocked', 'create']);
  });

  it('merges a row of several steps: the later wins, and a contradiction is told', async () => {
    const source = aSource([
      {
        table: queue,
        step: '01',
        columns: { name: 'text', active: 'boolean' },
        rows: [{ id: idOf(1), name: 'First', active: true }],
      },
      {
        table: queue,
        step: '02',
        columns: { name: 'text' },
        rows: [{ id: idOf(1), name: 'Second' }],
      },
      {
        table: queue,
        step: '03',
        skipUpdate: true,
        columns: { name: 'text' },
        rows: [{ id: idOf(1), name: 'Thin' }],
      },
    ]);
    const { plan } = await planOf(source, aMemoryTarget(tables), { book });
    const [create, ...rest] = await actionsOf(plan);
    assert.deepEqual(rest, []);
    assert.ok(create?.kind === 'create');
    assert.deepEqual(
      Object.fromEntries(create.changes.map(({ column, after }) => [column, after])),
      { name: 'Second', active: true },
    );
    assert.equal(create.step, '01');
    assert.ok(plan.findings.every(({ code }) => code === 'URM1323') && plan.findings.length > 0);
    assert.equal(plan.counts.in, 1);
  });

  it('switches live rows last of all', async () => {
    const target = aMemoryTarget(tables);
    target.put('queue', idOf(1), { name: 'Q', active: false });
    const source = aSource([
      { table: queue, rows: [{ id: idOf(1), name: 'Q2', active: true }] },
      { table: ruleset, rows: [{ id: idOf(2), name: 'R' }] },
    ]);
    const { plan } = await planOf(source, target, { book });
    assert.deepEqual(
      (await actionsOf(plan)).map(({ name, phase, level }) => [name, phase, level]),
      [
        ['R', 'rows', 0],
        ['Q2', 'states', 1],
      ],
    );
  });

  it('adds missing links once, whoever names them, and blocks those that lead nowhere', async () => {
    const link = (
      from: number,
      to: number,
    ): {
      relationship: string;
      from: { table: string; id: string };
      to: { table: string; id: string };
    } => ({
      relationship: 'queue_tag',
      from: { table: 'queue', id: idOf(from) },
      to: { table: 'tag', id: idOf(to) },
    });
    const source = aSource([
      {
        table: queue,
        rows: [{ id: idOf(1), name: 'Q' }],
        links: [link(1, 5), link(1, 6), link(1, 6), link(1, 7)],
      },
    ]);
    const target = aMemoryTarget(tables);
    for (const n of [5, 6]) target.put('tag', idOf(n), { name: `T${n}` });
    const first = await planOf(source, target, { book });
    assert.deepEqual(
      (await actionsOf(first.plan)).map((action) => [
        action.kind,
        action.kind === 'link' ? action.link.to.id : '',
      ]),
      [
        ['create', ''],
        ['link', idOf(5)],
        ['link', idOf(6)],
        ['blocked', ''],
      ],
    );
    assert.equal(first.plan.counts.linked, 2);
    await target.apply(first.plan, first.texts);
    const second = await planOf(source, target, { book });
    assert.deepEqual(
      (await actionsOf(second.plan)).map(({ kind }) => kind),
      ['blocked'],
    );
  });

  it('writes rows before the texts that name them, and lets names give way in a circle', async () => {
    const variable = anEnvironmentTable('variable', {
      name: 'text',
      queue: { type: 'lookup', to: ['queue'] },
    });
    const names = {
      table: 'variable',
      column: 'name',
      find: (text: string) => [...text.matchAll(/\$(\w+)/g)].map(([, name = '']) => name),
    };
    const naming = aRuleBook({ ruleset: { textNames: new Map([['rules', names]]) } });
    const source = aSource([
      {
        table: ruleset,
        rows: [
          { id: idOf(1), name: 'Plain', rules: 'if $segment' },
          { id: idOf(2), name: 'Round', rules: 'if $tier' },
        ],
      },
      {
        table: variable,
        rows: [
          { id: idOf(5), name: 'segment' },
          { id: idOf(6), name: 'tier', queue: { table: 'queue', id: idOf(9) } },
        ],
      },
      { table: queue, rows: [{ id: idOf(9), name: 'Q', overflow: overflow(2) }] },
    ]);
    const target = aMemoryTarget([...tables, variable]);
    const { plan, texts } = await planOf(source, target, { book: naming });
    const actions = await actionsOf(plan);
    const numberOf = (name: string): number =>
      actions.find((action) => action.name === name)?.number ?? 0;
    assert.ok(numberOf('segment') < numberOf('Plain'));
    assert.deepEqual(
      actions
        .filter(({ phase }) => phase === 'references')
        .map(({ name }) => name)
        .toSorted(),
      ['Q', 'Round', 'tier'],
    );
    await target.apply(plan, texts);
    assert.equal((await planOf(source, target, { book: naming })).plan.counts.unchanged, 5);
  });

  it('blocks every row of a table that the target lacks', async () => {
    const source = aSource([
      { table: tag, rows: [{ id: idOf(1), name: 'T' }] },
      { table: queue, rows: [{ id: idOf(2), name: 'Q' }] },
    ]);
    const { plan } = await planOf(source, aMemoryTarget([queue, ruleset]), { book });
    assert.deepEqual(
      (await actionsOf(plan)).map(({ kind, name }) => [kind, name]),
      [
        ['blocked', 'T'],
        ['create', 'Q'],
      ],
    );
    assert.equal(plan.complete, false);
    assert.deepEqual(
      plan.findings.map(({ code, where }) => [code, where]),
      [['URM1317', 'table tag']],
    );
  });

  it('reads and stops where there is nothing to do', async () => {
    const target = aMemoryTarget(tables);
    target.put('queue', idOf(1), { name: 'Q' });
    const { plan } = await planOf(
      aSource([{ table: queue, rows: [{ id: idOf(1), name: 'Q' }] }]),
      target,
    );
    assert.deepEqual(await actionsOf(plan), []);
    assert.equal(target.questions, 2);
    assert.equal(plan.estimate.writes, 0);
  });
});
