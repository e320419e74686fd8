import { loadMetadata } from '#emulator/metadata/load-metadata.ts';
import type { Metadata } from '#emulator/metadata/metadata.ts';
import { tables as framework } from '#shared/channel-providers/framework.ts';
import type { Area } from '#shared/routing/area.ts';
import { boundLookups, installedRows, leftToHands } from '#shared/routing/environment-bound.ts';
import { withheldColumns, withheldEverywhere } from '#shared/routing/withheld-columns.ts';
import { solutionTables, verifiedTables } from '#shared/stages/validate/check-rights.ts';

export const rights = ['Read', 'Create', 'Write', 'Append', 'AppendTo', 'Delete'] as const;
export type Right = (typeof rights)[number];

/** What a table asks of each of the roles. */
export interface RoleTable {
  readonly table: string;
  readonly reader: ReadonlySet<Right>;
  readonly writer: ReadonlySet<Right>;
  /** Beside the writer's, where a map file links people, bots, numbers and music. */
  readonly linker: ReadonlySet<Right>;
  /** Channels and purposes, for people. */
  readonly purposes: ReadonlySet<string>;
}

interface Draft {
  readonly reader: Set<Right>;
  readonly writer: Set<Right>;
  readonly linker: Set<Right>;
  readonly purposes: Set<string>;
}

/**
 * The least that stages need, table by table, from what the catalogue moves: Append where a column that
 * moves looks something up, AppendTo where another table looks it up, no Write where rows are left alone.
 */
export function minimalRole(areas: readonly Area[]): readonly RoleTable[] {
  const drafts = new Map<string, Draft>();
  const of = (table: string, purpose?: string): Draft => {
    const known = drafts.get(table) ?? {
      reader: new Set<Right>(),
      writer: new Set<Right>(),
      linker: new Set<Right>(),
      purposes: new Set<string>(),
    };
    drafts.set(table, known);
    if (purpose !== undefined) known.purposes.add(purpose);
    return known;
  };
  addCatalogue(areas, of);
  for (const table of verifiedTables) of(table, 'verification').reader.add('Read');
  // Rows that texts name by unique names, as workstreams name templates.
  for (const { textNames } of areas.flatMap((area) => Object.values(area.rules)))
    for (const { table, isUnique } of textNames?.values() ?? [])
      if (isUnique === true) of(table, 'verification').reader.add('Read');
  const looked = [...leftToHands.map(({ table }) => table), ...boundLookups.map(({ to }) => to)];
  for (const table of [...looked, ...solutionTables]) of(table, 'validation').reader.add('Read');
  for (const [table, granted] of Object.entries(providerRights)) {
    const draft = of(table, 'channel providers');
    draft.reader.add('Read');
    for (const right of ['Read', ...granted] as const) draft.writer.add(right);
  }
  for (const [table, granted] of Object.entries(linkedRights)) {
    const draft = of(table, 'map files');
    for (const right of granted) if (!draft.writer.has(right)) draft.linker.add(right);
  }
  const metadata = loadMetadata({ typeCodeShift: 0 });
  return [...drafts]
    .map(([table, draft]) => ({ table, ...draft }))
    .filter(({ table }) => hasPrivileges(metadata, table))
    .sort((a, b) => (a.table < b.table ? -1 : 1));
}

/** Tables of pairs have no privileges of their own: both sides are asked. */
function hasPrivileges(metadata: Metadata, table: string): boolean {
  const entity = metadata.entity(table);
  return entity === undefined || (!entity.isIntersect && entity.privileges.length > 0);
}

function addCatalogue(
  areas: readonly Area[],
  of: (table: string, purpose?: string) => Draft,
): void {
  const metadata = loadMetadata({ typeCodeShift: 0 });
  const entries = areas.flatMap((area) =>
    area.steps.flatMap((step) => step.tables.map((entry) => ({ area, entry }))),
  );
  const moved = new Set(entries.map(({ entry }) => entry.table));
  const updated = new Set(
    entries.filter(({ entry }) => entry.skipUpdate !== true).map(({ entry }) => entry.table),
  );
  for (const { derivedRows } of areas.flatMap((area) => Object.values(area.rules)))
    if (derivedRows !== undefined) of(derivedRows.table, 'every channel').writer.add('Read');
  for (const { area, entry } of entries) {
    const { table } = entry;
    const draft = of(table);
    for (const channel of purposesOf(area)) draft.purposes.add(channel);
    draft.reader.add('Read');
    draft.writer.add('Read');
    if (installedRows.some((each) => each.table === table)) continue;
    draft.writer.add('Create').add('Delete');
    if (updated.has(table)) draft.writer.add('Write');
    const withheld = { ...withheldEverywhere, ...withheldColumns[table] };
    const lookups = [...entry.columns, ...(entry.optionalColumns ?? [])]
      .filter((column) => !(column in withheld))
      .flatMap((column) => metadata.entity(table)?.attributes.get(column)?.targets ?? []);
    const links = metadata
      .manyToMany(table)
      .filter(({ intersectEntity }) => entry.relationships?.includes(intersectEntity))
      .map(({ entity1, entity2 }) => (entity1 === table ? entity2 : entity1));
    for (const target of [...lookups, ...links].filter((each) => moved.has(each))) {
      draft.writer.add('Append');
      of(target).writer.add('AppendTo');
    }
  }
}

function purposesOf(area: Area): readonly string[] {
  if (area.includedBy !== undefined) return [`include: ${area.includedBy}`];
  return area.channels.length === 0 ? ['every channel'] : area.channels;
}

/**
 * What the migration of channel providers writes. Whether attaching asks for Append on providers is
 * not documented; here it is granted.
 */
const providerRights: Readonly<Record<string, readonly Right[]>> = {
  [framework.oldProvider]: ['Write'],
  [framework.provider]: ['Create', 'Write', 'Append', 'AppendTo', 'Delete'],
  [framework.profile]: ['Create', 'Write', 'Append', 'AppendTo', 'Delete'],
  [framework.roleMapping]: ['Create', 'Write', 'Append', 'Delete'],
  [framework.extension]: ['AppendTo'],
  [framework.sessionTemplate]: ['AppendTo'],
  msdyn_paneconfiguration: ['AppendTo'],
  msdyn_smartassistconfig: ['AppendTo'],
  [framework.user]: ['AppendTo'],
  [framework.role]: ['AppendTo'],
  [framework.app]: [],
  [framework.view]: [],
  [framework.webResource]: [],
};

/** What the links of a map file write. */
const linkedRights: Readonly<Record<string, readonly Right[]>> = {
  bookableresource: ['Read', 'Create', 'Append', 'AppendTo', 'Delete'],
  bookableresourcecharacteristic: ['Read', 'Create', 'Write', 'Append', 'Delete'],
  msdyn_bookableresourcecapacityprofile: ['Read', 'Create', 'Write', 'Append', 'Delete'],
  characteristic: ['AppendTo'],
  ratingvalue: ['AppendTo'],
  systemuser: ['Read', 'AppendTo'],
  calendar: ['Read'],
  msdyn_ocphonenumber: ['Read', 'AppendTo'],
  msdyn_ocphonemusic: ['Read', 'AppendTo'],
};
