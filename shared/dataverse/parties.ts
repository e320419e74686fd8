import { activityPartyShape } from '../model/activity-party.ts';
import type { Guid } from '../model/guid.ts';
import { cell, isLookup, type Row, type Value } from '../model/row.ts';
import type { EnvironmentTable } from '../model/table.ts';
import { readRows } from './read-rows.ts';
import type { Session } from './session.ts';

/** The table that holds who takes part in activities. */
export const partyTable = 'activityparty';

/**
 * What each party column of an activity stands for:
 * learn.microsoft.com/power-apps/developer/data-platform/activityparty-entity.
 */
const participations: Readonly<Record<string, number>> = {
  from: 1,
  to: 2,
  cc: 3,
  bcc: 4,
  requiredattendees: 5,
  optionalattendees: 6,
  organizer: 7,
  resources: 10,
  customers: 11,
  customer: 11,
  // Campaign activities and responses: the vendors they are carried out with.
  partner: 12,
  partners: 12,
  related: 13,
};

// The service keeps these itself: what the activity is about, and who owns it.
const keptByService: ReadonlySet<number> = new Set([8, 9]);

/**
 * The number by which parties of a column are told from those of the activity's other columns;
 * `undefined` for a column that is not known.
 */
export function participationOf(column: string): number | undefined {
  return participations[column];
}

/** The collection of an activity that holds all its parties, whatever column they belong to. */
export function partyNavigation(table: string): string {
  return `${table}_activity_parties`;
}

/** The parties of activities, hundreds of activities per request. */
export async function readParties(
  session: Session,
  parties: EnvironmentTable,
  activities: readonly Guid[],
  signal: AbortSignal,
): Promise<ReadonlyMap<Guid, readonly Row[]>> {
  const found = new Map<Guid, Row[]>();
  const columns = activityPartyShape.columns.filter(
    (name) => parties.columns.get(name)?.readable === true,
  );
  const keys = activities.map((id) => [{ table: 'activitypointer', id }]);
  const where = { by: 'keys', columns: ['activityid'], keys } as const;
  for await (const row of readRows(session, { table: parties, columns, where }, signal)) {
    const activity = cell(row, 'activityid');
    if (!isLookup(activity)) continue;
    const held = found.get(activity.id) ?? [];
    held.push(asParty(row));
    found.set(activity.id, held);
  }
  return found;
}

/** The parties of one column out of all those of an activity. */
export function partiesOf(all: readonly Row[], column: string): readonly Row[] | null {
  const own = all.filter((party) => isOf(party, column));
  return own.length === 0 ? null : own;
}

/** The parties of the columns that are not among those named. */
export function otherParties(all: readonly Row[], columns: readonly string[]): readonly Row[] {
  return all.filter(
    (party) => !isKeptByService(party) && !columns.some((column) => isOf(party, column)),
  );
}

const known: ReadonlySet<Value | undefined> = new Set(Object.values(participations));

/** A column that is not known has the parties that no known one has. */
function isOf(party: Row, column: string): boolean {
  const participation = cell(party, 'participationtypemask');
  const wanted = participationOf(column);
  if (wanted !== undefined) return participation === wanted;
  return !known.has(participation) && !isKeptByService(party);
}

function isKeptByService(party: Row): boolean {
  const participation = cell(party, 'participationtypemask');
  return typeof participation !== 'number' || keptByService.has(participation);
}

/** As party lists have them: one shape, the activity named by the table that stands for all of them. */
function asParty(row: Row): Row {
  const cells = activityPartyShape.columns.map((name): Value | undefined => {
    const value = cell(row, name) ?? undefined;
    return name === 'activityid' && isLookup(value)
      ? { table: 'activitypointer', id: value.id }
      : value;
  });
  return { shape: activityPartyShape, id: row.id, cells };
}
