import { parseGuid } from '../model/guid.ts';
import type { FileValue, Lookup, Row, Value } from '../model/row.ts';
import type { SourceColumn } from '../model/table.ts';
import { activityPartyShape } from '../model/activity-party.ts';
import { decodeDate } from './dates.ts';
import type { DateOrder } from './dates.ts';
import { decodeHtml } from './html-text.ts';
import type { XmlElement } from './xml/element.ts';

/** What decoding needs to know of the whole file. */
export interface DecodeContext {
  readonly dateOrder: DateOrder;
  /** The payload of a file column by the id in its value. */
  file(id: string): { readonly sha256: string; readonly bytes: number } | undefined;
}

/** A value, or why the text is none of its column's type. */
export type Decoded =
  | { readonly value: Value | undefined }
  | { readonly problem: string; readonly code: 'URM1122' | 'URM1128' | 'URM1132' };

const problem = (text: string): Decoded => ({ problem: text, code: 'URM1122' });

/** Decodes a `field` of data.xml by its column. A field without `value` says nothing. */
export function decodeValue(
  column: SourceColumn,
  field: XmlElement,
  context: DecodeContext,
): Decoded {
  if (column.type === 'party-list') return decodeParties(field, context);
  const text = field.attributes['value'];
  if (text === undefined) return { value: undefined };
  // The stock tool writes no empty values; tools that do mean nothing by them.
  if (text.trim() === '' && !isText(column)) return { value: undefined };
  return decodeScalar(column, isText(column) ? text : text.trim(), field, context);
}

function isText({ type }: SourceColumn): boolean {
  return type === 'text' || type === 'memo' || type === 'image';
}

function decodeScalar(
  column: SourceColumn,
  text: string,
  field: XmlElement,
  context: DecodeContext,
): Decoded {
  switch (column.type) {
    case 'integer':
    case 'choice':
    case 'state':
    case 'status':
      return /^[+-]?\d{1,15}$/.test(text)
        ? { value: Number(text) }
        : problem(`'${shown(text)}' is no whole number`);
    case 'boolean':
      return decodeBoolean(text);
    case 'choices':
      return decodeChoices(text);
    case 'bigint':
    case 'decimal':
    case 'money':
      return decodeDecimal(text);
    case 'double': {
      const number = Number(invariantNumber(text) ?? Number.NaN);
      return Number.isFinite(number)
        ? { value: number }
        : problem(`'${shown(text)}' is no number that a column can hold`);
    }
    case 'date':
    case 'datetime': {
      const date = decodeDate(text, context.dateOrder);
      return date === undefined ? problem(`'${shown(text)}' is no date`) : { value: date };
    }
    case 'guid': {
      const id = parseGuid(text);
      return id === undefined ? problem(`'${shown(text)}' is no GUID`) : { value: id };
    }
    case 'lookup':
    case 'owner':
      return decodeLookup(column, text, field);
    case 'file':
      return decodeFile(text, field, context);
    case 'text':
    case 'memo':
      return { value: decodeHtml(text) };
    case 'image':
    case 'party-list':
      return { value: text };
  }
}

function decodeBoolean(text: string): Decoded {
  const word = text.toLowerCase();
  if (word === 'true' || word === '1') return { value: true };
  if (word === 'false' || word === '0') return { value: false };
  return problem(`'${shown(text)}' is neither True nor False`);
}

/** `[-1,494280011,494280012,-1]`: the numbers stand between two sentinels. */
function decodeChoices(text: string): Decoded {
  const inner = /^\[?([^[\]]*)\]?$/.exec(text)?.[1];
  if (inner === undefined) return problem(`'${shown(text)}' is no list of choices`);
  const parts = inner
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (!parts.every((part) => /^-?\d{1,15}$/.test(part)))
    return problem(`'${shown(text)}' is no list of choices`);
  const numbers = parts.map(Number);
  const bracketed = numbers.length >= 2 && numbers[0] === -1 && numbers.at(-1) === -1;
  const values = bracketed ? numbers.slice(1, -1) : numbers;
  return { value: [...new Set(values)].sort((a, b) => a - b) };
}

/** Stays text, so that no digit is lost. */
function decodeDecimal(text: string): Decoded {
  const decimal = invariantNumber(text);
  return decimal === undefined ? problem(`'${shown(text)}' is no number`) : { value: decimal };
}

/** Reads `12.50`, and `1.234,50` or `1,234.50` of other cultures where only one reading is possible. */
function invariantNumber(text: string): string | undefined {
  if (/^[+-]?(\d+(\.\d*)?|\.\d+)([Ee][+-]?\d+)?$/.test(text)) return text;
  if (/^-?\d+,\d+$/.test(text)) return text.replace(',', '.');
  const plain = text.replaceAll(/[\s\u00a0\u202f'\u2019]/g, '');
  if (/^-?\d{1,3}(\.\d{3})+,\d+$/.test(plain)) return plain.replaceAll('.', '').replace(',', '.');
  if (/^-?\d{1,3}(,\d{3})+\.\d+$/.test(plain)) return plain.replaceAll(',', '');
  if (/^-?\d+[.,]\d+$/.test(plain)) return plain.replace(',', '.');
  return undefined;
}

function decodeLookup(column: SourceColumn, text: string, field: XmlElement): Decoded {
  const id = parseGuid(text);
  if (id === undefined) return problem(`'${shown(text)}' is no id`);
  const said = field.attributes['lookupentity'] ?? '';
  const [only, ...others] = column.targets;
  const table = said !== '' ? said : others.length === 0 ? only : undefined;
  if (table === undefined)
    return { problem: `The lookup to ${id} does not say its table`, code: 'URM1132' };
  const name = field.attributes['lookupentityname'];
  const lookup: Lookup = name === undefined || name === '' ? { table, id } : { table, id, name };
  return { value: lookup };
}

function decodeFile(text: string, field: XmlElement, context: DecodeContext): Decoded {
  const id = parseGuid(text);
  if (id === undefined) return problem(`'${shown(text)}' is no id of a file`);
  const payload = context.file(id);
  if (payload === undefined)
    return { problem: `The package holds no files/${id}.bin`, code: 'URM1128' };
  const value: FileValue = { fileName: field.attributes['filename'] ?? `${id}.bin`, ...payload };
  return { value };
}

/** The plural element stands for one party each, directly under the field. */
function decodeParties(field: XmlElement, context: DecodeContext): Decoded {
  const parties: Row[] = [];
  for (const party of field.children) {
    if (party.name !== 'activitypointerrecords') continue;
    const cells: (Value | undefined)[] = activityPartyShape.columns.map(() => undefined);
    for (const part of party.children) {
      const name = part.attributes['name'] ?? '';
      const at = activityPartyShape.columns.indexOf(name);
      const column = activityPartyShape.table.columns.get(name);
      if (column === undefined) continue;
      const decoded = decodeValue(column, part, context);
      if ('problem' in decoded) return decoded;
      cells[at] = decoded.value;
    }
    parties.push({
      shape: activityPartyShape,
      id: parseGuid(party.attributes['id'] ?? '') ?? party.attributes['id'] ?? '',
      cells,
    });
  }
  return { value: parties };
}

function shown(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
