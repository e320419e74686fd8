import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Emulator } from '#emulator/emulator.ts';
import { listen } from '#emulator/protocol/listen.ts';
import { plantProviders } from '#emulator/seeds/cif/provider-rows.ts';
import type { EmulatorOptions } from '#emulator/server.ts';
import { applicationIds } from '#emulator/seeds/system-rows.ts';
import type { Credential } from '#shared/host/host.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { Action } from '#shared/model/plan.ts';
import { exportStage } from '#shared/stages/export.ts';
import { importStage } from '#shared/stages/import.ts';
import { migrateChannelProvidersStage } from '#shared/stages/migrate-channel-providers.ts';
import { planStage } from '#shared/stages/plan.ts';
import { openPlan } from '#shared/stages/planning/plan-file.ts';
import type { Stage } from '#shared/stages/stage.ts';
import { sendTo } from '#support/emulator.ts';
import { actionsOf } from '#support/plan-builders.ts';
import { runWith } from '#support/stage-runs.ts';
import { Copier, type EnvironmentCopy } from './environment-copy.ts';

/** Acts as the application user that signs in where tokens expire: rows belong to the same owner. */
export const pipelineToken: Credential = { kind: 'token', token: applicationIds.releasePipeline };

/** An environment of the campaign: an emulator in this process, asked over HTTP. */
export interface Place {
  readonly emulator: Emulator;
  readonly url: string;
  readonly copier: Copier;
  close(): Promise<void>;
}

/**
 * A small promotion at every moment of its life: the source, the target before and after the import,
 * and the files of each stage as they are when nothing goes wrong.
 */
