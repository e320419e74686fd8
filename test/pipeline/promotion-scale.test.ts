import assert from 'node:assert/strict';
import { join } from 'node:path';
import { withEmulator, type TestEmulator } from '#support/emulator.ts';
import { aPromotion, requestsSoFar, savedActions, writesOf } from '#support/promotion.ts';
import { told, withFolder } from '#support/stage-runs.ts';

const rows = 10_000;
const changed = 7;
const idAt = (at: number): string => `5c000000-0000-4000-8000-${String(at).padStart(12, '0')}`;

describe(`${rows} rows of which ${changed} changed`, function () {
  this.timeout(180_000);
  const source = withEmulator({ seed: 'empty' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);

  /** Plants skills as if they had been there for long. */
  const plant = (emulator: TestEmulator, name: (at: number) => string): void => {
    const { environment } = emulator;
    const { store, administratorId, rootBusinessUnitId } = environment;
    const moment = new Date(environment.now()).toISOString();
    for (let at = 0; at < rows; at += 1)
      store.put(
        'characteristic',
        idAt(at),
        new Map<string, string | number | { readonly table: string; readonly id: string }>([
          ['name', name(at)],
          ['description', `Skill number ${at}`],
          ['characteristictype', 1],
          ['statecode', 0],
          ['statuscode', 1],
          ['createdon', moment],
          ['modifiedon', moment],
          ['ownerid', { table: 'systemuser', id: administratorId }],
          ['owningbusinessunit', { table: 'businessunit', id: rootBusinessUnitId }],
        ]),
      );
  };

  before(async () => {
    plant(source, (at) => `Skill ${at}`);
    plant(target, (at) =>
      at % Math.ceil(rows / changed) === 3 ? `Old skill ${at}` : `Skill ${at}`,
    );
    await promotion.export();
  });

  it('writes those rows, with only the columns that changed', async () => {
    const since = await requestsSoFar(target);
    const result = await promotion.import('run');
    assert.deepEqual(told(result.findings.filter(({ severity }) => severity === 'error')), []);
    assert.ok(result.counts.in >= rows);
    assert.deepEqual(
      [result.counts.updated, result.counts.unchanged],
      [changed, result.counts.in - changed],
    );
    const written = await writesOf(target, since);
    assert.equal(written.length, changed);
    assert.ok(written.every(({ method }) => method === 'PATCH'));
    for (const action of await savedActions(join(folder.path, 'run/plan.json')))
      assert.ok(
        action.kind === 'update' &&
          action.changes.length === 1 &&
          action.changes[0]?.column === 'name',
      );
  });

  it('reads and stops when there is nothing to do', async () => {
    const since = await requestsSoFar(target);
    const result = await promotion.import('again');
    assert.equal(result.counts.unchanged, result.counts.in);
    assert.deepEqual(await writesOf(target, since), []);
    assert.equal(result.requests.write, 0);
  });
});
