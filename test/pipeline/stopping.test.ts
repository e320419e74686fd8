import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Emulator } from '#emulator/emulator.ts';
import { listen } from '#emulator/protocol/listen.ts';
import type { RunningEmulator } from '#emulator/server.ts';
import type { JournalEntry } from '#shared/model/journal.ts';
import type { StageResult } from '#shared/model/result.ts';
import { exportStage } from '#shared/stages/export.ts';
import { importStage } from '#shared/stages/import.ts';
import { migrateChannelProvidersStage } from '#shared/stages/migrate-channel-providers.ts';
import { planStage } from '#shared/stages/plan.ts';
import { rollBackStage } from '#shared/stages/roll-back.ts';
import { differences, stateOf } from '#support/environment-state.ts';
import { runWith, told, withFolder } from '#support/stage-runs.ts';

const program = fileURLToPath(new URL('../../cli/urm.ts', import.meta.url));
const scope = { workstreams: 'Web chat' };
/** A stage that has a folder for its reports leaves these, whatever ended it. */
const reports = ['junit.xml', 'report.html', 'report.md'];

/** What is promised: an agent gives a cancelled task little more. */
const promisedMs = 5000;

interface StoppedEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly text: string;
  /** From the signal to the end of the process. */
  readonly ms: number;
}

/** An environment that answers slowly, and at some moment not at all. */
interface SlowPlace {
  readonly emulator: Emulator;
  readonly running: RunningEmulator;
}

async function openSlow(seed: string): Promise<SlowPlace> {
  const options = { port: 0, seed, latencyMs: 10 };
  const emulator = await Emulator.open(options);
  return { emulator, running: await listen(emulator, options) };
}

