import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalEntry } from '#shared/model/journal.ts';
import { exportStage } from '#shared/stages/export.ts';
import { importStage } from '#shared/stages/import.ts';
import { withEmulator } from '#support/emulator.ts';
import { runTask } from '#support/run-task.ts';
import { secretEndpoint } from '#support/secret-endpoint.ts';
import { runWith, told, withFolder } from '#support/stage-runs.ts';

describe('a task whose job is cancelled', function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty', latencyMs: 40 });
  const folder = withFolder();
  const at = (name: string): string => join(folder.path, name);

  before(async () => {
    const inputs = { source: source.url, out: at('package'), workstreams: 'Web chat' };
    assert.notEqual((await runWith(exportStage, inputs)).result.outcome, 'failed');
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    it(`closes the journal of its import at ${signal}, and tells the agent and the next run`, async () => {
      await target.reset();
      const run = at(`run-${signal}`);
      const started = await runTask({
        task: 'UnifiedRoutingImport',
        node: process.execPath,
        fromSource: true,
        inputs: { serviceConnection: 'test', packagePath: at('package'), outputPath: run },
        endpoints: { test: await secretEndpoint(target) },
        variables: {
          SYSTEM_DEFAULTWORKINGDIRECTORY: folder.path,
          BUILD_SOURCESDIRECTORY: folder.path,
        },
        folder: folder.path,
        cancelWhen: /task\.setprogress[^\n]*\](rows|references) /,
        cancelBy: signal,
      });
      assert.equal(started.result, 'Cancelled', started.text);
      assert.equal(started.issues[0]?.properties['code'], 'URM1407', started.text);
      assert.match(started.text, /Import again with the same plan, or resume the run/);
      const lines = (await readFile(join(run, 'journal.jsonl'), 'utf8')).trimEnd().split('\n');
      const last = JSON.parse(lines.at(-1) ?? '') as JournalEntry;
      assert.ok(last.is === 'ended' && last.outcome === 'cancelled');
      assert.ok(existsSync(join(run, 'result.json')) && existsSync(join(run, 'report.html')));

      const inputs = { target: target.url, package: at('package'), out: run, resume: 'true' };
      const rest = await runWith(importStage, inputs);
      const errors = rest.result.findings.filter(({ severity }) => severity === 'error');
      assert.deepEqual(told(errors), []);
    });
});
