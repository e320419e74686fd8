import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plantProviders, type ProviderSeed } from '#emulator/seeds/cif/provider-rows.ts';
import {
  migrateChannelProvidersStage,
  type MigrateResult,
} from '#shared/stages/migrate-channel-providers.ts';
import { openEmulator, type TestEmulator } from '#support/emulator.ts';
import { runWith, told } from '#support/stage-runs.ts';

const dialer = { key: 'dialer', name: 'Northwind Dialer', users: ['ann', 'luis'] } as const;

describe('migrating channel providers', () => {
  const seeds: readonly (readonly [string, ProviderSeed])[] = [
    [
      'one provider for both apps',
      { providers: [{ ...dialer, apps: ['workspace', 'omnichannel'] }] },
    ],
  ];
  for (const [title, seed] of seeds)
    describe(`with ${title}`, () => {
      let emulator: TestEmulator;
      let folder = '';
      before(async () => {
        emulator = await openEmulator({ seed: 'empty' });
        plantProviders(emulator.environment, seed);
        folder = await mkdtemp(join(tmpdir(), 'urm-cif-'));
      });
      after(async () => {
        await emulator.close();
        await rm(folder, { recursive: true, force: true });
      });
      it('works', async () => {
        for (const mode of ['plan', 'apply', 'plan2', 'verify', 'roll-back'] as const) {
          const { result } = await runWith(migrateChannelProvidersStage, {
            environment: emulator.url,
            mode: mode === 'plan2' ? 'plan' : mode,
            out: join(folder, mode),
            ...(mode === 'roll-back' ? { run: join(folder, 'apply') } : {}),
          });
          console.log(mode, result.outcome, result.counts, result.outputs);
          console.log(told(result.findings).join('\n'));
          for (const f of result.findings) console.log('   ', f.summary, '|', f.detail);
          console.log(((result as MigrateResult).checks ?? []).map((c) => `${c.finding ? 'FAIL' : c.skipped ? 'skip' : 'ok'} ${c.group}: ${c.name}`).join('\n'));
        }
        assert.ok(true);
      });
    });
});
