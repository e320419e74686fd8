import assert from 'node:assert/strict';
import { InputError } from '#shared/errors/migration-error.ts';
import { parseEnvironmentUrl } from '#shared/host/environment-url.ts';

describe('the URL of an environment', () => {
  for (const [given, origin] of [
    ['https://contoso.crm4.dynamics.com', 'https://contoso.crm4.dynamics.com'],
    [' https://contoso.crm4.dynamics.com/main.aspx?x=1 ', 'https://contoso.crm4.dynamics.com'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
    ['http://localhost:8080', 'http://localhost:8080'],
  ] as const)
    it(`is the origin of ${given.trim()}`, () => {
      assert.equal(parseEnvironmentUrl(given, 'environment'), origin);
    });

  for (const given of [
    '',
    'contoso',
    'contoso.crm4.dynamics.com',
    'http://contoso.crm4.dynamics.com',
    'http://127.0.0.1.example.com',
    'ftp://contoso.crm4.dynamics.com',
    'https://user:secret@contoso.crm4.dynamics.com',
  ])
    it(`is not '${given}'`, () => {
      assert.throws(
        () => parseEnvironmentUrl(given, 'environment'),
        (error) => error instanceof InputError && error.input === 'environment',
      );
    });

  it('is refused without repeating the credentials in it', () => {
    assert.throws(
      () => parseEnvironmentUrl('https://user:hunter2@contoso.crm4.dynamics.com', 'target'),
      (error) => error instanceof InputError && !error.message.includes('hunter2'),
    );
  });
});
