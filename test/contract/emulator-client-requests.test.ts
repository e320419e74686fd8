import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { withEmulator } from '#support/emulator.ts';

interface Captured {
  readonly label: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

const file = new URL(
  '../../../shared/reference/webapi/clients/dynamics-web-api-2.5.0.requests.json',
  import.meta.url,
);
const id = '00000000-0000-0000-0000-000000000001';

/** What the client may be told beside success. */
const otherwise: Readonly<Record<string, readonly number[]>> = {
  // The row has moved on since version 1.
  'update ifmatch': [412],
  // There is an account of this name.
  'create duplicateDetection bypass tag': [412],
  // The standard account has no alternate key.
  'upsert altkey': [400],
  // No Entra object and no user has this id.
  impersonate: [403],
  'impersonate legacy': [403],
  'callFunction params': [404],
  // A schema name needs a publisher's prefix, and no table has this id; there is no search.
  createEntity: [400],
  updateEntity: [404],
  'query search': [501],
  // The account has no such file column.
  uploadFile: [404],
  deleteFile: [404],
  // An invented skip token.
  'retrieveMultiple paged': [200, 400],
  // A paging cookie with ids that are none; the long query names a link that is not there.
  fetch: [200, 400],
};

describe('the requests dynamics-web-api sends', () => {
  const emulator = withEmulator();

  const captured: readonly Captured[] = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Captured[])
    : [];

  beforeEach(async function () {
    for (const set of ['accounts', 'contacts']) {
      const path = `${set}(${id})`;
      await emulator.send('PATCH', path, {
        body: set === 'accounts' ? { name: 'a' } : { lastname: 'c' },
      });
    }
  });

  if (captured.length === 0) {
    it('are not in this clone', function () {
      this.skip();
    });
  }
  for (const [index, request] of captured.entries()) {
    it(`are understood: ${request.label} (${index + 1})`, async () => {
      const skipped = new Set(['connection', 'content-length', 'host']);
      const headers = Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => !skipped.has(name)),
      );
      const body = request.body?.replaceAll(/http:\/\/localhost:\d+/g, emulator.url);
      const answer = await fetch(`${emulator.url}${request.url}`, {
        method: request.method,
        headers,
        ...(body === undefined ? {} : { body }),
      });
      const text = await answer.text();
      const allowed = otherwise[request.label] ?? [200, 201, 204];
      assert.ok(allowed.includes(answer.status), `${answer.status} ${text.slice(0, 500)}`);
    });
  }
});
