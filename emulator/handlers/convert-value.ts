import { parseGuid } from '#shared/model/guid.ts';
import {
  choiceOutOfRange,
  dateOutOfRange,
  directReference,
  invalidCharacters,
  literalMismatch,
  numberOutOfRange,
  structureMismatch,
  textTooLong,
} from '../errors/payload-errors.ts';
import type { Attribute, Entity } from '../metadata/metadata.ts';
import type { Cell } from '../store/store.ts';
import { keptImage } from './image-sizes.ts';

/** Turns a JSON value of a body into a cell; throws the service's error for what does not fit the column. */
export function convertValue(entity: Entity, attribute: Attribute, value: unknown): Cell {
  if (value === null) return null;
  if (attribute.type === 'ManagedProperty') return toManagedProperty(entity, attribute, value);
  if (typeof value === 'object') {
    const found = Array.isArray(value) ? 'StartArray' : 'StartObject';
    throw structureMismatch(entity, attribute.logicalName, found);
  }
  switch (attribute.type) {
    case 'String':
    case 'Memo':
    case 'EntityName':
      return toText(entity, attribute, value);
    case 'Integer':
      return toInteger(entity, attribute, value);
    case 'Picklist':
    case 'State':
    case 'Status':
      return toChoice(entity, attribute, value);
    case 'BigInt':
      return toBigInt(entity, value);
    case 'Decimal':
    case 'Money':
      return toDecimal(entity, attribute, value);
    case 'Double':
      return toDouble(entity, attribute, value);
    case 'Boolean':
      if (typeof value !== 'boolean') throw literalMismatch(entity, value, 'Edm.Boolean');
      return value;
    case 'DateTime':
      return toDate(entity, attribute, value);
    case 'Uniqueidentifier':
      return toGuid(entity, value);
    case 'Virtual':
      return toVirtual(entity, attribute, value);
    case 'Customer':
    case 'Lookup':
    case 'Owner':
    case 'PartyList':
      throw directReference(entity);
    default:
      return attribute.type satisfies never;
  }
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/_-]*={0,2}$/.test(text);
}

/** Managed properties are objects on the wire: `{ "Value": true, "CanBeChanged": true, … }`. */
function toManagedProperty(entity: Entity, attribute: Attribute, value: unknown): boolean {
  const inner: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, 'Value') : value;
  if (typeof inner === 'boolean') return inner;
  if (typeof inner !== 'object') throw literalMismatch(entity, inner, 'Edm.Boolean');
  throw structureMismatch(entity, attribute.logicalName, 'StartObject');
}

function toText(entity: Entity, attribute: Attribute, value: unknown): Cell {
  if (typeof value !== 'string') throw literalMismatch(entity, value, 'Edm.String');
  if (attribute.maxLength !== undefined && value.length > attribute.maxLength) {
    throw textTooLong(entity, attribute.logicalName, attribute.maxLength);
  }
  // XML 1.0 cannot carry control characters, so the platform refuses them everywhere.
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(value)) {
    throw invalidCharacters(attribute.logicalName);
  }
  return value === '' ? null : value;
}

function toInteger(entity: Entity, attribute: Attribute, value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || Math.abs(value) > 2 ** 31) {
    throw literalMismatch(entity, value, 'Edm.Int32');
  }
  assertRange(entity, attribute, { value, type: 'Integer' });
  return value;
}

function toChoice(entity: Entity, attribute: Attribute, value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw literalMismatch(entity, value, 'Edm.Int32');
  }
  assertOption(entity, attribute, value);
  return value;
}

function assertOption(entity: Entity, attribute: Attribute, value: number): void {
  const options = attribute.options;
  // A choice column whose options are not known accepts any number.
  if (options === undefined || options.length === 0) return;
  if (options.some((option) => option.value === value)) return;
  const accepted = options.map((option) => option.value);
  throw choiceOutOfRange(entity, attribute.logicalName, { value, accepted });
}

function toBigInt(entity: Entity, value: unknown): string {
  if (typeof value === 'number' && Number.isInteger(value)) return String(value);
  if (typeof value === 'string' && /^-?\d{1,19}$/.test(value)) return value;
  throw literalMismatch(entity, value, 'Edm.Int64');
}

