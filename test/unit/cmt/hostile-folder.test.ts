import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, rename, rm, symlink, truncate, unlink, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convertPackage } from '#shared/cmt/convert-package.ts';
import { readLines } from '#shared/cmt/lines.ts';
import { MigrationError } from '#shared/errors/migration-error.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { aTable, each, neverAborted, writePackage } from '#support/cmt-package.ts';
import { collect } from '#support/collect.ts';
import { useTemporaryFolder } from '#support/temporary-folder.ts';

const id = '3f2a91c0-1111-2222-3333-444455556666';
const program = fileURLToPath(new URL('../../../cli/urm.ts', import.meta.url));
const gibibyte = 1024 ** 3;
const queue = aTable('queue').with('name', 'text').with('definition', 'memo');
const row = 'queue/billing.3f2a91c0.json';
const text = 'queue/billing.3f2a91c0.definition.txt';

describe('the folder form of a package from strangers', function () {
  // Reading a pipe that nobody writes to would never end.
  this.timeout(20_000);
  const at = useTemporaryFolder();
  const inFolder = (name: string): string => at(`package/step/${name}`);

  before(function () {
    if (process.platform === 'win32') this.skip();
  });

  beforeEach(async () => {
    const rows = [queue.row(id, { name: 'Billing', definition: 'Long text. '.repeat(60) })];
    await writePackage(at('a.zip'), 'zip', [{ table: queue.table, rows }]);
    const to = { path: at('package/step'), form: 'folder', files: nodeFiles } as const;
    await mkdir(at('package'));
    await convertPackage(at('a.zip'), to, neverAborted);
    const steps = [{ step: 'step', area: 'queues', tables: [] }];
    const manifest = { format: 1, tool: 'x', channels: [], scope: {}, withheld: [], removed: [] };
    const source = { organizationId: id, url: 'https://contoso.crm4.dynamics.com' };
    await writeFile(at('package/migration.json'), JSON.stringify({ ...manifest, source, steps }));
    // It is a package, before it is made a bad one.
    await pack();
    await rm(at('packed'), { recursive: true });
  });

  const pack = (): Promise<unknown> =>
    convertPackage(
      at('package'),
      { path: at('packed'), form: 'zip', files: nodeFiles },
      neverAborted,
    );

  const refused = async (place: string, reason: RegExp): Promise<void> => {
    const error = await pack().then(
      () => assert.fail('It was packed.'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof MigrationError, String(error));
    assert.match(error.what, reason);
    assert.ok(error.where.includes(basename(place)), error.where);
    assert.doesNotMatch(error.message, /root:/);
    assert.equal(await nodeFiles.stat(at('packed')), undefined);
  };

  const files = [
    row,
    text,
    'queue/_links.queuemembership.json',
    'queue/_rows.jsonl',
    '_package.json',
    'data_schema.xml',
    '../migration.json',
  ];

  for (const name of files) {
    it(`is refused where a link to a file of the machine stands for ${name}`, async () => {
      if (name.endsWith('_rows.jsonl')) await rm(inFolder(row));
      await rm(inFolder(name), { force: true });
      await symlink('/etc/passwd', inFolder(name));
      await refused(name, /links are not followed/);
    });

    it(`is refused where a pipe that never ends stands for ${name}`, async () => {
      if (name.endsWith('_rows.jsonl')) await rm(inFolder(row));
      await rm(inFolder(name), { force: true });
      execFileSync('mkfifo', [inFolder(name)]);
      await refused(name, /no plain file/);
    });

    if (!name.endsWith('_rows.jsonl'))
      it(`is refused where ${name} claims more than any of its kind holds`, async () => {
        await writeFile(inFolder(name), '{', { flag: 'a' });
        // No disk holds that much: the file has a hole.
        await truncate(inFolder(name), 64 * gibibyte);
        await refused(name, /larger than \d+ bytes/);
      });
  }

  it('is refused where a device stands for a row', async () => {
    await unlink(inFolder(row));
    await symlink('/dev/zero', inFolder(row));
    await refused(row, /links are not followed/);
  });

  for (const place of ['queue', '../step'])
    it(`is refused where a link stands for the folder ${basename(place)}`, async () => {
      await rename(inFolder(place), at('elsewhere'));
      await symlink(at('elsewhere'), inFolder(place));
      await refused(place, /links are not followed/);
    });

  it('is refused where a link stands for the zip of a step', async () => {
    await rm(inFolder(''), { recursive: true });
    await symlink('/dev/zero', at('package/step.zip'));
    await refused('step.zip', /links are not followed/);
  });

  it('is refused where a row names a text elsewhere', async () => {
    for (const file of ['../../../../etc/passwd', '/etc/passwd', 'a/b.txt', '..', 'C:\\x', '\0'])
      await assertNamed({ file }, /is not beside it/);
    await assertNamed({ file: 'no.such.text.txt' }, /is missing/);
  });

  const assertNamed = async (definition: object, reason: RegExp): Promise<void> => {
    const json = { queueid: id, name: 'Billing', definition };
    await writeFile(inFolder(row), JSON.stringify(json));
    const error: unknown = await pack().catch((thrown: unknown) => thrown);
    assert.ok(error instanceof MigrationError, String(error));
    assert.match(error.message, reason);
  };

  it('is refused where the notes or the manifest name something out of the folder', async () => {
    for (const [name, change] of [
      ['_package.json', { tables: [{ folder: '../../..', attributes: { name: 'queue' } }] }],
      ['../migration.json', { steps: [{ step: '../../etc', area: 'queues', tables: [] }] }],
    ] as const) {
      const path = inFolder(name);
      const before = await nodeFiles.readWhole(path);
      const json = JSON.parse(Buffer.from(before).toString('utf8')) as object;
      await writeFile(path, JSON.stringify({ ...json, ...change }));
      await assert.rejects(pack(), (error) => error instanceof MigrationError);
      await writeFile(path, before);
    }
  });

  it('is refused where bytes are no text, which would be lost', async () => {
    for (const name of [row, text]) {
      const path = inFolder(name);
      const before = await nodeFiles.readWhole(path);
      await writeFile(path, Buffer.from([...before.subarray(0, -3), 0xc3, 0x28, 0x22, 0x7d]));
      await refused(name, /not UTF-8/);
      await writeFile(path, before);
    }
  });

  it('is refused where a line is longer than any row', async () => {
    const lines = readLines(each([Buffer.alloc(1000, 'a'), Buffer.alloc(1000, 'b')]), {
      path: 'queue/_rows.jsonl',
      maxChars: 1500,
    });
    await assert.rejects(collect(lines), /longer than 1500 characters/);
  });

  it('commands neither the agent nor the terminal by the names of its files', async () => {
    const name = 'a\u001b[2J\n##vso[task.setvariable variable=a]b\u0007.json';
    await writeFile(inFolder(`queue/${name}`), '{ "broken');
    const args = ['--import', 'tsx', program, 'inspect', at('package')];
    const end = spawnSync(process.execPath, args, { encoding: 'utf8' });
    const shown = end.stdout + end.stderr;
    assert.equal(end.status, 1, shown);
    assert.match(shown, /URM1109/);
    assert.doesNotMatch(shown, /##vso\[/);
    // oxlint-disable-next-line no-control-regex -- these are what must not come through
    assert.doesNotMatch(shown, /[\u0000-\u0009\u000b-\u001f\u007f]/);
  });
});
