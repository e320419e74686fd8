import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applicationIds } from '#emulator/seeds/system-rows.ts';
import { defaultSecret } from '#emulator/emulator.ts';
import { withEmulator } from '#support/emulator.ts';
import { agentNodes, isBuilt, runTask, type TaskEnd } from '#support/run-task.ts';
import { runUrm } from '#support/run-urm.ts';

const task = 'ChannelProviderMigrate';
const bundle = fileURLToPath(
  new URL(`../../dist/extension/tasks/${task}/index.js`, import.meta.url),
);

for (const node of agentNodes)
  describe(`the built task for channel providers on ${node.title}`, function () {
    this.timeout(60_000);
    const emulator = withEmulator({ seed: 'contoso' });
    let folder = '';

    before(async function () {
      if (!existsSync(node.path)) this.skip();
      if (!isBuilt(task)) assert.fail('build first: npm run build');
      folder = await mkdtemp(join(tmpdir(), 'provider-task-'));
      await mkdir(join(folder, 's'));
    });
    after(async () => {
      if (folder !== '') await rm(folder, { recursive: true, force: true });
    });

    const run = async (inputs: Readonly<Record<string, string>>): Promise<TaskEnd> => {
      const { tenantId } = await emulator.state();
      const parameters = {
        tenantId,
        applicationId: applicationIds.releasePipeline,
        clientSecret: defaultSecret,
      };
      return runTask({
        task,
        node: node.path,
        inputs: { serviceConnection: 'dev', ...inputs },
        endpoints: { dev: { url: emulator.url, scheme: 'None', parameters } },
        folder,
      });
    };
    const at = (name: string): string => join(folder, name);

    it('plans, applies exactly that plan, verifies and rolls back', async () => {
      const planned = await run({ mode: 'plan', outputPath: at('plan') });
      assert.equal(planned.result, 'SucceededWithIssues', planned.text);
      assert.equal(planned.outputs['hasChanges'], 'true');

      const refused = await run({
        mode: 'apply',
        planPath: at('plan/plan.json'),
        planHash: 'f'.repeat(64),
        outputPath: at('refused'),
      });
      assert.equal(refused.result, 'Failed');
      assert.equal(refused.issues[0]?.properties['code'], 'URM1302');

      const applied = await run({
        mode: 'apply',
        planPath: at('plan/plan.json'),
        planHash: planned.outputs['planHash'] ?? '',
        outputPath: at('run'),
      });
      assert.equal(applied.result, 'SucceededWithIssues', applied.text);

      await writeFile(at('panel.js'), 'Microsoft.CIFramework.setMode(1);');
      const verified = await run({
        mode: 'verify',
        providerCode: at('panel.js'),
        outputPath: at('verified'),
      });
      assert.equal(verified.result, 'Succeeded', verified.text);
      assert.match(verified.text, /sessionStorage\.getItem/);
      assert.ok(verified.commands.some(({ name }) => name === 'results.publish'));

      const back = await run({ mode: 'roll-back', runPath: at('run'), outputPath: at('back') });
      assert.equal(back.result, 'Succeeded', back.text);
      const { tables } = await emulator.state();
      assert.equal(tables['msdyn_channelprovider'], 1);
    });

    it('asks for the run that is to be rolled back', async () => {
      const end = await run({ mode: 'roll-back' });
      assert.equal(end.result, 'Failed');
      assert.match(end.issues[0]?.message ?? '', /URM1001 runPath: 'run' is required/);
    });
  });

describe('the bundle of the task for channel providers', () => {
  it('stays below 1.5 MB, its parser in a file of its own', function () {
    if (!isBuilt(task)) this.skip();
    assert.ok(statSync(bundle).size < 1_500_000, String(statSync(bundle).size));
    assert.ok(existsSync(join(dirname(bundle), 'parser.js')));
  });
});

describe('the built command for channel providers', function () {
  this.timeout(60_000);
  const emulator = withEmulator({ seed: 'contoso' });

  it('reads a configuration and code, with parsers that are loaded on demand', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'provider-command-'));
    try {
      const page = `${emulator.url}/softphone.html?mode=1`;
      const dialer = `provider: Northwind Dialer, values: { msdyn_channelurl: '${page}' }`;
      const other = 'provider: Fabrikam screen pop, skip: true';
      await writeFile(
        join(folder, 'cif.yml'),
        `format: 1\nproviders: [{ ${dialer} }, { ${other} }]\n`,
      );
      const run = (...args: readonly string[]): ReturnType<typeof runUrm> =>
        runUrm(
          [
            'migrate-channel-providers',
            '--environment',
            emulator.url,
            '--config',
            'cif.yml',
            ...args,
          ],
          { cwd: folder, env: { DATAVERSE_ACCESS_TOKEN: 'x' } },
        );
      const planned = await run('--mode', 'plan', '--out', 'plan', '--detailed-exit-code');
      assert.equal(planned.status, 3, planned.err);
      assert.match(planned.out, /\+ create msdyn_channelprovider "Northwind Dialer"/);
      const applied = await run('--mode', 'apply', '--plan', 'plan/plan.json', '--out', 'run');
      assert.equal(applied.status, 0, applied.err);
      const verified = await run('--mode', 'verify', '--provider-code', page, '--out', 'verified');
      assert.equal(verified.status, 0, verified.err);
      const back = await run('--mode', 'roll-back', '--run', 'run');
      assert.equal(back.status, 0, back.err);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
