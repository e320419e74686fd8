import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  orderSteps,
  orderTables,
  type OrderedStep,
  type OrderedTable,
} from '#shared/stages/generate-schema/order-steps.ts';

function table(
  name: string,
  required: readonly string[],
  optional: readonly string[] = [],
): OrderedTable {
  return {
    name,
    lookups: [
      ...required.map((target) => ({ target, required: true })),
      ...optional.map((target) => ({ target, required: false })),
    ],
  };
}

const namesOf = (tables: readonly OrderedTable[]): readonly string[] =>
  tables.map(({ name }) => name);

describe('order of steps and tables', () => {
  it('keeps the frame when nothing needs to move', () => {
    const frame = [table('c', []), table('a', ['c']), table('b', [])];
    assert.deepEqual(orderTables(frame), frame);
  });

  it('puts what queues look up before them', () => {
    const frame = [
      table('queue', [], ['contract', 'hour', 'ruleset']),
      table('contract', []),
      table('ruleset', [], ['contract']),
      table('configuration', [], ['queue']),
      table('step', [], ['configuration', 'ruleset']),
      table('hour', []),
    ];
    assert.deepEqual(namesOf(orderTables(frame)), [
      'contract',
      'ruleset',
      'hour',
      'queue',
      'configuration',
      'step',
    ]);
  });

  it('lets an optional lookup of a circle point forward, never a required one', () => {
    const frame = [
      table('sequence', ['question'], ['widget']),
      table('widget', [], ['sequence']),
      table('question', []),
    ];
    assert.deepEqual(namesOf(orderTables(frame)), ['question', 'sequence', 'widget']);
  });

  it('moves whole steps when a required lookup of the environment asks for it, and numbers them anew', () => {
    const frame: OrderedStep<OrderedTable>[] = [
      { step: '01-skills', tables: [table('characteristic', ['queue'])] },
      { step: '03-queues', tables: [table('queue', [])] },
    ];
    const { steps, forward } = orderSteps(frame);
    assert.deepEqual(
      steps.map(({ step }) => step),
      ['01-queues', '03-skills'],
    );
    assert.deepEqual(forward, []);
  });

  it('names the required lookups that no order can satisfy', () => {
    const { forward } = orderSteps([
      { step: '01-a', tables: [table('a', ['b']), table('b', ['a'])] },
    ]);
    assert.deepEqual(forward, [{ table: 'a', target: 'b' }]);
  });

  it('law: every required lookup points backwards, or is named', () => {
    fc.assert(
      fc.property(aPackage(), (frame) => {
        const { steps, forward } = orderSteps(frame);
        const named = new Set(forward.map((each) => `${each.table} ${each.target}`));
        const all = new Set(frame.flatMap((step) => namesOf(step.tables)));
        const before = new Set<string>();
        for (const { name, lookups } of steps.flatMap((step) => step.tables)) {
          for (const { target, required } of lookups)
            if (required && target !== name && all.has(target) && !before.has(target))
              assert.ok(named.has(`${name} ${target}`), `${name} before ${target}`);
          before.add(name);
        }
        assert.equal(
          steps.flatMap((step) => step.tables).length,
          frame.flatMap((step) => step.tables).length,
        );
      }),
    );
  });

  it('law: without a circle nothing points forward, whatever the frame', () => {
    const tableNumbers = [0, 1, 2, 3, 4, 5, 6, 7];
    const lookup = fc.record({
      from: fc.nat(7),
      target: fc.nat(7),
      required: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.shuffledSubarray(tableNumbers),
        fc.array(lookup, { maxLength: 30 }),
        (frame, lookups) => {
          const tables = frame.map((number) => ({
            name: `t${number}`,
            lookups: lookups
              .filter(
                ({ from, target, required }) => from === number && (!required || target < from),
              )
              .map(({ target, required }) => ({ target: `t${target}`, required })),
          }));
          assert.deepEqual(orderSteps([{ step: '01-all', tables }]).forward, []);
        },
      ),
    );
  });
});

function aPackage(): fc.Arbitrary<readonly OrderedStep<OrderedTable>[]> {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const aTable = fc
    .tuple(name, fc.array(name, { maxLength: 3 }), fc.array(name, { maxLength: 3 }))
    .map(([each, required, optional]) => table(each, required, optional));
  const tables = fc.uniqueArray(aTable, { selector: (each) => each.name, minLength: 1 });
  return fc
    .array(tables, { maxLength: 4 })
    .map((steps) => steps.map((each, at) => ({ step: `0${at + 1}-s${at}`, tables: each })));
}
