import { parseGuid } from '../model/guid.ts';
import { cell, isFileValue, isLookup, type Row, type Value } from '../model/row.ts';
import type { ColumnType } from '../model/table.ts';

/**
 * One text for all values that Dataverse treats as equal, so that two values of a column are equal
 * exactly when their normal forms are. `undefined` stands for "no value".
 */
export function normalForm(value: Value | undefined, type: ColumnType): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (isLookup(value)) return `${value.table}/${value.id.toLowerCase()}`;
  if (isFileValue(value)) return value.sha256;
  if (typeof value === 'object') return normalList(value);
  switch (type) {
    case 'text':
    case 'memo':
      return normalText(String(value));
    case 'boolean':
      return normalBoolean(value);
    case 'integer':
    case 'bigint':
    case 'decimal':
    case 'money':
      return normalDecimal(String(value));
    case 'double':
      return String(Number(value));
    case 'choice':
    case 'state':
    case 'status':
      return String(Number(value));
    case 'choices':
      return normalList([Number(value)]);
    case 'datetime':
      return normalMoment(String(value));
    case 'date':
      return normalMoment(String(value)).slice(0, 10);
    case 'guid':
    case 'lookup':
    case 'owner':
      return parseGuid(String(value)) ?? String(value);
    case 'party-list':
    case 'image':
    case 'file':
      return String(value);
  }
}

/** Whether writing `left` over `right` would change nothing. */
export function sameValue(
  left: Value | undefined,
  right: Value | undefined,
  type: ColumnType,
): boolean {
  return left === right || normalForm(left, type) === normalForm(right, type);
}

// An empty text is stored as null, and a line end is one character or two depending on who typed it:
// learn.microsoft.com/power-apps/developer/data-platform/webapi/create-entity-web-api
function normalText(text: string): string | undefined {
  return text === '' ? undefined : text.replaceAll('\r\n', '\n');
}

function normalBoolean(value: boolean | number | string): string {
  if (typeof value === 'string') return String(value === '1' || value.toLowerCase() === 'true');
  return String(Boolean(value));
}

const decimalText = /^([+-]?)(\d*)(?:\.(\d*))?$/;

// The service pads decimals to the column's scale, files keep the scale of their exporter.
function normalDecimal(text: string): string {
  const parts = decimalText.exec(text.trim());
  if (parts === null) return text;
  const sign = parts[1] ?? '';
  const whole = (parts[2] ?? '').replace(/^0+/, '');
  const fraction = (parts[3] ?? '').replace(/(?<!0)0+$/, '');
  const digits = `${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}`;
  return sign === '-' && digits !== '0' ? `-${digits}` : digits;
}

const momentText = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?::(\d\d))?(?:\.\d+)?(Z|[+-]\d\d:\d\d)?)?$/i;

// Stored to the second; columns independent of time zones come with a Z from the Web API and
// without one in Configuration Migration files.
function normalMoment(text: string): string {
  const parts = momentText.exec(text.trim());
  if (parts === null) return text;
  const [, day = '', minute = '00:00', second = '00', zone = ''] = parts;
  const local = `${day}T${minute}:${second}`;
  if (zone === '' || zone.toUpperCase() === 'Z') return local;
  const moment = Date.parse(`${local}${zone}`);
  return Number.isNaN(moment) ? text : new Date(moment).toISOString().slice(0, 19);
}

function normalList(list: readonly number[] | readonly Row[]): string | undefined {
  if (list.length === 0) return undefined;
  const items = list.map((item: number | Row) =>
    typeof item === 'number' ? String(item) : normalParty(item),
  );
  return [...new Set(items)].sort().join(',');
}

// A party is who takes part and how; the ids of the party rows are made anew by every environment.
function normalParty(party: Row): string {
  const part = (column: string): string => {
    const value = cell(party, column);
    return isLookup(value) ? `${value.table}/${value.id}` : JSON.stringify(value ?? null);
  };
  return `${part('partyid')} ${part('addressused')} ${part('participationtypemask')}`;
}
