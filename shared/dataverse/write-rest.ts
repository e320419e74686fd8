import { DataverseError } from './dataverse-error.ts';
import type { Write } from './client.ts';
import { uploadFile } from './file-transfer.ts';
import { cell, type FileValue, type Row, type Value } from '../model/row.ts';
import type { EnvironmentColumn } from '../model/table.ts';
import { inParallel } from './parallel.ts';
import { otherParties, partyNavigation, readParties } from './parties.ts';
import type { ServiceRequest } from './request-sender.ts';
import type { WriteSession } from './session.ts';
import {
  notWritable,
  partyText,
  partyTexts,
  placeOfValue,
  type CellWrite,
  type ValuePlace,
  type WriteContext,
} from './write-parts.ts';

/** A write with values that need requests of their own, after that of the row. */
export function hasRest(write: Write): write is CellWrite {
  return 'cells' in write && restOf(write).length > 0;
}

interface RestValue {
  readonly column: EnvironmentColumn;
  readonly value: Value;
  readonly place: Exclude<ValuePlace, 'row'>;
}

function restOf(write: CellWrite): readonly RestValue[] {
  const rest: RestValue[] = [];
  for (const [name, value] of write.cells) {
    const column = write.table.columns.get(name);
    if (column === undefined) continue;
    const place = placeOfValue(write, column);
    // A new row has no file or image that could be taken away.
    if (place === 'row' || (value === null && write.kind === 'create')) continue;
    rest.push({ column, value, place });
  }
  return rest;
}

/** Why the values of a row that need requests of their own cannot be sent; told before the row is. */
export function problemOfRest(write: Write): DataverseError | undefined {
  if (!('cells' in write)) return undefined;
  for (const { column, value, place } of restOf(write)) {
    if (place !== 'file' || value === null) continue;
    if (!isFile(value)) return notWritable(write, column.name, 'A file column takes a file only');
    if (write.content === undefined)
      return notWritable(write, column.name, `Nobody gives the content of '${value.fileName}'`);
    if (column.maxBytes !== undefined && value.bytes > column.maxBytes)
      return notWritable(
        write,
        column.name,
        `The file '${value.fileName}' has ${value.bytes} bytes; the column takes ${column.maxBytes}`,
      );
  }
  return undefined;
}

/**
 * Sends what did not travel with the rows: parties of existing activities, images and files. All of it
 * may be sent again without harm. What went wrong, by write.
 */
export async function writeRest(
  session: WriteSession,
  writes: readonly CellWrite[],
  context: WriteContext,
  signal: AbortSignal,
): Promise<ReadonlyMap<CellWrite, DataverseError>> {
  const failures = new Map<CellWrite, DataverseError>();
  const each = inParallel(
    writes,
    () => session.concurrency,
    async (write) => {
      try {
        for (const request of await smallRequests(session, write, context, signal))
          await session.write({ ...request, repeatable: true }, signal);
        for (const { column, value, place } of restOf(write))
          if (place === 'file') await writeFile(session, write, { column, value }, signal);
      } catch (error) {
        if (!(error instanceof DataverseError)) throw error;
        failures.set(write, error);
      }
    },
  );
  for await (const _ of each);
  return failures;
}

type SmallRequest = Pick<ServiceRequest, 'method' | 'path' | 'headers' | 'body'>;

const json = { 'Content-Type': 'application/json' };

async function smallRequests(
  session: WriteSession,
  write: CellWrite,
  context: WriteContext,
  signal: AbortSignal,
): Promise<readonly SmallRequest[]> {
  const rest = restOf(write);
  const row = `${write.table.entitySet}(${write.id})`;
  const requests: SmallRequest[] = [];
  const columns = rest.filter(({ place }) => place === 'parties');
  if (columns.length > 0) {
    const kept = await keptParties(session, write, columns, context, signal);
    const texts = columns.flatMap(({ column, value }) =>
      partyTexts(write, column.name, value, context),
    );
    requests.push({
      headers: json,
      method: 'PUT',
      path: `${row}/${partyNavigation(write.table.name)}`,
      body: `{"value":[${[...kept, ...texts].join(',')}]}`,
    });
  }
  const images = rest.filter(({ place }) => place === 'image');
  if (images.length > 0)
    requests.push({
      method: 'PATCH',
      path: row,
      headers: { ...json, 'If-Match': '*' },
      body: JSON.stringify(
        Object.fromEntries(images.map(({ column, value }) => [column.name, value])),
      ),
    });
  return requests;
}

/** The collection is replaced as a whole: parties of columns that do not change are sent again. */
async function keptParties(
  session: WriteSession,
  write: CellWrite,
  columns: readonly RestValue[],
  context: WriteContext,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (context.parties === undefined) return [];
  const found = await readParties(session, context.parties, [write.id], signal);
  const names = columns.map(({ column }) => column.name);
  return otherParties(found.get(write.id) ?? [], names).map((party: Row) => {
    const participation = Number(cell(party, 'participationtypemask'));
    return partyText(write, names.join(', '), { party, participation }, context);
  });
}

async function writeFile(
  session: WriteSession,
  write: CellWrite,
  { column, value }: Pick<RestValue, 'column' | 'value'>,
  signal: AbortSignal,
): Promise<void> {
  const path = `${write.table.entitySet}(${write.id})/${column.name}`;
  if (value === null) {
    await removeFile(session, path, signal);
    return;
  }
  const { content } = write;
  if (!isFile(value) || content === undefined) return;
  const { fileName, bytes } = value;
  await uploadFile(session, path, { fileName, bytes, content: () => content(value) }, signal);
}

async function removeFile(session: WriteSession, path: string, signal: AbortSignal): Promise<void> {
  try {
    await session.write({ method: 'DELETE', path, headers: {}, repeatable: true }, signal);
  } catch (error) {
    if (!(error instanceof DataverseError) || error.status !== 404) throw error;
  }
}

function isFile(value: Value): value is FileValue {
  return typeof value === 'object' && value !== null && 'sha256' in value;
}
