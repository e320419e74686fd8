import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import JSZip from 'jszip';
import { stageTable } from '#shared/stages/stage-table.ts';
import { toolVersion } from '../../cli/tool-version.ts';
import { manifestProblems } from '../../scripts/manifest-problems.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('the extension package', function () {
  this.timeout(120_000);
  let folder = '';
  let path = '';
  let names: readonly string[] = [];
  let zip = new JSZip();

  const script = (name: string, ...args: readonly string[]): string =>
    execFileSync(process.execPath, ['--import', 'tsx', `scripts/${name}.ts`, ...args], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  const open = (file: string): Promise<JSZip> =>
    JSZip.loadAsync(readFileSync(file), { checkCRC32: true });
  // oxlint-disable-next-line typescript/no-explicit-any -- manifests, read by assertions
  const json = async (archive: JSZip, name: string): Promise<any> =>
    JSON.parse((await archive.file(name)?.async('string')) ?? assert.fail(`${name} is there`));

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vsix-'));
    path = script('package', folder);
    zip = await open(path);
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
    const manifest = await json(zip, 'extension.vsomanifest');
    const tasks = manifest.contributions.filter(
      (contribution: { type: string }) => contribution.type === 'ms.vss-distributed-task.task',
    );
    assert.equal(tasks.length, stageTable.length);
    for (const { properties } of tasks)
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

  it('unpacks to less than 1.5 MB for each task', () => {
    for (const { task } of stageTable) {
      const own = join(root, 'dist/extension/tasks', task);
      const files = readdirSync(own, { recursive: true, withFileTypes: true });
      const bytes = files
        .filter((entry) => entry.isFile())
        .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
      assert.ok(bytes < 1_500_000, `${task}: ${bytes} bytes`);
    }
  });

  it('is the same, byte for byte, when it is built again', () => {
    const again = mkdtempSync(join(tmpdir(), 'vsix-'));
    try {
      script('build', again);
      const second = script('package', '--from', again, join(again, 'packed'));
      assert.ok(readFileSync(second).equals(readFileSync(path)));
    } finally {
      rmSync(again, { recursive: true, force: true });
    }
  });

  it('comes with its hash and its bill of materials, which names every package inside', async () => {
    const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
    assert.ok(readFileSync(`${path}.sha256`, 'utf8').startsWith(`${hash}  `));
    const bill = JSON.parse(readFileSync(`${path}.sbom.cdx.json`, 'utf8'));
    assert.equal(bill.bomFormat, 'CycloneDX');
    const materials: readonly string[] = bill.components.map(({ name }: { name: string }) => name);
    for (const name of ['@azure/msal-node', 'axios', 'azure-pipelines-task-lib', 'saxes', 'yaml'])
      assert.ok(materials.includes(name), name);
    for (const component of bill.components) {
      assert.match(component.version, /^\d/);
      assert.equal(component.hashes?.[0]?.alg, 'SHA-512', component.name);
      assert.ok(component.licenses[0].license?.id ?? component.licenses[0].expression);
    }
    const notices = (await zip.file('THIRD-PARTY-NOTICES.txt')?.async('string')) ?? '';
    for (const name of materials) assert.match(notices, new RegExp(`^${name} \\d`, 'm'));
  });

  it('can be installed beside its other editions: every id is another', async () => {
    const others = ['dev', 'preview'].map((edition) =>
      open(script('package', '--edition', edition, folder)),
    );
    const all = [zip, ...(await Promise.all(others))];
    const extensions = await Promise.all(all.map((each) => json(each, 'extension.vsomanifest')));
    const tasks = await Promise.all(
      all.map((each) => json(each, 'tasks/UnifiedRoutingPlan/task.json')),
    );
    const endpointTypes = extensions.map(
      ({ contributions }) =>
        contributions.find(({ id }: { id: string }) => id === 'dataverse-endpoint').properties.name,
    );
    const identities = await Promise.all(
      all.map(
        async (each) =>
          /<Identity [^>]*Id="([^"]+)"/.exec(
            (await each.file('extension.vsixmanifest')?.async('string')) ?? '',
          )?.[1],
      ),
    );
    for (const ids of [identities, tasks.map(({ id }) => id), endpointTypes])
      assert.equal(new Set(ids).size, 3, String(ids));
    for (const [at, task] of tasks.entries()) {
      const wanted = `connectedService:${endpointTypes[at]}`;
      assert.ok(
        task.inputs.some(({ type }: { type: string }) => type === wanted),
        wanted,
      );
      assert.ok(task.friendlyName.length <= 40);
    }
  });
});

describe('the npm package', function () {
  this.timeout(60_000);
  let folder = '';

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'npm-'));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('runs command line and emulator without any other package', () => {
    const npm = (...args: readonly string[]): string =>
      execFileSync('npm', args, {
        cwd: folder,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    const [packed] = JSON.parse(npm('pack', '--json', join(root, 'dist/npm'))) as [
      { filename: string; files: readonly { path: string }[] },
    ];
    const files = packed.files.map(({ path }) => path);
    for (const name of ['package.json', 'README.md', 'LICENSE.txt', 'THIRD-PARTY-NOTICES.txt'])
      assert.ok(files.includes(name), name);
    execFileSync('tar', ['-xzf', packed.filename], { cwd: folder });
    const manifest = JSON.parse(readFileSync(join(folder, 'package/package.json'), 'utf8'));
    assert.equal(manifest.dependencies, undefined);
    const urm = join(folder, 'package', manifest.bin.urm);
    const say = (...args: readonly string[]): string =>
      execFileSync(process.execPath, [urm, ...args], { cwd: folder, encoding: 'utf8' });
    assert.equal(say('--version').trim(), toolVersion);
    assert.match(say('catalogue'), /^skills: /m);
    assert.match(say('demo'), /^0 planned changes$/m);
  });
});
