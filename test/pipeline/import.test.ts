import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageResult } from '#shared/model/result.ts';
import { importStage } from '#shared/stages/import.ts';
import { runStage } from '#shared/stages/run-stage.ts';
import { stageEntry } from '#shared/stages/stage-table.ts';
import { complaints, schemaOf } from '#support/json-schemas.ts';
import { withEmulator } from '#support/emulator.ts';
import {
  aPromotion,
  journalOf,
  requestsSoFar,
  savedActions,
  writesOf,
} from '#support/promotion.ts';
import { create, id, plantQueues } from '#support/queue-rows.ts';
import { rowsOf, told, withFolder } from '#support/stage-runs.ts';
import { createTestHost, testPorts } from '#support/test-host.ts';

const spanish = id(60);

function addsUp({ counts }: StageResult): void {
  const { created, updated, unchanged, skipped, failed } = counts;
  assert.equal(created + updated + unchanged + skipped + failed, counts.in);
}

describe('import', () => {
  const source = withEmulator({ seed: 'empty' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);
  const at = (name: string): string => join(folder.path, name);

  before(async function () {
    this.timeout(60_000);
    await plantQueues(source);
    await create(source, 'characteristics', {
      characteristicid: spanish,
      name: 'Spanish',
      characteristictype: 1,
    });
    await promotion.export();
  });

  beforeEach(async () => {
    await target.reset();
    await target.faults('');
    for (const name of await readdir(folder.path))
      if (name !== 'package') await rm(at(name), { recursive: true });
  });

  /** Rows of the target in the tables of the package. */
  const targetRows = async (): Promise<number> => {
    const { tables } = await target.state();
    return Object.values(tables).reduce((sum, count) => sum + count, 0);
  };

  it('goes on with everything independent of a row that is refused and one that is blocked', async function () {
    this.timeout(60_000);
    const skills = at('package/01-skills/characteristic');
    const [file = ''] = (await readdir(skills)).filter((name) => name.startsWith('spanish'));
    const good = await readFile(join(skills, file), 'utf8');
    await writeFile(join(skills, file), good.replace(/("characteristictype": )1\b/, '$1 77'));
    await target.faults('error:method=POST,table=msdyn_decisionruleset,nth=1');
    try {
      const result = await promotion.import('run');
      assert.equal(result.outcome, 'failed');
      addsUp(result);
      const refused = result.findings.find(({ code }) => code === 'URM1401');
      const blocked = result.findings.find(({ code }) => code === 'URM1315');
      assert.match(refused?.where ?? '', /^msdyn_decisionruleset [0-9a-f-]{36} \w/);
      assert.match(refused?.summary ?? '', /fault rule/);
      assert.match(
        blocked?.where ?? '',
        new RegExp(`^characteristic ${spanish} Spanish, column characteristictype$`),
      );
      assert.match(blocked?.summary ?? '', /77/);
      const held = result.findings.filter(({ code }) => code === 'URM1402');
      assert.ok(held.every(({ detail }) => detail.includes('fault rule')));
      assert.equal(result.counts.failed, 2 + held.length);
      assert.ok(result.counts.created > 8);
    } finally {
      await target.faults('');
      await writeFile(join(skills, file), good);
    }
    const since = await requestsSoFar(target);
    const second = await promotion.import('run-2');
    assert.deepEqual(told(second.findings), []);
    addsUp(second);
    const failedFirst = second.counts.created + second.counts.updated;
    assert.ok(failedFirst >= 2 && failedFirst <= 5, `${failedFirst} rows were left`);
    assert.equal((await writesOf(target, since)).length, failedFirst);
    assert.equal((await promotion.plan('empty')).outputs['hasChanges'], false);
  });

  it('skips blocked rows without failing where that is allowed', async () => {
    const skills = at('package/01-skills/characteristic');
    const [file = ''] = (await readdir(skills)).filter((name) => name.startsWith('spanish'));
    const good = await readFile(join(skills, file), 'utf8');
    await writeFile(join(skills, file), good.replace(/("characteristictype": )1\b/, '$1 77'));
    try {
      const result = await promotion.import('run', { allowBlocked: 'true' });
      assert.equal(result.outcome, 'succeededWithIssues');
      assert.deepEqual([result.counts.skipped, result.counts.failed], [1, 0]);
      addsUp(result);
    } finally {
      await writeFile(join(skills, file), good);
    }
  });

  it('leaves a run folder: journal, snapshot, plan and result', async () => {
    await create(target, 'characteristics', {
      characteristicid: spanish,
      name: 'Espanol',
      characteristictype: 1,
    });
    const result = await promotion.import('run');
    assert.equal(result.outcome, 'succeeded');
    const journal = await journalOf(at('run'));
    assert.equal(journal[0]?.is, 'started');
    assert.equal(journal.at(-1)?.is, 'ended');
    const begun = new Set<number>();
    for (const entry of journal) {
      if (entry.is === 'intent') for (const action of entry.actions) begun.add(action);
      if (entry.is === 'done') assert.ok(begun.has(entry.action), 'done before its intent');
    }
    const actions = await savedActions(at('run/plan.json'));
    assert.equal(
      journal.filter(({ is }) => is === 'done').length,
      actions.filter(({ kind }) => kind !== 'blocked').length,
    );
    const validate = await schemaOf('journal');
    for (const entry of journal) assert.deepEqual(complaints(validate, entry), []);
    const snapshot = await rowsOf(at('run/snapshot'));
    const [row, ...others] = [...snapshot.values()].flat();
    assert.deepEqual(others, [], 'rows that are created have no past');
    assert.ok(row?.cells.includes('Espanol'));
    const saved: unknown = JSON.parse(await readFile(at('run/result.json'), 'utf8'));
    assert.deepEqual(complaints(await schemaOf('result'), saved), []);
    assert.deepEqual((saved as StageResult).counts, result.counts);
    assert.equal(result.outputs['runPath'], at('run'));
  });

  it('refuses a run folder that holds another run', async () => {
    await promotion.import('run');
    const since = await requestsSoFar(target);
    const again = await promotion.import('run');
    assert.deepEqual(told(again.findings), [`error URM1408 ${at('run')}`]);
    assert.equal(await requestsSoFar(target), since, 'nothing was asked');
  });

  it('writes nothing when a planned row changed since the plan was made', async () => {
    await create(target, 'characteristics', {
      characteristicid: spanish,
      name: 'Espanol',
      characteristictype: 1,
    });
    const planned = await promotion.plan('plan');
    await target.send('PATCH', `characteristics(${spanish})`, { body: { name: 'Castellano' } });
    const since = await requestsSoFar(target);
    const result = await promotion.import('run', { plan: 'plan/plan.json' });
    assert.equal(result.outcome, 'failed');
    assert.deepEqual(told(result.findings), [`error URM1404 characteristic ${spanish} Spanish`]);
    assert.deepEqual(await writesOf(target, since), []);
    assert.equal(planned.outputs['hasChanges'], true);
    addsUp(result);
  });

  it('applies a plan whose row changed in columns that are not planned', async () => {
    await create(target, 'characteristics', {
      characteristicid: spanish,
      name: 'Espanol',
      characteristictype: 1,
    });
    await promotion.plan('plan');
    await target.send('PATCH', `characteristics(${spanish})`, { body: { description: 'By hand' } });
    const result = await promotion.import('run', { plan: 'plan/plan.json' });
    assert.deepEqual(told(result.findings), []);
    assert.equal(result.counts.updated, 1);
  });

  it('refuses a plan that was swapped, and one of another package or environment', async function () {
    this.timeout(60_000);
    await promotion.plan('plan');
    const swapped = await promotion.import('run', {
      plan: 'plan/plan.json',
      planHash: 'f'.repeat(64),
    });
    assert.deepEqual(told(swapped.findings), [`error URM1302 ${at('plan/plan.json')}`]);
    const text = await readFile(at('plan/plan.json'), 'utf8');
    await writeFile(at('plan/changed.json'), text.replace('Spanish', 'English'));
    const changed = await promotion.import('run', { plan: 'plan/changed.json' });
    assert.deepEqual(told(changed.findings), [`error URM1302 ${at('plan/changed.json')}`]);
    const other = await promotion.import('run', {
      plan: 'plan/plan.json',
      target: source.url,
      allowSameEnvironment: 'true',
    });
    assert.deepEqual(told(other.findings), [`error URM1303 ${at('plan/plan.json')}`]);
    const skills = at('package/01-skills/characteristic');
    const [file = ''] = (await readdir(skills)).filter((name) => name.startsWith('spanish'));
    const good = await readFile(join(skills, file), 'utf8');
    await writeFile(join(skills, file), good.replace('"Spanish"', '"Basque"'));
    try {
      const edited = await promotion.import('run', { plan: 'plan/plan.json' });
      assert.deepEqual(told(edited.findings), [`error URM1303 ${at('plan/plan.json')}`]);
    } finally {
      await writeFile(join(skills, file), good);
    }
    assert.deepEqual(await writesOf(target, 0), []);
  });

  it('finishes a half-applied plan on a machine that has only the plan and the package', async function () {
    this.timeout(60_000);
    await promotion.plan('plan');
    await target.faults('error:method=POST,table=queue');
    const half = await promotion.import('run', { plan: 'plan/plan.json' });
    assert.equal(half.outcome, 'failed');
    addsUp(half);
    await target.faults('');
    const since = await requestsSoFar(target);
    const rest = await promotion.import('fresh', { plan: 'plan/plan.json' });
    assert.deepEqual(told(rest.findings), []);
    addsUp(rest);
    assert.equal(rest.counts.created, half.counts.failed);
    assert.equal(rest.counts.failed, 0);
    const creates = (await writesOf(target, since)).filter(({ method }) => method === 'POST');
    assert.equal(creates.length, half.counts.failed);
    assert.equal((await promotion.plan('empty')).outputs['hasChanges'], false);
  });

  it('resumes in the run folder', async function () {
    this.timeout(60_000);
    await target.faults('error:method=POST,table=queue');
    await promotion.import('run');
    await target.faults('');
    const resumed = await promotion.import('run', { resume: 'true' });
    assert.deepEqual(told(resumed.findings), []);
    addsUp(resumed);
    assert.equal((await journalOf(at('run'))).filter(({ is }) => is === 'started').length, 2);
    assert.equal((await promotion.plan('empty')).outputs['hasChanges'], false);
  });

  it('repeats no create whose answer was lost', async function () {
    this.timeout(60_000);
    await target.faults('drop-after:method=POST,table=queue,nth=1-2');
    const result = await promotion.import('run');
    assert.deepEqual(told(result.findings), []);
    addsUp(result);
    assert.equal((await promotion.verify()).outcome, 'succeeded');
  });

  it('stops cleanly when it is cancelled, and the next import writes the rest', async function () {
    this.timeout(60_000);
    const cancel = new AbortController();
    let written = 0;
    const inputs = { target: target.url, package: at('package'), out: at('run') };
    const host = {
      ...createTestHost(inputs),
      progress: (label: string) => {
        if (label.startsWith('rows ')) written += 1;
        if (written === 3) cancel.abort(new Error('stop'));
      },
    };
    const entry = stageEntry('import');
    assert.ok(entry !== undefined);
    const { result } = await runStage(entry, importStage, testPorts(host), cancel.signal);
    assert.equal(result.outcome, 'failed');
    assert.deepEqual(
      result.findings.map(({ code }) => code).filter((code) => code === 'URM1407'),
      ['URM1407'],
    );
    addsUp(result);
    const last = (await journalOf(at('run'))).at(-1);
    assert.ok(last?.is === 'ended' && last.outcome === 'cancelled');
    const rest = await promotion.import('run-2');
    assert.deepEqual(told(rest.findings), []);
    assert.equal((await promotion.plan('empty')).outputs['hasChanges'], false);
  });

  it('writes nothing for a package that is none', async () => {
    const rows = await targetRows();
    const result = await promotion.import('run', { package: 'nowhere' });
    assert.equal(result.outcome, 'failed');
    assert.equal(result.findings.length, 1);
    assert.equal(await targetRows(), rows);
  });
});
