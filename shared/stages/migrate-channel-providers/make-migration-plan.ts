import { copiedColumns, tables as framework } from '../../channel-providers/framework.ts';
import { mapProviders } from '../../channel-providers/map-providers.ts';
import type { Mapping, UnwantedLink } from '../../channel-providers/mapping.ts';
import type { Inventory } from '../../channel-providers/inventory.ts';
import type { Decisions } from '../../channel-providers/decisions.ts';
import type { MigrationPackage } from '../../cmt/package.ts';
import type { DataverseReader } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import type { Action, Change, PlannedValue, PlanHead } from '../../model/plan.ts';
import { decodeAction, encodeAction, numbered, type Unnumbered } from '../../plan/action-json.ts';
import { buildPlan, type BuiltPlan } from '../../plan/build-plan.ts';
import { hashOf, plannedValue } from '../../plan/planned-value.ts';
import { planHash } from '../../plan/plan-text.ts';
import { openFileSpool, type FileSpool } from '../planning/file-spool.ts';
import { tableProgress } from '../planning/table-progress.ts';
import { targetReader } from '../planning/target-reader.ts';
import { assertPrivileges } from '../privileges/missing-privileges.ts';
import { eachOnce, readingNeeds } from '../privileges/needed-privileges.ts';
import type { Ports } from '../stage.ts';
import { toolName } from '../tool-name.ts';
import { mappingPackage, mappingRules, migrationStep } from './mapping-package.ts';
import { readDecisions, type DecisionInputs } from './read-decisions.ts';
import { known, readInventory, required } from './read-inventory.ts';

/** What was read, what was decided, and what follows from both. */
export interface Mapped {
  readonly inventory: Inventory;
  readonly decisions: Decisions;
  readonly mapping: Mapping;
  readonly pkg: MigrationPackage;
}

/** Reads the environment and maps it. Sends reads only. */
export async function mapEnvironment(
  inputs: DecisionInputs,
  reader: DataverseReader,
  ports: Ports,
  signal: AbortSignal,
): Promise<Mapped> {
  const decisions = await readDecisions(inputs, ports);
  const unread = await readingProblems(reader, signal);
  const inventory = await readInventory(reader, signal);
  const mapped = mapProviders(inventory, decisions);
  const findings = [
    ...unread,
    ...mapped.findings,
    ...(await attachProblems(mapped, reader, signal)),
  ];
  const mapping: Mapping = { ...mapped, findings };
  const names = [...new Set(mapping.rows.map(({ table }) => table)), 'msdyn_appconfiguration'];
  const pkg = mappingPackage(mapping, await reader.tables(names, signal));
  return { inventory, decisions, mapping, pkg };
}

/** Stops where providers and profiles cannot be read; tells what else is out of sight. */
async function readingProblems(
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const metadata = await reader.tables([...required, ...known, framework.view], signal);
  const must = [...required, framework.roleMapping, framework.app];
  const needed = eachOnce(
    readingNeeds(must, metadata, { purpose: 'the migration of providers', severity: 'error' }),
    readingNeeds(metadata.keys(), metadata, {
      purpose: 'checks of providers',
      severity: 'warning',
    }),
  );
  return assertPrivileges(reader, needed, { environment: 'target' }, signal);
}

/**
 * Which privileges a link asks for is not settled: neither of the shipped roles that attach providers
 * holds Append on them. A missing one is told, and the service's answer decides.
 */
async function attachProblems(
  mapping: Mapping,
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  if (mapping.links.length === 0) return [];
  const tables = await reader.tables(['msdyn_channelprovider', 'msdyn_appconfiguration'], signal);
  const needed = [...tables.values()].flatMap((table) =>
    (['append', 'appendTo'] as const).flatMap((verb) => table.privileges.get(verb)?.name ?? []),
  );
  const held = await reader.privileges(needed, signal);
  const missing = needed.filter((name) => !held.has(name));
  if (missing.length === 0) return [];
  return [
    {
      severity: 'warning',
      code: 'URM1828',
      where: reader.url,
      summary: `The identity lacks ${missing.join(', ')}, which attaching providers may ask for`,
      detail: '',
      remedy: 'Apply and see; should links be refused, give the identity the privilege.',
    },
  ];
}

/** A plan with the disk space it lives in; whoever made it calls `spool.remove`. */
export interface MadeMigrationPlan {
  readonly plan: BuiltPlan;
  readonly spool: FileSpool;
}

