import { createHash } from 'node:crypto';
import { parseGuid, sqlServerSortKey } from '#shared/model/guid.ts';
import { invalidQueryValue } from '../errors/query-errors.ts';
import type { Attribute, Entity } from '../metadata/metadata.ts';
import {
  isReference,
  type Cell,
  type Reference,
  type Store,
  type StoredFile,
  type StoredRow,
} from '../store/store.ts';
import type { Metadata } from '../metadata/metadata.ts';
import { sortKey } from '../store/collation.ts';

/** A cell in a form that `<` and `===` order and match as the service does. */
export type Comparable = string | number | bigint;

/** Kinds of values, each with its own order and text. */
export type ValueKind =
  | 'guid'
  | 'text'
  | 'number'
  | 'decimal'
  | 'bigint'
  | 'boolean'
  | 'datetime'
  | 'choices'
  | 'bytes';

/** How values of a column are compared and written. */
export function kindOf(attribute: Attribute): ValueKind {
  switch (attribute.type) {
    case 'Lookup':
    case 'Customer':
    case 'Owner':
    case 'Uniqueidentifier':
      return 'guid';
    case 'Integer':
    case 'Picklist':
    case 'State':
    case 'Status':
    case 'Double':
      return 'number';
    case 'Decimal':
    case 'Money':
      return 'decimal';
    case 'BigInt':
      return 'bigint';
    case 'Boolean':
    case 'ManagedProperty':
      return 'boolean';
    case 'DateTime':
      return 'datetime';
    case 'String':
    case 'Memo':
    case 'EntityName':
    case 'PartyList':
      return 'text';
    case 'Virtual':
      if (attribute.typeName === 'MultiSelectPicklistType') return 'choices';
      if (attribute.typeName === 'ImageType' || attribute.typeName === 'FileType') return 'bytes';
      return 'text';
  }
}

/** Does the column hold a reference to a row? */
export function isLookup(attribute: Attribute): boolean {
  return attribute.type === 'Lookup' || attribute.type === 'Customer' || attribute.type === 'Owner';
}

/** Where cells come from: a row alone does not know the names of rows it points at. */
export interface CellSource {
  readonly metadata: Metadata;
  readonly store: Store;
}

/** Gives the cell of one column of a row. */
export type ReadCell = (row: StoredRow) => Cell;

/** Reads a column of a row, also those the store does not keep: the id, the version, names of lookups and choices. */
export function cellReader(source: CellSource, entity: Entity, attribute: Attribute): ReadCell {
  const name = attribute.logicalName;
  if (name === entity.primaryId) return (row) => row.id;
  if (name === 'versionnumber') return (row) => row.version;
  const mirrored =
    attribute.attributeOf === undefined ? undefined : entity.attributes.get(attribute.attributeOf);
  if (mirrored === undefined) return (row) => row.cells.get(name) ?? null;
  return mirrorReader(source, entity, { attribute, mirrored });
}

/** Does the store keep the column as the query sees it? */
export function isStored(entity: Entity, attribute: Attribute): boolean {
  const name = attribute.logicalName;
  if (name === entity.primaryId || name === 'versionnumber') return false;
  return attribute.attributeOf === undefined || !entity.attributes.has(attribute.attributeOf);
}

function mirrorReader(
  source: CellSource,
  entity: Entity,
  pair: { readonly attribute: Attribute; readonly mirrored: Attribute },
): ReadCell {
  const { attribute, mirrored } = pair;
  const name = attribute.logicalName;
  const of = cellReader(source, entity, mirrored);
  const stored: ReadCell = (row) => row.cells.get(name) ?? null;
  if (isLookup(mirrored)) {
    if (attribute.type === 'EntityName') {
      return (row) => {
        const cell = of(row);
        return isReference(cell) ? cell.table : null;
      };
    }
    return (row) => {
      const cell = of(row);
      return isReference(cell) ? nameOf(source, cell) : stored(row);
    };
  }
  if (mirrored.typeName === 'FileType' || mirrored.typeName === 'ImageType') {
    return (row) => {
      const cell = of(row);
      return isFile(cell) ? fileMirror(entity, pair, { row, file: cell }) : stored(row);
    };
  }
  if (mirrored.options !== undefined && attribute.type === 'Virtual') {
    return (row) => optionLabels(mirrored, of(row)) ?? null;
  }
  return stored;
}

