import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '#emulator/environment.ts';
import { typeCodeShiftOf } from '#emulator/seeds/apply-seed.ts';
import type { StoredRow } from '#emulator/store/store.ts';
import { seededEnvironment } from '#support/test-environment.ts';

const guid = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi;

describe('the seeds', () => {
  for (const seed of ['empty', 'contoso', 'contoso-by-hand']) {
    it(`of '${seed}' point with every lookup at a row that is there`, async () => {
      const environment = await seededEnvironment(seed);
      for (const entity of environment.metadata.entities()) {
        for (const row of environment.store.rows(entity.logicalName)) {
          for (const [column, cell] of row.cells) {
            if (typeof cell !== 'object' || cell === null || !('table' in cell)) continue;
            const where = `${entity.logicalName}.${column} → ${cell.table}`;
            assert.ok(environment.store.get(cell.table, cell.id), where);
          }
        }
      }
    });

    it(`of '${seed}' fill what their tables cannot do without`, async () => {
      const environment = await seededEnvironment(seed);
      for (const entity of environment.metadata.entities()) {
        const needed = [...entity.attributes.values()].filter(
          (each) =>
            each.requiredLevel === 'ApplicationRequired' &&
            each.logicalName !== entity.primaryId &&
            entity.logicalName.startsWith('msdyn_'),
        );
        for (const row of environment.store.rows(entity.logicalName)) {
          for (const column of needed) {
            const where = `${entity.logicalName}.${column.logicalName}`;
            assert.notEqual(row.cells.get(column.logicalName) ?? null, null, where);
          }
        }
      }
    });

    it(`of '${seed}' hold values their columns allow`, async () => {
      const environment = await seededEnvironment(seed);
      for (const entity of environment.metadata.entities()) {
        for (const row of environment.store.rows(entity.logicalName)) {
          for (const [name, cell] of row.cells) {
            const column = entity.attributes.get(name);
            const where = `${entity.logicalName}.${name}`;
            assert.ok(column, where);
            const values = new Set(column.options?.map((each) => each.value));
            if (['Picklist', 'State', 'Status'].includes(column.type)) {
              assert.ok(typeof cell === 'number' && values.has(cell), where);
            }
            if (column.maxLength !== undefined && typeof cell === 'string') {
              assert.ok(cell.length <= column.maxLength, where);
            }
          }
        }
      }
    });
  }

  it('have the same system contracts under other ids in two environments', async () => {
    const one = await seededEnvironment('contoso');
    const other = await seededEnvironment('empty', {
      organizationId: '0b7d5c1e-94a2-4f3c-a8e6-1d2f9b6c7e50',
    });
    const mine = contracts(one);
    const theirs = contracts(other);
    assert.equal(theirs.size, 7);
    for (const [name, row] of theirs) {
      assert.ok(mine.has(name), name);
      assert.notEqual(mine.get(name)?.id, row.id);
      assert.equal(row.cells.get('ismanaged'), true);
    }
  });

  it('give the default record queue the same id everywhere', async () => {
    const environment = await seededEnvironment('empty');
    const queue = environment.store.get('queue', '5a4b76b0-dab5-4717-9743-9490f2f822c6');
    assert.equal(queue?.cells.get('name'), 'Default entity queue');
    assert.equal(queue.cells.get('msdyn_isdefaultqueue'), true);
  });

  it('have the same names and other ids where the configuration was made by hand', async () => {
    const original = await seededEnvironment('contoso');
    const byHand = await seededEnvironment('contoso-by-hand');
    for (const table of ['characteristic', 'msdyn_capacityprofile', 'msdyn_decisionruleset']) {
      const names = (environment: Environment): readonly string[] =>
        [...environment.store.rows(table)].map(nameOf).sort();
      assert.deepEqual(names(byHand), names(original));
      const ids = new Set([...original.store.rows(table)].map((row) => row.id));
      for (const row of byHand.store.rows(table)) assert.ok(!ids.has(row.id), nameOf(row));
    }
  });

  it('name only rows of their own environment inside rulesets', async () => {
    for (const seed of ['contoso', 'contoso-by-hand']) {
      const environment = await seededEnvironment(seed);
      let found = 0;
      for (const row of environment.store.rows('msdyn_decisionruleset')) {
        const text = row.cells.get('msdyn_rulesetdefinition');
        if (typeof text !== 'string') continue;
        // Ids of rules look like ids of rows and are none.
        for (const [id] of text.replaceAll(/id="[^"]*"/g, '').matchAll(guid)) {
          found += 1;
          assert.ok(holds(environment, id.toLowerCase()), `${nameOf(row)} names ${id}`);
        }
      }
      assert.ok(found > 10);
    }
  });

  it('put a queue inside and outside of each documented condition', async () => {
    const environment = await seededEnvironment('contoso');
    const queues = [...environment.store.rows('queue')];
    for (const type of [192350000, 192350001, 192350002]) {
      assert.ok(queues.some((row) => row.cells.get('msdyn_queuetype') === type));
    }
    assert.ok(queues.some((row) => row.cells.get('msdyn_isomnichannelqueue') === false));
    assert.ok(queues.some((row) => row.cells.get('statecode') === 1));
    const profiles = [...environment.store.rows('msdyn_capacityprofile')];
    assert.ok(profiles.some((row) => row.cells.get('ismanaged') === true));
    assert.ok(profiles.some((row) => row.cells.get('ismanaged') === false));
    const steps = [...environment.store.rows('msdyn_assignmentconfigurationstep')];
    const types = new Set(steps.map((row) => row.cells.get('msdyn_type')));
    assert.deepEqual(types, new Set([192350000, 192350001, 192350002]));
  });

  it('move the type codes of custom tables apart', () => {
    const shifts = ['contoso', 'empty', 'contoso-by-hand'].map(typeCodeShiftOf);
    assert.equal(new Set(shifts).size, 3);
  });
});

