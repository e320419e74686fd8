import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openPackage } from '#shared/cmt/open-package.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { importStage } from '#shared/stages/import.ts';
import { planStage } from '#shared/stages/plan.ts';
import { rollBackStage } from '#shared/stages/roll-back.ts';
import { runStage, type StageEnd } from '#shared/stages/run-stage.ts';
import { stageEntry } from '#shared/stages/stage-table.ts';
import type { Stage } from '#shared/stages/stage.ts';
import { withEmulator } from '#support/emulator.ts';
import { aPromotion, savedActions } from '#support/promotion.ts';
import { withFolder } from '#support/stage-runs.ts';
import { createTestHost, testPorts } from '#support/test-host.ts';

const planted = 'S3CR3T-';
const given = 'Kq7-value-of-the-variable';
const settings = 'bccb4a02-1708-4cd5-8d55-71287d3249ed';

describe('secrets on their way through a promotion', function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);
  const at = (name: string): string => join(folder.path, name);

  const run = async <Options>(
    stage: Stage<Options>,
    more: Readonly<Record<string, string>>,
  ): Promise<StageEnd & { readonly masked: ReadonlySet<string>; readonly logged: string }> => {
    const entry = stageEntry(stage.name);
    assert.ok(entry !== undefined);
    const inputs = {
      target: target.url,
      package: at('package'),
      config: at('unified-routing.yml'),
      ...more,
    };
    const test = createTestHost(inputs);
    const host = {
      ...test,
      variable: (name: string) => (name === 'PORTAL_SECRET' ? given : undefined),
    };
    const end = await runStage(entry, stage, testPorts(host), new AbortController().signal);
    const logged = [...test.logged.map(({ text }) => text), ...test.outputs.values()].join('\n');
    return { ...end, masked: test.masked, logged };
  };

  const configure = async (more: string): Promise<void> =>
    writeFile(
      at('unified-routing.yml'),
      `format: 1
environments:
  test:
    url: ${target.url}
    values:
      - { table: msdyn_authenticationsettings, row: ${settings}, column: msdyn_authenticationclientsecret, value: "\${PORTAL_SECRET}" }
${more}`,
    );

  const held = (): unknown =>
    target.environment.store
      .get('msdyn_authenticationsettings', settings)
      ?.cells.get('msdyn_authenticationclientsecret');

  before(async () => {
    await promotion.export();
    await configure('');
  });

  it('writes the secret of a variable to a new row, and masks it', async () => {
    const planned = await run(planStage, { out: at('plan') });
    assert.notEqual(planned.result.outcome, 'failed');
    const actions = await savedActions(at('plan/plan.json'));
    const change = actions
      .flatMap((action) => (action.kind === 'create' ? action.changes : []))
      .find(({ column }) => column === 'msdyn_authenticationclientsecret');
    assert.deepEqual(change?.after, { variable: 'PORTAL_SECRET' });
    const imported = await run(importStage, { plan: at('plan/plan.json'), out: at('run') });
    assert.notEqual(imported.result.outcome, 'failed', imported.logged);
    assert.equal(held(), given);
    assert.ok(imported.masked.has(given));
  });

  it('writes it to a row that exists only when told, and then in a saved plan too', async () => {
    const again = await run(planStage, { out: at('again') });
    assert.equal(again.result.outputs['hasChanges'], false);
    await configure('    writeSecrets: true\n');
    await run(planStage, { out: at('told') });
    const imported = await run(importStage, { plan: at('told/plan.json'), out: at('told-run') });
    assert.equal(imported.result.counts.updated, 1);
    const back = await run(rollBackStage, { run: at('told-run'), out: at('told-back') });
    assert.deepEqual(
      back.result.findings.filter(({ code }) => code === 'URM1708').length,
      1,
      'it says that a secret cannot come back',
    );
  });

  it('refuses a secret that stands in the file', async () => {
    await writeFile(
      at('open.yml'),
      (await readFile(at('unified-routing.yml'), 'utf8')).replace('"${PORTAL_SECRET}"', 'open'),
    );
    const result = await run(planStage, { out: at('open'), config: at('open.yml') });
    assert.equal(result.result.outcome, 'failed');
    assert.match(result.result.findings.map(({ summary }) => summary).join(' '), /must not stand/);
  });

  it('leaves no secret in a package, plan, journal, snapshot, result or report', async () => {
    const back = await run(rollBackStage, {
      run: at('run'),
      out: at('back'),
      overwriteChanged: 'true',
    });
    assert.notEqual(back.result.outcome, 'failed');
    const seen: string[] = [];
    for (const entry of await readdir(folder.path, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      seen.push(entry.name);
      const bytes = await readFile(path);
      for (const secret of [planted, given])
        assert.ok(!bytes.includes(secret), `${path} holds a secret`);
    }
    for (const name of ['plan.json', 'journal.jsonl', 'result.json', 'report.html', 'report.md'])
      assert.ok(seen.includes(name), name);
    for (const snapshot of ['back/snapshot', 'told-back/snapshot']) {
      const { signal } = new AbortController();
      const opened = await openPackage(at(snapshot), nodeFiles, signal).catch(() => undefined);
      for (const table of opened?.tables ?? [])
        for await (const row of opened?.rows(table, signal) ?? [])
          for (const secret of [planted, given])
            assert.ok(!JSON.stringify(row.cells).includes(secret), `${snapshot} ${table.name}`);
    }
  });
});
