import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { withheldColumns } from '#shared/routing/withheld-columns.ts';
import { withEmulator, type TestEmulator } from '#support/emulator.ts';
import { rowsIn } from '#support/routing-rows.ts';
import { runUrm } from '#support/run-urm.ts';
import { withFolder } from '#support/stage-runs.ts';

describe('secrets', function () {
  this.timeout(180_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  let secrets: readonly string[] = [];

  before(async () => {
    secrets = await secretsOf(source);
  });

  it('fill the source: of authentication, location, providers, messages and bots', () => {
    for (const start of ['portal-client', 'bing-key', 'acs-connection', 'sms-key', 'bot-app'])
      assert.ok(
        secrets.some((secret) => secret.includes(start)),
        start,
      );
  });

  for (const format of ['zip', 'folder'] as const)
    it(`are in no file and no stream of any stage, with packages as ${format}`, async () => {
      const at = (name: string): string => join(folder.path, format, name);
      const from = ['--environment', source.url];
      const onto = ['--environment', target.url, '--package', at('package')];
      const runs = [
        ['validate', '--source', source.url, '--target', target.url, '--json', at('validate.json')],
        ['generate-schema', ...from, '--out', at('schemas'), '--json', at('schemas.json')],
        [
          'export',
          ...from,
          '--schema',
          at('schemas'),
          '--out',
          at('package'),
          '--format',
          format,
          '--json',
          at('export.json'),
        ],
        ['plan', ...onto, '--out', at('plan'), '--json', at('plan.json')],
        ['import', ...onto, '--out', at('run'), '--json', at('import.json')],
        ['verify', ...onto, '--out', at('verification'), '--json', at('verify.json')],
        ['inspect', at('package')],
      ];
      const streams: string[] = [];
      for (const args of runs) {
        const { status, out, err } = await runUrm(args, { cwd: folder.path });
        assert.equal(status, 0, `${args.join(' ')}\n${out}${err}`);
        streams.push(out, err);
      }
      const files = await contentsBelow(join(folder.path, format));
      assert.ok(files.length > 20, `${files.length} files`);
      const all = Buffer.concat([...files, Buffer.from(streams.join('\n'))]);
      for (const secret of secrets)
        for (const form of formsOf(secret)) assert.ok(!all.includes(form), `${secret} as ${form}`);
    });

  it('do not reach the target either', async () => {
    assert.deepEqual(await secretsOf(target), []);
  });

  it('of the target itself are given by a variable, and shown nowhere', async () => {
    const own = 'own-secret-of-the-target/5e1f';
    const at = (name: string): string => join(folder.path, 'own', name);
    await mkdir(join(folder.path, 'own'));
    await writeFile(
      at('unified-routing.yml'),
      `format: 1
environments:
  test:
    url: ${target.url}
    writeSecrets: true
    values:
      - table: msdyn_authenticationsettings
        row: Customer portal sign-in
        column: msdyn_authenticationclientsecret
        value: "\${PORTAL_SECRET}"
`,
    );
    const { status, out, err } = await runUrm(
      [
        'import',
        '--environment',
        target.url,
        '--package',
        join(folder.path, 'zip', 'package'),
        '--config',
        at('unified-routing.yml'),
        '--out',
        at('run'),
        '--json',
        at('result.json'),
      ],
      { cwd: folder.path, env: { PORTAL_SECRET: own } },
    );
    assert.equal(status, 0, out + err);
    assert.deepEqual(await secretsOf(target), [own]);
    const all = Buffer.concat([...(await contentsBelow(at('run'))), Buffer.from(out + err)]);
    for (const form of formsOf(own)) assert.ok(!all.includes(form), form);
  });
});

/** The secret as it is, and as encodings would hide it. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  // Inside longer base64 text a secret has one of three alignments.
  const inside = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    return text.slice(shift === 0 ? 0 : 4, -4);
  });
  return [
    secret,
    ...inside,
    encodeURIComponent(secret),
    bytes.toString('hex'),
    JSON.stringify(secret).slice(1, -1),
  ];
}

/** Values that the environment holds in secret columns of any table. */
async function secretsOf(emulator: TestEmulator): Promise<readonly string[]> {
  const secrets: string[] = [];
  for (const [table, columns] of Object.entries(withheldColumns)) {
    const entity = emulator.environment.metadata.entity(table);
    for (const [column, reason] of Object.entries(columns)) {
      if (reason !== 'secret' || entity?.attributes.has(column) !== true) continue;
      for (const row of await rowsIn(emulator, `${entity.entitySetName}?$select=${column}`)) {
        const value = row[column];
        if (typeof value === 'string' && value !== '') secrets.push(value);
      }
    }
  }
  return secrets;
}

/** All files below a folder; of archives what is inside. */
async function contentsBelow(path: string): Promise<readonly Buffer[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const contents: Buffer[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    contents.push(bytes, ...(entry.name.endsWith('.zip') ? insideZip(bytes) : []));
  }
  return contents;
}

const centralEntry = Buffer.from([0x50, 0x4b, 0x01, 0x02]);

/** The entries of an archive, found by its directory and unpacked without the product's own reader. */
function insideZip(zip: Buffer): readonly Buffer[] {
  const entries: Buffer[] = [];
  for (let at = zip.indexOf(centralEntry); at >= 0; at = zip.indexOf(centralEntry, at + 4)) {
    const method = zip.readUInt16LE(at + 10);
    const size = zip.readUInt32LE(at + 20);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(start, start + size);
    entries.push(method === 0 ? packed : inflateRawSync(packed));
  }
  assert.ok(entries.length > 0, 'the archive has entries');
  return entries;
}
