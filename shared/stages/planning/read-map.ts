import type { DataverseReader } from '../../dataverse/client.ts';
import { InputError } from '../../errors/migration-error.ts';
import type { Files } from '../../host/files.ts';
import { parseGuid, type Guid } from '../../model/guid.ts';
import { cell, isLookup, nameOf, type Row } from '../../model/row.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import { groupBy, pushTo } from '../../plan/group-by.ts';
import type { Mapped, RowMap } from '../../plan/ports.ts';
import { catalogueTables, tableNameOf } from '../configuration-tables.ts';
import { readYaml } from '../read-yaml.ts';

interface MapLine {
  readonly table: string;
  readonly source: string;
  readonly target: string;
}

/** Reads a map file: which rows of the source are which rows of the target. */
export async function readMap(
  path: string,
  files: Files,
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<RowMap> {
  const lines = await readMapLines(path, files);
  const named = await findNamed(lines, path, reader, signal);
  const map = new Map<string, Mapped>();
  for (const line of lines) map.set(`${line.table}/${line.source}`, mappedTo(line, named));
  return map;
}

async function readMapLines(path: string, files: Files): Promise<readonly MapLine[]> {
  const reading = await readYaml(path, files);
  if ('problem' in reading) throw wrongMap(path, reading.problem);
  const document = reading.content;
  if (!isRecord(document) || document['format'] !== 1 || !Array.isArray(document['rows']))
    throw wrongMap(path, "It needs 'format: 1' and a list 'rows'");
  const seen = new Map<string, string>();
  const tables = new Set([...catalogueTables(), ...Object.keys(namingColumns), 'businessunit']);
  return document['rows'].map((row: unknown, at) => {
    if (!isRecord(row)) throw wrongMap(path, `Row ${at + 1} is no mapping`);
    const { table, source, target } = row;
    const id = typeof source === 'string' ? parseGuid(source) : undefined;
    if (typeof table !== 'string' || id === undefined || typeof target !== 'string')
      throw wrongMap(path, `Row ${at + 1} needs table, source (an id) and target`);
    const known = tableNameOf(table, tables);
    const said = seen.get(`${known}/${id}`);
    if (said !== undefined && said !== target)
      throw wrongMap(path, `${known} ${id} stands in it twice, with different targets`);
    seen.set(`${known}/${id}`, target);
    return { table: known, source: id, target: target.trim() };
  });
}

type NamedRows = ReadonlyMap<string, Guid>;

function mappedTo(line: MapLine, named: NamedRows): Mapped {
  if (line.target === '?') return { is: 'undecided' };
  if (line.target === 'drop') return { is: 'dropped' };
  const id = named.get(nameKey(line.table, line.target)) ?? parseGuid(line.target);
  return id === undefined ? { is: 'undecided' } : { is: 'row', id };
}

/** By which columns people name rows of a table, beside its name column. */
const namingColumns: Readonly<Record<string, readonly string[]>> = {
  systemuser: ['domainname', 'internalemailaddress', 'azureactivedirectoryobjectid'],
  team: ['name', 'azureactivedirectoryobjectid'],
};

/** Finds the rows that the map names by something else than their id; all that cannot be found are told. */
async function findNamed(
  lines: readonly MapLine[],
  path: string,
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<NamedRows> {
  const found = new Map<string, Guid>();
  const wrong: string[] = [];
  const sought = lines.filter(({ table, target }) => isSought(table, target));
  const tables = await reader.tables([...new Set(sought.map(({ table }) => table))], signal);
  for (const [name, group] of groupBy(sought, ({ table }) => table)) {
    const table = tables.get(name);
    const targets = [...new Set(group.map(({ target }) => target))];
    const rows =
      table === undefined
        ? new Map<string, Row[]>()
        : await rowsNamed(table, targets, reader, signal);
    for (const target of targets) {
      const all = rows.get(target.toLowerCase()) ?? [];
      const [only] = all;
      if (all.length === 1 && only !== undefined) found.set(nameKey(name, target), only.id);
      else if (parseGuid(target) === undefined)
        wrong.push(
          all.length === 0
            ? `The target has no ${words[name] ?? name} ${target}`
            : `The target has ${all.length} rows of ${name} named ${target}: ${all.map(({ id }) => id).join(', ')}`,
        );
    }
  }
  if (wrong.length > 0) throw wrongMap(path, wrong.join('; '));
  return found;
}

const words: Readonly<Record<string, string>> = {
  systemuser: 'user',
  businessunit: 'business unit',
};

/** A user's id may be the one that Entra knows the user by. */
function isSought(table: string, target: string): boolean {
  if (target === '?' || target === 'drop') return false;
  return parseGuid(target) === undefined || table === 'systemuser' || table === 'team';
}

async function rowsNamed(
  table: EnvironmentTable,
  targets: readonly string[],
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Row[]>> {
  if (table.name === 'businessunit') return businessUnits(table, reader, signal);
  const found = new Map<string, Row[]>();
  const columns = (namingColumns[table.name] ?? [table.nameColumn ?? '']).filter((column) =>
    table.columns.has(column),
  );
  for (const column of columns) {
    const isGuid = table.columns.get(column)?.type === 'guid';
    const open = targets.filter(
      (target) => !found.has(target.toLowerCase()) && isGuid === (parseGuid(target) !== undefined),
    );
    if (open.length === 0) continue;
    const where = { by: 'keys', columns: [column], keys: open.map((target) => [target]) } as const;
    for await (const row of reader.rows({ table, columns: [column], where }, signal)) {
      const value = cell(row, column);
      if (typeof value === 'string') pushTo(found, value.toLowerCase(), row);
    }
  }
  return found;
}

/** Business units by name and by path, `Contoso/Europe/Sales`. */
async function businessUnits(
  table: EnvironmentTable,
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly Row[]>> {
  const rows = new Map<Guid, Row>();
  const columns = ['name', 'parentbusinessunitid'];
  for await (const row of reader.rows({ table, columns }, signal)) rows.set(row.id, row);
  const found = new Map<string, Row[]>();
  for (const row of rows.values()) {
    const name = nameOf(row);
    const path = [name];
    const passed = new Set([row.id]);
    for (let parent = parentOf(row, rows); parent !== undefined && !passed.has(parent.id);) {
      passed.add(parent.id);
      path.unshift(nameOf(parent));
      parent = parentOf(parent, rows);
    }
    pushTo(found, name.toLowerCase(), row);
    if (path.length > 1) pushTo(found, path.join('/').toLowerCase(), row);
  }
  return found;
}

function parentOf(row: Row, rows: ReadonlyMap<Guid, Row>): Row | undefined {
  const parent = cell(row, 'parentbusinessunitid');
  return isLookup(parent) ? rows.get(parent.id) : undefined;
}

function nameKey(table: string, target: string): string {
  return `${table} ${target.toLowerCase()}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongMap(path: string, what: string): InputError {
  return new InputError('map', `The map file ${path} cannot be used: ${what}`, 'Correct the file.');
}
