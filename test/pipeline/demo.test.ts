import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runUrm } from '#support/run-urm.ts';

describe('the demonstration', function () {
  this.timeout(120_000);
  let cwd = '';
  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'demo-'));
  });
  after(async () => {
    await rm(cwd, { recursive: true, force: true });
  });

  it('promotes everything, says a line per step, and ends with no change left', async () => {
    const { status, out, err } = await runUrm(['demo', '--out', 'work'], { cwd });
    assert.equal(status, 0, out + err);
    const steps = [...out.matchAll(/^\[(\d)\/7\] (.{16}) ok {2}(.+)$/gm)];
    assert.deepEqual(
      steps.map(([, , title = '']) => title.trim()),
      ['validate', 'generate-schema', 'export', 'plan', 'import', 'verify', 'plan again'],
    );
    assert.match(steps[2]?.[3] ?? '', /^[1-9]\d* rows/);
    assert.match(steps[4]?.[3] ?? '', /[1-9]\d* created/);
    assert.match(out, /\n0 planned changes\n$/);
    for (const name of ['package', 'plan', 'report']) {
      const path = new RegExp(`^${name} +(.+)$`, 'm').exec(out)?.[1] ?? '';
      assert.ok(existsSync(path), `${name} is at ${path}`);
    }
    assert.match(readFileSync(join(cwd, 'work/run/report.html'), 'utf8'), /^<!doctype html>/);
  });
});