function toDecimal(entity: Entity, attribute: Attribute, value: unknown): string {
  const number = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number') throw literalMismatch(entity, value, 'Edm.Decimal');
  const type = attribute.type === 'Money' ? 'Money' : 'Decimal';
  assertRange(entity, attribute, { value: number, type });
  return withScale(number, Math.min(attribute.precision ?? (type === 'Money' ? 4 : 10), 12));
}

/** The shortest digits of the number padded to the scale: a double's own digits end in noise. */
function withScale(number: number, scale: number): string {
  const [whole = '0', fraction = ''] = String(number).split('.');
  if (whole.includes('e') || fraction.includes('e') || fraction.length > scale)
    return number.toFixed(scale);
  return scale === 0 ? whole : `${whole}.${fraction.padEnd(scale, '0')}`;
}

function toDouble(entity: Entity, attribute: Attribute, value: unknown): number {
  if (typeof value !== 'number') throw literalMismatch(entity, value, 'Edm.Double');
  assertRange(entity, attribute, { value, type: 'Double' });
  return attribute.precision === undefined ? value : Number(value.toFixed(attribute.precision));
}

function assertRange(
  entity: Entity,
  attribute: Attribute,
  found: { value: number; type: 'Integer' | 'Decimal' | 'Double' | 'Money' },
): void {
  const tooLow = attribute.minValue !== undefined && found.value < attribute.minValue;
  const tooHigh = attribute.maxValue !== undefined && found.value > attribute.maxValue;
  if (!tooLow && !tooHigh) return;
  throw numberOutOfRange(entity, attribute.logicalName, {
    value: String(found.value),
    type: found.type,
  });
}

const dateOnly = /^\d{4}-\d{2}-\d{2}$/;
const dateAndTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,7})?)?(Z|[+-]\d{2}:\d{2})$/;

function toDate(entity: Entity, attribute: Attribute, value: unknown): string {
  const onlyDate = attribute.dateTimeBehavior === 'DateOnly';
  const edmType = onlyDate ? 'Edm.Date' : 'Edm.DateTimeOffset';
  if (typeof value !== 'string') throw literalMismatch(entity, value, edmType);
  // A time-bound column takes a plain date as midnight.
  const form = onlyDate ? dateOnly.test(value) : dateAndTime.test(value) || dateOnly.test(value);
  const time = Date.parse(dateOnly.test(value) ? `${value}T00:00:00Z` : value);
  if (!form || Number.isNaN(time) || !isDay(value)) throw literalMismatch(entity, value, edmType);
  if (time < Date.UTC(1753, 0, 1)) throw dateOutOfRange();
  const iso = new Date(time).toISOString();
  return onlyDate ? iso.slice(0, 10) : `${iso.slice(0, 19)}Z`;
}

/** Days past the end of their month are read as days of the next one by `Date`. */
function isDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
}

function toGuid(entity: Entity, value: unknown): string {
  const id = typeof value === 'string' && !value.includes('{') ? parseGuid(value) : undefined;
  if (id === undefined) throw literalMismatch(entity, value, 'Edm.Guid');
  return id;
}

function toVirtual(entity: Entity, attribute: Attribute, value: unknown): Cell {
  if (attribute.typeName === 'MultiSelectPicklistType') {
    if (typeof value !== 'string') throw literalMismatch(entity, value, 'Edm.String');
    if (value === '') return null;
    const numbers = value.split(',').map((part) => Number(part.trim()));
    if (!numbers.every(Number.isInteger)) throw literalMismatch(entity, value, 'Edm.String');
    for (const number of numbers) assertOption(entity, attribute, number);
    return [...new Set(numbers)].sort((one, other) => one - other);
  }
  if (attribute.typeName === 'ImageType') {
    if (typeof value !== 'string' || !isBase64(value))
      throw literalMismatch(entity, value, 'Edm.Binary');
    return keptImage(attribute, {
      fileName: `${attribute.logicalName}.png`,
      mimeType: 'image/png',
      bytes: Buffer.from(value, 'base64'),
    });
  }
  return toText(entity, attribute, value);
}