/** Compares what the migration wants with what the environment holds. Sends reads only. */
export async function makeMigrationPlan(
  { mapping, inventory, pkg }: Mapped,
  reader: DataverseReader,
  ports: Ports,
  signal: AbortSignal,
): Promise<MadeMigrationPlan> {
  const spool = await openFileSpool(ports.files);
  try {
    const built = await buildPlan(
      {
        source: pkg,
        book: mappingRules,
        target: targetReader(reader),
        environment: { organizationId: inventory.organizationId, url: inventory.url },
        spool,
        now: ports.clock.now(),
        tool: toolName,
        findings: mapping.findings,
        manual: manualSteps(mapping),
        progress: tableProgress(ports.host, pkg.tables),
      },
      signal,
    );
    return { plan: await withUnlinks(built, mapping.unlinks, spool, signal), spool };
  } catch (error) {
    await spool.remove();
    throw error;
  }
}

const hiddenColumns = new Set(
  copiedColumns.flatMap(({ to, hidden }) => (hidden === true ? [to] : [])),
);

/**
 * Adds the links that are to go, which a comparison of rows never plans, and shows values that may
 * hold secrets by their hash.
 */
async function withUnlinks(
  built: BuiltPlan,
  unlinks: readonly UnwantedLink[],
  spool: FileSpool,
  signal: AbortSignal,
): Promise<BuiltPlan> {
  const texts: string[] = [];
  const drafts: Unnumbered[] = [];
  for await (const action of built.actions(signal)) drafts.push(hidden(action, texts));
  for (const text of texts) await spool.keepText(hashOf(text), text);
  const place = drafts.findIndex(({ phase }) => phase === 'states' || phase === 'deletes');
  drafts.splice(place < 0 ? drafts.length : place, 0, ...unlinks.map(unlinkAction));
  const kept = drafts.map((draft, at) => numbered(at + 1, encodeAction(draft)));
  const lines = async function* (again: AbortSignal): AsyncGenerator<string> {
    for (const line of kept) {
      again.throwIfAborted();
      yield await Promise.resolve(line);
    }
  };
  const actions = async function* (again: AbortSignal): AsyncGenerator<Action> {
    for await (const line of lines(again)) {
      const action = decodeAction(line);
      if (action !== undefined) yield action;
    }
  };
  const counts = { ...built.counts, unlinked: unlinks.length };
  const writes = built.estimate.writes + unlinks.length;
  const head: PlanHead = { ...built, hash: '', counts, estimate: { ...built.estimate, writes } };
  const hash = await planHash(head, lines, signal);
  return { ...built, ...head, hash, lines, actions };
}

function unlinkAction({ link, name }: UnwantedLink): Unnumbered {
  return {
    kind: 'unlink',
    step: migrationStep,
    phase: 'links',
    level: 0,
    row: link.from,
    name,
    link,
  };
}

function hidden(action: Action, texts: string[]): Action {
  if (action.kind !== 'create' && action.kind !== 'update') return action;
  const changes = action.changes.map((change): Change =>
    hiddenColumns.has(change.column)
      ? {
          ...change,
          before: byHash(change.before, texts),
          after: byHash(change.after, texts),
        }
      : change,
  );
  return { ...action, changes };
}

function byHash(value: PlannedValue, texts: string[]): PlannedValue {
  if (typeof value !== 'string' || plannedValue(value).long !== undefined) return value;
  texts.push(value);
  return { sha256: hashOf(value), chars: value.length };
}

/** What no data can prove: it stays with the people who run the page. */
function manualSteps({ providers, profiles }: Mapping): readonly Finding[] {
  if (providers.length === 0) return [];
  const names = providers.map(({ old }) => old.name).join(', ');
  return [
    {
      severity: 'info',
      code: 'URM1840',
      where: names,
      summary: 'The page of each provider has to call Microsoft.CIFramework.setMode(1)',
      detail: '',
      remedy: 'Verify with the code of the provider, or in a browser.',
    },
    ...profiles.map(({ app, name }): Finding => ({
      severity: 'info',
      code: 'URM1855',
      where: `app ${app}, profile ${name}`,
      summary: 'Open the app and see that the communication panel is there',
      detail: '',
      remedy: 'Verify in a browser, with the session of a person who has the profile.',
    })),
  ];
}
