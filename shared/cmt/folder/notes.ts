import type { Files } from '../../host/files.ts';
import { FileFormatError } from '../file-format-error.ts';
import { isJsonObject, objectsOf, textOf, textsOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { TextEncoding } from '../xml/decode-text.ts';
import type { LayoutEdit } from './layout-edits.ts';
import { usualStyle } from './lexemes.ts';
import type { LayoutStyle } from './lexemes.ts';
import { parseEdited } from './row-json.ts';
import { readSmallText } from '../read-small.ts';

/** `_package.json`: what the files of the folder form do not say. Only the root is always there. */
export interface FolderNotes {
  readonly format: 1;
  /** Attributes of data.xml's root, in its order. */
  readonly root: Readonly<Record<string, string>>;
  readonly encoding?: TextEncoding;
  readonly style?: LayoutStyle;
  /** What the zip holds, in its order, where it is not the usual. */
  readonly entries?: readonly string[];
  /** Tables in the document's order, where it is not the schema's. */
  readonly tables?: readonly NotedTable[];
  /** Folders whose rows do not stand in the order of their ids; the files' names, or as `_rows.jsonl` has them. */
  readonly rows?: Readonly<Record<string, 'given' | readonly string[]>>;
  /** Folders whose columns do not all stand in the schema's order: the files' order counts. */
  readonly columns?: readonly string[];
  /** Folders whose links do not stand in the usual order. */
  readonly links?: Readonly<Record<string, readonly NotedLinks[]>>;
  /** Elements that are no part of the format. */
  readonly others?: readonly NotedElement[];
  /** What is left: edits that apply as long as the content is the one with this hash. */
  readonly layout?: { readonly sha256: string; readonly edits: readonly LayoutEdit[] };
}

export interface NotedTable {
  readonly folder: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A group of links by relationship, source and number of targets, or as XML. */
export type NotedLinks = readonly [relationship: string, source: string, count: number] | string;

export interface NotedElement {
  readonly inside: 'root' | 'table' | 'records' | 'links';
  readonly folder?: string;
  readonly xml: string;
}

export const notesName = '_package.json';

/** Writes the notes; a list of short things stays on one line each. */
export function notesText(notes: FolderNotes): string {
  return `${JSON.stringify(notes, undefined, 2)}\n`;
}

/** Reads the notes of a folder. */
export async function readNotes(folder: string, files: Files): Promise<FolderNotes> {
  const path = `${folder}/${notesName}`;
  const json = parseEdited(await readSmallText(path, files), path);
  if (!isJsonObject(json) || json['format'] !== 1)
    throw new FileFormatError(
      'URM1109',
      { path },
      {
        what: 'The notes of the folder form are not of format 1',
        next: 'Restore the file, or unpack the zip again.',
      },
    );
  const { encoding, style, entries, tables, rows, columns, links, others, layout } = json;
  for (const { folder: name } of objectsOf(tables))
    if (!/^[A-Za-z]\w*(\.\d+)?$/.test(textOf(name)))
      throw new FileFormatError(
        'URM1105',
        { path },
        {
          what: `The notes name '${textOf(name)}', which is no folder beside them`,
          next: 'Restore the file, or unpack the zip again.',
        },
      );
  return {
    format: 1,
    root: textRecord(json['root']),
    ...(isJsonObject(encoding)
      ? { encoding: { label: textOf(encoding['label']), bom: encoding['bom'] === true } }
      : {}),
    ...(isJsonObject(style) ? { style: styleIn(style) } : {}),
    ...(entries === undefined ? {} : { entries: textsOf(entries) }),
    ...(tables === undefined
      ? {}
      : {
          tables: objectsOf(tables).map((table) => ({
            folder: textOf(table['folder']),
            attributes: textRecord(table['attributes']),
          })),
        }),
    ...(isJsonObject(rows) ? { rows: rowsIn(rows) } : {}),
    ...(columns === undefined ? {} : { columns: textsOf(columns) }),
    ...(isJsonObject(links) ? { links: linksIn(links) } : {}),
    ...(others === undefined ? {} : { others: objectsOf(others).map((other) => elementIn(other)) }),
    ...(isJsonObject(layout)
      ? {
          layout: {
            sha256: textOf(layout['sha256']),
            edits: objectsOf(layout['edits']).map((edit) => editIn(edit)),
          },
        }
      : {}),
  };
}

function textRecord(value: unknown): Readonly<Record<string, string>> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, textOf(text)]));
}

function styleIn(style: JsonObject): LayoutStyle {
  const word = (name: keyof LayoutStyle): string => {
    const value = style[name];
    return typeof value === 'string' ? value : usualStyle[name];
  };
  return { newline: word('newline'), indent: word('indent'), emptyEnd: word('emptyEnd') };
}

function rowsIn(rows: JsonObject): NonNullable<FolderNotes['rows']> {
  return Object.fromEntries(
    Object.entries(rows).map(([folder, order]) => [
      folder,
      order === 'given' ? 'given' : textsOf(order),
    ]),
  );
}

function linksIn(links: JsonObject): NonNullable<FolderNotes['links']> {
  return Object.fromEntries(
    Object.entries(links).map(([folder, groups]) => [
      folder,
      (Array.isArray(groups) ? groups : []).map((group: unknown): NotedLinks => {
        if (!isList(group)) return textOf(group);
        const [relationship, source, count] = group;
        return [textOf(relationship), textOf(source), typeof count === 'number' ? count : 0];
      }),
    ]),
  );
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function elementIn(other: JsonObject): NotedElement {
  const inside = (['root', 'table', 'records', 'links'] as const).find(
    (room) => room === other['inside'],
  );
  const { folder } = other;
  return {
    inside: inside ?? 'root',
    ...(typeof folder === 'string' ? { folder } : {}),
    xml: textOf(other['xml']),
  };
}

function editIn(edit: JsonObject): LayoutEdit {
  const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
  const at = number(edit['at']);
  return typeof edit['space'] === 'string'
    ? { at, count: number(edit['count']), space: edit['space'] }
    : { at, remove: number(edit['remove']), insert: textsOf(edit['insert']) };
}