describe('a command line that is told to stop', function () {
  this.timeout(180_000);
  const folder = withFolder();
  const at = (name: string): string => join(folder.path, name);
  let source: SlowPlace;
  let target: SlowPlace;

  before(async () => {
    source = await openSlow('contoso');
    target = await openSlow('empty');
    const exported = await runWith(exportStage, {
      source: source.running.url,
      out: at('package'),
      ...scope,
    });
    assert.notEqual(exported.result.outcome, 'failed');
  });

  after(async () => {
    await source.running.close();
    await target.running.close();
  });

  /**
   * Runs a command against an environment whose n-th operation is answered after half a minute only, and does
   * something to the process then.
   */
  const runUntilStalled = async (
    args: readonly string[],
    { place, n, path }: { readonly place: SlowPlace; readonly n: number; readonly path?: RegExp },
    then: (kill: (signal: NodeJS.Signals) => void) => void,
  ): Promise<StoppedEnd> => {
    let stopped = 0;
    let seen = 0;
    const { emulator } = place;
    const none = emulator.faults;
    const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
      env: { PATH: process.env['PATH'] ?? '', DATAVERSE_ACCESS_TOKEN: 'test' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    emulator.faults = {
      text: 'a stall',
      hit: ({ method, path: asked }) => {
        if (path !== undefined && !path.test(`${method} ${asked}`)) return undefined;
        seen += 1;
        if (seen !== n) return undefined;
        stopped = performance.now();
        then((signal) => child.kill(signal));
        return { kind: 'slow', seconds: 30 };
      },
    };
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
    const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    emulator.faults = none;
    assert.notEqual(stopped, 0, `it never came to operation ${n}: ${text}`);
    return { status, signal, text, ms: performance.now() - stopped };
  };

  const stop = (
    args: readonly string[],
    when: { readonly place: SlowPlace; readonly n: number; readonly path?: RegExp },
    signal: NodeJS.Signals,
  ): Promise<StoppedEnd> => runUntilStalled(args, when, (kill) => kill(signal));

  /** Ended by itself, in time, with a sentence on how to go on. */
  const endedCleanly = ({ status, signal, text, ms }: StoppedEnd): void => {
    assert.deepEqual([status, signal], [1, null], text);
    assert.ok(ms < promisedMs, `it took ${Math.round(ms)} ms`);
    assert.match(text, /URM1407|URM1002/);
    assert.match(text, /\bagain\b/);
    assert.doesNotMatch(text, /URM1901|stopped at once/);
  };

  const journalEnds = async (run: string): Promise<void> => {
    const lines = (await readFile(join(run, 'journal.jsonl'), 'utf8')).trimEnd().split('\n');
    const last = JSON.parse(lines.at(-1) ?? '') as JournalEntry;
    assert.ok(last.is === 'ended' && last.outcome === 'cancelled', JSON.stringify(last));
    const result = JSON.parse(await readFile(join(run, 'result.json'), 'utf8')) as StageResult;
    assert.equal(result.outcome, 'failed');
    assert.ok(existsSync(join(run, 'report.html')) && existsSync(join(run, 'report.md')));
  };

  const noneHalfWritten = (): void => {
    const left = readdirSync(folder.path, { recursive: true }).map(String);
    assert.deepEqual(
      left.filter((name) => name.endsWith('.part')),
      [],
    );
  };

  for (const [signal, n] of [
    ['SIGINT', 4],
    ['SIGTERM', 12],
  ] as const) {
    it(`ends an export at ${signal} and leaves no package`, async () => {
      const out = at(`export-${signal}`);
      const args = ['export', '--source', source.running.url, '--out', out];
      endedCleanly(
        await stop([...args, '--workstreams', 'Web chat'], { place: source, n }, signal),
      );
      assert.equal(existsSync(out), false);
      noneHalfWritten();
    });

    it(`ends a plan at ${signal} and leaves no plan, but a report`, async () => {
      const out = at(`plan-${signal}`);
      const args = ['plan', '--target', target.running.url, '--package', at('package')];
      endedCleanly(await stop([...args, '--out', out], { place: target, n }, signal));
      assert.deepEqual(readdirSync(out).sort(), ['report.html', 'report.md']);
      noneHalfWritten();
    });

    it(`ends an import and its roll-back at ${signal}, and both can be finished`, async () => {
      await target.emulator.reset();
      const run = at(`run-${signal}`);
      const inputs = { target: target.running.url, package: at('package') };
      const writes = /^(POST|PATCH|DELETE) .*\/v9\.2\/[a-z_]+/;
      endedCleanly(
        await stop(
          ['import', '--target', inputs.target, '--package', inputs.package, '--out', run],
          { place: target, n, path: writes },
          signal,
        ),
      );
      await journalEnds(run);
      const resumed = await runWith(importStage, { ...inputs, out: run, resume: 'true' });
      assert.deepEqual(told(resumed.result.findings.filter(isError)), []);
      const planned = await runWith(planStage, { ...inputs, out: at(`empty-${signal}`) });
      assert.equal(planned.result.outputs['hasChanges'], false);

      const back = at(`back-${signal}`);
      await cp(run, at(`copy-${signal}`), { recursive: true });
      endedCleanly(
        await stop(
          ['roll-back', '--target', inputs.target, '--run', run, '--out', back],
          { place: target, n, path: writes },
          signal,
        ),
      );
      await journalEnds(back);
      const rest = await runWith(rollBackStage, { target: inputs.target, run, out: back });
      assert.deepEqual(told(rest.result.findings.filter(isError)), []);
      noneHalfWritten();
    });
  }

  /** The other stages, each at a request in the midst of its work: the command's words, where and when. */
  const others: readonly {
    readonly words: (out: string) => string;
    readonly at: 'source' | 'target';
    readonly n: number;
    readonly signal: NodeJS.Signals;
    /** What it leaves in its output folder. */
    readonly leaves: readonly string[];
  }[] = [
    {
      words: (out) => `validate --source SOURCE --target TARGET --out ${out}`,
      at: 'target',
      n: 5,
      signal: 'SIGTERM',
      leaves: reports,
    },
    {
      words: (out) => `generate-schema --environment SOURCE --out ${out}`,
      at: 'source',
      n: 2,
      signal: 'SIGINT',
      leaves: [],
    },
    {
      words: (out) => `verify --target TARGET --package PACKAGE --out ${out}`,
      at: 'target',
      n: 9,
      signal: 'SIGTERM',
      leaves: reports,
    },
    {
      words: (out) => `check-drift --target TARGET --package PACKAGE --out ${out}`,
      at: 'target',
      n: 9,
      signal: 'SIGINT',
      leaves: reports,
    },
    {
      words: (out) => `migrate-channel-providers --environment SOURCE --mode plan --out ${out}`,
      at: 'source',
      n: 6,
      signal: 'SIGTERM',
      leaves: reports,
    },
    {
      words: (out) => `migrate-channel-providers --environment SOURCE --mode verify --out ${out}`,
      at: 'source',
      n: 6,
      signal: 'SIGINT',
      leaves: reports,
    },
  ];

  const worded = (words: string): readonly string[] =>
    words
      .replace('SOURCE', source.running.url)
      .replace('TARGET', target.running.url)
      .replace('PACKAGE', at('package'))
      .split(' ');

  /** The result that a command wrote for programs tells what the exit status tells. */
  const toldAsStopped = async (json: string): Promise<void> => {
    const result = JSON.parse(await readFile(json, 'utf8')) as StageResult;
    assert.equal(result.outcome, 'failed');
    assert.ok(
      result.findings.some(
        ({ code, severity }) => /URM1407|URM1002/.test(code) && isError({ severity }),
      ),
      told(result.findings).join(', '),
    );
  };

  for (const { words, at: where, n, signal, leaves } of others) {
    const title = words('').replace(/ --(source|target|environment|package|out) ?[A-Z]*/g, '');
    it(`ends ${title.trim()} at ${signal}, and says that it was not through`, async () => {
      await target.emulator.reset();
      const out = at(title.trim().replaceAll(' ', '-'));
      const json = `${out}.json`;
      const place = where === 'source' ? source : target;
      endedCleanly(await stop([...worded(words(out)), '--json', json], { place, n }, signal));
      await toldAsStopped(json);
      assert.deepEqual(existsSync(out) ? readdirSync(out).sort() : [], leaves);
      for (const name of leaves)
        assert.match(await readFile(join(out, name), 'utf8'), /cancelled before it was through/);
      noneHalfWritten();
    });
  }

  it('ends a migration of channel providers and its roll-back, and both can be finished', async () => {
    await source.emulator.reset();
    const untouched = stateOf(source.emulator.environment);
    const migrate = `migrate-channel-providers --environment SOURCE`;
    const run = at('providers');
    const apply = worded(`${migrate} --mode apply --out ${run} --json ${run}.json`);
    const writes = /^(POST|PATCH|DELETE) .*\/v9\.2\/[a-z_]+/;
    endedCleanly(await stop(apply, { place: source, n: 2, path: writes }, 'SIGINT'));
    await journalEnds(run);
    await toldAsStopped(`${run}.json`);
    const rest = { environment: source.running.url, mode: 'apply', out: run, resume: 'true' };
    const resumed = await runWith(migrateChannelProvidersStage, rest);
    assert.deepEqual(told(resumed.result.findings.filter(isError)), []);

    const out = at('providers-back');
    const back = worded(`${migrate} --mode roll-back --run ${run} --out ${out} --json ${out}.json`);
    endedCleanly(await stop(back, { place: source, n: 2, path: writes }, 'SIGTERM'));
    await journalEnds(out);
    await toldAsStopped(`${out}.json`);
    const undone = { environment: source.running.url, mode: 'roll-back', run, out };
    const finished = await runWith(migrateChannelProvidersStage, undone);
    assert.deepEqual(told(finished.result.findings.filter(isError)), []);
    assert.deepEqual(differences(untouched, stateOf(source.emulator.environment)), []);
    noneHalfWritten();
  });

  it('takes a second signal for the same wish', async () => {
    const args = ['export', '--source', source.running.url, '--out', at('twice')];
    const end = await runUntilStalled(args, { place: source, n: 6 }, (kill) => {
      kill('SIGINT');
      kill('SIGTERM');
    });
    endedCleanly(end);
  });

  it('stops at its deadline, with the journal closed and the report written', async () => {
    await target.emulator.reset();
    const run = at('late');
    const args = ['import', '--target', target.running.url, '--package', at('package')];
    const when = { place: target, n: 1, path: /^(POST|PATCH) .*\/v9\.2\/[a-z_]+/ };
    const end = await runUntilStalled(
      [...args, '--out', run, '--deadline', '0.25'],
      when,
      () => undefined,
    );
    assert.deepEqual([end.status, end.signal], [1, null], end.text);
    assert.match(end.text, /URM1005 .*deadline of 0\.25 minutes/s);
    await journalEnds(run);
  });
});

function isError({ severity }: { readonly severity: string }): boolean {
  return severity === 'error';
}
