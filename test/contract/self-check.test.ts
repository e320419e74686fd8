import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { randomIds, systemClock } from '#shared/host/node-ports.ts';
import { openRequests } from '#shared/dataverse/connect.ts';
import { checks, runSelfCheck, type Checked } from '#shared/stages/self-check/run-self-check.ts';
import { withEmulator } from '#support/emulator.ts';

const assumptions = readFileSync(new URL('../../docs/assumptions.md', import.meta.url), 'utf8');

describe('the self-check', function () {
  this.timeout(60_000);
  const emulator = withEmulator({ seed: 'contoso' });

  it('has a check for every assumption of the document, and none besides', () => {
    const numbered = [...assumptions.matchAll(/^\| ([A-Z]\d+) \|/gm)].map(([, id]) => id);
    assert.deepEqual(new Set(checks.map(({ id }) => id)), new Set(numbered));
    assert.equal(checks.length, numbered.length);
  });

  it('finds the emulator as it is assumed to be, and leaves nothing behind', async () => {
    const sender = openRequests(
      { url: emulator.url, credential: { kind: 'token', token: 'any' } },
      {
        clock: systemClock,
        ids: randomIds,
        host: { log: () => {}, maskSecret: () => {}, variable: () => undefined },
      },
    );
    const before = (await emulator.state()).tables;
    const found: Checked[] = [];
    for await (const checked of runSelfCheck(sender, checks, AbortSignal.timeout(50_000))) {
      found.push(checked);
    }
    const wrong = found.filter(({ outcome }) => outcome === 'differs' || outcome === 'cannot tell');
    assert.deepEqual(
      wrong.map(({ id, outcome, seen }) => `${id} ${outcome}: ${seen}`),
      [],
    );
    assert.deepEqual(
      found.flatMap(({ left }) => left),
      [],
    );
    assert.deepEqual((await emulator.state()).tables, before);
  });
});
