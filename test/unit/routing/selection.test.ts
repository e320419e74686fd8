import assert from 'node:assert/strict';
import type { EnvironmentTable } from '#shared/model/table.ts';
import type { Channel } from '#shared/routing/area.ts';
import { areasFor } from '#shared/routing/catalogue.ts';
import { elementsOf, readXml, type XmlElement } from '#shared/routing/xml-tree.ts';
import { chooseTables, tableNames } from '#shared/stages/generate-schema/choose-tables.ts';
import { onlyFilled } from '#shared/stages/export/withheld.ts';
import { aColumn, aLookup, aTable } from '#support/environment-tables.ts';
import { told } from '#support/stage-runs.ts';

const url = 'https://source.example';

/** An environment that has every column the catalogue names. */
function everything(): Map<string, EnvironmentTable> {
  const tables = areasFor([]).flatMap((area) => area.steps.flatMap((step) => step.tables));
  return new Map(
    tableNames(areasFor([])).map((name) => {
      const columns = tables
        .filter(({ table }) => table === name)
        .flatMap((entry) => [...entry.columns, ...(entry.optionalColumns ?? [])]);
      return [
        name,
        aTable(
          name,
          [...new Set(columns)].map((column) => aColumn(column, 'text')),
        ),
      ];
    }),
  );
}

function withColumns(
  name: string,
  ...columns: readonly ReturnType<typeof aColumn>[]
): Map<string, EnvironmentTable> {
  const metadata = everything();
  const table = metadata.get(name);
  assert.ok(table !== undefined);
  const all = new Map([...table.columns, ...columns.map((each) => [each.name, each] as const)]);
  return metadata.set(name, { ...table, columns: all });
}

describe('tables chosen by the catalogue', () => {
  it('takes the columns in the published order', () => {
    const { steps, findings } = chooseTables(areasFor([]), everything(), url);
    assert.deepEqual(findings, []);
    assert.deepEqual(
      steps[0]?.tables[0]?.columns.map(({ name }) => name),
      ['characteristicid', 'characteristictype', 'description', 'name'],
    );
  });

  it('takes columns that the customer added, and says so; not those of Microsoft or read-only ones', () => {
    const metadata = withColumns(
      'queue',
      aColumn('contoso_floor', 'text', { custom: true }),
      aColumn('msdyn_tomorrow', 'text', { custom: true }),
      aColumn('contoso_sum', 'integer', { custom: true, creatable: false, updatable: false }),
      aColumn('contoso_photo', 'image', { custom: true }),
    );
    const { steps, findings } = chooseTables(areasFor([]), metadata, url);
    const queue = steps.flatMap((step) => step.tables).find(({ name }) => name === 'queue');
    const names = queue?.columns.map(({ name }) => name) ?? [];
    assert.ok(names.includes('contoso_floor'));
    for (const name of ['msdyn_tomorrow', 'contoso_sum', 'contoso_photo'])
      assert.ok(!names.includes(name), name);
    assert.deepEqual(told(findings), [`info URM1222 ${url} queue`]);
    assert.equal(findings[0]?.detail, 'contoso_floor');
  });

  it('orders by required lookups that the customer added', () => {
    const metadata = withColumns('characteristic', {
      ...aLookup('contoso_queueid', { queue: 'contoso_queueid' }),
      custom: true,
      required: 'application',
    });
    const { steps } = chooseTables(areasFor([]), metadata, url);
    const lookups = steps[0]?.tables[0]?.lookups;
    assert.deepEqual(lookups, [{ target: 'queue', required: true }]);
  });

  it('leaves out tables and columns the environment lacks, each with one finding', () => {
    const metadata = everything();
    metadata.delete('msdyn_overflowactionconfig');
    const ruleset = metadata.get('msdyn_decisionruleset');
    assert.ok(ruleset !== undefined);
    const columns = new Map(ruleset.columns);
    columns.delete('msdyn_description');
    columns.delete('msdyn_fetchxml');
    metadata.set('msdyn_decisionruleset', { ...ruleset, columns });
    const { steps, findings } = chooseTables(areasFor([]), metadata, url);
    assert.deepEqual(told(findings), [
      `warning URM1202 ${url} msdyn_decisionruleset.msdyn_description`,
      `warning URM1201 ${url} msdyn_overflowactionconfig`,
    ]);
    const names = steps.flatMap((step) => step.tables.map(({ name }) => name));
    assert.ok(!names.includes('msdyn_overflowactionconfig'));
  });
});

