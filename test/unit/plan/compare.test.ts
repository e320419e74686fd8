import assert from 'node:assert/strict';
import type { Action, Change } from '#shared/model/plan.ts';
import type { Row, Value } from '#shared/model/row.ts';
import type { TableRules } from '#shared/model/rules.ts';
import {
  actionsOf,
  aMemoryTarget,
  anEnvironmentTable,
  aRuleBook,
  aSource,
  bracketReferences,
  idOf,
  planOf,
  type Cells,
  type SourceTableSketch,
} from '#support/plan-builders.ts';

const thing = anEnvironmentTable('thing', {
  name: { type: 'text', maxLength: 20 },
  size: { type: 'integer', minValue: 0, maxValue: 10 },
  kind: { type: 'choice', options: [1, 2] },
  flags: { type: 'choices', options: [1, 2, 3] },
  fixed: 'choice',
  secret: 'text',
  computed: { type: 'integer', creatable: false, updatable: false },
  late: { type: 'text', creatable: false },
  starts: 'datetime',
  other: { type: 'lookup', to: ['thing'] },
  rules: 'memo',
  statecode: { type: 'state', options: [0, 1], creatable: false },
  statuscode: { type: 'status', options: [1, 2] },
  importsequencenumber: 'integer',
  ismanaged: { type: 'boolean', creatable: false, updatable: false },
});
const needy = anEnvironmentTable('needy', {
  name: { type: 'text', required: 'system' },
  size: 'integer',
});

const rules: Partial<TableRules> = {
  createOnly: new Set(['fixed']),
  withheld: new Map([['secret', 'secret']]),
  textReferences: new Map([['rules', bracketReferences]]),
};

async function compare(
  cells: Cells,
  existing: Cells | undefined,
  sketch: Partial<SourceTableSketch> = {},
): Promise<Awaited<ReturnType<typeof planOf>>['plan'] & { readonly list: readonly Action[] }> {
  const target = aMemoryTarget([thing, needy]);
  if (existing !== undefined) target.put('thing', idOf(10), existing);
  const source = aSource([{ table: thing, rows: [{ id: idOf(10), ...cells }], ...sketch }], {
    exportedAt: '2026-03-01T00:00:00Z',
  });
  const { plan } = await planOf(source, target, { book: aRuleBook({ thing: rules }) });
  return { ...plan, list: await actionsOf(plan) };
}

function changesOf(action: Action | undefined): readonly Change[] {
  return action?.kind === 'create' || action?.kind === 'update' ? action.changes : [];
}

function codeOf(action: Action | undefined): string | undefined {
  return action?.kind === 'blocked' ? action.finding.code : undefined;
}

