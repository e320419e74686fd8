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
import { planStage } from '#shared/stages/plan.ts';
import { rollBackStage } from '#shared/stages/roll-back.ts';
import { runWith, told, withFolder } from '#support/stage-runs.ts';

const program = fileURLToPath(new URL('../../cli/urm.ts', import.meta.url));
const scope = { workstreams: 'Web chat' };
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
   * Runs a command against an environment whose n-th operation is answered after a minute only, and does
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
        return { kind: 'slow', seconds: 60 };
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
