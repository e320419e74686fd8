import type { Finding } from '../errors/finding.ts';
import type { DateMode, ManyToManyDefinition, SourceColumn, SourceTable } from '../model/table.ts';
import { columnTypeOf, fieldTypeOf } from './column-types.ts';
import { FileFormatError, placeName } from './file-format-error.ts';
import type { CmtSchema } from './package.ts';
import { childOf, childrenOf } from './xml/element.ts';
import type { XmlElement } from './xml/element.ts';
import { elementText } from './xml/element-text.ts';
import { escapeAttribute, escapeText } from './xml/escape.ts';
import { parseElement } from './xml/parse-xml.ts';

/** Reads a data_schema.xml; `where` names the file in errors and findings. */
export function readSchema(text: string, where: string): CmtSchema {
  const root = parseElement(text, where);
  if (root.name !== 'entities')
    throw new FileFormatError(
      'URM1106',
      { path: where, position: root.position },
      {
        what: `The schema begins with <${root.name}> instead of <entities>`,
        next: 'Give a data_schema.xml of the Configuration Migration tool.',
      },
    );
  const context: Context = { where, findings: [], dateMode: dateModeOf(root) };
  reportUnknown(root, knownOfRoot, context);
  const tables = new Map<string, SourceTable>();
  for (const entity of childrenOf(root, 'entity')) {
    const table = readTable(entity, context);
    const earlier = tables.get(table.name);
    if (earlier === undefined) {
      tables.set(table.name, table);
      continue;
    }
    context.findings.push(
      finding(context, entity, 'URM1124', `Table '${table.name}' stands twice in the schema`),
    );
    tables.set(table.name, merged(earlier, table));
  }
  const importOrder = childrenOf(childOf(root, 'entityImportOrder'), 'entityName')
    .map((element) => element.text.trim())
    .filter((name) => name !== '');
  return {
    tables: [...tables.values()],
    text,
    findings: context.findings,
    ...(importOrder.length === 0 ? {} : { importOrder }),
  };
}

/** Tables in the order they are imported: those of `entityImportOrder` first, then as the schema has them. */
export function inImportOrder(schema: CmtSchema): readonly SourceTable[] {
  if (schema.importOrder === undefined) return schema.tables;
  const byName = new Map(schema.tables.map((table) => [table.name, table]));
  const first = schema.importOrder.flatMap((name) => byName.get(name) ?? []);
  return [...new Set([...first, ...schema.tables])];
}

interface Context {
  readonly where: string;
  readonly findings: Finding[];
  readonly dateMode: DateMode | undefined;
}

function readTable(entity: XmlElement, context: Context): SourceTable {
  reportUnknown(entity, knownOfEntity, context);
  const { attributes } = entity;
  const name = required(entity, 'name', context);
  const fields = childrenOf(childOf(entity, 'fields'), 'field');
  const columns = new Map<string, SourceColumn>();
  const compareBy: string[] = [];
  for (const field of fields) {
    const column = readColumn(field, name, context);
    columns.set(column.name, column);
    if (isTrue(field.attributes['updateCompare'])) compareBy.push(column.name);
  }
  const marked = fields.find((field) => isTrue(field.attributes['primaryKey']))?.attributes['name'];
  // The key is what primaryidfield says: account, contact and others mark address ids as keys too.
  const idColumn = nonEmpty(attributes['primaryidfield']) ?? marked ?? `${name}id`;
  const nameColumn = nonEmpty(attributes['primarynamefield']);
  const typeCode = Number.parseInt(attributes['etc'] ?? '', 10);
  const filter = filterOf(entity);
  return {
    step: '',
    name,
    displayName: attributes['displayname'] ?? name,
    idColumn,
    columns,
    manyToMany: childrenOf(childOf(entity, 'relationships'), 'relationship')
      .map((relationship) => readRelationship(relationship, name, context))
      .filter((relationship) => relationship !== undefined),
    compareBy,
    skipUpdate: isTrue(attributes['skipupdate']),
    forceCreate: isTrue(attributes['forcecreate']),
    disablePlugins: isTrue(attributes['disableplugins']),
    ...(nameColumn === undefined ? {} : { nameColumn }),
    ...(Number.isNaN(typeCode) ? {} : { typeCode }),
    ...(filter === undefined ? {} : { filter }),
  };
}

