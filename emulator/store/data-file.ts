import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { crc32 } from 'node:zlib';
import { InputError } from '#shared/errors/migration-error.ts';
import type { Cell, RowChange, StoredFile } from './store.ts';

/** What a data file begins with: whose state it is. */
export type DataFileHeader = Readonly<Record<string, string>>;

/** Lines of a data file: each is `crc32 JSON`, one per transaction. */
type Line =
  | { readonly format: 1; readonly header: DataFileHeader }
  | { readonly rows: readonly PackedRow[] }
  | { readonly seeded: true };

type PackedRow = readonly [
  table: string,
  id: string,
  version: number,
  cells: Readonly<Record<string, PackedCell>> | null,
];

type PackedCell =
  | Exclude<Cell, StoredFile>
  | (Omit<StoredFile, 'bytes'> & { readonly base64: string });

/**
 * The state of an emulator as an append-only file. A transaction is one line, written before its answer
 * leaves, so that a process that dies at any moment loses nothing it acknowledged; a line that was cut
 * off by its death is dropped at the next start.
 */
export class DataFile {
  readonly #path: string;
  #file: number;

  private constructor(path: string, file: number) {
    this.#path = path;
    this.#file = file;
  }

  /** Opens the file and tells what it holds; `complete` is false for a new one and for a torn seed. */
  static open(
    path: string,
    restore: (changes: readonly RowChange[]) => void,
  ): { readonly file: DataFile; readonly header?: DataFileHeader; readonly complete: boolean } {
    const descriptor = openFile(path);
    if (!isOurs(descriptor)) {
      closeSync(descriptor);
      throw damaged(path);
    }
    const file = new DataFile(path, descriptor);
    let header: DataFileHeader | undefined;
    let complete = false;
    let end = 0;
    for (const { bytes, line } of readLines(path, descriptor)) {
      if ('header' in line) header = line.header;
      else if ('seeded' in line) complete = true;
      else restore(line.rows.map(unpackRow));
      end += bytes;
    }
    if (end < fstatSync(descriptor).size) ftruncateSync(descriptor, end);
    return { file, complete, ...(header === undefined ? {} : { header }) };
  }

  /** Empties the file and begins anew. */
  begin(header: DataFileHeader): void {
    ftruncateSync(this.#file, 0);
    this.#append({ format: 1, header });
  }

  append(changes: readonly RowChange[]): void {
    this.#append({ rows: changes.map(packRow) });
  }

  /** Everything of the seed is in: from here on the file is the truth. */
  markSeeded(): void {
    this.#append({ seeded: true });
  }

  close(): void {
    closeSync(this.#file);
    this.#file = -1;
  }

  #append(line: Line): void {
    if (this.#file < 0) throw new Error(`the data file '${this.#path}' is closed`);
    const json = JSON.stringify(line);
    const bytes = Buffer.from(`${checksum(json)} ${json}\n`);
    for (let at = 0; at < bytes.length;) at += writeSync(this.#file, bytes, at);
  }
}

function openFile(path: string): number {
  try {
    // Appending keeps every write at the end, whatever was read before.
    return openSync(path, existsSync(path) ? 'a+' : 'ax+', 0o600);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(
      '--data',
      `The data file '${path}' cannot be opened: ${reason}`,
      'Give a file in a folder that exists and can be written.',
    );
  }
}

/** Empty, or it begins as this class begins a file: someone else's file is never cut. */
function isOurs(file: number): boolean {
  const start = Buffer.alloc(firstLine.length);
  const count = readSync(file, start, 0, start.length, 0);
  // The checksum before it is any.
  const text = start.toString('latin1', 8, Math.max(8, count));
  return firstLine.slice(8).startsWith(text);
}

const firstLine = '00000000 {"format":1,';

function* readLines(
  path: string,
  file: number,
): Generator<{ readonly bytes: number; readonly line: Line }> {
  const chunk = Buffer.alloc(1 << 20);
  let pending: Buffer[] = [];
  let position = 0;
  let tornAt: number | undefined;
  for (;;) {
    const count = readSync(file, chunk, 0, chunk.length, position);
    if (count === 0) return;
    position += count;
    let start = 0;
    for (
      let newline = chunk.indexOf(10, start);
      newline >= 0 && newline < count;
      newline = chunk.indexOf(10, start)
    ) {
      const bytes = Buffer.concat([...pending, chunk.subarray(start, newline)]);
      pending = [];
      start = newline + 1;
      const line = readLine(bytes.toString('utf8'));
      if (line === undefined) {
        tornAt ??= position;
        continue;
      }
      // A bad line with good ones behind it is no torn end.
      if (tornAt !== undefined) throw damaged(path);
      yield { bytes: bytes.length + 1, line };
    }
    pending.push(Buffer.from(chunk.subarray(start, count)));
  }
}

function readLine(text: string): Line | undefined {
  const json = text.slice(9);
  if (text.slice(0, 9) !== `${checksum(json)} `) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the checksum says that this class wrote it
  return JSON.parse(json) as Line;
}

function damaged(path: string): InputError {
  return new InputError(
    '--data',
    `The data file '${path}' is damaged in the middle, or is no data file of this emulator`,
    'Give another file, or delete this one to begin anew.',
  );
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}

function packRow({ table, id, row }: RowChange): PackedRow {
  if (row === undefined) return [table, id, 0, null];
  const cells = Object.fromEntries([...row.cells].map(([name, cell]) => [name, packCell(cell)]));
  return [table, id, row.version, cells];
}

function packCell(cell: Cell): PackedCell {
  if (cell === null || typeof cell !== 'object' || !('bytes' in cell)) return cell;
  const { bytes, ...rest } = cell;
  return { ...rest, base64: Buffer.from(bytes).toString('base64') };
}

function unpackRow([table, id, version, packed]: PackedRow): RowChange {
  if (packed === null) return { table, id };
  const cells = new Map(Object.entries(packed).map(([name, cell]) => [name, unpackCell(cell)]));
  return { table, id, row: { id, version, cells } };
}

function unpackCell(cell: PackedCell): Cell {
  if (cell === null || typeof cell !== 'object' || !('base64' in cell)) return cell;
  const { base64, ...rest } = cell;
  return { ...rest, bytes: Buffer.from(base64, 'base64') };
}
