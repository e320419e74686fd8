import standardColumns from './data/standard-columns.json' with { type: 'json' };
import { openPackage } from '#shared/cmt/open-package.ts';
import { readSchema } from '#shared/cmt/schema.ts';
import { InputError } from '#shared/errors/migration-error.ts';
import type { Files } from '#shared/host/files.ts';
import type { ColumnType, SourceColumn, SourceTable } from '#shared/model/table.ts';
import { buildAttribute, rawColumn } from './build-attribute.ts';
import { buildEntity, isCustom } from './build-entity.ts';
import { buildManyToMany, buildManyToOne } from './build-relationships.ts';
import type { Attribute, Entity, ManyToMany, ManyToOne, Metadata } from './metadata.ts';
import { mirrorsOf } from './mirrors.ts';
import { withFilterColumns } from './filter-columns.ts';
import { sampleValues, type SeenValues } from './seen-values.ts';
import type { RawColumn, RawTable, RawTarget } from './raw-tables.ts';

/** A table of a file, and what its rows tell of columns that a schema does not say. */
export interface DescribedTable extends SourceTable {
  readonly seen?: ReadonlyMap<string, SeenValues>;
}

/** Reads the tables of a data_schema.xml, of a folder with some, or of a package's folder or zip. */
export async function readTablesFrom(
  path: string,
  files: Files,
  signal: AbortSignal,
): Promise<readonly DescribedTable[]> {
  const stat = await files.stat(path);
  if (stat === undefined) {
    throw new InputError(
      '--tables-from',
      `'${path}' does not exist`,
      'Give a schema or a package.',
    );
  }
  if (stat.kind === 'file') {
    return /\.xml$/i.test(path) ? schemaTables(path, files) : packageTables(path, files, signal);
  }
  const names = await files.list(path);
  const isWhole = names.includes('data.xml') && names.includes('data_schema.xml');
  if (isWhole) return packageTables(path, files, signal);
  const found: SourceTable[] = [];
  for (const folder of [path, ...names.map((name) => `${path}/${name}`)]) {
    const schema = `${folder}/data_schema.xml`;
    if ((await files.stat(schema)) !== undefined)
      found.push(...(await schemaTables(schema, files)));
  }
  return found.length > 0 ? found : packageTables(path, files, signal);
}

async function packageTables(
  path: string,
  files: Files,
  signal: AbortSignal,
): Promise<readonly DescribedTable[]> {
  const opened = await openPackage(path, files, signal);
  const tables: DescribedTable[] = [];
  for (const table of opened.tables)
    tables.push({ ...table, seen: await sampleValues(table, opened.rows(table, signal)) });
  return tables;
}

async function schemaTables(path: string, files: Files): Promise<readonly SourceTable[]> {
  const bytes = await files.readWhole(path);
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  // The decoder leaves a byte order mark out.
  return readSchema(new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes), path).tables;
}

/**
 * Adds tables that are not there, and to those that are there the columns and relationships they lack.
 * A schema knows no choices, lengths or required columns: what it adds takes any value of its type.
 */
export function addTables(metadata: Metadata, tables: readonly DescribedTable[]): void {
  for (const target of missingTargets(metadata, tables)) {
    addNew(metadata, target, stubTable(target));
  }
  for (const described of tables) {
    const table = withFilterColumns(described, tables);
    const columns = [...table.columns.values()].map((column) => columnData(column, table));
    const known = metadata.entity(table.name);
    if (known === undefined) {
      addNew(metadata, table.name, tableData(metadata, table, columns));
    } else {
      extend(metadata, known, columns, table);
    }
    addLinks(metadata, table);
  }
}

/** Tables that lookups and links point at and nobody describes. */
function missingTargets(metadata: Metadata, tables: readonly SourceTable[]): ReadonlySet<string> {
  const described = new Set(tables.map((table) => table.name));
  const pointedAt = tables.flatMap((table) => [
    ...[...table.columns.values()].flatMap((column) => column.targets),
    ...table.manyToMany.map((link) => link.target),
  ]);
  return new Set(
    pointedAt.filter((name) => !described.has(name) && metadata.entity(name) === undefined),
  );
}

