import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cellsEqual } from '#emulator/store/index-key.ts';
import { MemoryStore } from '#emulator/store/memory-store.ts';
import { sqlServerSortKey } from '#shared/model/guid.ts';
import type { Cell, RowChange, StoredRow } from '#emulator/store/store.ts';

/** Text sorts by the first digit, SQL Server by the last. */
const idOf = (first: string, last: string): string =>
  `${first}0000000-0000-4000-8000-00000000000${last}`;
const a = idOf('1', 'e');
const b = idOf('2', 'b');
const c = idOf('3', 'd');
const d = idOf('4', 'a');
const e = idOf('5', 'c');
const ids = [a, b, c, d, e];
const cell: fc.Arbitrary<Cell> = fc.oneof(
  fc.constantFrom<Cell>('North', 'north', 'South', null, 1, 2, true),
  fc.constantFrom(...ids).map((id): Cell => ({ table: 'queue', id })),
);
const write = fc.record({ id: fc.constantFrom(...ids), one: cell, other: cell });
const step = fc.oneof(
  { weight: 3, arbitrary: write.map((row) => ({ kind: 'put' as const, ...row })) },
  fc.constantFrom(...ids).map((id) => ({ kind: 'delete' as const, id })),
  fc.record({ kind: fc.constant('find' as const), column: fc.constantFrom('one', 'other'), cell }),
  fc.record({ kind: fc.constant('undo' as const), writes: fc.array(write, { maxLength: 4 }) }),
);

function cellsOf(row: { readonly one: Cell; readonly other: Cell }): Map<string, Cell> {
  return new Map([
    ['one', row.one],
    ['other', row.other],
  ]);
}

function inKeyOrder(model: ReadonlyMap<string, StoredRow>, after: string): readonly StoredRow[] {
  const keyed = [...model.values()].map((row) => ({ row, key: sqlServerSortKey(row.id) }));
  return keyed
    .filter(({ key }) => key > sqlServerSortKey(after))
    .sort((one, other) => (one.key < other.key ? -1 : 1))
    .map(({ row }) => row);
}

function shown(rows: Iterable<StoredRow>): readonly unknown[] {
  return [...rows].map((row) => [row.id, row.version, [...row.cells]]);
}

describe('the memory store', () => {
  it('finds, orders and undoes like a plain list of rows', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const store = new MemoryStore();
        const model = new Map<string, StoredRow>();
        const sorted = (): StoredRow[] =>
          [...model.values()].sort((one, next) => (one.id < next.id ? -1 : 1));
        for (const done of steps) {
          if (done.kind === 'put') model.set(done.id, store.put('t', done.id, cellsOf(done)));
          else if (done.kind === 'delete')
            assert.equal(store.delete('t', done.id), model.delete(done.id));
          else if (done.kind === 'find') {
            const expected = sorted().filter((row) =>
              cellsEqual(row.cells.get(done.column), done.cell),
            );
            assert.deepEqual(shown(store.find('t', done.column, done.cell)), shown(expected));
            const both = new Map([
              [done.column, done.cell],
              ['other', null],
            ]);
            const narrowed = sorted().filter((row) =>
              [...both].every(([name, value]) => cellsEqual(row.cells.get(name), value)),
            );
            assert.deepEqual(shown(store.findAll('t', both)), shown(narrowed));
          } else {
            const failing = (): void =>
              store.transaction(() => {
                for (const row of done.writes) store.put('t', row.id, cellsOf(row));
                store.delete('t', a);
                throw new Error('undo');
              });
            assert.throws(failing, /undo/);
          }
          assert.deepEqual(shown(store.rows('t')), shown(sorted()));
          assert.deepEqual(shown(store.rowsAfter('t', b)), shown(inKeyOrder(model, b)));
          const holds = (value: Cell): boolean => typeof value === 'string';
          assert.deepEqual(
            shown(store.rowsAfter('t', undefined, { column: 'one', holds })),
            shown(inKeyOrder(model, '').filter((row) => holds(row.cells.get('one') ?? null))),
          );
          assert.equal(store.count('t'), model.size);
        }
      }),
    );
  });

  it('tells of a transaction once, with each row as it ended', () => {
    const told: (readonly RowChange[])[] = [];
    const store = new MemoryStore((changes) => told.push(changes));
    store.transaction(() => {
      store.put('t', a, new Map([['name', 'first']]));
      store.transaction(() => store.put('t', a, new Map([['name', 'second']])));
      store.put('t', b, new Map());
      store.delete('t', b);
    });
    assert.equal(told.length, 1);
    assert.deepEqual(
      told[0]?.map(({ id, row }) => [id, row?.cells.get('name')]),
      [
        [a, 'second'],
        [b, undefined],
      ],
    );
  });

  it('undoes an inner transaction alone when its failure is caught', () => {
    const store = new MemoryStore();
    store.transaction(() => {
      store.put('t', a, new Map());
      assert.throws(() =>
        store.transaction(() => {
          store.put('t', b, new Map());
          throw new Error('inner');
        }),
      );
    });
    assert.deepEqual(
      [...store.rows('t')].map((row) => row.id),
      [a],
    );
  });

  it('numbers all writes of all tables upwards', () => {
    const store = new MemoryStore();
    const versions = [
      store.put('t', a, new Map()),
      store.put('u', b, new Map()),
      store.put('t', a, new Map()),
    ].map((row) => row.version);
    assert.deepEqual(
      versions,
      [...versions].sort((one, other) => one - other),
    );
    assert.equal(new Set(versions).size, 3);
  });

  it('lets rows be written while others are read', () => {
    const store = new MemoryStore();
    for (const id of ids) store.put('t', id, new Map());
    const seen: string[] = [];
    for (const row of store.rows('t')) {
      seen.push(row.id);
      store.put('t', `9${row.id.slice(1)}`, new Map());
      store.delete('t', d);
    }
    assert.deepEqual(seen, [a, b, c, e]);
    assert.equal(store.count('t'), 8);
  });
});