function readColumn(field: XmlElement, table: string, context: Context): SourceColumn {
  reportUnknown(field, knownOfField, context);
  const { attributes } = field;
  const name = required(field, 'name', context);
  const typeWord = attributes['type'] ?? '';
  const type = columnTypeOf[typeWord];
  if (type === undefined)
    context.findings.push(
      finding(
        context,
        field,
        'URM1126',
        `Column ${table}.${name} has the type '${typeWord}', which is not known`,
      ),
    );
  const dateMode = dateModeOf(field) ?? context.dateMode;
  return {
    name,
    displayName: attributes['displayname'] ?? name,
    type: type ?? 'text',
    targets: (attributes['lookupType'] ?? '')
      .split('|')
      .map((target) => target.trim())
      .filter((target) => target !== '' && target !== '*'),
    ...(type === undefined ? { untyped: true } : {}),
    ...(isTrue(attributes['customfield']) ? { custom: true } : {}),
    ...(dateMode === undefined || type !== 'datetime' ? {} : { dateMode }),
  };
}

function readRelationship(
  relationship: XmlElement,
  table: string,
  context: Context,
): ManyToManyDefinition | undefined {
  reportUnknown(relationship, knownOfRelationship, context);
  const { attributes } = relationship;
  if (attributes['manyToMany'] !== undefined && !isTrue(attributes['manyToMany'])) return undefined;
  const target = required(relationship, 'm2mTargetEntity', context);
  return {
    name: required(relationship, 'name', context),
    target,
    targetIdColumn: nonEmpty(attributes['m2mTargetEntityPrimaryKey']) ?? `${target}id`,
    // Some exports of 2020 to 2022 leave isreflexive out.
    reflexive: isTrue(attributes['isreflexive']) || target === table,
  };
}

/** A filter is text; another tool's real elements are written back as the text they stand for. */
function filterOf(entity: XmlElement): string | undefined {
  const filter = childOf(entity, 'filter');
  if (filter === undefined) return undefined;
  const text = filter.text.trim();
  if (text !== '') return text;
  return filter.children.length === 0
    ? undefined
    : `<filter>${filter.children.map((child) => elementText(child)).join('')}</filter>`;
}

function merged(first: SourceTable, second: SourceTable): SourceTable {
  const known = new Set(first.manyToMany.map(({ name }) => name));
  return {
    ...first,
    columns: new Map([
      ...first.columns,
      ...[...second.columns].filter(([name]) => !first.columns.has(name)),
    ]),
    compareBy: [...new Set([...first.compareBy, ...second.compareBy])],
    manyToMany: [...first.manyToMany, ...second.manyToMany.filter(({ name }) => !known.has(name))],
  };
}

/** XmlSerializer's forms; other tools capitalize. */
function isTrue(value: string | undefined): boolean {
  const text = value?.trim().toLowerCase();
  return text === 'true' || text === '1';
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value.trim();
}

function dateModeOf({ attributes }: XmlElement): DateMode | undefined {
  const mode = attributes['dateMode'];
  return mode === 'relative' || mode === 'relativeDaily' || mode === 'absolute' ? mode : undefined;
}