function addNew(metadata: Metadata, name: string, raw: RawTable): void {
  const wanted = raw.code;
  const isFree = wanted !== undefined && metadata.entityOfTypeCode(wanted) === undefined;
  const entity = buildEntity(name, raw, {
    standard: standardColumns,
    objectTypeCode: isFree ? wanted : freeTypeCode(metadata),
  });
  metadata.add({
    entities: [entity],
    manyToOne: relationshipsOf(metadata, name, raw),
    manyToMany: [],
  });
}

function relationshipsOf(metadata: Metadata, name: string, raw: RawTable): readonly ManyToOne[] {
  const idOf = (table: string): string | undefined =>
    table === name ? raw.id : metadata.entity(table)?.primaryId;
  return buildManyToOne(name, raw, { standard: standardColumns, idOf });
}

function extend(
  metadata: Metadata,
  entity: Entity,
  columns: readonly RawColumn[],
  table: DescribedTable,
): void {
  const attributes = new Map<string, Attribute>(entity.attributes);
  for (const [name, seen] of table.seen ?? []) {
    const known = attributes.get(name);
    if (known !== undefined) attributes.set(name, seenWith(known, seen));
  }
  const lacking = columns.filter((column) => lacks(metadata, entity, column));
  for (const column of lacking) {
    const known = attributes.get(column.name);
    // A file tells what its environment had: a column of another kind there is another column.
    const before = known !== undefined && isOfKind(known, column) ? known : undefined;
    const fresh = buildAttribute(column, prefixOf(entity.logicalName));
    const targets = [...new Set([...(before?.targets ?? []), ...fresh.targets])];
    const attribute = { ...(before ?? fresh), targets };
    attributes.set(column.name, attribute);
    for (const mirror of mirrorsOf(attribute)) {
      if (!attributes.has(mirror.logicalName)) attributes.set(mirror.logicalName, mirror);
    }
  }
  const raw: RawTable = {
    schema: entity.schemaName,
    display: entity.displayName,
    collection: entity.displayCollectionName,
    set: entity.entitySetName,
    id: entity.primaryId,
    columns: lacking,
  };
  const known = new Set(
    metadata
      .manyToOne(entity.logicalName)
      .map((each) => `${each.referencingAttribute} ${each.referencedEntity}`),
  );
  metadata.add({
    entities: [{ ...entity, attributes }],
    manyToOne: relationshipsOf(metadata, entity.logicalName, raw).filter(
      (each) => !known.has(`${each.referencingAttribute} ${each.referencedEntity}`),
    ),
    manyToMany: [],
  });
}

/** Is the column unknown, or does it point at a table it did not point at? */
function lacks(metadata: Metadata, entity: Entity, column: RawColumn): boolean {
  const known = entity.attributes.get(column.name);
  if (known === undefined || !isOfKind(known, column)) return true;
  if (known.type !== 'Lookup' && known.type !== 'Customer') return false;
  const targets = Object.keys(column.to ?? {});
  return targets.some(
    (target) => !known.targets.includes(target) && metadata.entity(target) !== undefined,
  );
}

function widened(
  { maxLength, minValue, maxValue }: Attribute,
  { chars, range }: SeenValues,
): Partial<Attribute> {
  return {
    ...(maxLength === undefined ? {} : { maxLength: Math.max(maxLength, chars) }),
    ...(minValue === undefined || range === undefined
      ? {}
      : { minValue: Math.min(minValue, range[0]) }),
    ...(maxValue === undefined || range === undefined
      ? {}
      : { maxValue: Math.max(maxValue, range[1]) }),
  };
}

/** Texts may be anything: it is also what a type that is not known is read as. */
function isOfKind(known: Attribute, column: RawColumn): boolean {
  const { type, typeName } = buildAttribute(column, undefined);
  if (type === 'Memo' || type === 'String') return true;
  const same = sameKinds.find((kinds) => kinds.includes(known.type)) ?? [known.type];
  return same.includes(type) && (type !== 'Virtual' || typeName === known.typeName);
}

