import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { defaultSecret } from '#emulator/emulator.ts';
import { applicationIds } from '#emulator/seeds/system-rows.ts';
import { stageTable } from '#shared/stages/stage-table.ts';
import { withEmulator } from '#support/emulator.ts';
import { runUrm, startUrm, type UrmEnd } from '#support/run-urm.ts';
import { toolVersion } from '../../cli/tool-version.ts';

describe('the built command line', function () {
  this.timeout(60_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  let cwd = '';

  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'urm-'));
  });
  after(async () => {
    await rm(cwd, { recursive: true, force: true });
  });

  const urm = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runUrm(args, { cwd, env });

  /** A command line without blanks in its words. */
  const say = (line: string, env?: Readonly<Record<string, string>>) => urm(line.split(' '), env);

  const names = [
    ...stageTable.map((entry) => entry.name),
    'pack',
    'unpack',
    'inspect',
    'catalogue',
    'emulator',
    'demo',
  ];

  describe('help', () => {
    it('lists every command', async () => {
      const { status, out } = await urm(['--help']);
      assert.equal(status, 0);
      for (const name of names) assert.match(out, new RegExp(`^ {2}${name} `, 'm'));
    });

    it('says the version', async () => {
      assert.equal((await urm(['--version'])).out, `${toolVersion}\n`);
    });

    for (const name of names)
      it(`of ${name} fits a terminal`, async () => {
        const { status, out } = await urm([name, '--help']);
        assert.equal(status, 0);
        assert.match(out, new RegExp(`^urm ${name} `));
        for (const line of out.split('\n')) assert.ok(line.length <= 80, line);
      });
  });

  describe('wrong usage', () => {
    for (const [what, args, sentence] of [
      ['no command', [], /^urm COMMAND/],
      ['a command that does not exist', ['exprot'], /no command 'exprot'\. Did you mean export\?/],
      [
        'a flag that does not exist',
        ['export', '--enviroment', 'x'],
        /no flag --enviroment .*Did you mean --environment\?/,
      ],
      ['nothing that is required', ['export'], /--environment is required/],
      [
        'a URL that is none',
        ['export', '--environment', 'nonsense', '--out', 'x'],
        /'nonsense' cannot be read/,
      ],
      [
        'plain http to another machine',
        ['export', '--environment', 'http://contoso.crm.dynamics.com', '--out', 'x'],
        /https:\/\//,
      ],
      [
        'no way to sign in',
        ['export', '--environment', 'https://contoso.crm.dynamics.com', '--out', 'x'],
        /DATAVERSE_CLIENT_SECRET/,
      ],
      [
        'a channel that does not exist',
        ['export', '--environment', 'http://127.0.0.1:1', '--out', 'x', '--channels', 'fax'],
        /'fax' is no channel/,
      ],
      ['a port that is no number', ['emulator', '--port', 'abc'], /--port must be a whole number/],
    ] as const)
      it(`such as ${what} is status 2 and one sentence`, async () => {
        const { status, out, err } = await urm(args);
        assert.equal(status, 2, err);
        assert.match(out + err, sentence);
        assert.doesNotMatch(out + err, /\n\s+at /);
      });

    it('never gives a build agent a command, whatever it was told', async () => {
      const command = '##vso[task.setvariable variable=x]y';
      for (const args of [
        [command],
        ['inspect', command],
        ['plan', command],
        ['plan', `--${command}`],
        ['plan', '--environment', command, '--package', command, '--out', command],
        ['emulator', '--port', command],
      ]) {
        const { status, out, err } = await urm(args);
        assert.notEqual(status, 0);
        assert.doesNotMatch(out + err, /##vso\[/);
      }
    });

    it('reports all wrong inputs at once', async () => {
      const { err } = await urm(['plan']);
      for (const flag of ['--environment', '--package']) assert.ok(err.includes(flag));
    });
  });

  describe('bad input', () => {
    const plan = (path: string): Promise<UrmEnd> =>
      urm(['plan', '--environment', target.url, '--package', path, '--out', 'bad-plan']);

    for (const [what, name, content] of [
      ['a file that is no package', 'text.zip', 'no zip at all'],
      ['an empty file', 'empty.zip', ''],
      ['a zip cut in the middle', 'cut.zip', 'PK\u0003\u0004\u0014\u0000'],
    ] as const)
      it(`${what} is one sentence with its place, and leaves nothing behind`, async () => {
        await writeFile(join(cwd, name), content, 'latin1');
        const { status, out, err } = await plan(name);
        assert.equal(status, 1, out + err);
        assert.ok((out + err).includes(name));
        assert.doesNotMatch(out + err, /\n\s+at /);
        assert.equal(existsSync(join(cwd, 'bad-plan')), false);
      });

    for (const [what, line] of [
      ['a package', `plan --environment URL --out bad-plan --package nowhere`],
      ['a plan', `import --environment URL --package . --out bad-run --plan nowhere`],
      ['a map', `verify --environment URL --package . --map nowhere`],
      ['a configuration', `export --environment URL --out bad-package --config nowhere`],
      ['a schema', `export --environment URL --out bad-package --schema nowhere`],
      ['what is to be inspected', 'inspect nowhere'],
      ['what is to be packed', 'pack nowhere --out bad-package'],
      ['what is to be unpacked', 'unpack nowhere --out bad-package'],
    ] as const)
      it(`${what} that is not there is wrong usage, found before anything is sent`, async () => {
        const seen = (await target.requests()).length;
        const { status, out, err } = await say(line.replace('URL', target.url));
        assert.equal(status, 2, out + err);
        assert.match(out + err, /nothing at 'nowhere'/);
        assert.equal((await target.requests()).length, seen);
      });

    it('every path that leads nowhere is told at once', async () => {
      const { status, err } = await say(
        `import --environment ${target.url} --package no-package --plan no-plan --map no-map --out x`,
      );
      assert.equal(status, 2);
      for (const name of ['no-package', 'no-plan', 'no-map']) assert.ok(err.includes(name), err);
    });

    it('a server that is not there is named, and no package appears', async () => {
      const { status, err } = await urm([
        'export',
        '--environment',
        'http://127.0.0.1:9',
        '--out',
        'unreached',
      ]);
      assert.equal(status, 1);
      assert.match(err, /127\.0\.0\.1:9/);
      assert.equal(existsSync(join(cwd, 'unreached')), false);
    });
  });

  describe('a promotion', () => {
    it('exports, plans, imports and verifies, and says so as JSON', async () => {
      const exported = await say(
        `export --environment ${source.url} --out package --json export.json`,
      );
      assert.equal(exported.status, 0, exported.err);
      const exportedResult = json('export.json');
      assert.equal(exportedResult.stage, 'export');
      assert.ok(exportedResult.counts.in > 0);

      const both = `--environment ${target.url} --package package`;
      const planned = await say(`plan ${both} --out plan --json plan.json --detailed-exit-code`);
      assert.equal(planned.status, 3, planned.err);
      const plan = json('plan.json');
      assert.equal(plan.outputs.hasChanges, true);
      assert.match(planned.out, /^\+ create /m);
      assert.equal(plan.requests.write, 0);

      const imported = await say(
        `import ${both} --plan plan/plan.json --plan-hash ${plan.outputs.planHash} --out run --json import.json`,
      );
      assert.equal(imported.status, 0, imported.err);
      const { counts } = json('import.json');
      assert.equal(
        counts.in,
        counts.created + counts.updated + counts.unchanged + counts.skipped + counts.failed,
      );
      for (const name of ['journal.jsonl', 'plan.json', 'result.json', 'report.html', 'report.md'])
        assert.ok(existsSync(join(cwd, 'run', name)), name);

      const verified = await say(`verify ${both} --out verification`);
      assert.equal(verified.status, 0, verified.err);
      assert.match(readFileSync(join(cwd, 'verification/junit.xml'), 'utf8'), /failures="0"/);

      const again = await say(`plan ${both} --out again --detailed-exit-code`);
      assert.equal(again.status, 0, again.out + again.err);
    });

    it('ends with 3 where somebody changed the environment, when asked for details', async () => {
      const line = `check-drift --environment ${target.url} --package package --detailed-exit-code`;
      const calm = await say(line);
      assert.equal(calm.status, 0, calm.out + calm.err);
      const { body } = await target.send('GET', 'queues?$filter=msdyn_isdefaultqueue eq false');
      const [queue] = body.value;
      const change = (priority: number) =>
        target.send('PATCH', `queues(${queue.queueid})`, { body: { msdyn_priority: priority } });
      await change(queue.msdyn_priority + 1);
      const found = await say(`${line} --json drift.json`);
      assert.equal(found.status, 3, found.out + found.err);
      assert.equal(json('drift.json').outputs.hasDrift, true);
      await change(queue.msdyn_priority);
    });

    it('saves a plan under the name it is given, and without one where it tells', async () => {
      const both = `--environment ${target.url} --package package`;
      const named = await say(`plan ${both} --out plans/monday.json`);
      assert.equal(named.status, 0, named.err);
      assert.deepEqual(readdirSync(join(cwd, 'plans')), ['monday.json']);
      assert.doesNotMatch(named.out, /^\+ create /m);
      const unnamed = await say(`plan ${both} --json unnamed.json`);
      assert.equal(unnamed.status, 0, unnamed.err);
      const path = json('unnamed.json').outputs.planPath;
      assert.match(path, /urm-plan-\d{8}T\d{6}Z/);
      assert.ok(unnamed.out.includes(dirname(path)));
      assert.ok(existsSync(path));
      await rm(dirname(path), { recursive: true });
    });

    it('puts a run that names no folder into a new one, and says where', async () => {
      const { status, out, err } = await say(
        `import --environment ${target.url} --package package --json unnamed-run.json`,
      );
      assert.equal(status, 0, err);
      const run = json('unnamed-run.json').outputs.runPath;
      assert.match(run, /^urm-run-\d{8}T\d{6}Z$/);
      assert.ok(out.includes(run));
      assert.ok(existsSync(join(cwd, run, 'result.json')));
    });

    it('refuses a plan of another hash before it writes', async () => {
      const seen = (await target.requests()).length;
      const { status, err } = await say(
        `import --environment ${target.url} --package package --plan plan/plan.json --plan-hash ${'0'.repeat(64)} --out swapped`,
      );
      assert.notEqual(status, 0);
      assert.match(err, /hash/);
      for (const { method, parts } of (await target.requests()).slice(seen))
        assert.ok(method === 'GET' || (parts ?? []).every((part) => part.method === 'GET'));
    });

    it('refuses the source as target unless allowed', async () => {
      const line = `plan --environment ${source.url} --package package --out same`;
      const refused = await say(line);
      assert.notEqual(refused.status, 0);
      assert.match(refused.err, /exported from/);
      const allowed = await say(`${line} --allow-same-environment`);
      assert.equal(allowed.status, 0, allowed.err);
    });

    const secretVariables = async (secret: string): Promise<Record<string, string>> => ({
      DATAVERSE_TENANT_ID: (await source.state()).tenantId,
      DATAVERSE_CLIENT_ID: applicationIds.releasePipeline,
      DATAVERSE_CLIENT_SECRET: secret,
    });

    it('signs in with a client secret that no output repeats', async () => {
      const { status, out, err } = await say(
        `export --environment ${source.url} --out signed-in --json signed-in.json --verbose`,
        await secretVariables(defaultSecret),
      );
      assert.equal(status, 0, err);
      const text = out + err + readFileSync(join(cwd, 'signed-in.json'), 'utf8');
      assert.equal(text.includes(defaultSecret), false);
    });

    it('says in one sentence that a sign-in was refused', async () => {
      const { status, out, err } = await say(
        `export --environment ${source.url} --out refused --json refused.json`,
        await secretVariables('not-the-secret'),
      );
      assert.equal(status, 1);
      assert.equal((out + err).includes('not-the-secret'), false);
      assert.equal(json('refused.json').outcome, 'failed');
      assert.equal(json('refused.json').findings.length, 1);
      assert.equal(existsSync(join(cwd, 'refused')), false);
    });
  });

  describe('the emulator command', () => {
    it('prints one line when it listens, answers, and stops cleanly on SIGTERM', async () => {
      const emulator = startUrm(['emulator', '--port', '0', '--seed', 'empty'], {
        cwd,
      });
      const url =
        /^listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(await emulator.line())?.[1] ?? '';
      const answer = await fetch(`${url}/api/data/v9.2/WhoAmI`, {
        headers: { authorization: 'Bearer x' },
      });
      assert.equal(answer.status, 200);
      emulator.child.kill('SIGTERM');
      const { status, out } = await emulator.end;
      assert.equal(status, 0);
      assert.equal(out, `listening on ${url}\n`);
    });

    it('says when its port is taken', async () => {
      const { status, err } = await urm(['emulator', '--port', new URL(source.url).port]);
      assert.equal(status, 2);
      assert.match(err, /cannot be opened/);
    });
  });

  it('unpacks, packs and inspects what it exported', async () => {
    const exported = await say(`export --environment ${source.url} --out converted`);
    assert.equal(exported.status, 0, exported.err);
    const unpacked = await say('unpack converted --out unpacked');
    assert.equal(unpacked.status, 0, unpacked.err);
    const packed = await say('pack unpacked --out packed');
    assert.equal(packed.status, 0, packed.err);
    for (const name of ['converted', 'unpacked', 'packed'])
      assert.equal((await say(`inspect ${name} --json ${name}.json`)).status, 0);
    assert.ok(json('converted.json').tables.length > 0);
    assert.deepEqual(json('unpacked.json').tables, json('converted.json').tables);
    assert.deepEqual(json('packed.json').tables, json('converted.json').tables);
  });

  it('goes on when nobody reads its output any more', async () => {
    const { child, end } = startUrm(['catalogue', '--columns'], { cwd });
    child.stdout?.destroy();
    const { status, err } = await end;
    assert.equal(status, 0);
    assert.equal(err, '');
  });

  it('lists the catalogue', async () => {
    const { status, out } = await urm(['catalogue', '--json', 'catalogue.json']);
    assert.equal(status, 0);
    assert.match(out, /^skills: /m);
    assert.match(out, /^ {6}selects rows of a msdyn_liveworkstream/m);
    assert.match(out, /^never exported: Intraday insights \(msdyn_analytics\)/m);
    const { areas, neverExported } = json('catalogue.json');
    assert.ok(areas.length > 20 && neverExported.length > 5);
    const one = await urm(['catalogue', '--area', 'queues']);
    assert.match(one.out, /^queues: /);
    assert.doesNotMatch(one.out, /^skills: /m);
    assert.equal((await urm(['catalogue', '--area', 'nonsense'])).status, 2);
  });

  it('leaves no temporary files beside its output', () => {
    assert.deepEqual(
      readdirSync(cwd).filter((name) => /\.(part|old)$/.test(name)),
      [],
    );
  });

  // oxlint-disable-next-line typescript/no-explicit-any -- results of any stage, read by assertions
  const json = (name: string): any => JSON.parse(readFileSync(join(cwd, name), 'utf8'));
});