describe('a channel that is not provisioned', () => {
  const lineTables = (asked: readonly Channel[]) => {
    const metadata = everything();
    metadata.delete('msdyn_oclinechannelconfig');
    metadata.delete('msdyn_ocvoice');
    return chooseTables(areasFor(asked), metadata, url, asked);
  };

  it('is left out whole, as news where everything is asked for, as a warning where it is missed', () => {
    for (const [asked, severity] of [
      [[], 'info'],
      [['line', 'voice'], 'warning'],
    ] as const) {
      const { steps, findings } = lineTables(asked);
      assert.ok(!steps.some(({ step }) => step === '21-line-accounts'));
      assert.ok(steps.some(({ step }) => step === '20-line-workstreams'));
      assert.deepEqual(
        told(findings).toSorted(),
        [
          `${severity} URM1201 ${url} msdyn_oclinechannelconfig`,
          `warning URM1201 ${url} msdyn_ocvoice`,
        ].toSorted(),
      );
    }
  });

  it('is joined by no filter of what is left', () => {
    const { steps } = lineTables([]);
    const has = (table: string): boolean =>
      table !== 'msdyn_oclinechannelconfig' && table !== 'msdyn_ocvoice';
    for (const { step, tables } of steps)
      for (const { entry } of tables) {
        const text = entry.filter?.({ channels: [], queues: [], workstreams: [] }, has) ?? '';
        assert.doesNotMatch(text, /msdyn_oclinechannelconfig|"msdyn_ocvoice"/, step);
      }
  });
});

describe('a selection limited to rows with a value', () => {
  const condition = 'secret operator not-null';

  for (const [form, filter] of Object.entries({
    'without a filter': undefined,
    'by a bare filter': '<filter type="or"><condition attribute="a" operator="null" /></filter>',
    'by a whole fetch':
      '<fetch distinct="true"><entity name="x"><filter><condition attribute="a" operator="null" /></filter><link-entity name="y" from="yid" to="yid" alias="y"><filter><condition attribute="b" operator="null" /></filter></link-entity></entity></fetch>',
    'by a fetch without conditions': '<fetch>\n<entity name="x" />\n</fetch>',
    'by a fetch with two filters':
      '<fetch><entity name="x"><filter><condition attribute="a" operator="null" /></filter><filter type="or"><condition attribute="c" operator="null" /></filter></entity></fetch>',
  }))
    it(`keeps all conditions of a selection ${form}`, () => {
      const reading = readXml(onlyFilled(filter, 'secret'));
      assert.ok('root' in reading);
      const before = filter === undefined ? [] : conditionsOf(filter);
      assert.deepEqual(
        conditionsOf(onlyFilled(filter, 'secret')).toSorted(),
        [...before, condition].toSorted(),
      );
      const holder = reading.root.name === 'fetch' ? elementsOf(reading.root)[0] : undefined;
      const filters =
        holder === undefined
          ? [reading.root]
          : elementsOf(holder).filter(({ name }) => name === 'filter');
      assert.equal(filters.length, 1, 'one filter holds all, joined by and');
    });
});

function conditionsOf(text: string): readonly string[] {
  const reading = readXml(text);
  assert.ok('root' in reading, text);
  return below(reading.root)
    .filter(({ name }) => name === 'condition')
    .map(
      ({ attributes }) => `${attributes.get('attribute')} operator ${attributes.get('operator')}`,
    );
}

function below(element: XmlElement): readonly XmlElement[] {
  return [element, ...elementsOf(element).flatMap(below)];
}
