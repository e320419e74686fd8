import { createHash } from 'node:crypto';
import type { Finding } from '../errors/finding.ts';
import type { FileValue, Link, Row } from '../model/row.ts';
import type { SourceTable } from '../model/table.ts';
import { digest, hashing, sha256, stepHash } from './content-hash.ts';
import { indexData } from './data-index.ts';
import type { DataIndex } from './data-index.ts';
import { createRowDecoder, decodeLinks } from './decode-row.ts';
import type { DecodeContext } from './decode-value.ts';
import { checkContentTypes } from './content-types.ts';
import { FileFormatError } from './file-format-error.ts';
import type { CmtSchema } from './package.ts';
import { readDocument, readTableAt, readTables } from './read-document.ts';
import type { DocumentEvent } from './read-document.ts';
import { readSmall } from './read-small.ts';
import { inImportOrder, readSchema } from './schema.ts';
import { bytesFrom, requireName } from './step-source.ts';
import type { StepSource } from './step-source.ts';
import { decodeText, decodeWhole } from './xml/decode-text.ts';
import type { TextEncoding } from './xml/decode-text.ts';

/** A step that was read once from end to end: checked, counted and hashed. */
export interface OpenedStep {
  readonly source: StepSource;
  readonly schema: CmtSchema;
  readonly index: DataIndex;
  /** In import order. */
  readonly tables: readonly SourceTable[];
  readonly hash: string;
  readonly findings: readonly Finding[];
  rows(table: string, signal: AbortSignal): AsyncIterable<Row>;
  links(table: string, signal: AbortSignal): AsyncIterable<Link>;
  payload(file: FileValue, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** Reads a step's schema and, once, its data: whatever is wrong with either is said now. */
export async function openStep(source: StepSource, signal: AbortSignal): Promise<OpenedStep> {
  const dataName = requireName(source, 'data.xml');
  const schemaName = requireName(source, 'data_schema.xml');
  const schemaPath = `${source.path} ${schemaName}`;
  const schemaBytes = await readSmall(source.read(schemaName, signal), schemaPath);
  const schema = readSchema(decodeWhole(schemaBytes, schemaPath), schemaPath);
  const tables = inImportOrder(schema).map((table) => ({ ...table, step: source.step }));
  const definitions = new Map(tables.map((table) => [table.name, table]));
  const payloads = await readPayloads(source, signal);
  const dataPath = `${source.path} ${dataName}`;

  const dataHash = createHash('sha256');
  let encoding: TextEncoding = { label: 'utf-8', bom: false };
  const index = await indexData(
    readDocument(
      decodeText(hashing(source.read(dataName, signal), dataHash), dataPath, (found) => {
        encoding = found;
      }),
      dataPath,
      signal,
    ),
    schema,
    { path: dataPath, files: (id) => payloads.get(id) },
  );
  const context: DecodeContext = {
    dateOrder: index.dateOrder,
    file: (id) => payloads.get(id),
  };

  async function* eventsOf(
    table: string,
    signal: AbortSignal,
  ): AsyncGenerator<readonly DocumentEvent[]> {
    const { starts = [] } = index.tables.get(table) ?? {};
    if (starts.length > 0 && source.tableText !== undefined) {
      const text = source.tableText(table, signal);
      yield* readTables(text, dataPath, signal);
      return;
    }
    for (const { start, startByte } of starts) {
      // Where a character is in the file is known of UTF-8 only.
      const isUtf8 = encoding.label === 'utf-8';
      const byte = startByte + (encoding.bom ? 3 : 0);
      const bytes = isUtf8
        ? bytesFrom(source, dataName, byte, signal)
        : source.read(dataName, signal);
      const at = { start: isUtf8 ? 0 : start };
      const text = decodeText(bytes, dataPath);
      yield* readTableAt(text, at, dataPath, signal);
    }
  }

  return {
    source,
    schema,
    index,
    tables,
    hash: stepHash(sha256(schemaBytes), dataHash.digest('hex')),
    findings: [
      ...schema.findings,
      ...index.findings,
      ...strangers(source),
      ...(await checkContentTypes(source, signal)),
    ],
    rows: async function* (name, signal) {
      const table = definitions.get(name);
      if (table === undefined) return;
      const decode = createRowDecoder(table, context);
      const once = (index.tables.get(name)?.starts.length ?? 0) < 2;
      const parts = new Map<string, Row>();
      for await (const batch of eventsOf(name, signal))
        for (const event of batch) {
          if (event.kind !== 'record') continue;
          const row = decode(event.element);
          if (once) yield row;
          else parts.set(row.id, mergedRow(parts.get(row.id), row));
        }
      yield* parts.values();
    },
    links: async function* (name, signal) {
      const table = definitions.get(name);
      if (table === undefined || index.tables.get(name)?.links === 0) return;
      for await (const batch of eventsOf(name, signal))
        for (const event of batch)
          if (event.kind === 'link') yield* decodeLinks(table, event.element);
    },
    payload: (file, signal) => {
      for (const [id, { sha256 }] of payloads)
        if (sha256 === file.sha256) return source.read(`files/${id}.bin`, signal);
      throw new FileFormatError(
        'URM1128',
        { path: source.path },
        {
          what: `The package holds no payload for the file '${file.fileName}'`,
          next: 'Export it again with files.',
        },
      );
    },
  };
}

/** A schema that has a table twice exports its rows twice, each time with some of the columns. */
function mergedRow(first: Row | undefined, second: Row): Row {
  if (first === undefined) return second;
  return { ...first, cells: first.cells.map((cell, at) => cell ?? second.cells[at]) };
}

const payloadName = /^files\/([0-9a-f-]{36})\.bin$/i;

/** Reads everything else once: payloads get their hashes, and every checksum of a zip is compared. */
async function readPayloads(
  source: StepSource,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, { readonly sha256: string; readonly bytes: number }>> {
  const payloads = new Map<string, { readonly sha256: string; readonly bytes: number }>();
  for (const name of source.names) {
    if (isPart(name)) continue;
    const content = await digest(source.read(name, signal));
    const id = payloadName.exec(name)?.[1]?.toLowerCase();
    if (id !== undefined) payloads.set(id, content);
  }
  return payloads;
}

function isPart(name: string): boolean {
  return /^(data|data_schema)\.xml$/i.test(name);
}

function strangers(source: StepSource): readonly Finding[] {
  return source.names
    .filter(
      (name) =>
        !isPart(name) && name.toLowerCase() !== '[content_types].xml' && !payloadName.test(name),
    )
    .map((name) => ({
      severity: 'info',
      code: 'URM1129',
      where: source.path,
      summary: `The package also holds '${name}', which is no part of the format`,
      detail: '',
      remedy: 'It is kept, and not read.',
    }));
}