const sameKinds: readonly (readonly Attribute['type'][])[] = [
  ['Lookup', 'Customer', 'Owner'],
  ['Boolean', 'ManagedProperty'],
];

/** The column as it must be in an environment that has these values. */
function seenWith(before: Attribute, seen: SeenValues): Attribute {
  const known = { ...before, ...widened(before, seen) };
  const { type, options, precision = 0 } = known;
  if (type === 'DateTime' && seen.zoneless && known.dateTimeBehavior === 'UserLocal')
    return { ...known, dateTimeBehavior: 'TimeZoneIndependent' };
  if ((type === 'Decimal' || type === 'Money') && seen.decimals > precision)
    return { ...known, precision: seen.decimals };
  if (options === undefined || options.length === 0) return known;
  const added = [...seen.choices]
    .filter(([value]) => !options.some((option) => option.value === value))
    .map(([value, state]) => ({
      value,
      label: String(value),
      ...(type === 'Status' && state !== undefined ? { state } : {}),
    }));
  return added.length === 0 ? known : { ...known, options: [...options, ...added] };
}

function addLinks(metadata: Metadata, table: SourceTable): void {
  for (const link of table.manyToMany) {
    const known = metadata.manyToMany(table.name);
    if (known.some((each) => each.intersectEntity === link.name)) continue;
    const column = link.reflexive ? `${table.idColumn}one` : table.idColumn;
    const toColumn = link.reflexive ? `${table.idColumn}two` : link.targetIdColumn;
    const relationship: ManyToMany = buildManyToMany(table.name, {
      name: link.name,
      intersect: link.name,
      set: `${link.name}set`,
      column,
      navigation: link.reflexive ? `${link.name}_one` : link.name,
      to: link.target,
      toColumn,
      toNavigation: link.reflexive ? `${link.name}_two` : link.name,
    });
    if (metadata.entity(link.name) === undefined) {
      addNew(metadata, link.name, {
        schema: link.name,
        display: link.name,
        collection: link.name,
        set: `${link.name}set`,
        id: `${link.name}id`,
        ownership: 'None',
        intersect: true,
        columns: [`${link.name}id`, column, toColumn].map((name) => ({
          name,
          type: 'Uniqueidentifier',
          write: 'never',
        })),
      });
    }
    metadata.add({ entities: [], manyToOne: [], manyToMany: [relationship] });
  }
}

/** Columns every table of people's own has. */
const usual = [
  'createdby',
  'createdon',
  'importsequencenumber',
  'modifiedby',
  'modifiedon',
  'overriddencreatedon',
  'ownerid',
  'owningbusinessunit',
  'statecode',
  'statuscode',
  'versionnumber',
] as const;

function tableData(
  metadata: Metadata,
  table: SourceTable,
  columns: readonly RawColumn[],
): RawTable {
  const given = new Map(columns.map((column) => [column.name, column]));
  const id: RawColumn = {
    name: table.idColumn,
    display: table.displayName,
    type: 'Uniqueidentifier',
    required: 'SystemRequired',
    write: 'create',
  };
  const nameColumn =
    table.nameColumn === undefined || table.nameColumn === ''
      ? {}
      : { nameColumn: table.nameColumn };
  const name: readonly RawColumn[] =
    nameColumn.nameColumn === undefined
      ? []
      : [{ name: nameColumn.nameColumn, type: 'String', length: 4000 }];
  const merged = new Map<string, RawColumn>();
  for (const column of [
    ...usual.map((each) => standardColumn(each, table.name)),
    ...name,
    ...given.values(),
    id,
  ]) {
    const isStandard = usual.some((each) => each === column.name);
    // What the schema says of a standard column is less than what is known of it.
    if (isStandard && merged.has(column.name)) continue;
    merged.set(column.name, column);
  }
  return {
    schema: table.name,
    display: table.displayName,
    collection: table.displayName,
    set: freeSet(metadata, table.name),
    ...(table.typeCode === undefined ? {} : { code: table.typeCode }),
    id: table.idColumn,
    ...nameColumn,
    ownership: 'UserOwned',
    columns: [...merged.values()],
  };
}

