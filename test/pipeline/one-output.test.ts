import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Emulator } from '#emulator/emulator.ts';
import { listen } from '#emulator/protocol/listen.ts';
import type { RunningEmulator } from '#emulator/server.ts';
import { openPackage } from '#shared/cmt/open-package.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { exportStage } from '#shared/stages/export.ts';
import { openPlan } from '#shared/stages/planning/plan-file.ts';
import { differences, stateOf } from '#support/environment-state.ts';
import { runWith, withFolder } from '#support/stage-runs.ts';

const program = fileURLToPath(new URL('../../cli/urm.ts', import.meta.url));
const { signal } = new AbortController();

interface End {
  readonly status: number | null;
  readonly text: string;
}

interface Started {
  readonly child: ChildProcess;
  readonly end: Promise<End>;
}

/** What a test that failed would leave behind, held for good. */
const children = new Set<ChildProcess>();

/** Starts a command line of its own from the source. */
function start(args: readonly string[]): Started {
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    env: { PATH: process.env['PATH'] ?? '', DATAVERSE_ACCESS_TOKEN: 'test' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
  const end = once(child, 'close').then(([status]) => {
    children.delete(child);
    return { status: status as number | null, text };
  });
  return { child, end };
}

interface Place {
  readonly emulator: Emulator;
  readonly running: RunningEmulator;
}

async function open(seed: string): Promise<Place> {
  const options = { port: 0, seed };
  const emulator = await Emulator.open(options);
  return { emulator, running: await listen(emulator, options) };
}

describe('an output that another process is writing to', function () {
  this.timeout(180_000);
  const folder = withFolder();
  const at = (name: string): string => join(folder.path, name);
  let source: Place;
  let target: Place;

  before(async function () {
    // Only there can a process be held at one request, and go on later.
    if (process.platform === 'win32') this.skip();
    source = await open('contoso');
    target = await open('empty');
    const inputs = { source: source.running.url, format: 'zip', workstreams: 'Web chat' };
    const { result } = await runWith(exportStage, { ...inputs, out: at('package') });
    assert.notEqual(result.outcome, 'failed');
  });

  after(async () => {
    await source.running.close();
    await target.running.close();
  });

  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  const exporting = (out: string, workstream: string): readonly string[] => [
    ...`export --source ${source.running.url} --out ${at(out)} --format folder`.split(' '),
    '--workstreams',
    workstream,
  ];
  const onTarget = (stage: string, out: string): readonly string[] =>
    `${stage} --target ${target.running.url} --package ${at('package')} --out ${at(out)}`.split(
      ' ',
    );
  const rollingBack = (run: string): readonly string[] =>
    `roll-back --target ${target.running.url} --run ${at(run)}`.split(' ');

  /** Starts a command and holds its process when its n-th request of a kind has come. */
  const hold = async (args: readonly string[], place: Place, which: Moment): Promise<Started> => {
    const started = start(args);
    let seen = 0;
    const held = new Promise<void>((resolve) => {
      place.emulator.faults = {
        text: 'a hold',
        hit: ({ method, path }) => {
          if (which.path.test(`${method} ${path}`) && (seen += 1) === which.n) {
            started.child.kill('SIGSTOP');
            resolve();
          }
          return undefined;
        },
      };
    });
    const early = await Promise.race([held, started.end]);
    assert.equal(early, undefined, `it ended before request ${which.n}: ${early?.text}`);
    return started;
  };

  const refused = async (args: readonly string[]): Promise<void> => {
    const { status, text } = await start(args).end;
    assert.equal(status, 1, text);
    assert.deepEqual(text.match(/URM\d{4}/g), ['URM1007'], text);
    assert.match(text, /Another run on this machine is writing to the same place/);
  };

  const goesOn = async ({ child, end }: Started): Promise<void> => {
    child.kill('SIGCONT');
    const { status, text } = await end;
    assert.equal(status, 0, text);
  };

  const hashOf = async (name: string): Promise<string> =>
    (await openPackage(at(name), nodeFiles, signal)).hash;

  it('is left to it by an export and by an unpack, and holds its package alone', async () => {
    assert.equal((await start(exporting('alone', 'Dealer chat')).end).status, 0);
    const first = await hold(exporting('one', 'Dealer chat'), source, { n: 40, path: /^GET / });
    await refused(exporting('one', 'Web chat'));
    await refused(['unpack', at('package'), '--out', `${at('one')}/`]);
    await goesOn(first);
    assert.equal(await hashOf('one'), await hashOf('alone'));
    assert.notEqual(await hashOf('one'), await hashOf('package'));
    // What comes later replaces the whole of it.
    assert.equal((await start(exporting('one', 'Web chat')).end).status, 0);
    assert.equal(await hashOf('one'), await hashOf('package'));
  });

  it('is left to it by a plan', async () => {
    await target.emulator.reset();
    const first = await hold(onTarget('plan', 'plan'), target, { n: 8, path: /^GET / });
    await refused(onTarget('plan', 'plan'));
    assert.equal(existsSync(at('plan')), false);
    await goesOn(first);
    await openPlan(at('plan/plan.json'), nodeFiles, signal);
  });

  it('is left to it by an import and by a roll-back, and the run can be undone later', async () => {
    await target.emulator.reset();
    const untouched = stateOf(target.emulator.environment);
    const writes = { n: 3, path: /^(POST|PATCH) .*\/v9\.2\/[a-z_]+/ };
    const first = await hold(onTarget('import', 'run'), target, writes);
    await refused(onTarget('import', 'run'));
    await refused([...onTarget('import', 'run'), '--resume']);
    await refused(rollingBack('run'));
    await goesOn(first);
    assert.notDeepEqual(differences(untouched, stateOf(target.emulator.environment)), []);
    assert.equal((await start(rollingBack('run')).end).status, 0);
    assert.deepEqual(differences(untouched, stateOf(target.emulator.environment)), []);
  });

  it('is free again when that process was killed', async () => {
    const first = await hold(exporting('killed', 'Web chat'), source, { n: 40, path: /^GET / });
    await refused(exporting('killed', 'Web chat'));
    first.child.kill('SIGKILL');
    await first.end;
    assert.equal((await start(exporting('killed', 'Web chat')).end).status, 0);
    assert.equal(await hashOf('killed'), await hashOf('package'));
    const left = readdirSync(folder.path).filter((name) => /\.(part|old)$/.test(name));
    assert.deepEqual(left, []);
  });
});

interface Moment {
  readonly n: number;
  readonly path: RegExp;
}
