import assert from 'node:assert/strict';
import type { RowMap } from '#shared/plan/ports.ts';
import { DataverseError } from '#shared/dataverse/dataverse-error.ts';
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

const queue = anEnvironmentTable('queue', {
  name: 'text',
  kind: 'choice',
  owner: { type: 'lookup', to: ['person'] },
});
const person = anEnvironmentTable('person', { name: 'text' });
const contract = anEnvironmentTable('contract', { name: 'text', uniquename: 'text' });
const ruleset = anEnvironmentTable('ruleset', {
  name: 'text',
  output: { type: 'lookup', to: ['contract'] },
});
const member = anEnvironmentTable('member', {
  queue: { type: 'lookup', to: ['queue'] },
  rank: 'integer',
});
const tables = [queue, person, contract, ruleset, member];

describe('identity', () => {
  it('recognizes rows by a unique name though their ids differ', async () => {
    const target = aMemoryTarget(tables);
    target.put('contract', idOf(90), { name: 'Output', uniquename: 'out' });
    const source = aSource([
      { table: contract, rows: [{ id: idOf(10), name: 'Output 2', uniquename: 'out' }] },
      {
        table: ruleset,
        rows: [{ id: idOf(11), name: 'R', output: { table: 'contract', id: idOf(10) } }],
      },
    ]);
    const book = aRuleBook({
      contract: { identities: [{ by: 'unique-name', column: 'uniquename' }] },
    });
    const { plan } = await planOf(source, target, { book });
    const [create, update] = await actionsOf(plan);
    assert.equal(update?.kind, 'create');
    assert.deepEqual(create?.kind === 'update' && [create.row.id, create.source], [
      idOf(90),
      idOf(10),
    ]);
    assert.deepEqual(
      update?.kind === 'create' && update.changes.find(({ column }) => column === 'output')?.after,
      {
        table: 'contract',
        id: idOf(90),
      },
    );
  });

  it('recognizes rows by updateCompare columns before their ids', async () => {
    const target = aMemoryTarget(tables);
    target.put('queue', idOf(90), { name: 'Billing', kind: 1 });
    target.put('queue', idOf(10), { name: 'Somebody else', kind: 1 });
    const source = aSource([
      {
        table: queue,
        compareBy: ['name', 'kind'],
        rows: [{ id: idOf(10), name: 'Billing', kind: 1 }],
      },
    ]);
    const { plan } = await planOf(source, target);
    assert.deepEqual(await actionsOf(plan), []);
    assert.equal(plan.counts.unchanged, 1);
  });

  it('recognizes rows by keys that hold lookups, once the rows they lead to are recognized', async () => {
    const target = aMemoryTarget(tables);
    target.put('queue', idOf(90), { name: 'Billing' });
    target.put('member', idOf(91), { queue: { table: 'queue', id: idOf(90) }, rank: 1 });
    const source = aSource([
      {
        table: member,
        compareBy: ['queue', 'rank'],
        columns: { queue: 'lookup', rank: 'integer' },
        rows: [{ id: idOf(11), queue: { table: 'queue', id: idOf(10) }, rank: 1 }],
      },
      { table: queue, compareBy: ['name'], rows: [{ id: idOf(10), name: 'Billing' }] },
    ]);
    const { plan } = await planOf(source, target);
    assert.deepEqual(await actionsOf(plan), []);
    assert.equal(plan.counts.unchanged, 2);
  });

  it('lists the candidates of an ambiguous match and blocks the row', async () => {
    const target = aMemoryTarget(tables);
    for (const n of [90, 91]) target.put('queue', idOf(n), { name: 'Billing' });
    const source = aSource([
      { table: queue, compareBy: ['name'], rows: [{ id: idOf(10), name: 'Billing' }] },
    ]);
    const { plan } = await planOf(source, target);
    const [blocked] = await actionsOf(plan);
    assert.ok(blocked?.kind === 'blocked');
    assert.equal(blocked.finding.code, 'URM1310');
    assert.match(blocked.finding.where, new RegExp(`queue ${idOf(10)} Billing`));
    assert.match(blocked.finding.detail, new RegExp(`${idOf(90)}, ${idOf(91)}`));
  });

  it('never creates or updates a system row, and blocks who needs one that is absent', async () => {
    const target = aMemoryTarget(tables);
    target.put('contract', idOf(90), { name: 'Other words', uniquename: 'sys_out' });
    const source = aSource([
      {
        table: contract,
        rows: [
          { id: idOf(10), name: 'Output', uniquename: 'sys_out' },
          { id: idOf(12), name: 'Input', uniquename: 'sys_in' },
        ],
      },
      {
        table: ruleset,
        rows: [
          { id: idOf(11), name: 'Good', output: { table: 'contract', id: idOf(10) } },
          { id: idOf(13), name: 'Bad', output: { table: 'contract', id: idOf(12) } },
        ],
      },
    ]);
    const systemRows = { column: 'uniquename', values: new Set(['sys_out', 'sys_in']) };
    const { plan } = await planOf(source, target, {
      book: aRuleBook({ contract: { systemRows } }),
    });
    const actions = await actionsOf(plan);
    assert.deepEqual(
      actions.map(({ kind, row, name }) => [kind, row.table, name]),
      [
        ['blocked', 'contract', 'Input'],
        ['create', 'ruleset', 'Good'],
        ['blocked', 'ruleset', 'Bad'],
      ],
    );
    const codes = actions.flatMap((action) =>
      action.kind === 'blocked' ? [action.finding.code] : [],
    );
    assert.deepEqual(codes, ['URM1311', 'URM1320']);
    assert.equal(plan.counts.unchanged, 1);
  });

  it('skips a system row that only some versions have, unless a row needs it', async () => {
    const systemRows = {
      column: 'uniquename',
      values: new Set(['sys_out', 'sys_in']),
      optional: new Set(['sys_in']),
    };
    const planWith = async (...rulesets: Parameters<typeof aSource>[0][number]['rows'][]) => {
      const source = aSource([
        { table: contract, rows: [{ id: idOf(12), name: 'Input', uniquename: 'sys_in' }] },
        ...rulesets.map((rows) => ({ table: ruleset, rows })),
      ]);
      const book = aRuleBook({ contract: { systemRows } });
      return (await planOf(source, aMemoryTarget(tables), { book })).plan;
    };
    const alone = await planWith();
    assert.deepEqual(await actionsOf(alone), []);
    assert.deepEqual([alone.counts.skipped, alone.counts.failed], [1, 0]);
    const needed = await planWith([
      { id: idOf(13), name: 'Bad', output: { table: 'contract', id: idOf(12) } },
    ]);
    assert.deepEqual(
      (await actionsOf(needed)).flatMap((each) =>
        each.kind === 'blocked' ? [each.finding.code] : [],
      ),
      ['URM1311', 'URM1320'],
    );
  });

  it('follows the map before anything else', async () => {
    const target = aMemoryTarget(tables);
    target.put('queue', idOf(10), { name: 'Same id', owner: { table: 'person', id: idOf(80) } });
    target.put('queue', idOf(90), { name: 'Mapped', owner: { table: 'person', id: idOf(80) } });
    target.put('person', idOf(80), { name: 'Ann' });
    const map: RowMap = new Map([
      [`queue/${idOf(10)}`, { is: 'row', id: idOf(90) }],
      [`person/${idOf(20)}`, { is: 'row', id: idOf(80) }],
      [`person/${idOf(21)}`, { is: 'dropped' }],
      [`person/${idOf(22)}`, { is: 'undecided' }],
    ]);
    const owner = (n: number): { table: string; id: string } => ({ table: 'person', id: idOf(n) });
    const source = aSource([
      {
        table: queue,
        rows: [
          { id: idOf(10), name: 'Mapped', owner: owner(20) },
          { id: idOf(11), name: 'Without owner', owner: owner(21) },
          { id: idOf(12), name: 'Undecided', owner: owner(22) },
        ],
      },
    ]);
    const { plan } = await planOf(source, target, { map });
    const [create, blocked, ...rest] = await actionsOf(plan);
    assert.deepEqual(rest, []);
    assert.deepEqual(create?.kind === 'create' && create.changes.map(({ column }) => column), [
      'name',
    ]);
    assert.ok(blocked?.kind === 'blocked');
    assert.equal(plan.counts.unchanged, 1);
  });

  it('follows the map for a reference inside a text that may lead into several tables', async () => {
    const note = anEnvironmentTable('note', { name: 'text', text: 'memo' });
    const book = aRuleBook({ note: { textReferences: new Map([['text', bracketReferences]]) } });
    const target = aMemoryTarget([...tables, note]);
    target.put('queue', idOf(90), { name: 'Theirs' });
    const source = aSource([
      { table: note, rows: [{ id: idOf(1), name: 'N', text: `<person|queue:${idOf(20)}>` }] },
    ]);
    const map: RowMap = new Map([[`queue/${idOf(20)}`, { is: 'row', id: idOf(90) }]]);
    const { plan } = await planOf(source, target, { book, map });
    const [create] = await actionsOf(plan);
    assert.ok(create?.kind === 'create');
    assert.equal(create.changes.at(-1)?.after, `<person|queue:${idOf(90)}>`);
  });

  it('blocks two source rows that are one target row', async () => {
    const target = aMemoryTarget(tables);
    target.put('queue', idOf(90), { name: 'Billing' });
    const source = aSource([
      {
        table: queue,
        compareBy: ['name'],
        rows: [
          { id: idOf(10), name: 'Billing' },
          { id: idOf(11), name: 'Billing' },
        ],
      },
    ]);
    const { plan } = await planOf(source, target);
    const actions = await actionsOf(plan);
    assert.deepEqual(
      actions.map((action) => action.kind === 'blocked' && action.finding.code),
      ['URM1312', 'URM1312'],
    );
  });

  it('matches by id alone where the schema forces creation', async () => {
    const target = aMemoryTarget(tables);
    target.put('queue', idOf(90), { name: 'Billing' });
    const source = aSource([
      {
        table: queue,
        compareBy: ['name'],
        forceCreate: true,
        rows: [{ id: idOf(10), name: 'Billing' }],
      },
    ]);
    const { plan } = await planOf(source, target);
    assert.deepEqual(
      (await actionsOf(plan)).map(({ kind }) => kind),
      ['create'],
    );
  });

  it('takes no row for absent that could not be sought', async () => {
    const target = aMemoryTarget(tables);
    const refused = {
      ...target,
      // oxlint-disable-next-line require-yield -- refuses before the first row
      async *rows() {
        await Promise.resolve();
        throw new DataverseError(
          'URM1012',
          { what: 'Refused', where: 'GET queues', next: 'Ask.' },
          { status: 403 },
        );
      },
    };
    const source = aSource([{ table: queue, rows: [{ id: idOf(10), name: 'Billing' }] }]);
    const { plan } = await planOf(source, refused);
    assert.deepEqual(
      (await actionsOf(plan)).map(({ kind }) => kind),
      ['blocked'],
    );
    assert.equal(plan.complete, false);
    assert.deepEqual(
      plan.findings.map(({ code }) => code),
      ['URM1325'],
    );
  });

  it('asks the target in groups', async () => {
    const target = aMemoryTarget(tables);
    for (let n = 0; n < 300; n += 1) target.put('queue', idOf(1000 + n), { name: `Queue ${n}` });
    const rows = Array.from({ length: 300 }, (_, n) => ({
      id: idOf(1000 + n),
      name: `Queue ${n}`,
    }));
    const { plan } = await planOf(aSource([{ table: queue, rows }]), target);
    assert.equal(plan.counts.unchanged, 300);
    assert.equal(target.questions, 2);
  });
});
