import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultSecret } from '#emulator/emulator.ts';
import { applicationIds } from '#emulator/seeds/system-rows.ts';
import { openEmulator, type TestEmulator } from '#support/emulator.ts';
import { expandPipeline } from '#support/pipelines/expand-templates.ts';
import type { Value } from '#support/pipelines/expression.ts';
import { pipelineValidator, publishedSchema } from '#support/pipelines/pipeline-schema.ts';
import {
  runPipeline,
  type PipelineEnd,
  type PipelineWorld,
} from '#support/pipelines/run-pipeline.ts';
import { installSolution } from '#support/install-solution.ts';
import { principals, writePrincipalSeed } from '#support/principal-seed.ts';
import type { TestEndpoint } from '#support/run-task.ts';
import { runUrm } from '#support/run-urm.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const examples = join(root, 'examples');
const pipelines = readdirSync(examples).filter((name) => name.endsWith('.yml'));

/** What has no default. */
const parameters: Readonly<Record<string, Readonly<Record<string, Value>>>> = {
  'roll-back.yml': { runId: '41' },
};

const expanded = (name: string): ReturnType<typeof expandPipeline> =>
  expandPipeline(join(examples, name), parameters[name]);

describe('the examples', () => {
  describe('by the published schema of pipelines', () => {
    let problems: ReturnType<typeof pipelineValidator> | undefined;
    before(function () {
      if (!existsSync(publishedSchema)) this.skip(); // It is no part of the project.
      problems = pipelineValidator();
    });

    for (const name of pipelines)
      it(`${name} is a pipeline`, () => {
        assert.deepEqual(problems?.(expanded(name)), []);
      });

    it('a slip of the pen in an input would be told', () => {
      const step = { task: 'UnifiedRoutingPlan@1', inputs: { packagesPath: 'x' } };
      assert.notDeepEqual(problems?.({ steps: [step] }), []);
      const other = { task: 'UnifiedRoutingExport@1', inputs: { format: 'tar' } };
      assert.notDeepEqual(problems?.({ steps: [other] }), []);
    });
  });

  describe('run with the built tasks', function () {
    this.timeout(120_000);
    const emulators = new Map<string, TestEmulator>();
    let folder = '';
    const tried = new Set<string>();

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'examples-'));
    });
    afterEach(async () => {
      for (const emulator of emulators.values()) await emulator.close();
      emulators.clear();
      await rm(folder, { recursive: true, force: true });
    });
    after(() => {
      assert.deepEqual([...tried].sort(), [...pipelines].sort(), 'every example is executed');
    });

    /** An environment and the service connections of its name. */
    const environment = async (name: string, seed: string): Promise<void> => {
      emulators.set(name, await openEmulator({ seed }));
    };
    const connections = async (): Promise<Record<string, TestEndpoint>> => {
      const all: Record<string, TestEndpoint> = {};
      for (const [name, emulator] of emulators) {
        const { tenantId } = await emulator.state();
        const connection = (applicationId: string): TestEndpoint => ({
          url: emulator.url,
          scheme: 'None',
          parameters: { tenantId, applicationId, clientSecret: defaultSecret },
        });
        all[name] = connection(applicationIds.releasePipeline);
        all[`${name}-reader`] = connection(applicationIds.routingReader);
      }
      return all;
    };
    const run = async (name: string, more: Partial<PipelineWorld> = {}): Promise<PipelineEnd> => {
      tried.add(name);
      return runPipeline(expanded(name), {
        connections: await connections(),
        folder: await mkdtemp(join(folder, 'run-')),
        ...more,
      });
    };
    const succeeded = (end: PipelineEnd): void => {
      const failed = end.steps.find(({ result }) => result === 'Failed');
      assert.ok(end.succeeded, `${failed?.place}: ${failed?.what}\n${failed?.text}`);
    };
    const rows = async (name: string): Promise<number> => {
      const { tables } = (await emulators.get(name)?.state()) ?? assert.fail(name);
      return tables['queue'] ?? 0;
    };
    /** Programs that a script calls, which would reach out of this machine. */
    const tools = async (scripts: Readonly<Record<string, string>>): Promise<string[]> => {
      const path = join(folder, 'tools');
      await mkdir(path);
      for (const [name, script] of Object.entries(scripts)) {
        await writeFile(join(path, name), `#!/bin/sh\n${script}\n`);
        chmodSync(join(path, name), 0o755);
      }
      return [path];
    };
    const urm = `exec "${process.execPath}" "${join(root, 'dist/cli/urm.js')}" "$@"`;

    it('promote.yml: plan, approve, import exactly that, verify; then nothing is left to do', async () => {
      await environment('contoso-dev', 'contoso');
      await environment('contoso-test', 'empty');
      await environment('contoso-prod', 'empty');
      const before = await rows('contoso-test');
      succeeded(await run('promote.yml'));
      assert.ok((await rows('contoso-test')) > before);
      const again = await run('promote.yml');
      succeeded(again);
      assert.ok(Object.values(again.stages).includes('skipped'), JSON.stringify(again.stages));
    });

    it('promote-dev-test-prod.yml: one export goes through both environments', async () => {
      await environment('contoso-dev', 'contoso');
      await environment('contoso-test', 'empty');
      await environment('contoso-prod', 'empty');
      succeeded(await run('promote-dev-test-prod.yml'));
      assert.equal(await rows('contoso-prod'), await rows('contoso-test'));
      const again = await run('promote-dev-test-prod.yml');
      succeeded(again);
      assert.equal(again.stages['apply_prod'], 'skipped');
    });

    it('many-environments.yml: every environment plans as a reader and asks a person', async () => {
      await environment('contoso-dev', 'contoso');
      await environment('contoso-test', 'empty');
      await environment('contoso-prod', 'empty');
      const asked: string[] = [];
      const end = await run('many-environments.yml', {
        approve: (instructions) => {
          asked.push(instructions);
          return true;
        },
      });
      succeeded(end);
      assert.equal(asked.length, 2);
      for (const text of asked) assert.match(text, /^contoso-(test|prod): .*\d+/);
      assert.equal(await rows('contoso-prod'), await rows('contoso-test'));
    });

    it('many-environments.yml: what is rejected is not imported, nor what comes after it', async () => {
      await environment('contoso-dev', 'contoso');
      await environment('contoso-test', 'empty');
      await environment('contoso-prod', 'empty');
      const before = [await rows('contoso-test'), await rows('contoso-prod')];
      const end = await run('many-environments.yml', { approve: () => false });
      assert.equal(end.succeeded, false);
      assert.equal(end.stages['apply_contoso_test'], 'skipped');
      assert.deepEqual([await rows('contoso-test'), await rows('contoso-prod')], before);
    });

    it('keep-in-git.yml: an export becomes a branch and a pull request, a second one nothing', async () => {
      await environment('contoso-dev', 'contoso');
      const { repository, git } = await aRepository();
      const told = join(folder, 'pull-requests');
      const world = { repository, tools: await tools({ az: `echo "$@" >> "${told}"` }) };
      succeeded(await run('keep-in-git.yml', world));
      assert.match(readFileSync(told, 'utf8'), /--source-branch routing\/42 /);
      git('fetch', 'origin', 'routing/42');
      git('merge', 'FETCH_HEAD');
      assert.ok(existsSync(join(repository, 'routing/migration.json')));
      await rm(told);
      succeeded(await run('keep-in-git.yml', world));
      assert.equal(existsSync(told), false);
    });

    it('promote-with-solution.yml: the solution arrives between what it needs and what needs it', async () => {
      const seed = fileURLToPath(
        new URL('../fixtures/contoso-in-a-solution.seed.json', import.meta.url),
      );
      await environment('contoso-dev', seed);
      await environment('contoso-test', 'empty');
      const { repository } = await aRepository();
      const settings = 'format: 1\ncarriedBy: solution\nchannels: [live-chat]\n';
      await writeFile(join(repository, 'unified-routing.yml'), settings);
      const told = join(folder, 'solutions');
      const test = (): TestEmulator => emulators.get('contoso-test') ?? assert.fail();
      const count = async (table: string): Promise<number> =>
        (await test().state()).tables[table] ?? 0;
      const seen: (readonly number[])[] = [];
      const end = await run('promote-with-solution.yml', {
        repository,
        variables: { tenantId: 't', clientId: 'c', clientSecret: 's' },
        tools: await tools({ pac: `echo "$1 $2" >> "${told}"` }),
        // What the import of the solution did by then.
        beforeDeployment: async () => {
          seen.push([await count('msdyn_liveworkstream'), await count('msdyn_cannedmessage')]);
          await installSolution(
            emulators.get('contoso-dev') ?? assert.fail(),
            test(),
            'ContosoRouting',
          );
        },
      });
      succeeded(end);
      assert.match(readFileSync(told, 'utf8'), /solution export[^]*solution import/);
      assert.deepEqual(seen[0]?.[0], 0, 'no workstream before its solution');
      assert.ok((await count('msdyn_cannedmessage')) > 0);
      assert.ok((await rows('contoso-test')) > 4);
    });

    it('validate-pull-request.yml: the folder in the repository is tried on an emulator', async () => {
      await environment('contoso-dev', 'contoso');
      const { repository } = await aRepository();
      await cp(await exported(), join(repository, 'routing'), { recursive: true });
      const world = {
        repository,
        variables: { port: String(await freePort()) },
        tools: await tools({ urm, npm: 'exit 0' }),
      };
      succeeded(await run('validate-pull-request.yml', world));
    });

    it('roll-back.yml: the import of another run is undone', async () => {
      await environment('contoso-dev', 'contoso');
      await environment('contoso-test', 'empty');
      await environment('contoso-prod', 'empty');
      const before = await rows('contoso-test');
      const promoted = await run('promote.yml');
      succeeded(promoted);
      assert.ok((await rows('contoso-test')) > before);
      const end = await run('roll-back.yml', { otherRuns: { '41': promoted.artifacts } });
      succeeded(end);
      assert.equal(await rows('contoso-test'), before);
    });

    for (const name of ['nightly-drift.yml', 'drift-before-promotion.yml'])
      it(`${name}: says nothing while nothing drifts, and does when something does`, async () => {
        await environment('contoso-dev', 'contoso');
        await environment('contoso-test', 'contoso');
        await environment('contoso-prod', 'empty');
        const { repository } = await aRepository();
        await writeFile(join(repository, 'unified-routing.yml'), 'format: 1\n');
        const promoted = await run('promote-dev-test-prod.yml');
        succeeded(promoted);
        const { artifacts } = promoted;
        const world = { repository, otherRuns: { promotion: artifacts, last: artifacts } };
        succeeded(await run(name, world));
        const prod = emulators.get('contoso-prod') ?? assert.fail();
        const imported = 'queues?$select=name&$filter=importsequencenumber ne null';
        const { body } = await prod.send('GET', imported);
        const id: string = body.value[0].queueid;
        const changed = { body: { description: 'Changed by hand' } };
        await prod.send('PATCH', `queues(${id})`, changed);
        const end = await run(name, world);
        const drift = end.steps.find(({ what }) => what.includes('CheckDrift'));
        assert.match(drift?.text ?? '', /hasDrift;isOutput=true[^\]]*\]true/);
        assert.ok(!end.succeeded || end.stages['promote'] === 'skipped');
      });

    it('import-in-slices.yml: four jobs, each with an application user of its own, import one plan', async () => {
      const seed = join(folder, 'principals.json');
      await writePrincipalSeed(seed);
      await environment('contoso-dev', 'contoso');
      await environment('contoso-prod', seed);
      const prod = emulators.get('contoso-prod') ?? assert.fail();
      const all = await connections();
      const as = async (): Promise<Record<string, TestEndpoint>> => {
        const { tenantId } = await prod.state();
        const named = principals.map((applicationId, at): [string, TestEndpoint] => [
          at === 0 ? 'contoso-prod' : `contoso-prod-${at + 1}`,
          {
            url: prod.url,
            scheme: 'None',
            parameters: { tenantId, applicationId, clientSecret: defaultSecret },
          },
        ]);
        return { ...all, ...Object.fromEntries(named) };
      };
      const before = await rows('contoso-prod');
      const end = await run('import-in-slices.yml', { connections: await as() });
      succeeded(end);
      assert.ok((await rows('contoso-prod')) > before);
      const writers = (await prod.requests()).filter(
        ({ method, path }) => method === 'POST' && path.includes('$batch'),
      );
      assert.equal(new Set(writers.map(({ user }) => user)).size, principals.length);
      const slices = end.steps.filter(
        ({ place, what }) => place.startsWith('apply.slice.') && what.includes('Import'),
      );
      assert.equal(slices.length, 4);
      const again = await run('import-in-slices.yml', { connections: await as() });
      succeeded(again);
      assert.equal(again.stages['apply'], 'skipped');
    });

    it('migrate-channel-providers.yml: providers of 1.0 become providers of 2.0', async () => {
      await environment('contoso-test', 'contoso');
      succeeded(await run('migrate-channel-providers.yml'));
      const again = await run('migrate-channel-providers.yml');
      succeeded(again);
      assert.equal(again.stages['apply'], 'skipped');
    });

    /** A clone with an origin that takes what is pushed. */
    const aRepository = async (): Promise<{
      readonly repository: string;
      readonly git: (...args: readonly string[]) => void;
    }> => {
      const origin = join(folder, 'origin.git');
      const repository = join(folder, 'repository');
      execFileSync('git', ['init', '--quiet', '--bare', origin]);
      execFileSync('git', ['init', '--quiet', '--initial-branch=main', repository]);
      const git = (...args: readonly string[]): void => {
        const who = ['-c', 'user.name=Ann', '-c', 'user.email=ann@contoso.example'];
        execFileSync('git', [...who, ...args], { cwd: repository, stdio: 'ignore' });
      };
      git('remote', 'add', 'origin', origin);
      await writeFile(join(repository, 'README.md'), 'Routing\n');
      git('add', 'README.md');
      git('commit', '--message', 'Begin');
      git('push', 'origin', 'main');
      return { repository, git };
    };

    /** A package of the development environment as a folder. */
    const exported = async (): Promise<string> => {
      const out = join(folder, 'exported');
      const source = emulators.get('contoso-dev')?.url ?? '';
      const args = ['export', '--environment', source, '--format', 'folder', '--out', out];
      const { status, err } = await runUrm(args, { cwd: folder });
      assert.equal(status, 0, err);
      return out;
    };
  });
});

/** A port that nobody listens on at this moment. */
async function freePort(): Promise<number> {
  const emulator = await openEmulator({ seed: 'empty' });
  const port = Number(new URL(emulator.url).port);
  await emulator.close();
  return port;
}
