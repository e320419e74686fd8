import type { SourceTable } from '../../model/table.ts';
import type { FieldNode } from '../encode-value.ts';
import { FileFormatError } from '../file-format-error.ts';
import { isJsonObject, parseJson } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { XmlElement } from '../xml/element.ts';
import { elementText } from '../xml/element-text.ts';
import { parseElement } from '../xml/parse-xml.ts';
import { FieldJsonError, fieldJson, fieldOf, isMemberName } from './field-json.ts';

/** A record as the folder form has it: `@id` only where the key column does not say it. */
export type RowJson = Readonly<Record<string, unknown>>;

/** Makes the JSON of a record, in the record's order. */
export function rowJson(table: SourceTable | undefined, record: XmlElement): RowJson {
  const names = record.children.map(({ attributes }) => attributes['name'] ?? '');
  const usual =
    Object.keys(record.attributes).join(' ') === 'id' &&
    record.text.trim() === '' &&
    record.children.every(({ name }) => name === 'field') &&
    names.every((name) => isMemberName(name)) &&
    new Set(names).size === names.length;
  if (!usual) return { '@xml': elementText(record) };
  const json: Record<string, unknown> = {};
  const id = record.attributes['id'] ?? '';
  const key = record.children.find(({ attributes }) => attributes['name'] === table?.idColumn);
  if (table === undefined || key?.attributes['value'] !== id) json['@id'] = id;
  for (const field of record.children) {
    const name = field.attributes['name'] ?? '';
    json[name] = fieldJson(table?.columns.get(name), field);
  }
  return json;
}

/** Whether the record's fields stand in the schema's order, those the schema does not have at the end. */
export function isInSchemaOrder(places: ReadonlyMap<string, number>, record: XmlElement): boolean {
  let last = -1;
  for (const { attributes } of record.children) {
    const place = places.get(attributes['name'] ?? '') ?? places.size;
    if (place < last) return false;
    last = place;
  }
  return true;
}

/** A record ready to be written: its id, and its fields or its whole text. */
export type RecordNode =
  | { readonly id: string; readonly fields: readonly FieldNode[] }
  | { readonly id: string; readonly xml: string };

/** The record that a row's JSON stands for. `order` says whether the JSON's or the schema's order counts. */
export function recordOf(
  table: SourceTable | undefined,
  json: JsonObject,
  options: { readonly path: string; readonly order: 'given' | 'schema' },
): RecordNode {
  const { path } = options;
  const { '@id': _, '@xml': xml, ...cells } = json;
  const id = idOf(table, json, path);
  if (typeof xml === 'string') return { id, xml };
  const names = Object.keys(cells);
  if (options.order === 'schema' && table !== undefined) {
    const places = new Map([...table.columns.keys()].map((name, at) => [name, at]));
    const placeOf = (name: string): number => places.get(name) ?? places.size;
    names.sort((a, b) => placeOf(a) - placeOf(b));
  }
  return {
    id,
    fields: names.map((name) => {
      try {
        return fieldOf(table?.columns.get(name), name, cells[name]);
      } catch (error) {
        if (!(error instanceof FieldJsonError)) throw error;
        throw new FileFormatError(
          'URM1109',
          { path },
          {
            what: `Column '${name}' cannot be packed: ${error.message}`,
            next: 'Correct it there.',
          },
          { cause: error },
        );
      }
    }),
  };
}

/** The id of a row's JSON. */
export function idOf(table: SourceTable | undefined, json: JsonObject, path: string): string {
  const { '@id': said, '@xml': xml } = json;
  if (typeof xml === 'string') return parseElement(xml, path).attributes['id'] ?? '';
  const id =
    typeof said === 'string'
      ? said
      : keyText(table === undefined ? undefined : json[table.idColumn]);
  if (id !== undefined) return id;
  throw new FileFormatError(
    'URM1109',
    { path },
    {
      what: `The row has no id: neither '${table?.idColumn ?? 'the key column'}' nor '@id' is there`,
      next: 'Add one of them.',
    },
  );
}

function keyText(key: unknown): string | undefined {
  if (typeof key === 'string') return key;
  return isJsonObject(key) && typeof key['raw'] === 'string' ? key['raw'] : undefined;
}

/** A row's file: one column a line. */
export function rowText(json: RowJson): string {
  const lines = Object.entries(json).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${valueText(value)}`,
  );
  return lines.length === 0 ? '{}\n' : `{\n${lines.join(',\n')}\n}\n`;
}

function valueText(value: unknown): string {
  // The parties of a list read better below each other.
  if (Array.isArray(value) && value.some((item) => isJsonObject(item)))
    return `[\n${value.map((item) => `    ${inlineText(item)}`).join(',\n')}\n  ]`;
  return inlineText(value);
}

function inlineText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => inlineText(item)).join(', ')}]`;
  if (isJsonObject(value)) {
    const members = Object.entries(value).map(
      ([name, member]) => `${JSON.stringify(name)}: ${inlineText(member)}`,
    );
    return `{ ${members.join(', ')} }`;
  }
  return JSON.stringify(value);
}

/** Parses JSON that people may have edited: what is wrong is told with the file's name and the place. */
export function parseEdited(text: string, path: string): unknown {
  try {
    return parseJson(text.replace(/^\ufeff/, ''));
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    const at = Number(/at position (\d+)/.exec(reason)?.[1] ?? Number.NaN);
    const before = Number.isNaN(at) ? undefined : text.slice(0, at).split('\n');
    throw new FileFormatError(
      'URM1109',
      {
        path,
        position:
          before === undefined
            ? undefined
            : { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 },
      },
      { what: `The file is not valid JSON: ${reason}`, next: 'Correct it there.' },
      { cause: error },
    );
  }
}
