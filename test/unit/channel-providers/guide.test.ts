import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { readDecisions } from '#shared/stages/migrate-channel-providers/read-decisions.ts';

const guide = readFileSync(
  new URL('../../../docs/guides/channel-providers.md', import.meta.url),
  'utf8',
);

describe('the guide on channel providers', () => {
  it('shows a configuration that can be read, and names every setting of it', async () => {
    const [, yaml = ''] = /<!-- configuration -->\s+```yaml\n([^]*?)```/.exec(guide) ?? [];
    const folder = mkdtempSync(join(tmpdir(), 'guide-'));
    const masked: string[] = [];
    try {
      const config = join(folder, 'channel-providers.yml');
      writeFileSync(config, yaml);
      const decisions = await readDecisions(
        { config, prefix: undefined, apps: [], deactivate: false },
        {
          files: nodeFiles,
          host: {
            variable: (name) =>
              name === 'ENVIRONMENT_URL' ? 'https://contoso.example' : undefined,
            maskSecret: (value) => void masked.push(value),
          },
        },
      );
      assert.equal(decisions.prefix, 'contoso');
      assert.equal(decisions.copyRoles, true);
      assert.equal(decisions.providers.length, 2);
      assert.equal(
        decisions.providers[0]?.values?.get('msdyn_channelurl'),
        'https://dialer.partner.example/panel?base=https://contoso.example',
      );
      for (const key of ['prefix', 'apps', 'roles', 'profiles', 'providers'])
        assert.match(guide, new RegExp(`\\| \`${key}\` \\|`), key);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('tells each step of both procedures', () => {
    for (const step of ['1', '2', '3', '4', '5', '6', '7', 'check', 'remedy'])
      assert.match(guide, new RegExp(`^\\| ${step} \\|`, 'm'), step);
  });
});
