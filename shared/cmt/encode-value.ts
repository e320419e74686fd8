import { isLookup } from '../model/row.ts';
import type { FileValue, Row, Value } from '../model/row.ts';
import type { ColumnDefinition } from '../model/table.ts';
import { encodeDate } from './dates.ts';
import { encodeHtml } from './html-text.ts';

/** A `field` before it is written: attributes in the stock tool's order, and a party list's content. */
export interface EncodedField {
  readonly attributes: Readonly<Record<string, string>>;
  readonly parties?: readonly EncodedParty[];
}

export interface EncodedParty {
  readonly id: string;
  readonly fields: readonly FieldNode[];
}

/** What the format has no value for, kept as the XML it was. */
export interface FieldXml {
  readonly xml: string;
}

export type FieldNode = EncodedField | FieldXml;

/**
 * Encodes a value as the stock tool writes it. `undefined` where nothing is written: the format has
 * no form for null, and the stock tool writes no empty text.
 */
export function encodeField(
  column: ColumnDefinition,
  value: Value | undefined,
  fileId?: (file: FileValue) => string,
): EncodedField | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const { name } = column;
  if (typeof value === 'string')
    return { attributes: { name, value: encodeString(column, value) } };
  if (typeof value === 'number') return { attributes: { name, value: encodeNumber(value) } };
  if (typeof value === 'boolean') return { attributes: { name, value: value ? 'True' : 'False' } };
  if (isLookup(value))
    return {
      attributes: {
        name,
        value: value.id,
        lookupentity: value.table,
        ...(value.name === undefined ? {} : { lookupentityname: value.name }),
      },
    };
  if ('sha256' in value)
    return {
      attributes: { name, value: fileId?.(value) ?? '', filename: value.fileName },
    };
  if (isParties(column, value) && value.length === 0) return { attributes: { name, value: '' } };
  if (isParties(column, value))
    return {
      attributes: { name, value: '', lookupentity: '', lookupentityname: '' },
      parties: value.map(encodeParty),
    };
  return { attributes: { name, value: `[${[-1, ...value, -1].join(',')}]` } };
}

function isParties(
  column: ColumnDefinition,
  value: readonly number[] | readonly Row[],
): value is readonly Row[] {
  return column.type === 'party-list' || typeof value[0] === 'object';
}

function encodeParty(party: Row): EncodedParty {
  const fields = party.shape.columns.flatMap((name, at) => {
    const column = party.shape.table.columns.get(name);
    return column === undefined ? [] : (encodeField(column, party.cells[at]) ?? []);
  });
  return { id: party.id, fields };
}

/** A text value as its column's type is written. */
export function encodeString(column: ColumnDefinition, value: string): string {
  switch (column.type) {
    case 'text':
    case 'memo':
      return encodeHtml(value);
    case 'date':
    case 'datetime':
      return encodeDate(value);
    case 'integer':
    case 'bigint':
    case 'decimal':
    case 'double':
    case 'money':
    case 'boolean':
    case 'choice':
    case 'choices':
    case 'state':
    case 'status':
    case 'lookup':
    case 'owner':
    case 'party-list':
    case 'guid':
    case 'image':
    case 'file':
      return value;
  }
}

/** The shortest form that reads back, with .NET's exponents: `1E-05`, `1.5E+20`. */
function encodeNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  // Above 1e-5 and below 1e15 .NET writes no exponent, and JavaScript none either.
  if (exponent > -5 && exponent < 15) return String(value);
  const digits = String(Math.abs(exponent)).padStart(2, '0');
  return `${mantissa}E${exponent < 0 ? '-' : '+'}${digits}`;
}
