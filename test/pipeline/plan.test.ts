import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withEmulator } from '#support/emulator.ts';
import { aPromotion, requestsSoFar, writesOf } from '#support/promotion.ts';
import { told, withFolder } from '#support/stage-runs.ts';
import { planStage } from '#shared/stages/plan.ts';
import { runWith } from '#support/stage-runs.ts';

describe('plan', () => {
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);

  before(async function () {
    this.timeout(60_000);
    await promotion.export();
  });

  it('writes plan.json, the same bytes each time, and sends reads only', async function () {
    this.timeout(60_000);
    const since = await requestsSoFar(target);
    const first = await promotion.plan('one');
    const second = await promotion.plan('two');
    assert.deepEqual(await writesOf(target, since), []);
    const text = await readFile(join(folder.path, 'one/plan.json'), 'utf8');
    assert.equal(await readFile(join(folder.path, 'two/plan.json'), 'utf8'), text);
    assert.equal(first.outputs['planHash'], second.outputs['planHash']);
    assert.equal(first.outputs['hasChanges'], true);
    assert.equal(first.outputs['hasDeletes'], false);
    assert.match(String(first.outputs['planSummary']), /^\d+ to create/);
  });

  it('tells what stays to be done by hand', async () => {
    const text = await readFile(join(folder.path, 'one/plan.json'), 'utf8');
    assert.match(text, /URM1330/);
  });

  it('refuses the environment that the package comes from, unless it is allowed', async function () {
    this.timeout(60_000);
    const refused = await promotion.plan('same', { target: source.url });
    assert.deepEqual(told(refused.findings), [`error URM1304 ${source.url}`]);
    const allowed = await promotion.plan('same', {
      target: source.url,
      allowSameEnvironment: 'true',
    });
    assert.deepEqual(told(allowed.findings), []);
    assert.equal(allowed.outputs['hasChanges'], false, 'nothing differs from where it came from');
    assert.equal(allowed.counts.unchanged, allowed.counts.in);
  });

  it('reports every wrong input before anything is sent', async () => {
    const since = await requestsSoFar(target);
    const { result, usage } = await runWith(planStage, { allowSameEnvironment: 'perhaps' });
    assert.ok(usage);
    assert.deepEqual(result.findings.map(({ where }) => where).sort(), [
      'allowSameEnvironment',
      'package',
      'target',
    ]);
    assert.equal(await requestsSoFar(target), since);
  });

  it('refuses an output folder that is a file, and settings that cannot be meant', async () => {
    await writeFile(join(folder.path, 'file'), '');
    const onFile = await promotion.plan('file');
    assert.deepEqual(told(onFile.findings), ['error URM1001 out']);
    await writeFile(join(folder.path, 'config.yml'), 'format: 1\nignore: [{ table: queue }]\n');
    const configured = await promotion.plan('out', { config: join(folder.path, 'config.yml') });
    assert.deepEqual(told(configured.findings), ['error URM1001 config']);
    assert.match(configured.findings[0]?.summary ?? '', /ignore/);
    await writeFile(join(folder.path, 'config.yml'), 'format: 1\nchannels: [voice]\n');
    const scoped = await promotion.plan('out', { config: join(folder.path, 'config.yml') });
    assert.ok(scoped.findings.every(({ severity }) => severity !== 'error'));
  });

  const maps: readonly (readonly [string, string, RegExp])[] = [
    ['is no YAML', 'rows: [', /no YAML/],
    ['has another format', 'format: 2\nrows: []\n', /format: 1/],
    ['names no id', 'format: 1\nrows: [{ table: queue, source: x, target: "?" }]\n', /Row 1/],
    [
      'names an unknown user',
      'format: 1\nrows: [{ table: systemuser, source: 00000000-0000-4000-8000-000000000001, target: nobody@contoso.com }]\n',
      /no user nobody/,
    ],
  ];
  for (const [what, text, expected] of maps)
    it(`refuses a map file that ${what}`, async () => {
      await writeFile(join(folder.path, 'map.yml'), text);
      const result = await promotion.plan('mapped', { map: 'map.yml' });
      const [finding] = result.findings;
      assert.equal(finding?.code, 'URM1001');
      assert.match(finding?.summary ?? '', expected);
    });
});
