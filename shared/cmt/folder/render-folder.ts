import type { Files } from '../../host/files.ts';
import { sqlServerSortKey } from '../../model/guid.ts';
import type { SourceTable } from '../../model/table.ts';
import { container, recordText, rootEnd, rootStart, tableEnd, tableStart } from '../data-layout.ts';
import { archiveLimits } from '../archive.ts';
import { FileFormatError } from '../file-format-error.ts';
import { isJsonObject, parseJson } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { readLines } from '../lines.ts';
import { plainFileBytes, readSmallText, requireFolder } from '../read-small.ts';
import { createSortedSpool } from '../sorted-spool.ts';
import { maxTokenChars } from '../xml/parse-xml.ts';
import { takeLongTexts } from './content-file.ts';
import { isContentFile, isRowFile } from './file-names.ts';
import { renderLinks } from './link-files.ts';
import type { FolderNotes, NotedElement, NotedTable } from './notes.ts';
import { idOf, parseEdited, recordOf } from './row-json.ts';

/** A folder form ready to be turned into a data.xml. */
export interface FolderForm {
  readonly path: string;
  readonly notes: FolderNotes;
  /** The schema's tables; none when the folder has no schema. */
  readonly tables: readonly SourceTable[];
}

/** The document as the stock tool lays it out: what the layout notes say comes on top of it. */
export async function* renderFolder(form: FolderForm, files: Files): AsyncGenerator<string> {
  const { notes } = form;
  const tables = await foldersOf(form, files);
  const others = othersText(notes, { inside: 'root' }, '  ');
  if (tables.length === 0 && others === '') {
    yield `${rootStart(notes.root)} />`;
    return;
  }
  yield `${rootStart(notes.root)}>`;
  for (const table of tables) yield* renderTable(form, table, files);
  yield others + rootEnd;
}

/** One table of the document: what it holds is read now. */
export async function* renderTable(
  form: FolderForm,
  table: NotedTable,
  files: Files,
): AsyncGenerator<string> {
  const { folder, attributes } = table;
  const path = `${form.path}/${folder}`;
  const definition = form.tables.find(({ name }) => name === attributes['name']);
  const place: TablePlace = { form, folder, path, definition };
  yield tableStart(attributes);
  if (!(await requireFolder(path, files))) {
    yield container('records').empty + container('m2mrelationships').empty;
  } else {
    const notedLinks = form.notes.links?.[folder];
    yield* inside('records', renderRows(place, files), place);
    yield* inside('links', renderLinks(definition, { path, notes: notedLinks }, files), place);
  }
  yield othersText(form.notes, { inside: 'table', folder }, '    ') + tableEnd;
}

interface TablePlace {
  readonly form: FolderForm;
  readonly folder: string;
  readonly path: string;
  readonly definition: SourceTable | undefined;
}

async function* inside(
  room: 'records' | 'links',
  content: AsyncIterable<string>,
  { form, folder }: TablePlace,
): AsyncGenerator<string> {
  const tags = container(room === 'records' ? 'records' : 'm2mrelationships');
  const others = othersText(form.notes, { inside: room, folder }, '      ');
  let empty = true;
  for await (const text of content) {
    yield empty ? tags.start + text : text;
    empty = false;
  }
  if (empty && others === '') yield tags.empty;
  else yield (empty ? tags.start : '') + others + tags.end;
}

function othersText(
  notes: FolderNotes,
  place: Pick<NotedElement, 'inside' | 'folder'>,
  indent: string,
): string {
  return (notes.others ?? [])
    .filter(({ inside, folder }) => inside === place.inside && folder === place.folder)
    .map(({ xml }) => `\r\n${indent}${xml}`)
    .join('');
}

/** The document's tables in their order: as noted, else as the schema has them. */
async function foldersOf(form: FolderForm, files: Files): Promise<readonly NotedTable[]> {
  const present = new Set<string>();
  for (const name of await files.list(form.path)) {
    if (name.startsWith('_') || name.startsWith('.')) continue;
    const path = `${form.path}/${name}`;
    const kind = (await files.stat(path))?.kind;
    // Passed over, the rows behind a link would be missing without a word.
    if (kind !== 'file' && (await requireFolder(path, files))) present.add(name);
  }
  const noted = form.notes.tables ?? [];
  for (const { folder } of noted) present.delete(folder);
  const found = [...noted];
  for (const { name, displayName } of form.tables)
    if (present.delete(name))
      found.push({ folder: name, attributes: { name, displayname: displayName } });
  const [stranger] = present;
  if (stranger === undefined) return found;
  throw new FileFormatError(
    'URM1109',
    { path: `${form.path}/${stranger}` },
    {
      what: `The folder is no table of the schema`,
      next: 'Add the table to data_schema.xml, or remove the folder.',
    },
  );
}

async function* renderRows(place: TablePlace, files: Files): AsyncGenerator<string> {
  const names = await files.list(place.path);
  checkNames(place.path, names);
  if (names.includes('_rows.jsonl')) {
    if (names.some((name) => isRowFile(name)))
      throw new FileFormatError(
        'URM1109',
        { path: place.path },
        {
          what: 'Rows stand both in _rows.jsonl and in files of their own',
          next: 'Move the rows to _rows.jsonl, one a line.',
        },
      );
    yield* renderLines(place, files);
  } else
    yield* renderRowFiles(
      place,
      names.filter((name) => isRowFile(name)),
      files,
    );
}

