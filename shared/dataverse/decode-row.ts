import { DataverseError } from './dataverse-error.ts';
import type { JsonObject } from './json.ts';
import { parseGuid } from '../model/guid.ts';
import type { Row, Shape, Value } from '../model/row.ts';
import type { EnvironmentColumn, EnvironmentTable } from '../model/table.ts';

const lookupTable = '@Microsoft.Dynamics.CRM.lookuplogicalname';
const formatted = '@OData.Community.Display.V1.FormattedValue';

/** What reads ask for beside the values: the tables of lookups, and their names for people. */
export const rowAnnotations =
  'Microsoft.Dynamics.CRM.lookuplogicalname,OData.Community.Display.V1.FormattedValue';

/** Reads rows of one query; made once, used for each row. */
export interface RowDecoder {
  readonly shape: Shape;
  decode(json: JsonObject): Row;
}

export function createRowDecoder(table: EnvironmentTable, columns: readonly string[]): RowDecoder {
  const shape: Shape = { table, columns };
  const readers = columns.map((name) => readerOf(table, columnOf(table, name)));
  return {
    shape,
    decode(json) {
      const id = parseGuid(textOf(json[table.idColumn]) ?? '');
      if (id === undefined) throw unreadable(table, 'a row without an id');
      const version = textOf(json['@odata.etag']);
      const cells = readers.map((read) => read(json));
      return version === undefined ? { shape, id, cells } : { shape, id, version, cells };
    },
  };
}

/** The column of a query; one that cannot be read is the caller's error. */
export function columnOf(table: EnvironmentTable, name: string): EnvironmentColumn {
  const column = table.columns.get(name);
  if (column?.readable === true) return column;
  throw new DataverseError(
    'URM1049',
    {
      what:
        column === undefined
          ? `The table ${table.name} has no column ${name}`
          : `The column ${name} of the table ${table.name} cannot be read`,
      where: `${table.name}.${name}`,
      next: 'Take the column out of the schema, or install the solution that brings it.',
    },
    {},
  );
}

/** The member of a row that holds the column. */
export function memberOf(column: EnvironmentColumn): string {
  return column.type === 'lookup' || column.type === 'owner'
    ? `_${column.name}_value`
    : column.name;
}

/** Columns whose numbers must not pass through a double. */
export function needsExactNumbers(table: EnvironmentTable, columns: readonly string[]): boolean {
  return columns.some((name) => {
    const type = table.columns.get(name)?.type;
    return type === 'decimal' || type === 'money' || type === 'bigint';
  });
}

type Reader = (json: JsonObject) => Value;

function readerOf(table: EnvironmentTable, column: EnvironmentColumn): Reader {
  const member = memberOf(column);
  switch (column.type) {
    case 'lookup':
    case 'owner':
      return (json) => readLookup(json, column, member);
    case 'decimal':
    case 'money':
    case 'bigint':
      return (json) => {
        const value = json[member];
        return typeof value === 'number' ? String(value) : (textOf(value) ?? null);
      };
    case 'integer':
    case 'double':
    case 'choice':
    case 'state':
    case 'status':
      return (json) => {
        const value = json[member];
        if (value === undefined || value === null) return null;
        const isOne = typeof value === 'string' ? value.trim() !== '' : typeof value !== 'object';
        const number = isOne ? Number(value) : Number.NaN;
        if (Number.isFinite(number)) return number;
        throw unreadable(table, `a row whose ${column.name} is no number`);
      };
    case 'boolean':
      return (json) => {
        const value = json[member];
        return typeof value === 'boolean'
          ? value
          : value === undefined || value === null
            ? null
            : value === 1;
      };
    case 'choices':
      return (json) => readChoices(json[member]);
    case 'guid':
      return (json) => {
        const text = textOf(json[member]);
        return text === undefined ? null : (parseGuid(text) ?? text);
      };
    case 'datetime':
      return column.zoneless === true
        ? (json) => normalDateTime(textOf(json[member]))?.replace(/Z$/, '') ?? null
        : (json) => normalDateTime(textOf(json[member]));
    case 'date':
      return (json) => textOf(json[member])?.slice(0, 10) ?? null;
    case 'text':
    case 'memo':
    case 'image':
    case 'file':
    case 'party-list':
      return (json) => textOf(json[member]) ?? null;
  }
}

function readLookup(json: JsonObject, column: EnvironmentColumn, member: string): Value {
  const id = parseGuid(textOf(json[member]) ?? '');
  if (id === undefined) return null;
  const table = textOf(json[member + lookupTable]) ?? column.targets[0] ?? 'systemuser';
  const name = textOf(json[member + formatted]);
  return name === undefined ? { table, id } : { table, id, name };
}

function readChoices(value: unknown): Value {
  if (typeof value === 'number') return [value];
  const text = textOf(value);
  if (text === undefined || text === '') return null;
  return text
    .split(',')
    .map(Number)
    .sort((left, right) => left - right);
}

/** `2024-03-01T09:30:00Z`: UTC, seconds; a fraction stays only where it is not zero. */
export function normalDateTime(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)) return text;
  const time = Date.parse(text);
  return Number.isFinite(time) ? new Date(time).toISOString().replace('.000Z', 'Z') : text;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function unreadable(table: EnvironmentTable, what: string): DataverseError {
  return new DataverseError(
    'URM1052',
    {
      what: `The service answered with ${what}`,
      where: table.name,
      next: 'Run again; when it repeats, report it with the log.',
    },
    {},
  );
}