/** What stands beside a file or an image: learn.microsoft.com/power-apps/developer/data-platform/image-column-data */
function fileMirror(
  entity: Entity,
  { attribute, mirrored }: { readonly attribute: Attribute; readonly mirrored: Attribute },
  { row, file }: { readonly row: StoredRow; readonly file: StoredFile },
): Cell {
  const column = mirrored.logicalName;
  const id = fileId(file, row.id, column);
  switch (attribute.logicalName.slice(column.length)) {
    case '_name':
      return file.fileName;
    case '_timestamp':
      return String(row.version);
    case '_url':
      return `/Image/download.aspx?Entity=${entity.logicalName}&Attribute=${column}&Id=${id}&Timestamp=${row.version}`;
    default:
      return id;
  }
}

/** Is it the content of a file or an image? */
export function isFile(cell: Cell): cell is StoredFile {
  return typeof cell === 'object' && cell !== null && 'bytes' in cell;
}

/** Files have ids of their own; where none was given, the row and the column make one that stays. */
export function fileId(file: StoredFile, rowId: string, column: string): string {
  if (file.fileId !== undefined) return file.fileId;
  const hex = createHash('sha256').update(`${rowId}/${column}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Primary name of the row a lookup points at. */
export function nameOf(source: CellSource, reference: Reference): string | null {
  const entity = source.metadata.entity(reference.table);
  if (entity?.primaryName === undefined) return null;
  const name = source.store.get(reference.table, reference.id)?.cells.get(entity.primaryName);
  return typeof name === 'string' ? name : null;
}

/**
 * The row a lookup points at as a table sees it: users and teams also stand in the table of owners,
 * which keeps no rows of its own.
 */
export function referencedRow(
  source: CellSource,
  entity: Entity,
  cell: Cell,
): StoredRow | undefined {
  if (!isReference(cell)) {
    return typeof cell === 'string'
      ? source.store.get(entity.logicalName, cell.toLowerCase())
      : undefined;
  }
  if (entity.logicalName !== 'owner') return source.store.get(entity.logicalName, cell.id);
  const principal = source.store.get(cell.table, cell.id);
  if (principal === undefined) return undefined;
  const cells = new Map<string, Cell>([['name', nameOf(source, cell)]]);
  return { id: principal.id, version: principal.version, cells };
}

/** Label of a choice, labels of a multi-select; undefined where the value is none of the options. */
export function optionLabels(attribute: Attribute, cell: Cell): string | undefined {
  if (cell === null) return undefined;
  const labelOf = (value: number): string | undefined =>
    attribute.options?.find((option) => option.value === value)?.label;
  if (typeof cell === 'boolean') {
    return labelOf(cell ? 1 : 0) ?? (cell ? 'Yes' : 'No');
  }
  if (typeof cell === 'number') return labelOf(cell);
  if (Array.isArray(cell)) {
    return (cell as readonly number[]).map((value) => labelOf(value) ?? String(value)).join('; ');
  }
  return undefined;
}

const decimalScale = 12;

function decimalComparable(text: string): bigint | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text.trim());
  if (match === null || `${match[2] ?? ''}${match[3] ?? ''}` === '') return undefined;
  if (match[4] !== undefined) {
    const value = Number(text);
    return Number.isFinite(value) ? decimalComparable(value.toFixed(decimalScale)) : undefined;
  }
  const fraction = (match[3] ?? '').slice(0, decimalScale).padEnd(decimalScale, '0');
  const scaled = BigInt(`${match[2] ?? ''}${fraction}`);
  return match[1] === '-' ? -scaled : scaled;
}

/** Text of a decimal comparable with a scale. */
export function decimalText(value: bigint, scale: number): string {
  const negative = value < 0n;
  const unit = 10n ** BigInt(decimalScale - scale);
  const absolute = negative ? -value : value;
  const rounded = (absolute + unit / 2n) / unit;
  const digits = rounded.toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return negative && rounded !== 0n ? `-${text}` : text;
}

/** The cell as a comparable; undefined for null. */
export function comparableOf(kind: ValueKind): (cell: Cell) => Comparable | undefined {
  switch (kind) {
    case 'guid':
      return (cell) => {
        if (typeof cell === 'string') return sqlServerSortKey(cell.toLowerCase());
        return isReference(cell) ? sqlServerSortKey(cell.id) : undefined;
      };
    case 'number':
      return (cell) => (typeof cell === 'number' ? cell : undefined);
    case 'decimal':
      return (cell) => (cell === null ? undefined : decimalComparable(scalarText(cell)));
    case 'bigint':
      return (cell) => {
        if (typeof cell === 'number') return cell;
        return typeof cell === 'string' && /^-?\d+$/.test(cell) ? BigInt(cell) : undefined;
      };
    case 'boolean':
      return (cell) => (typeof cell === 'boolean' ? Number(cell) : undefined);
    case 'datetime':
      return (cell) => {
        const time = typeof cell === 'string' ? Date.parse(cell) : Number.NaN;
        return Number.isNaN(time) ? undefined : time;
      };
    case 'text':
      return (cell) => (cell === null ? undefined : sortKey(scalarText(cell)));
    case 'choices':
      return (cell) => (Array.isArray(cell) && cell.length > 0 ? cell.join(',') : undefined);
    case 'bytes':
      return (cell) => (cell === null ? undefined : 1);
  }
}

/** Text of a plain cell, as filters on text see it. */
export function scalarText(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  if (cell === null) return '';
  if (typeof cell !== 'object') return String(cell);
  if (isReference(cell)) return cell.id;
  return 'bytes' in cell ? cell.fileName : cell.join(',');
}

/** .NET's name of a column's value: what the service's texts say. */
export function netType(kind: ValueKind): string {
  switch (kind) {
    case 'guid':
      return 'System.Guid';
    case 'number':
      return 'System.Int32';
    case 'decimal':
      return 'System.Decimal';
    case 'bigint':
      return 'System.Int64';
    case 'boolean':
      return 'System.Boolean';
    case 'datetime':
      return 'System.DateTime';
    case 'text':
    case 'choices':
    case 'bytes':
      return 'System.String';
  }
}

/** A condition's value as a comparable; throws the service's error where the text is no such value. */
export function parseComparable(entity: Entity, attribute: Attribute, text: string): Comparable {
  const kind = kindOf(attribute);
  const value = comparableOfText(kind, text);
  if (value === undefined) {
    throw invalidQueryValue(text, {
      table: entity.logicalName,
      name: attribute.logicalName,
      netType: netType(kind),
    });
  }
  return value;
}

/** As `parseComparable`; undefined where the text is no such value. */
export function comparableOfText(kind: ValueKind, text: string): Comparable | undefined {
  const trimmed = text.trim();
  switch (kind) {
    case 'guid': {
      const id = parseGuid(trimmed);
      return id === undefined ? undefined : sqlServerSortKey(id);
    }
    case 'number':
      return /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(trimmed)
        ? Number(trimmed)
        : undefined;
    case 'decimal':
      return decimalComparable(trimmed);
    case 'bigint':
      return /^[+-]?\d+$/.test(trimmed) ? BigInt(trimmed) : undefined;
    case 'boolean':
      if (/^(true|1)$/i.test(trimmed)) return 1;
      return /^(false|0)$/i.test(trimmed) ? 0 : undefined;
    case 'datetime': {
      const time = parseDate(trimmed);
      return Number.isNaN(time) ? undefined : time;
    }
    case 'text':
      return sortKey(text);
    case 'choices':
      return trimmed
        .split(',')
        .map((part) => Number(part))
        .toSorted((a, b) => a - b)
        .join(',');
    case 'bytes':
      return 1;
  }
}

/** Milliseconds of a date; texts without a zone are read as UTC. */
export function parseDate(text: string): number {
  const iso =
    /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i.exec(
      text,
    );
  if (iso !== null) {
    const part = (index: number): string => (iso[index] ?? '0').padStart(2, '0');
    const zone = iso[8] ?? 'Z';
    const fraction = (iso[7] ?? '.0').slice(0, 4);
    return Date.parse(
      `${iso[1] ?? ''}-${part(2)}-${part(3)}T${part(4)}:${part(5)}:${part(6)}${fraction}${zone.toUpperCase()}`,
    );
  }
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/.exec(
    text,
  );
  if (american === null) return Number.NaN;
  return Date.UTC(
    Number(american[3]),
    Number(american[1]) - 1,
    Number(american[2]),
    Number(american[4] ?? 0),
    Number(american[5] ?? 0),
    Number(american[6] ?? 0),
  );
}

/** Order of two values of one kind. */
export function compareValues(left: Comparable, right: Comparable): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
