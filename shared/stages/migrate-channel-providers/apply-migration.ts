import { join } from 'node:path';
import { relationships, tables as names } from '../../channel-providers/framework.ts';
import type { Mapping } from '../../channel-providers/mapping.ts';
import type { DataverseWriter } from '../../dataverse/client.ts';
import { ImportConflict } from '../apply/import-conflict.ts';
import { readJournal } from '../apply/journal.ts';
import { keepResult } from '../apply/result-file.ts';
import { importPlan, type ImportResult } from '../import.ts';
import type { MigrateOptions, MigrateResult } from '../migrate-channel-providers.ts';
import { choosePlan } from '../planning/choose-plan.ts';
import type { FileSpool } from '../planning/file-spool.ts';
import { writePlan } from '../planning/plan-file.ts';
import type { Plan } from '../../model/plan.ts';
import { planShare, progressWithin } from '../progress-within.ts';
import type { Ports } from '../stage.ts';
import { makeMigrationPlan, mapEnvironment, type Mapped } from './make-migration-plan.ts';

/** Applies a migration, as an import applies a package: with a journal, a snapshot, and as often as it takes. */
export async function applyMigration(
  options: MigrateOptions,
  writer: DataverseWriter,
  ports: Ports,
  signal: AbortSignal,
): Promise<MigrateResult> {
  const earlier = await readJournal(join(options.out, 'journal.jsonl'), ports.files, signal);
  if (earlier !== undefined && !options.resume)
    throw new ImportConflict('URM1408', {
      what: 'The run folder holds the journal of another run',
      where: options.out,
      next: 'Give an empty folder, or set resume to continue that run.',
    });
  const detached = options.reattach ? await detach(options, writer, ports, signal) : undefined;
  if (detached?.outcome === 'failed') return { ...detached, stage: 'migrate-channel-providers' };
  const mapped = await mapEnvironment(options, writer, ports, signal);
  const chosen = await choosePlan(
    { ...options, run: options.out },
    {
      sourceHash: mapped.mapping.hash,
      target: { organizationId: mapped.inventory.organizationId, url: writer.url },
      ofAnother: {
        what: 'The providers of the first generation, or the configuration, were changed since the plan was made',
        next: 'Plan again and have the new plan approved.',
      },
      make: () => makeMigrationPlan(mapped, writer, progressWithin(ports, 0, planShare), signal),
    },
    ports.files,
    signal,
  );
  try {
    const { plan, spool, isSaved } = chosen;
    const begun = earlier?.planHash === plan.hash ? earlier.begun : new Set<number>();
    const imported = await carryOut(
      { options, out: options.out, mapped, plan, spool, isSaved, begun },
      writer,
      isSaved ? ports : progressWithin(ports, planShare, 100),
      signal,
    );
    const unlinked = imported.counts.unlinked + (detached?.counts.unlinked ?? 0);
    const result = {
      ...imported,
      stage: 'migrate-channel-providers',
      counts: { ...imported.counts, unlinked },
    };
    return await keepResult(result, options.out, ports.files);
  } finally {
    await chosen.spool.remove();
  }
}

/**
 * The documented remedy when the app does not load a provider: remove it from the profile, add it again.
 * What is detached here is attached by the plan that is made afterwards.
 */
async function detach(
  options: MigrateOptions,
  writer: DataverseWriter,
  ports: Ports,
  signal: AbortSignal,
): Promise<ImportResult | undefined> {
  const mapped = await mapEnvironment(options, writer, ports, signal);
  const { inventory, mapping } = mapped;
  const migrated = new Set(mapping.providers.map(({ id }) => id));
  const unlinks: Mapping['unlinks'] = mapping.links.flatMap((link) => {
    const profile = inventory.profiles.find(({ id }) => id === link.from.id);
    const isAttached =
      link.relationship === relationships.profileProviders &&
      link.to.table === names.provider &&
      migrated.has(link.to.id) &&
      profile?.links.get(link.relationship)?.includes(link.to.id) === true;
    return isAttached ? [{ link, name: profile.name }] : [];
  });
  if (unlinks.length === 0) return undefined;
  const only: Mapped = {
    ...mapped,
    mapping: { ...mapping, unlinks },
    pkg: { ...mapped.pkg, tables: [] },
  };
  const { plan, spool } = await makeMigrationPlan(only, writer, ports, signal);
  const out = join(options.out, 'detach');
  try {
    await writePlan(join(out, 'plan.json'), plan, ports.files, signal);
    const frame = { options, out, mapped: only, plan, spool, isSaved: false };
    return await carryOut({ ...frame, begun: new Set() }, writer, ports, signal);
  } finally {
    await spool.remove();
  }
}

async function carryOut(
  frame: {
    readonly options: MigrateOptions;
    readonly out: string;
    readonly mapped: Mapped;
    readonly plan: Plan;
    readonly spool: FileSpool;
    readonly isSaved: boolean;
    readonly begun: ReadonlySet<number>;
  },
  writer: DataverseWriter,
  ports: Ports,
  signal: AbortSignal,
): Promise<ImportResult> {
  const { options, out, mapped, plan, spool, isSaved, begun } = frame;
  const { organizationId } = mapped.inventory;
  return importPlan(
    {
      options: {
        target: options.environment,
        package: 'the mapping of the providers',
        map: undefined,
        config: undefined,
        allowSameEnvironment: true,
        plan: options.plan,
        planHash: options.planHash,
        run: out,
        resume: options.resume,
        allowBlocked: false,
      },
      ports,
      writer,
      opened: { pkg: mapped.pkg, source: mapped.pkg, organizationId },
      plan,
      spool,
      isSaved,
      begun,
    },
    signal,
  );
}
