import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withEmulator } from '#support/emulator.ts';
import { filesBelow, filledSecrets, formsOf } from '#support/secret-forms.ts';
import { runUrm } from '#support/run-urm.ts';
import { withFolder } from '#support/stage-runs.ts';

describe('secrets', function () {
  this.timeout(180_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  let secrets: readonly string[] = [];

  before(async () => {
    secrets = await filledSecrets(source);
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
      const files = await filesBelow(join(folder.path, format));
      assert.ok(files.length > 20, `${files.length} files`);
      const all = Buffer.concat([...files, Buffer.from(streams.join('\n'))]);
      for (const secret of secrets)
        for (const form of formsOf(secret)) assert.ok(!all.includes(form), `${secret} as ${form}`);
    });

  it('do not reach the target either', async () => {
    assert.deepEqual(await filledSecrets(target), []);
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
    assert.deepEqual(await filledSecrets(target), [own]);
    const all = Buffer.concat([...(await filesBelow(at('run'))), Buffer.from(out + err)]);
    for (const form of formsOf(own)) assert.ok(!all.includes(form), form);
  });
});
