import assert from 'node:assert/strict';
import type { RuleBook } from '#shared/model/rules.ts';
import { AffectedLines } from '#shared/plan/affected-lines.ts';
import { buildSourceIndex } from '#shared/plan/source-index.ts';
import {
  actionsOf,
  aMemoryTarget,
  anEnvironmentTable,
  aRuleBook,
  aSource,
  idOf,
  planOf,
} from '#support/plan-builders.ts';

const lineTable = anEnvironmentTable('line', { name: 'text' });
const question = anEnvironmentTable('question', {
  name: 'text',
  line: { type: 'lookup', to: ['line'] },
});
const sequence = anEnvironmentTable('sequence', {
  name: 'text',
  question: { type: 'lookup', to: ['question'] },
});
const variable = anEnvironmentTable('variable', {
  name: 'text',
  line: { type: 'lookup', to: ['line'] },
});
const tables = [lineTable, question, sequence, variable];
const book = aRuleBook({
  variable: {
    identities: [{ by: 'id' }, { by: 'key', columns: ['line', 'name'] }],
    serverMade: {
      by: 'sequence',
      through: 'question',
      key: new Map([
        ['line', 'line'],
        ['name', 'name'],
      ]),
    },
  },
});

const to = (table: string, n: number): { table: string; id: string } => ({ table, id: idOf(n) });

const survey = aSource([
  {
    table: variable,
    rows: [
      { id: idOf(1), name: 'model', line: to('line', 9) },
      { id: idOf(2), name: 'segment', line: to('line', 9) },
      { id: idOf(3), name: 'model', line: to('line', 8) },
    ],
  },
  {
    table: lineTable,
    rows: [
      { id: idOf(8), name: 'Other' },
      { id: idOf(9), name: 'Chat' },
    ],
  },
  { table: question, rows: [{ id: idOf(5), name: 'model', line: to('line', 9) }] },
  { table: sequence, rows: [{ id: idOf(6), name: 'First', question: to('question', 5) }] },
]);

describe('rows that the server makes by itself', () => {
  it('are planned after what makes them, with the key by which they are found', async () => {
    const { plan } = await planOf(survey, aMemoryTarget(tables), { book });
    const actions = await actionsOf(plan);
    const made = actions.filter((action) => action.kind === 'create' && action.serverMade);
    assert.deepEqual(
      made.map((action) => action.kind === 'create' && [action.row.id, action.serverMade]),
      [[idOf(1), { rows: [to('sequence', 6)], key: ['line', 'name'] }]],
    );
    const maker = actions.find(({ row }) => row.id === idOf(6));
    assert.ok((maker?.number ?? 0) < (made[0]?.number ?? 0));
    assert.ok((maker?.level ?? 0) < (made[0]?.level ?? 0));
  });

  it('are created as any other row where what makes them is there already', async () => {
    const target = aMemoryTarget(tables);
    target.put('line', idOf(9), { name: 'Chat' });
    target.put('question', idOf(5), { name: 'model', line: to('line', 9) });
    target.put('sequence', idOf(6), { name: 'First', question: to('question', 5) });
    const { plan } = await planOf(survey, target, { book });
    const actions = await actionsOf(plan);
    assert.ok(actions.some(({ row }) => row.id === idOf(1)));
    assert.ok(!actions.some((action) => action.kind === 'create' && action.serverMade));
  });

  it('are recognized by their key afterwards, whatever id the server gave them', async () => {
    const target = aMemoryTarget(tables);
    for (const [n, name] of [
      [8, 'Other'],
      [9, 'Chat'],
    ] as const)
      target.put('line', idOf(n), { name });
    target.put('question', idOf(5), { name: 'model', line: to('line', 9) });
    target.put('sequence', idOf(6), { name: 'First', question: to('question', 5) });
    target.put('variable', idOf(70), { name: 'model', line: to('line', 9) });
    target.put('variable', idOf(2), { name: 'segment', line: to('line', 9) });
    target.put('variable', idOf(3), { name: 'model', line: to('line', 8) });
    const { plan } = await planOf(survey, target, { book });
    assert.deepEqual(await actionsOf(plan), []);
  });
});

describe('lines that a change affects', () => {
  const step = anEnvironmentTable('step', {
    name: 'text',
    line: { type: 'lookup', to: ['line'] },
    ruleset: { type: 'lookup', to: ['ruleset'] },
  });
  const ruleset = anEnvironmentTable('ruleset', { name: 'text' });
  const routing: RuleBook = aRuleBook({
    line: { isLine: true },
    step: { leadsToLine: [{ column: 'line' }] },
    ruleset: { leadsToLine: [{ of: 'step', column: 'ruleset' }] },
  });

  it('are found over the rows in between, each once', async () => {
    const source = aSource([
      {
        table: ruleset,
        rows: [
          { id: idOf(1), name: 'R' },
          { id: idOf(2), name: 'Unused' },
        ],
      },
      {
        table: step,
        rows: [
          { id: idOf(3), name: 'a', line: to('line', 8), ruleset: to('ruleset', 1) },
          { id: idOf(4), name: 'b', line: to('line', 9), ruleset: to('ruleset', 1) },
          { id: idOf(5), name: 'c', line: to('line', 9), ruleset: to('ruleset', 1) },
        ],
      },
      {
        table: lineTable,
        rows: [
          { id: idOf(8), name: 'Other' },
          { id: idOf(9), name: 'Chat' },
        ],
      },
    ]);
    const index = await buildSourceIndex(
      {
        source,
        book: routing,
        environment: new Map([step, ruleset, lineTable].map((table) => [table.name, table])),
        progress: () => {},
      },
      new AbortController().signal,
    );
    const lines = new AffectedLines(index);
    const namesOf = (table: string, n: number): readonly string[] => {
      const node = index.nodeOf(to(table, n));
      return node === undefined ? [] : lines.of(node).map((line) => index.nameOf(line));
    };
    assert.deepEqual(new Set(namesOf('ruleset', 1)), new Set(['Other', 'Chat']));
    assert.equal(namesOf('ruleset', 1).length, 2);
    assert.deepEqual(namesOf('ruleset', 2), []);
    assert.deepEqual(namesOf('step', 4), ['Chat']);
    assert.deepEqual(namesOf('line', 8), ['Other']);
  });
});
