import { createHash } from 'node:crypto';
import type { RowQuery } from './client.ts';
import { downloadFile, type FileDownload } from './file-transfer.ts';
import { InternalError } from '../errors/migration-error.ts';
import type { Metadata } from './metadata.ts';
import { cell, type FileValue, type Row, type Shape, type Value } from '../model/row.ts';
import type { EnvironmentColumn, EnvironmentTable } from '../model/table.ts';
import { inParallel } from './parallel.ts';
import { partiesOf, partyTable, readParties } from './parties.ts';
import { readRows } from './read-rows.ts';
import type { Session } from './session.ts';

// Parties of so many activities are asked for together, and so many images are held at a time.
const rowsAtATime = 400;
const rowsWithImagesAtATime = 20;

/**
 * Streams the rows of a query with what a row query alone does not give: parties, the content of
 * files, and images in full size.
 */
export async function* readWholeRows(
  session: Session,
  metadata: Metadata,
  query: RowQuery,
  signal: AbortSignal,
): AsyncGenerator<Row> {
  const extras = extrasOf(query);
  if (extras === undefined) {
    yield* readRows(session, query, signal);
    return;
  }
  const parties =
    extras.parties.length === 0 ? undefined : await partiesTable(metadata, query, signal);
  const completion = new Completion(session, query, extras, parties);
  const size = extras.images.length > 0 ? rowsWithImagesAtATime : rowsAtATime;
  const columns = query.columns.filter((name) => !extras.parties.includes(name));
  let held: Row[] = [];
  for await (const row of readRows(session, { ...query, columns }, signal)) {
    held.push(row);
    if (held.length < size) continue;
    yield* completion.of(held, signal);
    held = [];
  }
  yield* completion.of(held, signal);
}

interface Extras {
  readonly parties: readonly string[];
  readonly files: readonly string[];
  /** Only those whose full size is kept: of the others the row has all there is. */
  readonly images: readonly string[];
}

function extrasOf({ table, columns }: RowQuery): Extras | undefined {
  const ofKind = (is: (column: EnvironmentColumn) => boolean): readonly string[] =>
    columns.filter((name) => {
      const column = table.columns.get(name);
      return column !== undefined && is(column);
    });
  const parties = ofKind(({ type }) => type === 'party-list');
  const files = ofKind(({ type }) => type === 'file');
  const images = ofKind(({ type, fullImage }) => type === 'image' && fullImage === true);
  return parties.length + files.length + images.length === 0
    ? undefined
    : { parties, files, images };
}

async function partiesTable(
  metadata: Metadata,
  query: RowQuery,
  signal: AbortSignal,
): Promise<EnvironmentTable> {
  const table = (await metadata.tables([partyTable], signal)).get(partyTable);
  if (table === undefined)
    throw new InternalError('An environment with activities has no parties', query.table.name);
  return table;
}

/** Fills in the cells of a few rows at a time. */
class Completion {
  readonly #session: Session;
  readonly #query: RowQuery;
  readonly #extras: Extras;
  readonly #parties: EnvironmentTable | undefined;
  readonly #shape: Shape;

  constructor(
    session: Session,
    query: RowQuery,
    extras: Extras,
    parties: EnvironmentTable | undefined,
  ) {
    this.#session = session;
    this.#query = query;
    this.#extras = extras;
    this.#parties = parties;
    this.#shape = { table: query.table, columns: query.columns };
  }

  async *of(rows: readonly Row[], signal: AbortSignal): AsyncGenerator<Row> {
    if (rows.length === 0) return;
    const ids = rows.map(({ id }) => id);
    const parties =
      this.#parties === undefined
        ? undefined
        : await readParties(this.#session, this.#parties, ids, signal);
    // Whoever takes the content of files in gets them one by one.
    const limit = this.#query.takeFile === undefined ? () => this.#session.concurrency : () => 1;
    yield* inParallel(rows, limit, async (row) => {
      const cells: (Value | undefined)[] = [];
      for (const name of this.#query.columns)
        cells.push(await this.#cell(row, name, parties?.get(row.id) ?? [], signal));
      return { ...row, shape: this.#shape, cells };
    });
  }

  async #cell(
    row: Row,
    name: string,
    parties: readonly Row[],
    signal: AbortSignal,
  ): Promise<Value | undefined> {
    const { table } = this.#query;
    if (this.#extras.parties.includes(name)) return partiesOf(parties, name);
    const value = cell(row, name);
    if (value === null || value === undefined) return value;
    const path = `${table.entitySet}(${row.id})/${name}`;
    if (this.#extras.files.includes(name)) {
      const file = await downloadFile(this.#session, path, signal);
      if (file === undefined) return null;
      return this.#query.takeFile === undefined ? hashed(file) : this.#query.takeFile(file);
    }
    if (!this.#extras.images.includes(name)) return value;
    // An image from before the column kept full sizes has its thumbnail only.
    return (await fullImage(this.#session, path, signal)) ?? value;
  }
}

async function hashed(file: FileDownload): Promise<FileValue> {
  const hash = createHash('sha256');
  for await (const chunk of file.content) hash.update(chunk);
  return { fileName: file.fileName, sha256: hash.digest('hex'), bytes: file.bytes };
}

async function fullImage(
  session: Session,
  path: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const headers = { Accept: 'application/octet-stream' };
  const answer = await session.get(`${path}/$value?size=full`, headers, signal);
  return answer.status === 204 || answer.body.length === 0
    ? undefined
    : answer.body.toString('base64');
}
