import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plantProviders, type ProviderSeed } from '#emulator/seeds/cif/provider-rows.ts';
import type { Environment } from '#emulator/environment.ts';
import type { BrowserPort } from '#shared/host/browser.ts';
import type { StageEnd } from '#shared/stages/run-stage.ts';
import { runStage } from '#shared/stages/run-stage.ts';
import {
  migrateChannelProvidersStage,
  type MigrateResult,
  type MigrationMode,
} from '#shared/stages/migrate-channel-providers.ts';
import { stageEntry } from '#shared/stages/stage-table.ts';
import { openEmulator, type TestEmulator } from './emulator.ts';
import { createTestHost, testPorts } from './test-host.ts';

/** An environment with providers of the first generation, and the stage that migrates them. */
export interface ProviderMigration {
  readonly emulator: TestEmulator;
  readonly folder: string;
  /** Runs a mode; `out`, `run` and `plan` are names in the folder, `token` says who asks. */
  run(
    mode: MigrationMode,
    out: string,
    more?: Readonly<Record<string, string>>,
  ): Promise<MigrateResult>;
}

/** One that lives as long as the surrounding `describe`. */
export function withMigration(
  seed: (emulatorUrl: string) => ProviderSeed,
  browser?: BrowserPort,
): ProviderMigration {
  let emulator: TestEmulator | undefined;
  let folder = '';
  const current = (): TestEmulator => {
    if (emulator === undefined) throw new Error('The emulator starts before the first test.');
    return emulator;
  };
  before(async () => {
    emulator = await openEmulator({ seed: 'empty' });
    plantProviders(emulator.environment, seed(emulator.url));
    folder = await mkdtemp(join(tmpdir(), 'urm-providers-'));
  });
  after(async () => {
    await emulator?.close();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    get emulator() {
      return current();
    },
    get folder() {
      return folder;
    },
    run: async (mode, out, more = {}) => {
      const { run, plan, token = 'test', ...rest } = more;
      const inputs = {
        environment: current().url,
        mode,
        out: join(folder, out),
        ...(run === undefined ? {} : { run: join(folder, run) }),
        ...(plan === undefined ? {} : { plan: join(folder, plan) }),
        ...rest,
      };
      const host = createTestHost(inputs, { kind: 'token', token });
      const entry = stageEntry('migrate-channel-providers');
      if (entry === undefined) throw new Error('The stage is in no table.');
      const ports = { ...testPorts(host), ...(browser === undefined ? {} : { browser }) };
      const { signal } = new AbortController();
      const end: StageEnd = await runStage(entry, migrateChannelProvidersStage, ports, signal);
      return end.result;
    },
  };
}

/** All cells of the tables a migration may touch, without what every write leaves behind. */
export function holdings(environment: Environment): ReadonlyMap<string, unknown> {
  const held = new Map<string, unknown>();
  const tables = [
    'msdyn_ciprovider',
    'msdyn_channelprovider',
    'msdyn_appconfiguration',
    'msdyn_appprofilerolemapping',
    'msdyn_appconfig_msdyn_channelprovider',
    'msdyn_appconfiguration_systemuser',
    'msdyn_appconfiguration_sessiontemplate',
    'msdyn_appconfiguration_applicationextension',
    'msdyn_ciprovider_systemuser',
  ];
  for (const table of tables) {
    const isPair = environment.metadata.entity(table)?.isIntersect === true;
    for (const row of environment.store.rows(table)) {
      const cells = [...row.cells].filter(
        ([column, cell]) =>
          cell !== null &&
          !['modifiedon', 'modifiedby', 'versionnumber', 'overwritetime'].includes(column),
      );
      cells.sort(([one], [other]) => (one < other ? -1 : 1));
      const kept = isPair
        ? cells.filter(([column]) => column.startsWith('msdyn_') || column === 'systemuserid')
        : cells;
      // A pair is known by its sides: made again it has another id.
      held.set(`${table} ${isPair ? JSON.stringify(kept) : row.id}`, Object.fromEntries(kept));
    }
  }
  return new Map([...held].sort(([one], [other]) => (one < other ? -1 : 1)));
}