export interface World {
  readonly folder: string;
  readonly source: Place;
  readonly target: Place;
  readonly providers: Place;
  readonly copies: {
    readonly source: EnvironmentCopy;
    readonly before: EnvironmentCopy;
    readonly after: EnvironmentCopy;
    /** `after`, with something changed by hand. */
    readonly spoiled: EnvironmentCopy;
    readonly firstGeneration: EnvironmentCopy;
    readonly migrated: EnvironmentCopy;
  };
  readonly paths: {
    readonly package: string;
    readonly config: string;
    readonly plan: string;
    readonly run: string;
    readonly migrationPlan: string;
    readonly migrationRun: string;
  };
  readonly actions: readonly Action[];
  readonly scope: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** One workstream with its widget, questions, quick replies, queues and rulesets: some fifty rows. */
const scope = { workstreams: 'Web chat' };

const config = `format: 1
delete:
  mode: rules
  rules:
    - { table: msdyn_octag, where: { msdyn_name: "#obsolete" } }
    - { table: msdyn_octag, where: { msdyn_name: "#outdated" } }
  max: 5
`;

export async function openWorld(folder: string): Promise<World> {
  const source = await openPlace({ seed: 'contoso' });
  const target = await openPlace({ seed: 'empty', serverLogic: 'nasty' });
  const providers = await openPlace({ seed: 'empty' });
  const at = (name: string): string => join(folder, name);
  const paths = {
    package: at('package'),
    config: at('unified-routing.yml'),
    plan: at('plan/plan.json'),
    run: at('run'),
    migrationPlan: at('migration-plan/plan.json'),
    migrationRun: at('migration-run'),
  };
  await mkdir(folder, { recursive: true });
  await writeFile(paths.config, config);

  // An earlier promotion of a workstream beside this one shares queues and rulesets with it.
  const now = source.copier.copy();
  makeEarlier(source);
  const first = { source: source.url, out: at('first'), workstreams: 'Dealer chat' };
  await succeed(exportStage, first);
  await succeed(importStage, { target: target.url, package: at('first'), out: at('first-run') });
  source.copier.putBack(now);
  await plantObsolete(target);
  const before = target.copier.copy();

  const promotion = { target: target.url, package: paths.package, config: paths.config };
  await succeed(exportStage, { source: source.url, out: paths.package, ...scope });
  await succeed(planStage, { ...promotion, out: at('plan') });
  await succeed(importStage, { ...promotion, plan: paths.plan, out: paths.run });
  const after = target.copier.copy();
  spoil(target);
  const spoiled = target.copier.copy();

  plantProviders(providers.emulator.environment, {
    providers: [
      { key: 'dialer', name: 'Northwind Dialer', users: ['ann', 'luis'], apps: ['workspace'] },
      { key: 'screen-pop', name: 'Fabrikam pop', users: ['mei'], apps: ['omnichannel'] },
    ],
  });
  const firstGeneration = providers.copier.copy();
  const migration = { environment: providers.url };
  await succeed(migrateChannelProvidersStage, {
    ...migration,
    mode: 'plan',
    out: at('migration-plan'),
  });
  await succeed(migrateChannelProvidersStage, {
    ...migration,
    mode: 'apply',
    plan: paths.migrationPlan,
    out: paths.migrationRun,
  });
  const migrated = providers.copier.copy();

  const { signal } = new AbortController();
  return {
    folder,
    source,
    target,
    providers,
    copies: { source: now, before, after, spoiled, firstGeneration, migrated },
    paths,
    actions: await actionsOf(await openPlan(paths.plan, nodeFiles, signal)),
    scope,
    close: async () => {
      for (const place of [source, target, providers]) await place.close();
    },
  };
}

async function openPlace(options: Partial<EmulatorOptions>): Promise<Place> {
  const emulator = await Emulator.open({ port: 0, ...options });
  const running = await listen(emulator, { port: 0, ...options });
  return {
    emulator,
    url: running.url,
    copier: new Copier(emulator.environment),
    close: () => running.close(),
  };
}

async function succeed<Options>(
  stage: Stage<Options>,
  inputs: Readonly<Record<string, string>>,
): Promise<void> {
  const { result } = await runWith(stage, inputs, pipelineToken);
  const errors = result.findings.filter(({ severity }) => severity === 'error');
  if (result.outcome === 'failed' || errors.length > 0)
    throw new Error(`${stage.name} fails without any fault: ${JSON.stringify(errors)}`);
}

/** Changes cells of the first row that fits. */
function change(
  { emulator }: Place,
  table: string,
  fits: (cells: ReadonlyMap<string, unknown>) => boolean,
  cells: Readonly<Record<string, string | number>>,
): void {
  const { store } = emulator.environment;
  const row = [...store.rows(table)].find((each) => fits(each.cells));
  if (row === undefined) throw new Error(`No row of ${table} fits.`);
  store.put(table, row.id, new Map([...row.cells, ...Object.entries(cells)]));
}

/** The source as it was at the earlier promotion: other texts, and another routing of the queue. */
function makeEarlier(source: Place): void {
  change(source, 'queue', (cells) => cells.get('name') === 'Chat: Support', {
    description: 'Before the reorganization',
  });
  change(source, 'msdyn_capacityprofile', (cells) => cells.get('msdyn_name') === 'Chats', {
    msdyn_defaultmaxunits: 9,
  });
  const { store } = source.emulator.environment;
  const rulesets = Array.from(store.rows('msdyn_decisionruleset'));
  for (const { id, cells } of rulesets) {
    const text = cells.get('msdyn_rulesetdefinition');
    if (typeof text === 'string')
      store.put(
        'msdyn_decisionruleset',
        id,
        new Map([...cells, ['msdyn_rulesetdefinition', text.replace('<rule ', '<rule  ')]]),
      );
  }
}

/** Rows of the target that the promotion takes away. */
async function plantObsolete({ url }: Place): Promise<void> {
  for (const msdyn_name of ['#obsolete', '#outdated']) {
    const { status, text } = await sendTo(url, 'POST', {
      path: 'msdyn_octags',
      body: { msdyn_name },
    });
    if (status >= 300) throw new Error(`No tag can be planted: ${status} ${text}`);
  }
}

/** What drift and verification are to find. */
function spoil(target: Place): void {
  change(target, 'queue', (cells) => cells.get('name') === 'Chat: Support', { msdyn_priority: 77 });
  const { store } = target.emulator.environment;
  const [reply] = store.rows('msdyn_cannedmessage');
  if (reply === undefined) throw new Error('The target has no quick reply.');
  store.delete('msdyn_cannedmessage', reply.id);
}
