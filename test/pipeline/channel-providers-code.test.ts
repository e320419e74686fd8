import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withMigration } from '#support/provider-migration.ts';
import { told } from '#support/stage-runs.ts';

describe("verifying a provider's code", () => {
  const migration = withMigration((url) => ({
    providers: [
      {
        key: 'dialer',
        name: 'Northwind Dialer',
        apps: ['workspace'],
        users: ['ann'],
        more: { msdyn_landingurl: `${url}/softphone.html?mode=1` },
      },
    ],
  }));
  let code = '';

  before(async () => {
    await migration.run('apply', 'run');
    code = join(migration.folder, 'code');
    await mkdir(join(code, 'src'), { recursive: true });
    await mkdir(join(code, 'node_modules/other'), { recursive: true });
    await mkdir(join(code, 'modes'), { recursive: true });
    await mkdir(join(code, 'empty'), { recursive: true });
    await writeFile(
      join(code, 'src/panel.ts'),
      'const ready: boolean = true;\nif (ready)\n  Microsoft.CIFramework.setMode(1);\n',
    );
    await writeFile(join(code, 'src/readme.md'), 'Microsoft.CIFramework.setMode(0)');
    await writeFile(join(code, 'node_modules/other/index.js'), 'Microsoft.CIFramework.setMode(0)');
    await writeFile(join(code, 'modes/other.js'), '\nMicrosoft.CIFramework.setMode(0);');
    await writeFile(
      join(code, 'modes/named.js'),
      "import { M } from './m.js';\nMicrosoft.CIFramework.setMode(M.Docked);",
    );
    await writeFile(join(code, 'modes/none.js'), 'console.log(1);');
    await writeFile(join(code, 'modes/broken.js'), 'function ( {');
  });

  const verify = async (place: string): Promise<readonly string[]> =>
    told((await migration.run('verify', 'verify', { providerCode: place })).findings);

  it('finds a docked panel in a folder, without its packages', async () => {
    assert.deepEqual(await verify(join(code, 'src')), []);
    assert.deepEqual(await verify(code), []);
  });

  it('tells file and line of another mode, and of one that cannot be told', async () => {
    const other = join(code, 'modes/other.js');
    assert.deepEqual(await verify(other), [`error URM1841 ${other}:2`]);
    const named = join(code, 'modes/named.js');
    assert.deepEqual(await verify(named), [`warning URM1842 ${named}:2`]);
  });

  it('tells a missing call, a file that cannot be read, and nothing to read', async () => {
    const none = join(code, 'modes/none.js');
    assert.deepEqual(await verify(none), [`error URM1840 ${none}`]);
    const broken = join(code, 'modes/broken.js');
    assert.deepEqual(await verify(broken), [`warning URM1843 ${broken}`]);
    const nowhere = join(code, 'nowhere');
    assert.deepEqual(await verify(nowhere), [`warning URM1843 ${nowhere}`]);
    const empty = join(code, 'empty');
    assert.deepEqual(await verify(empty), [`warning URM1843 ${empty}`]);
  });

  it('reads a page and the scripts of its origin by URL', async () => {
    const { url } = migration.emulator;
    assert.deepEqual(await verify(`${url}/softphone.html?mode=1`), []);
    const page = `${url}/softphone.html?mode=0`;
    const [finding] = await verify(page);
    assert.match(finding ?? '', /^error URM1841 .*softphone\.html\?mode=0:\d+$/);
    const silent = `${url}/softphone.html`;
    assert.deepEqual(await verify(silent), [`error URM1840 ${silent}`]);
    const insecure = 'http://pages.example/panel.html';
    assert.deepEqual(await verify(insecure), [`warning URM1843 ${insecure}`]);
  });

  it('reads a web resource', async () => {
    const { environment } = migration.emulator;
    const content = Buffer.from('Microsoft.CIFramework.setMode(1)').toString('base64');
    environment.store.put(
      'webresource',
      'f0f0f0f0-0000-4000-8000-000000000001',
      new Map<string, string | number>([
        ['name', "contoso_/panel's.js"],
        ['content', content],
        ['webresourcetype', 3],
      ]),
    );
    assert.deepEqual(await verify("webresource:contoso_/panel's.js"), []);
    assert.deepEqual(await verify('webresource:contoso_/other.js'), [
      'warning URM1843 webresource:contoso_/other.js',
    ]);
  });

  it('asks each of several places', async () => {
    const result = await migration.run('verify', 'several', {
      providerCode: `${join(code, 'src')}, ${join(code, 'modes/none.js')}`,
    });
    const asked = result.checks?.filter(({ group }) => group === 'provider code') ?? [];
    assert.deepEqual(
      asked.map(({ finding }) => finding?.code),
      [undefined, 'URM1840'],
    );
  });
});