describe('a seed file', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'seed-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function planted(document: unknown): Promise<Environment> {
    const path = join(folder, 'seed.json');
    await writeFile(path, JSON.stringify(document));
    return seededEnvironment(path);
  }

  it('adds its rows to those every environment has', async () => {
    const environment = await planted({
      tables: {
        queue: [
          {
            key: 'billing',
            name: 'Billing',
            msdyn_queuetype: 192350002,
            msdyn_assignmentinputcontractid: '#msdyn_assignmentoutput',
          },
        ],
        msdyn_decisionruleset: [
          { msdyn_name: 'To billing', msdyn_rulesetdefinition: '{[[QUEUE#billing]]}' },
        ],
      },
    });
    const [queue] = environment.store.find('queue', 'name', 'Billing');
    assert.ok(queue);
    const [rules] = environment.store.find('msdyn_decisionruleset', 'msdyn_name', 'To billing');
    assert.equal(rules?.cells.get('msdyn_rulesetdefinition'), `{${queue.id.toUpperCase()}}`);
  });

  it('may extend a built-in seed and leave tables, columns and choices out', async () => {
    const environment = await planted({
      extends: 'empty',
      without: {
        tables: ['msdyn_capacityprofile'],
        columns: ['queue.msdyn_maxqueuesize', 'queue.msdyn_intentfamilyid'],
        choices: ['characteristic.characteristictype=2'],
      },
    });
    const { metadata } = environment;
    assert.equal(metadata.entity('msdyn_capacityprofile'), undefined);
    assert.equal(metadata.entity('queue')?.attributes.has('msdyn_maxqueuesize'), false);
    assert.equal(metadata.entity('queue')?.attributes.has('msdyn_intentfamilyidname'), false);
    assert.ok(
      metadata
        .manyToOne('queue')
        .every((each) => each.referencingAttribute !== 'msdyn_intentfamilyid'),
    );
    const type = metadata.entity('characteristic')?.attributes.get('characteristictype');
    assert.deepEqual(
      type?.options?.map((each) => each.value),
      [1],
    );
  });

  it('is refused with the table and column that are not there', async () => {
    await assert.rejects(planted({ tables: { nosuch: [{}] } }), /not there: nosuch/);
    await assert.rejects(
      planted({ tables: { queue: [{ colour: 'red' }] } }),
      /queue has no column colour/,
    );
    await assert.rejects(planted({ rows: [] }), /no member 'tables'/);
  });
});

function contracts(environment: Environment): ReadonlyMap<string, StoredRow> {
  return new Map(
    [...environment.store.rows('msdyn_decisioncontract')]
      .filter((row) => row.cells.get('ismanaged') === true)
      .map((row) => [textOf(row, 'msdyn_uniquename'), row]),
  );
}

function nameOf(row: StoredRow): string {
  return textOf(row, row.cells.has('msdyn_name') ? 'msdyn_name' : 'name');
}

function textOf(row: StoredRow, column: string): string {
  const cell = row.cells.get(column);
  return typeof cell === 'string' ? cell : '';
}

function holds(environment: Environment, id: string): boolean {
  return [...environment.metadata.entities()].some(
    (entity) => environment.store.get(entity.logicalName, id) !== undefined,
  );
}
