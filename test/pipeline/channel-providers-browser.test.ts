import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lookInBrowser } from '../../cli/commands/browser-check.ts';
import type { ProviderSeed } from '#emulator/seeds/cif/provider-rows.ts';
import { MigrationError } from '#shared/errors/migration-error.ts';
import type { BrowserPort } from '#shared/host/browser.ts';
import type { MigrateResult } from '#shared/stages/migrate-channel-providers.ts';
import { withMigration, type ProviderMigration } from '#support/provider-migration.ts';
import { findBrowser } from '#support/test-browser.ts';
import { told } from '#support/stage-runs.ts';

const app = 'msdyn_CustomerServiceWorkspace';

/** The real one, with less patience: what is not there after a second will not come. */
const browser: BrowserPort = {
  look: (question, signal) => lookInBrowser({ ...question, patienceMs: 1500 }, signal),
};

describe('checking an app in a browser', function () {
  this.timeout(60_000);
  let executable: string | undefined;

  before(async function () {
    executable = await findBrowser();
    if (executable === undefined) {
      console.log('      no browser is installed here');
      this.skip();
    }
    try {
      const probe = { url: 'about:blank', storageWords: [], patienceMs: 0, isComplete: () => true };
      await lookInBrowser({ ...probe, executable }, new AbortController().signal);
    } catch (error) {
      if (!(error instanceof MigrationError)) throw error;
      console.log(`      no browser can be started here: ${error.message}`);
      this.skip();
    }
  });

  const seedWith =
    (mode: string, more: Partial<ProviderSeed> = {}) =>
    (url: string): ProviderSeed => ({
      providers: [
        {
          key: 'dialer',
          name: 'Northwind Dialer',
          apps: ['workspace'],
          users: ['ann'],
          more: { msdyn_landingurl: `${url}/softphone.html${mode}` },
        },
      ],
      ...more,
    });

  const look = async (
    migration: ProviderMigration,
    out: string,
    person = 'ann@contoso.example',
  ): Promise<MigrateResult> => {
    const session = join(migration.folder, `${out}-session.json`);
    await writeFile(session, storedSession(migration.emulator.url, person));
    return migration.run('verify', out, {
      browser: 'true',
      browserSession: session,
      browserExecutable: executable ?? '',
    });
  };

  const inBrowser = ({ checks = [] }: MigrateResult): readonly string[] =>
    checks
      .filter(({ group }) => group === `browser ${app}`)
      .map(
        ({ name, finding, skipped }) =>
          `${finding === undefined ? (skipped === undefined ? 'passed' : 'skipped') : finding.code} ${name}`,
      );

  describe('after a migration, when the page calls setMode(1)', () => {
    const migration = withMigration(seedWith('?mode=1'), browser);

    it('finds library, keys and a docked panel, and takes a picture', async () => {
      await migration.run('apply', 'run');
      const result = await look(migration, 'seen');
      assert.deepEqual(told(result.findings), []);
      assert.deepEqual(inBrowser(result), [
        'passed the app opens',
        'passed session storage holds channel providers',
        'passed session storage names the loader',
        'passed the library is loaded',
        'passed the communication panel is docked',
      ]);
      const [picture] = result.screenshots ?? [];
      assert.ok((await stat(picture?.path ?? '')).size > 1000);
      const report = await readFile(join(migration.folder, 'seen', 'report.html'), 'utf8');
      assert.match(report, /<img [^>]*src="data:image\/png;base64,/);
    });

    it('tells that nobody is signed in', async () => {
      const result = await migration.run('verify', 'nobody', {
        browser: 'true',
        browserExecutable: executable ?? '',
      });
      assert.deepEqual(inBrowser(result), ['URM1851 the app opens']);
    });

    it('refuses a session that is not there before anything is asked', async () => {
      const result = await migration.run('verify', 'no-session', {
        browser: 'true',
        browserSession: join(migration.folder, 'nowhere.json'),
      });
      assert.deepEqual(told(result.findings), ['error URM1001 browserSession']);
      assert.equal(result.requests.read, 0);
    });

    it('tells a person whose profile has no provider', async () => {
      const result = await look(migration, 'luis', 'luis@contoso.example');
      assert.deepEqual(inBrowser(result), [
        'passed the app opens',
        'URM1853 session storage holds channel providers',
        'skipped session storage names the loader',
        'skipped the library is loaded',
        'skipped the communication panel is docked',
      ]);
    });
  });

  for (const [title, seed, expected] of [
    [
      'the loader is missing',
      seedWith('?mode=1', { without: ['loader'] }),
      [
        'passed the app opens',
        'passed session storage holds channel providers',
        'URM1854 session storage names the loader',
        'skipped the library is loaded',
        'skipped the communication panel is docked',
      ],
    ],
    [
      'the library is missing',
      seedWith('?mode=1', { without: ['library'] }),
      [
        'passed the app opens',
        'passed session storage holds channel providers',
        'passed session storage names the loader',
        'URM1852 the library is loaded',
        'skipped the communication panel is docked',
      ],
    ],
    [
      'the page minimizes the panel',
      seedWith('?mode=0'),
      [
        'passed the app opens',
        'passed session storage holds channel providers',
        'passed session storage names the loader',
        'passed the library is loaded',
        'URM1856 the communication panel is docked',
      ],
    ],
    [
      'the page never calls setMode',
      seedWith(''),
      [
        'passed the app opens',
        'passed session storage holds channel providers',
        'passed session storage names the loader',
        'passed the library is loaded',
        'URM1856 the communication panel is docked',
      ],
    ],
    [
      'the page hides the panel',
      seedWith('?mode=2'),
      [
        'passed the app opens',
        'passed session storage holds channel providers',
        'passed session storage names the loader',
        'passed the library is loaded',
        'URM1856 the communication panel is docked',
      ],
    ],
  ] as const)
    describe(`when ${title}`, () => {
      const migration = withMigration(seed, browser);

      it('tells exactly that', async () => {
        await migration.run('apply', 'run');
        assert.deepEqual(inBrowser(await look(migration, 'seen')), expected);
      });
    });

  describe('when the provider was detached', () => {
    const migration = withMigration(seedWith('?mode=1'), browser);

    it('tells an empty key, until the remedy attaches it again', async () => {
      await migration.run('apply', 'run');
      const { environment } = migration.emulator;
      const pairs = [...environment.store.rows('msdyn_appconfig_msdyn_channelprovider')];
      for (const { id } of pairs)
        environment.store.delete('msdyn_appconfig_msdyn_channelprovider', id);
      const broken = inBrowser(await look(migration, 'broken'));
      assert.ok(broken.includes('URM1853 session storage holds channel providers'));
      await migration.run('apply', 'remedy', { reattach: 'true' });
      const mended = inBrowser(await look(migration, 'mended'));
      assert.ok(mended.every((line) => line.startsWith('passed')));
    });
  });
});

/** What `playwright-core open --save-storage` leaves of a person who signed in. */
function storedSession(url: string, person: string): string {
  const cookie = {
    name: 'EmulatorUser',
    value: encodeURIComponent(person),
    domain: new URL(url).hostname,
    path: '/',
    expires: -1,
    httpOnly: true,
    secure: false,
    sameSite: 'Lax',
  };
  return JSON.stringify({ cookies: [cookie], origins: [] });
}