function checkNames(path: string, names: readonly string[]): void {
  if (names.length > archiveLimits.entries)
    throw new FileFormatError(
      'URM1105',
      { path },
      {
        what: `The folder holds more than ${String(archiveLimits.entries)} files`,
        next: 'Put the rows into _rows.jsonl, one a line.',
      },
    );
  const stranger = names.find(
    (name) =>
      !name.startsWith('.') &&
      name !== '_rows.jsonl' &&
      !/^_links\..+\.json$/.test(name) &&
      !isRowFile(name) &&
      !isContentFile(name),
  );
  if (stranger !== undefined)
    throw new FileFormatError(
      'URM1109',
      { path: `${path}/${stranger}` },
      {
        what: 'The file is neither a row nor a text of one',
        next: 'Name rows `name.id.json` and texts `name.id.column.txt`, or remove the file.',
      },
    );
}

function orderOfColumns({ form, folder }: TablePlace): 'given' | 'schema' {
  return form.notes.columns?.includes(folder) === true ? 'given' : 'schema';
}

/** Rows small enough to be kept while their order is found. */
const keptChars = 16 * 1024;
const keptTotal = 16 * 1024 * 1024;

async function* renderRowFiles(
  place: TablePlace,
  names: readonly string[],
  files: Files,
): AsyncGenerator<string> {
  const noted = place.form.notes.rows?.[place.folder];
  const given = new Map(
    (Array.isArray(noted) ? noted : []).map((name, at) => [`${String(name)}.json`, at]),
  );
  const rows: { readonly name: string; readonly key: string; readonly json?: JsonObject }[] = [];
  let kept = 0;
  for (const name of names) {
    const { json, chars } = await readRow(`${place.path}/${name}`, files);
    const id = idOf(place.definition, json, `${place.path}/${name}`);
    const keep = chars < keptChars && kept < keptTotal;
    if (keep) kept += chars;
    const at = given.get(name);
    // Rows that the notes do not name come after those they do.
    const key = at === undefined ? `~${sqlServerSortKey(id)}` : String(at).padStart(8, '0');
    rows.push(keep ? { name, key, json } : { name, key });
  }
  rows.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  for (const row of rows) {
    const path = `${place.path}/${row.name}`;
    const json = row.json ?? (await readRow(path, files)).json;
    const whole = await takeLongTexts(json, { folder: place.path, path }, files);
    yield rowXml(place, whole, path);
  }
}

async function readRow(
  path: string,
  files: Files,
): Promise<{ readonly json: JsonObject; readonly chars: number }> {
  const text = await readSmallText(path, files, maxTokenChars);
  const json = parseEdited(text, path);
  if (!isJsonObject(json))
    throw new FileFormatError(
      'URM1109',
      { path },
      { what: 'The file is not a JSON object', next: 'Correct it there.' },
    );
  return { json, chars: text.length };
}

function rowXml(place: TablePlace, json: JsonObject, path: string): string {
  const record = recordOf(place.definition, json, { path, order: orderOfColumns(place) });
  return 'xml' in record ? `\r\n      ${record.xml}` : recordText(record.id, record.fields);
}

async function* renderLines(place: TablePlace, files: Files): AsyncGenerator<string> {
  const path = `${place.path}/_rows.jsonl`;
  const given = place.form.notes.rows?.[place.folder] === 'given';
  if (given || (await isSorted(place, path, files))) {
    for await (const { json, where } of readRowLines(path, files)) yield rowXml(place, json, where);
    return;
  }
  const spoolFolder = await files.makeTemporaryFolder('urm-rows-');
  try {
    const spool = createSortedSpool({ folder: spoolFolder, name: 'rows', files });
    for await (const { json, where } of readRowLines(path, files)) {
      const id = idOf(place.definition, json, where);
      await spool.add(sqlServerSortKey(id), rowXml(place, json, where));
    }
    for await (const { text } of spool.sorted()) yield text;
  } finally {
    await files.remove(spoolFolder);
  }
}

async function isSorted(place: TablePlace, path: string, files: Files): Promise<boolean> {
  let last = '';
  for await (const { json, where } of readRowLines(path, files)) {
    const id = idOf(place.definition, json, where);
    const key = sqlServerSortKey(id);
    if (key < last) return false;
    last = key;
  }
  return true;
}

async function* readRowLines(
  path: string,
  files: Files,
): AsyncGenerator<{ readonly json: JsonObject; readonly where: string }> {
  await plainFileBytes(path, files);
  let line = 0;
  for await (const text of readLines(files.read(path), { path, maxChars: maxTokenChars })) {
    line++;
    if (text.trim() === '') continue;
    let json: unknown;
    try {
      json = parseJson(text);
    } catch (error) {
      throw new FileFormatError(
        'URM1109',
        { path, position: { line, column: 1 } },
        {
          what: `The line is not valid JSON: ${error instanceof Error ? error.message : ''}`,
          next: 'Correct it there.',
        },
        { cause: error },
      );
    }
    if (isJsonObject(json)) yield { json, where: `${path} line ${String(line)}` };
    else
      throw new FileFormatError(
        'URM1109',
        { path, position: { line, column: 1 } },
        { what: 'The line is not a JSON object', next: 'Correct it there.' },
      );
  }
}