function required(element: XmlElement, attribute: string, context: Context): string {
  const value = nonEmpty(element.attributes[attribute]);
  if (value !== undefined) return value;
  throw new FileFormatError(
    'URM1106',
    { path: context.where, position: element.position },
    {
      what: `<${element.name}> has no attribute '${attribute}'`,
      next: 'Add it, or generate the schema again.',
    },
  );
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
const knownOfRoot = words('dateMode xmlns:xsi xmlns:xsd entity entityImportOrder');
const knownOfEntity = words(
  'name displayname etc primaryidfield primarynamefield disableplugins skipupdate forcecreate fields relationships filter',
);
const knownOfField = words(
  'updateCompare displayname name type primaryKey lookupType customfield dateMode',
);
const knownOfRelationship = words(
  'name manyToMany isreflexive relatedEntityName m2mTargetEntity m2mTargetEntityPrimaryKey',
);

function reportUnknown(element: XmlElement, known: ReadonlySet<string>, context: Context): void {
  const parts = [
    ...Object.keys(element.attributes).map((name) => ({ name, text: `attribute '${name}'` })),
    ...element.children.map(({ name }) => ({ name, text: `element <${name}>` })),
  ];
  for (const part of parts)
    if (!known.has(part.name))
      context.findings.push(
        finding(context, element, 'URM1131', `<${element.name}> has an unknown ${part.text}`),
      );
}

function finding(
  context: Context,
  element: XmlElement,
  code: 'URM1124' | 'URM1126' | 'URM1131',
  summary: string,
): Finding {
  return {
    severity: code === 'URM1131' ? 'info' : 'warning',
    code,
    where: placeName(context.where, element.position),
    summary,
    detail: '',
    remedy: remedies[code],
  };
}

const remedies = {
  URM1124: 'Merge the two descriptions. Until then their columns count together.',
  URM1126: 'Correct the type. Until then its values are carried as text.',
  URM1131: 'It is kept as it is; nothing else is done with it.',
} as const;

/** Writes a schema as the stock tool does, byte for byte: CRLF, attribute order, flags only when set. */
export function composeSchema(tables: readonly SourceTable[]): CmtSchema {
  const lines = ['<entities >'];
  for (const table of tables) {
    lines.push(`  <entity${attributesOf(tableAttributes(table))}>`, '    <fields>');
    for (const column of table.columns.values())
      lines.push(`      <field${attributesOf(columnAttributes(table, column))} />`);
    lines.push('    </fields>');
    if (table.manyToMany.length === 0) lines.push('    <relationships />');
    else {
      lines.push('    <relationships>');
      for (const relationship of table.manyToMany)
        lines.push(`      <relationship${attributesOf(relationshipAttributes(relationship))} />`);
      lines.push('    </relationships>');
    }
    if (table.filter !== undefined) lines.push(`    <filter>${escapeText(table.filter)}</filter>`);
    lines.push('  </entity>');
  }
  lines.push('</entities>');
  return { tables, text: lines.join('\r\n'), findings: [] };
}

type Attributes = readonly (readonly [name: string, value: string | undefined])[];

function attributesOf(attributes: Attributes): string {
  return attributes
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${escapeAttribute(value)}"`))
    .join('');
}

const flag = (set: boolean | undefined): string | undefined => (set === true ? 'true' : undefined);

function tableAttributes(table: SourceTable): Attributes {
  return [
    ['name', table.name],
    ['displayname', table.displayName],
    ['etc', table.typeCode === undefined ? undefined : String(table.typeCode)],
    ['primaryidfield', table.idColumn],
    ['primarynamefield', table.nameColumn],
    ['disableplugins', String(table.disablePlugins)],
    ['skipupdate', flag(table.skipUpdate)],
    ['forcecreate', flag(table.forceCreate)],
  ];
}

function columnAttributes(table: SourceTable, column: SourceColumn): Attributes {
  const isKey = column.name === table.idColumn;
  return [
    ['updateCompare', flag(table.compareBy.includes(column.name))],
    ['displayname', column.displayName],
    ['name', column.name],
    ['type', fieldTypeOf[column.type]],
    ['primaryKey', flag(isKey)],
    ['lookupType', column.type === 'lookup' ? column.targets.join('|') : undefined],
    // The stock tool marks no key as custom, on custom tables either.
    ['customfield', flag(column.custom === true && !isKey)],
    ['dateMode', column.dateMode],
  ];
}

function relationshipAttributes(relationship: ManyToManyDefinition): Attributes {
  return [
    ['name', relationship.name],
    ['manyToMany', 'true'],
    ['isreflexive', String(relationship.reflexive)],
    ['relatedEntityName', relationship.name],
    ['m2mTargetEntity', relationship.target],
    ['m2mTargetEntityPrimaryKey', relationship.targetIdColumn],
  ];
}
