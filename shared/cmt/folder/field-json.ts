import { parseGuid } from '../../model/guid.ts';
import type { ColumnDefinition, SourceColumn } from '../../model/table.ts';
import { activityPartyShape } from '../../model/activity-party.ts';
import { decodeValue } from '../decode-value.ts';
import type { DecodeContext } from '../decode-value.ts';
import { encodeField, encodeString } from '../encode-value.ts';
import type { EncodedField, EncodedParty, FieldNode } from '../encode-value.ts';
import { isJsonObject } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { XmlElement } from '../xml/element.ts';
import { elementText } from '../xml/element-text.ts';
import { parseElement } from '../xml/parse-xml.ts';

/** A value as the folder form's JSON has it. */
export type FieldJson =
  | string
  | number
  | boolean
  | readonly number[]
  | { readonly table: string; readonly id: string; readonly name?: string }
  | readonly PartyJson[]
  /** A file column: the id of its payload and the file's name. */
  | { readonly payload: string; readonly fileName: string }
  /** The text of `value` where it is not what its column's type would be written as. */
  | { readonly raw: string }
  /** A field that has no shorter form. */
  | { readonly xml: string };

/** A member of a party list: its id and its columns. */
export type PartyJson = Readonly<Record<string, FieldJson>>;

/** Dates of a culture stay as they are: only what packs to the same text is shown decoded. */
const context: DecodeContext = { dateOrder: 'month-first', file: () => undefined };

/** The JSON of a field, from which `fieldOf` makes exactly the same XML again. */
export function fieldJson(column: SourceColumn | undefined, field: XmlElement): FieldJson {
  const { attributes, children } = field;
  const names = Object.keys(attributes).join(' ');
  if (field.text.trim() !== '') return { xml: elementText(field) };
  if (column?.type === 'party-list') return partiesJson(field, names);
  if (children.length > 0) return { xml: elementText(field) };
  const { value = '', lookupentity = '', lookupentityname } = attributes;
  if (column?.type === 'lookup' || column?.type === 'owner') {
    if (names === 'name value lookupentity') return { table: lookupentity, id: value };
    if (names === 'name value lookupentity lookupentityname')
      return { table: lookupentity, id: value, name: lookupentityname ?? '' };
  }
  if (column?.type === 'file' && names === 'name value filename')
    return { payload: value, fileName: attributes['filename'] ?? '' };
  if (names !== 'name value') return { xml: elementText(field) };
  return column === undefined ? { raw: value } : scalarJson(column, field, value);
}

function scalarJson(column: SourceColumn, field: XmlElement, text: string): FieldJson {
  const decoded = decodeValue(column, field, context);
  const value = 'problem' in decoded ? undefined : decoded.value;
  if (text === '' && encodeString(column, '') === '' && isTextual(column)) return '';
  if (
    typeof value !== 'string' &&
    typeof value !== 'number' &&
    typeof value !== 'boolean' &&
    !isNumbers(value)
  )
    return { raw: text };
  return encodeField(column, value)?.attributes['value'] === text ? value : { raw: text };
}

function isTextual({ type }: ColumnDefinition): boolean {
  return type === 'text' || type === 'memo' || type === 'image';
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}

function partiesJson(field: XmlElement, names: string): FieldJson {
  const { attributes } = field;
  if (names === 'name value' && attributes['value'] === '' && field.children.length === 0)
    return '';
  const usual =
    names === 'name value lookupentity lookupentityname' &&
    attributes['value'] === '' &&
    attributes['lookupentity'] === '' &&
    attributes['lookupentityname'] === '';
  if (!usual || !field.children.every((party) => isUsualParty(party)))
    return { xml: elementText(field) };
  return field.children.map((party) => ({
    '@id': party.attributes['id'] ?? '',
    ...Object.fromEntries(
      party.children.map((part) => {
        const name = part.attributes['name'] ?? '';
        return [name, fieldJson(activityPartyShape.table.columns.get(name), part)];
      }),
    ),
  }));
}

function isUsualParty(party: XmlElement): boolean {
  const names = party.children.map(({ attributes }) => attributes['name'] ?? '');
  return (
    party.name === 'activitypointerrecords' &&
    Object.keys(party.attributes).join(' ') === 'id' &&
    party.text.trim() === '' &&
    party.children.every(({ name }) => name === 'field') &&
    names.every((name) => isMemberName(name)) &&
    new Set(names).size === names.length
  );
}

