import type { DataverseReader } from '../../dataverse/client.ts';
import { InputError } from '../../errors/migration-error.ts';
import type { Files } from '../../host/files.ts';
import { parseGuid } from '../../model/guid.ts';
import { cell } from '../../model/row.ts';
import type { Mapped, RowMap } from '../../plan/ports.ts';

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
  const users = await findUsers(
    lines.filter((line) => line.table === 'systemuser' && isName(line.target)),
    reader,
    signal,
  );
  const map = new Map<string, Mapped>();
  for (const line of lines) map.set(`${line.table}/${line.source}`, mappedTo(line, users, path));
  return map;
}

async function readMapLines(path: string, files: Files): Promise<readonly MapLine[]> {
  if ((await files.stat(path))?.kind !== 'file') throw wrongMap(path, 'There is no such file');
  const text = Buffer.from(await files.readWhole(path)).toString('utf8');
  const { parse } = await import('yaml');
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    throw wrongMap(path, `It is no YAML: ${error instanceof Error ? error.message : ''}`);
  }
  if (!isRecord(document) || document['format'] !== 1 || !Array.isArray(document['rows']))
    throw wrongMap(path, "It needs 'format: 1' and a list 'rows'");
  return document['rows'].map((row: unknown, at) => {
    if (!isRecord(row)) throw wrongMap(path, `Row ${at + 1} is no mapping`);
    const { table, source, target } = row;
    const id = typeof source === 'string' ? parseGuid(source) : undefined;
    if (typeof table !== 'string' || id === undefined || typeof target !== 'string')
      throw wrongMap(path, `Row ${at + 1} needs table, source (an id) and target`);
    return { table, source: id, target: target.trim() };
  });
}

function mappedTo(line: MapLine, users: ReadonlyMap<string, string>, path: string): Mapped {
  if (line.target === '?') return { is: 'undecided' };
  if (line.target === 'drop') return { is: 'dropped' };
  const id = parseGuid(line.target) ?? users.get(line.target.toLowerCase());
  if (id !== undefined) return { is: 'row', id };
  throw wrongMap(
    path,
    line.table === 'systemuser'
      ? `The target has no user ${line.target}`
      : `The target of ${line.table} ${line.source} is neither an id, nor drop, nor "?"`,
  );
}

async function findUsers(
  lines: readonly MapLine[],
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  if (lines.length === 0) return found;
  const table = (await reader.tables(['systemuser'], signal)).get('systemuser');
  if (table === undefined) return found;
  const columns = ['domainname'];
  const keys = lines.map((line) => [line.target]);
  for await (const row of reader.rows(
    { table, columns, where: { by: 'keys', columns, keys } },
    signal,
  )) {
    const name = cell(row, 'domainname');
    if (typeof name === 'string') found.set(name.toLowerCase(), row.id);
  }
  return found;
}

function isName(target: string): boolean {
  return target !== '?' && target !== 'drop' && parseGuid(target) === undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongMap(path: string, what: string): InputError {
  return new InputError('map', `The map file ${path} cannot be used: ${what}`, 'Correct the file.');
}
