import type { Attribute } from '../metadata/metadata.ts';
import { isReference, type Cell, type StoredRow } from '../store/store.ts';
import {
  decimalText,
  comparableOf,
  nameOf,
  optionLabels,
  scalarText,
  type CellSource,
} from './column-value.ts';

/**
 * The text that `OData.Community.Display.V1.FormattedValue` carries, as a user with the en-US format and
 * the UTC time zone sees it; undefined for columns that have none.
 */
export function formattedValue(
  source: CellSource,
  attribute: Attribute,
  cell: Cell,
  row?: StoredRow,
): string | undefined {
  if (cell === null) return undefined;
  switch (attribute.type) {
    case 'Lookup':
    case 'Customer':
    case 'Owner':
      return isReference(cell) ? (nameOf(source, cell) ?? undefined) : undefined;
    case 'Picklist':
    case 'State':
    case 'Status':
    case 'Boolean':
      return optionLabels(attribute, cell);
    case 'Integer':
    case 'BigInt':
      return grouped(scalarText(cell));
    case 'Decimal':
      return decimalFormat(scalarText(cell), attribute.precision ?? 2);
    case 'Double':
      return decimalFormat(scalarText(cell), attribute.precision ?? 2);
    case 'Money':
      return moneyFormat(source, attribute, { cell, row });
    case 'DateTime':
      return dateFormat(attribute, scalarText(cell));
    case 'EntityName':
      return source.metadata.entity(scalarText(cell))?.displayName;
    case 'Virtual':
      return attribute.typeName === 'MultiSelectPicklistType'
        ? optionLabels(attribute, cell)
        : undefined;
    case 'ManagedProperty':
    case 'Memo':
    case 'PartyList':
    case 'String':
    case 'Uniqueidentifier':
      return undefined;
  }
}

/** Digits with thousands separators. */
export function grouped(number: string): string {
  const [whole = '', fraction] = number.split('.');
  const separated = whole.replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',');
  return fraction === undefined ? separated : `${separated}.${fraction}`;
}

function decimalFormat(text: string, precision: number): string {
  const value = comparableOf('decimal')(text);
  if (typeof value !== 'bigint') return text;
  return grouped(decimalText(value, Math.min(Math.max(precision, 0), 12)));
}

function moneyFormat(
  source: CellSource,
  attribute: Attribute,
  value: { readonly cell: Cell; readonly row: StoredRow | undefined },
): string {
  const currency = value.row?.cells.get('transactioncurrencyid') ?? null;
  const symbol = isReference(currency)
    ? source.store.get(currency.table, currency.id)?.cells.get('currencysymbol')
    : undefined;
  const text = decimalFormat(scalarText(value.cell), attribute.precision ?? 2);
  const sign = typeof symbol === 'string' ? symbol : '$';
  return text.startsWith('-') ? `-${sign}${text.slice(1)}` : `${sign}${text}`;
}

function dateFormat(attribute: Attribute, text: string): string | undefined {
  const time = Date.parse(text);
  if (Number.isNaN(time)) return undefined;
  const date = new Date(time);
  const day = `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()}`;
  if (attribute.format === 'DateOnly' || attribute.dateTimeBehavior === 'DateOnly') return day;
  const hour = date.getUTCHours();
  const minutes = String(date.getUTCMinutes()).padStart(2, '0');
  return `${day} ${hour % 12 === 0 ? 12 : hour % 12}:${minutes} ${hour < 12 ? 'AM' : 'PM'}`;
}
