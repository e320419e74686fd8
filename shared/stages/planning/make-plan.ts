import { openPackage } from '../../cmt/open-package.ts';
import type { MigrationPackage } from '../../cmt/package.ts';
import type { DataverseReader } from '../../dataverse/client.ts';
import type { Guid } from '../../model/guid.ts';
import type { RowSource } from '../../model/row-source.ts';
import { buildPlan, type BuiltPlan } from '../../plan/build-plan.ts';
import { PlanConflict } from '../../plan/plan-errors.ts';
import type { PlanInput } from '../../plan/plan-input.ts';
import type { RowMap } from '../../plan/ports.ts';
import { ruleBook } from '../../routing/rule-book.ts';
import { securedBook } from '../../routing/secured-book.ts';
import { assertReading } from '../privileges/assert-rights.ts';
import type { Ports } from '../stage.ts';
import { toolName } from '../tool-name.ts';
import { withLinking } from '../linking/with-linking.ts';
import { carriedRows, solutionsFirst } from '../solutions/solutions-first.ts';
import { deleteOrders } from './delete-orders.ts';
import { openFileSpool, type FileSpool } from './file-spool.ts';
import { manualSteps, bypassedLogic } from './manual-steps.ts';
import { peopleBook } from './people-book.ts';
import { ConfiguredPolicy, matchingBook } from './policy.ts';
import { readMap } from './read-map.ts';
import { securedLeftAlone } from './secured-left-alone.ts';
import { readSettings, settingsOf, type PlanningSettings } from './settings.ts';
import { tableProgress } from './table-progress.ts';
import { targetReader } from './target-reader.ts';

/** Inputs that plan, import and verify share. */
export interface PlanningOptions {
  readonly package: string;
  readonly map: string | undefined;
  readonly config: string | undefined;
  /** The package of the promotion before: what it had and this one has not left the source. */
  readonly previous?: string | undefined;
  readonly allowSameEnvironment: boolean;
}

/** A package and the environment it is for, both looked at. */
export interface Opened {
  readonly pkg: MigrationPackage;
  /** The package with what the planner needs beside its rows. */
  readonly source: RowSource;
  readonly organizationId: Guid;
  /** What the configuration file says to plans. */
  readonly settings?: PlanningSettings | undefined;
}

/** Opens the package, signs in, and refuses the environment the package comes from. */
export async function openBoth(
  options: PlanningOptions,
  reader: DataverseReader,
  ports: Ports,
  signal: AbortSignal,
): Promise<Opened> {
  const pkg = await openPackage(options.package, ports.files, signal);
  const named = pkg.tables.map((table) => table.name);
  const settings = await readSettings(options.config, named, ports.files);
  const { organizationId } = await reader.whoAmI(signal);
  if (!options.allowSameEnvironment && pkg.manifest?.source.organizationId === organizationId)
    throw new PlanConflict('URM1304', {
      what: 'The target is the environment that the package was exported from',
      where: reader.url,
      next: 'Correct the target, or set allowSameEnvironment if this is what you want.',
    });
  const exportedAt = new Map<string, string>();
  for (const step of pkg.steps) {
    const timestamp = pkg.timestamp(step);
    if (timestamp !== undefined) exportedAt.set(step, timestamp);
  }
  const source: RowSource = {
    hash: pkg.hash,
    tables: pkg.tables,
    exportedAt,
    rows: (table, again) => pkg.rows(table, again),
    links: (table, again) => pkg.links(table, again),
  };
  return { pkg, source, organizationId, settings };
}

/** A plan with the disk space it lives in; whoever made it calls `spool.remove`. */
export interface MadePlan {
  readonly plan: BuiltPlan;
  readonly spool: FileSpool;
  /** What the map file said. */
  readonly map: RowMap;
}

/** Compares the package with the environment. Sends reads only. */
export async function makePlan(
  opened: Opened,
  options: PlanningOptions & Pick<PlanInput, 'compared'> & { readonly purpose?: 'apply' },
  reader: DataverseReader,
  ports: Ports,
  signal: AbortSignal,
): Promise<MadePlan> {
  const { pkg, organizationId, settings } = opened;
  const tables = pkg.tables.map(({ name }) => name);
  // A row out of sight would be taken for one that is not there.
  const shallow = await assertReading(
    reader,
    { environment: 'target', tables, purpose: 'comparison' },
    signal,
  );
  const isApplied = options.purpose === 'apply';
  const own = settingsOf(settings, reader.url);
  // A secret is never compared: who only looks would find it different each time.
  const environment = own === undefined || isApplied ? own : { ...own, writeSecrets: false };
  const mapPath = options.map ?? environment?.map;
  const map =
    mapPath === undefined
      ? new Map<string, never>()
      : await readMap(mapPath, ports.files, reader, signal);
  const protectedTables = await reader.tables([...new Set(tables)], signal);
  const known = securedBook(peopleBook(ruleBook), protectedTables);
  const { source, book } = await withLinking(
    {
      source: opened.source,
      book: settings === undefined ? known : matchingBook(known, settings.match),
    },
    { path: mapPath, files: ports.files },
    reader,
    signal,
  );
  const now = ports.clock.now();
  const policy =
    settings === undefined
      ? undefined
      : new ConfiguredPolicy({
          settings,
          environment,
          book,
          areaOf: (step) => pkg.manifest?.steps.find((each) => each.step === step)?.area,
          host: ports.host,
          now,
        });
  const deletes = isApplied
    ? await deleteOrders({ settings, pkg, previous: options.previous }, ports.files, signal)
    : undefined;
  const waiting = await solutionsFirst(pkg.manifest?.carried, reader, signal);
  const spool = await openFileSpool(ports.files);
  try {
    const plan = await buildPlan(
      {
        source,
        book,
        target: targetReader(reader),
        environment: { organizationId, url: reader.url },
        map,
        spool,
        // A package of this product is complete; files of other tools are parts of something larger.
        lookupsToNowhere: pkg.manifest === undefined ? 'leave' : 'block',
        now,
        tool: toolName,
        findings: [
          ...pkg.findings,
          ...shallow,
          ...bypassedLogic(pkg),
          ...waiting,
          ...securedLeftAlone(pkg, protectedTables),
        ],
        manual: manualSteps(pkg),
        progress: tableProgress(ports.host, source.tables),
        seekDuplicates: isApplied,
        ...(policy === undefined ? {} : { policy }),
        ...(pkg.manifest?.carried === undefined
          ? {}
          : { carried: carriedRows(pkg.manifest.carried) }),
        ...(deletes === undefined ? {} : { deletes }),
        ...(options.compared === undefined ? {} : { compared: options.compared }),
      },
      signal,
    );
    return { plan, spool, map };
  } catch (error) {
    await spool.remove();
    throw error;
  }
}