describe('comparison', () => {
  it('plans only the columns that differ, with the version they were compared in', async () => {
    const { list } = await compare(
      { name: 'New', size: 3, kind: 1 },
      { name: 'Old', size: 3, kind: 1 },
    );
    assert.equal(list.length, 1);
    assert.deepEqual(changesOf(list[0]), [{ column: 'name', before: 'Old', after: 'New' }]);
    assert.ok(list[0]?.kind === 'update' && list[0].version !== undefined);
  });

  it('leaves alone what the package does not say, and clears what it says is empty', async () => {
    const { list } = await compare({ size: null }, { name: 'Old', size: 3 });
    assert.deepEqual(changesOf(list[0]), [{ column: 'size', before: 3, after: null }]);
  });

  it('never compares or writes withheld and platform columns', async () => {
    const cells = { name: 'A', secret: 'key', importsequencenumber: 5, computed: 9 };
    const created = await compare(cells, undefined);
    assert.deepEqual(
      changesOf(created.list[0]).map(({ column }) => column),
      ['name'],
    );
    const same = await compare(cells, { name: 'A' });
    assert.deepEqual(same.list, []);
  });

  it('sends a create-only column on create, and blocks a difference later', async () => {
    const created = await compare({ name: 'A', fixed: 1 }, undefined);
    assert.deepEqual(
      changesOf(created.list[0]).map(({ column }) => column),
      ['name', 'fixed'],
    );
    const { list } = await compare({ name: 'B', fixed: 1 }, { name: 'A', fixed: 2 });
    assert.equal(codeOf(list[0]), 'URM1318');
    assert.match(list[0]?.kind === 'blocked' ? list[0].finding.where : '', /column fixed/);
  });

  it('leaves rows alone that the schema says to skip', async () => {
    const skip = { skipUpdate: true };
    assert.equal((await compare({ name: 'A' }, { name: 'A' }, skip)).counts.unchanged, 1);
    const { list, counts } = await compare({ name: 'B' }, { name: 'A' }, skip);
    assert.deepEqual([list, counts.skipped], [[], 1]);
    assert.equal((await compare({ name: 'B' }, undefined, skip)).counts.created, 1);
  });

  it('blocks a managed row that differs, and only then', async () => {
    const { list } = await compare({ name: 'B' }, { name: 'A', ismanaged: true });
    assert.equal(codeOf(list[0]), 'URM1319');
    assert.deepEqual((await compare({ name: 'A' }, { name: 'A', ismanaged: true })).list, []);
  });

  const refused: readonly (readonly [string, string, Value])[] = [
    ['a choice that is not there', 'kind', 7],
    ['one of several choices', 'flags', [1, 9]],
    ['a text that is too long', 'name', 'x'.repeat(21)],
    ['a number below the range', 'size', -1],
    ['a number above the range', 'size', 11],
    ['a text in a lookup', 'other', 'thing'],
    ['a lookup into another table', 'other', { table: 'needy', id: idOf(5) }],
  ];
  for (const [what, column, value] of refused)
    it(`blocks ${what}, naming the column`, async () => {
      const target = aMemoryTarget([thing, needy]);
      target.put('needy', idOf(5), { name: 'There' });
      const { plan } = await planOf(
        aSource([{ table: thing, rows: [{ id: idOf(10), [column]: value }] }]),
        target,
      );
      const [action] = await actionsOf(plan);
      assert.equal(codeOf(action), 'URM1315');
      assert.ok(action?.kind === 'blocked');
      assert.match(action.finding.where, new RegExp(`thing ${idOf(10)}.*, column ${column}$`));
    });

  it('blocks a create without a required value', async () => {
    const source = aSource([
      { table: needy, columns: { size: 'integer' }, rows: [{ id: idOf(10), size: 1 }] },
    ]);
    const { plan } = await planOf(source, aMemoryTarget([needy]));
    const [action] = await actionsOf(plan);
    assert.equal(codeOf(action), 'URM1321');
    assert.match(action?.kind === 'blocked' ? action.finding.summary : '', /name/);
  });

  it('blocks a row with a value in a column the target lacks', async () => {
    const source = aSource([
      {
        table: needy,
        columns: { name: 'text', extra: 'text' },
        rows: [
          { id: idOf(10), name: 'A', extra: 'x' },
          { id: idOf(11), name: 'B' },
        ],
      },
    ]);
    const { plan } = await planOf(source, aMemoryTarget([needy]));
    const actions = await actionsOf(plan);
    assert.deepEqual(
      actions.map(({ kind, name }) => [kind, name]),
      [
        ['blocked', 'A'],
        ['create', 'B'],
      ],
    );
    assert.equal(codeOf(actions[0]), 'URM1316');
  });

  it('blocks a lookup and a text reference that lead nowhere', async () => {
    const lookup = await compare(
      { other: { table: 'thing', id: idOf(77), name: 'Gone' } },
      { name: 'A' },
    );
    assert.equal(codeOf(lookup.list[0]), 'URM1313');
    const text = await compare({ rules: `<thing:${idOf(77)}>` }, { name: 'A' });
    assert.equal(codeOf(text.list[0]), 'URM1314');
    assert.match(text.list[0]?.kind === 'blocked' ? text.list[0].finding.summary : '', /place 1/);
  });

  it('moves a text that does not parse unchanged, with a warning', async () => {
    const { list, findings } = await compare({ rules: 'broken' }, undefined);
    assert.deepEqual(
      changesOf(list[0]).map(({ after }) => after),
      ['broken'],
    );
    assert.deepEqual(
      findings.map(({ code, severity }) => [code, severity]),
      [['URM1324', 'warning']],
    );
  });

  it('creates rows active and deactivates them when everything is there', async () => {
    const { list } = await compare({ name: 'A', statecode: 1, statuscode: 2 }, undefined);
    assert.deepEqual(
      list.map((action) => [
        action.kind,
        action.phase,
        changesOf(action).map(({ column }) => column),
      ]),
      [
        ['create', 'rows', ['name']],
        ['update', 'states', ['statecode', 'statuscode']],
      ],
    );
    const active = await compare({ name: 'A', statecode: 0, statuscode: 1 }, undefined);
    assert.deepEqual(
      changesOf(active.list[0]).map(({ column }) => column),
      ['name', 'statuscode'],
    );
  });

  it('plans a change of state in its own phase', async () => {
    const { list } = await compare(
      { name: 'B', statecode: 1, statuscode: 2 },
      { name: 'A', statecode: 0, statuscode: 1 },
    );
    assert.deepEqual(
      list.map((action) => [
        action.phase,
        action.kind === 'update' && action.version !== undefined,
      ]),
      [
        ['rows', true],
        ['states', false],
      ],
    );
  });

  it('writes a column after the create where it cannot be created', async () => {
    const { list } = await compare({ name: 'A', late: 'x' }, undefined);
    assert.deepEqual(
      list.map(({ phase }) => phase),
      ['rows', 'references'],
    );
  });

  it('moves relative dates on create and never compares them', async () => {
    const columns = { name: 'text', starts: { type: 'datetime', dateMode: 'relative' } } as const;
    const cells = { name: 'A', starts: '2026-02-20T00:00:00Z' };
    const created = await compare(cells, undefined, { columns });
    assert.equal(
      changesOf(created.list[0]).find(({ column }) => column === 'starts')?.after,
      '2026-03-06T00:00:00Z',
    );
    const existing = { name: 'A', starts: '2025-01-01T00:00:00Z' };
    assert.deepEqual((await compare(cells, existing, { columns })).list, []);
  });

  it('compares files by their content', async () => {
    const paper = anEnvironmentTable('paper', { name: 'text', body: 'file' });
    const body = { fileName: 'a.txt', sha256: 'a'.repeat(64), bytes: 1 };
    const source = aSource([{ table: paper, rows: [{ id: idOf(1), name: 'P', body }] }]);
    const target = aMemoryTarget([paper]);
    const { plan, texts } = await planOf(source, target);
    await target.apply(plan, texts);
    assert.deepEqual(await actionsOf((await planOf(source, target)).plan), []);
    target.put('paper', idOf(1), { body: { ...body, sha256: 'b'.repeat(64) } });
    const [action] = await actionsOf((await planOf(source, target)).plan);
    assert.deepEqual(
      changesOf(action).map(({ column }) => column),
      ['body'],
    );
  });

  it('maps who takes part in an activity', async () => {
    const person = anEnvironmentTable('person', { name: 'text' });
    const call = anEnvironmentTable('call', { name: 'text', to: 'party-list' });
    const party = (key: string): Row => ({
      shape: {
        table: { ...person, name: 'activityparty', idColumn: 'activitypartyid' },
        columns: ['partyid', 'participationtypemask'],
      },
      id: idOf(60),
      cells: [{ table: 'person', id: key }, 2],
    });
    const source = aSource([
      { table: call, rows: [{ id: idOf(1), name: 'C', to: [party(idOf(5))] }] },
      { table: person, compareBy: ['name'], rows: [{ id: idOf(5), name: 'Ann' }] },
    ]);
    const target = aMemoryTarget([call, person]);
    target.put('person', idOf(95), { name: 'Ann' });
    const { plan, texts } = await planOf(source, target);
    await target.apply(plan, texts);
    const [written] = (target.rowsOf('call').get(idOf(1))?.get('to') ?? []) as readonly Row[];
    assert.deepEqual(written?.cells, [{ table: 'person', id: idOf(95) }, 2]);
    assert.deepEqual(await actionsOf((await planOf(source, target)).plan), []);
  });

  it('shows long texts by their hash', async () => {
    const { list } = await compare({ rules: 'x'.repeat(5000) }, { rules: 'y'.repeat(6000) });
    const [change] = changesOf(list[0]);
    assert.deepEqual(
      [change?.before, change?.after].map(
        (value) => typeof value === 'object' && value !== null && 'chars' in value && value.chars,
      ),
      [6000, 5000],
    );
  });
});
