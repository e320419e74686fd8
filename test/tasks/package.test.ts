import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import JSZip from 'jszip';
import { toolVersion } from '../../cli/tool-version.ts';
import { manifestProblems } from '../../scripts/manifest-problems.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('the extension package', function () {
  this.timeout(60_000);
  let folder = '';
  let names: readonly string[] = [];
  let zip = new JSZip();

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vsix-'));
    const output = execFileSync(
      process.execPath,
      ['--import', 'tsx', 'scripts/package.ts', folder],
      { cwd: root, encoding: 'utf8' },
    );
    zip = await JSZip.loadAsync(readFileSync(output.trim()), { checkCRC32: true });
    names = Object.keys(zip.files);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is made of manifests without problems', async () => {
    assert.deepEqual(
      await manifestProblems(join(root, 'dist/extension'), {
        schema: join(root, 'schemas/vendor/tasks.schema.json'),
        version: toolVersion,
        built: true,
      }),
      [],
    );
  });

  it('holds every file that its contributions name', async () => {
    const manifest = JSON.parse((await zip.file('extension.vsomanifest')?.async('string')) ?? '{}');
    assert.equal(manifest.contributions.length, 6);
    for (const { properties } of manifest.contributions)
      for (const file of ['task.json', 'index.js', 'icon.png', 'package.json'])
        assert.ok(names.includes(`${properties.name}/${file}`), `${properties.name}/${file}`);
  });

  it('holds no packages, sources or tests', () => {
    assert.deepEqual(
      names.filter((name) => /node_modules|\.ts$|\.test\./.test(name)),
      [],
    );
  });

  it('carries the version of the package', async () => {
    assert.match(
      (await zip.file('extension.vsixmanifest')?.async('string')) ?? '',
      new RegExp(`Version="${toolVersion.replaceAll('.', '\\.')}"`),
    );
  });
});