/** JSON objects put members that look like numbers first: such names would lose their place. */
export function isMemberName(name: string): boolean {
  return name !== '' && !name.startsWith('@') && !/^\d+$/.test(name) && name !== '__proto__';
}

/** Why a JSON value has no XML form; the caller knows the file and the column. */
export class FieldJsonError extends Error {}

/** The field that a value of the folder form stands for. */
export function fieldOf(
  column: ColumnDefinition | undefined,
  name: string,
  json: unknown,
): FieldNode {
  if (isJsonObject(json)) return fieldOfObject(name, json);
  if (json === null)
    throw new FieldJsonError(
      'null cannot be carried by this format: leave the line out, which leaves the column alone',
    );
  if (column === undefined)
    throw new FieldJsonError('the schema has no such column: write its value as { "raw": "…" }');
  if (column.type === 'party-list')
    return json === ''
      ? { attributes: { name, value: '' } }
      : { attributes: partyAttributes(name), parties: partiesOf(json) };
  checkType(column, json);
  if (typeof json === 'string') return { attributes: { name, value: encodeString(column, json) } };
  if (typeof json === 'number' || typeof json === 'boolean' || isNumbers(json))
    return encodeField(column, json) ?? { attributes: { name, value: '' } };
  throw new FieldJsonError(`a value of type ${column.type} is expected`);
}

function fieldOfObject(name: string, json: JsonObject): FieldNode {
  const { table, id, name: shown, raw, xml, payload, fileName } = json;
  if (typeof raw === 'string') return { attributes: { name, value: raw } };
  if (typeof xml === 'string') {
    // What is no element of its own must not reach the document.
    parseElement(xml, name);
    return { xml };
  }
  if (typeof payload === 'string' && typeof fileName === 'string')
    return { attributes: { name, value: payload, filename: fileName } };
  if (typeof table === 'string' && typeof id === 'string')
    return {
      attributes: {
        name,
        value: id,
        lookupentity: table,
        ...(typeof shown === 'string' ? { lookupentityname: shown } : {}),
      },
    };
  throw new FieldJsonError('the object is neither a lookup nor { "raw" }, { "xml" } or { "file" }');
}

function partyAttributes(name: string): EncodedField['attributes'] {
  return { name, value: '', lookupentity: '', lookupentityname: '' };
}

function partiesOf(json: unknown): readonly EncodedParty[] {
  if (!Array.isArray(json)) throw new FieldJsonError('a list of parties is expected');
  return json.map((party: unknown) => {
    if (!isJsonObject(party)) throw new FieldJsonError('a party is an object with its columns');
    const { '@id': id, ...columns } = party;
    return {
      id: typeof id === 'string' ? id : '',
      fields: Object.entries(columns).map(([name, value]) =>
        fieldOf(activityPartyShape.table.columns.get(name), name, value),
      ),
    };
  });
}

function checkType(column: ColumnDefinition, json: unknown): void {
  const expected = expectedOf(column, json);
  if (expected !== undefined) throw new FieldJsonError(`${expected} is expected`);
}

function expectedOf(column: ColumnDefinition, json: unknown): string | undefined {
  switch (column.type) {
    case 'integer':
    case 'choice':
    case 'state':
    case 'status':
      return Number.isInteger(json) ? undefined : 'a whole number';
    case 'double':
      return typeof json === 'number' ? undefined : 'a number';
    case 'boolean':
      return typeof json === 'boolean' ? undefined : 'true or false';
    case 'choices':
      return isNumbers(json) ? undefined : 'a list of numbers';
    case 'guid':
      return typeof json === 'string' && parseGuid(json) !== undefined ? undefined : 'a GUID';
    case 'bigint':
    case 'decimal':
    case 'money':
      return typeof json === 'string' && /^[+-]?[\d.]+([Ee][+-]?\d+)?$/.test(json)
        ? undefined
        : 'a number in quotes';
    case 'date':
    case 'datetime':
      return typeof json === 'string' && /^\d{4}-\d{2}-\d{2}/.test(json)
        ? undefined
        : 'a date such as "2024-03-01T09:30:00Z"';
    case 'text':
    case 'memo':
    case 'image':
      return typeof json === 'string' ? undefined : 'a text';
    case 'lookup':
    case 'owner':
      return 'a lookup { "table", "id" }';
    case 'file':
      return 'a file { "payload", "fileName" }';
    case 'party-list':
      return undefined;
  }
}
