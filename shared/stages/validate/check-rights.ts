import type { DataverseReader } from '../../dataverse/client.ts';
import type { Guid } from '../../model/guid.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import { boundLookups, leftToHands } from '../../routing/environment-bound.ts';
import { findUser, noUser } from '../planning/importer-privileges.ts';
import { checkPrivileges, type PrivilegeCheck } from '../privileges/check-privileges.ts';
import { importNeeds } from '../privileges/import-needs.ts';
import {
  definitionNeeds,
  eachOnce,
  readingNeeds,
  type NeededPrivilege,
  type Purpose,
} from '../privileges/needed-privileges.ts';
import { channelAccounts } from '../../routing/channel-accounts.ts';
import { routingTables } from '../routing-state/routing-tables.ts';
import { prerequisiteTables } from './check-prerequisites.ts';
import type { RowInspection } from './inspect-rows.ts';
import type { NeededTable } from './needed-tables.ts';

/** Without it less is told, and nothing else is lost. */
const validating: Purpose = { purpose: 'validation', severity: 'warning' };

/** What validation looks at in the source beside the rows of an export. */
export const lookedAt: readonly string[] = [
  ...leftToHands.map(({ table }) => table),
  ...boundLookups.map(({ to }) => to),
];

/** What verification and drift checks look at beside the rows of a package; accounts only as rows of it. */
export const verifiedTables: readonly string[] = [
  ...Object.keys(routingTables).filter((name) =>
    channelAccounts.every(({ table }) => table !== name),
  ),
  'systemuser',
];

/** Where versions of solutions stand, and which rows they hold. */
export const solutionTables: readonly string[] = ['solution', 'solutioncomponent'];

/** What an export and a validation need of the source. */
export function sourcePrivileges(
  tables: readonly string[],
  metadata: ReadonlyMap<string, EnvironmentTable>,
): readonly NeededPrivilege[] {
  return eachOnce(
    readingNeeds(tables, metadata, { purpose: 'export', severity: 'error' }),
    readingNeeds([...lookedAt, ...solutionTables], metadata, validating),
    definitionNeeds,
  );
}

/** The configuration that is to arrive, and the definitions of the target. */
export interface Arrival {
  readonly tables: readonly NeededTable[];
  readonly inspection: RowInspection;
  readonly metadata: ReadonlyMap<string, EnvironmentTable>;
}

/** What stages that read need of the target. */
export function targetPrivileges({
  tables,
  inspection,
  metadata,
}: Arrival): readonly NeededPrivilege[] {
  const names = tables.map(({ name }) => name);
  return eachOnce(
    readingNeeds(names, metadata, { purpose: 'plan', severity: 'error' }),
    readingNeeds(verifiedTables, metadata, { purpose: 'verification', severity: 'warning' }),
    readingNeeds([...prerequisiteTables(inspection), ...solutionTables], metadata, validating),
    definitionNeeds,
  );
}

/** The caller reads; whoever imports, the caller or another, reads and writes. */
export async function checkRights(
  target: DataverseReader,
  arrival: Arrival,
  who: { readonly userId: Guid; readonly importerApplicationId: string | undefined },
  signal: AbortSignal,
): Promise<PrivilegeCheck> {
  const environment = 'target';
  const { importerApplicationId } = who;
  const caller = { environment, userId: who.userId } as const;
  const importing = importNeeds(arrival.tables, arrival.inspection.tables, arrival.metadata);
  const reading = targetPrivileges(arrival);
  if (importerApplicationId === undefined)
    return checkPrivileges(target, eachOnce(importing, reading), caller, signal);
  const own = await checkPrivileges(target, reading, caller, signal);
  const userId = await findUser(importerApplicationId, target, signal);
  if (userId === undefined)
    return { ...own, findings: [...own.findings, noUser(importerApplicationId, target.url)] };
  const called = `the application user ${importerApplicationId}`;
  const holder = { environment, userId, called } as const;
  // Whoever imports reads definitions too.
  const needed = eachOnce(importing, definitionNeeds);
  const others = await checkPrivileges(target, needed, holder, signal);
  return { ...own, findings: [...own.findings, ...others.findings] };
}