/** Which statuses there are, a schema does not say. */
function standardColumn(name: string, table: string): RawColumn {
  const column = rawColumn(name, table, standardColumns);
  if (name !== 'statuscode') return column;
  return { name, display: column.display ?? name, type: column.type };
}

function stubTable(name: string): RawTable {
  const prefix = prefixOf(name) ?? '';
  return {
    schema: name,
    display: name,
    collection: name,
    set: pluralOf(name),
    id: `${name}id`,
    nameColumn: `${prefix}name`,
    ownership: 'UserOwned',
    columns: [
      { name: `${name}id`, type: 'Uniqueidentifier', required: 'SystemRequired', write: 'create' },
      { name: `${prefix}name`, type: 'String', length: 4000 },
      ...usual,
    ],
  };
}

/** Configuration Migration's kinds; a text may be short or long there, so it may be long here. */
const wireTypes: Readonly<
  Record<ColumnType, Pick<RawColumn, 'type' | 'typeName' | 'length' | 'precision' | 'behavior'>>
> = {
  text: { type: 'Memo', length: 1_048_576 },
  memo: { type: 'Memo', length: 1_048_576 },
  integer: { type: 'Integer' },
  bigint: { type: 'BigInt' },
  decimal: { type: 'Decimal', precision: 10 },
  double: { type: 'Double' },
  money: { type: 'Money', precision: 4 },
  boolean: { type: 'Boolean' },
  datetime: { type: 'DateTime' },
  date: { type: 'DateTime', behavior: 'DateOnly' },
  choice: { type: 'Picklist' },
  choices: { type: 'Virtual', typeName: 'MultiSelectPicklistType' },
  state: { type: 'State' },
  status: { type: 'Status' },
  lookup: { type: 'Lookup' },
  owner: { type: 'Owner' },
  'party-list': { type: 'PartyList' },
  guid: { type: 'Uniqueidentifier' },
  image: { type: 'Virtual', typeName: 'ImageType' },
  file: { type: 'Virtual', typeName: 'FileType' },
};

function columnData(column: SourceColumn, table: DescribedTable): RawColumn {
  const { name } = column;
  const seen = table.seen?.get(name);
  const isName = name === table.nameColumn && column.type === 'text';
  const kind = isName ? { type: 'String', length: 4000 } : wireTypes[column.type];
  return {
    name,
    display: column.displayName,
    ...kind,
    ...(seen?.zoneless === true && column.type === 'datetime'
      ? { behavior: 'TimeZoneIndependent' }
      : {}),
    ...(kind.precision === undefined
      ? {}
      : { precision: Math.max(kind.precision, seen?.decimals ?? 0) }),
    ...relationshipsTo(column, table),
  };
}

/** Lookups with several targets have a navigation property for each: `regardingobjectid_account`. */
function relationshipsTo(column: SourceColumn, table: SourceTable): Pick<RawColumn, 'to'> {
  if (column.type === 'owner') return { to: { owner: `owner_${table.name}` } };
  if (column.type !== 'lookup') return {};
  const isOnly = column.targets.length === 1;
  const to = column.targets.map((target): [string, RawTarget] => [
    target,
    {
      name: `${target}_${table.name}_${column.name}`,
      ...(isOnly ? {} : { navigation: `${column.name}_${target}` }),
    },
  ]);
  return { to: Object.fromEntries<RawTarget>(to) };
}

function prefixOf(name: string): string | undefined {
  return isCustom(name) ? name.slice(0, name.indexOf('_') + 1) : undefined;
}

function freeSet(metadata: Metadata, name: string): string {
  const set = pluralOf(name);
  return metadata.entityOfSet(set) === undefined ? set : `${name}set`;
}

/** How the platform names a new table's set. */
function pluralOf(name: string): string {
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(s|x|z|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
}

function freeTypeCode(metadata: Metadata): number {
  let code = 20_000;
  while (metadata.entityOfTypeCode(code) !== undefined) code += 1;
  return code;
}
