import { sqlServerSortKey } from '../model/guid.ts';
import type { FileValue, Link, Row, Shape } from '../model/row.ts';
import type { SourceTable } from '../model/table.ts';
import type { Files } from '../host/files.ts';
import {
  container,
  linkGroupEnd,
  linkGroupStart,
  linkTarget,
  recordText,
  rootAttributes,
  rootEnd,
  rootStart,
  tableEnd,
  tableStart,
} from './data-layout.ts';
import { encodeField } from './encode-value.ts';
import { parseJson, textsOf } from './json.ts';
import { createSortedSpool } from './sorted-spool.ts';
import type { SortedSpool } from './sorted-spool.ts';

/** Takes rows in any order and number, and gives them back as the stock tool's data.xml. */
export interface DataComposer {
  addRow(table: SourceTable, row: Row): Promise<void>;
  addLink(table: SourceTable, link: Link): Promise<void>;
  counts(table: string): { readonly rows: number; readonly links: number };
  /** The whole document; may be asked for more than once. */
  text(): AsyncIterable<string>;
}

/** `folder` is for spooled data: it exists, and the caller removes it. */
export function createDataComposer(
  tables: readonly SourceTable[],
  options: {
    readonly folder: string;
    readonly files: Files;
    readonly fileId: (file: FileValue) => string;
    readonly timestamp?: string | undefined;
  },
): DataComposer {
  const { folder, files, fileId } = options;
  const spools = new Map(
    tables.map((table, at) => [
      table.name,
      {
        rows: createSortedSpool({ folder, name: `${String(at)}-rows`, files }),
        links: createSortedSpool({ folder, name: `${String(at)}-links`, files }),
        written: 0,
      },
    ]),
  );
  // Rows of one reading share their shape: where its columns are is found once.
  const places = new WeakMap<Shape, Places>();
  const placesOf = (table: SourceTable, row: Row): Places => {
    const known = places.get(row.shape) ?? columnPlaces(table, row);
    places.set(row.shape, known);
    return known;
  };
  return {
    addRow: async (table, row) => {
      const fields = placesOf(table, row).flatMap(
        ({ column, at }) => encodeField(column, row.cells[at], fileId) ?? [],
      );
      await spools.get(table.name)?.rows.add(sqlServerSortKey(row.id), recordText(row.id, fields));
    },
    addLink: async (table, link) => {
      const at = table.manyToMany.findIndex(({ name }) => name === link.relationship);
      const group = at < 0 ? table.manyToMany.length : at;
      const key = `${String(group).padStart(4, '0')} ${sqlServerSortKey(link.from.id)} ${sqlServerSortKey(link.to.id)}`;
      const text = JSON.stringify([link.relationship, link.from.id, link.to.table, link.to.id]);
      await spools.get(table.name)?.links.add(key, text);
    },
    counts: (table) => {
      const spool = spools.get(table);
      return { rows: spool?.rows.size ?? 0, links: spool?.links.size ?? 0 };
    },
    text: () => composed(tables, (table) => spools.get(table), options.timestamp),
  };
}

type Places = readonly {
  readonly column: SourceTable['columns'] extends ReadonlyMap<string, infer Column>
    ? Column
    : never;
  readonly at: number;
}[];

/** Where the row has each column of the schema, in the schema's order. */
function columnPlaces(table: SourceTable, row: Row): Places {
  return [...table.columns.values()].flatMap((column) => {
    const at = row.shape.columns.indexOf(column.name);
    return at < 0 ? [] : [{ column, at }];
  });
}

async function* composed(
  tables: readonly SourceTable[],
  spoolsOf: (
    table: string,
  ) => { readonly rows: SortedSpool; readonly links: SortedSpool } | undefined,
  timestamp: string | undefined,
): AsyncGenerator<string> {
  let empty = true;
  for (const table of tables) {
    const spools = spoolsOf(table.name);
    // The stock tool leaves tables without rows out.
    if (spools === undefined || (spools.rows.size === 0 && spools.links.size === 0)) continue;
    if (empty) yield `${rootStart(rootAttributes(timestamp))}>`;
    empty = false;
    yield tableStart({ name: table.name, displayname: table.displayName });
    yield* composedRecords(spools.rows);
    yield* composedLinks(table, spools.links);
    yield tableEnd;
  }
  yield empty ? `${rootStart(rootAttributes(timestamp))} />` : rootEnd;
}

async function* composedRecords(rows: SortedSpool): AsyncGenerator<string> {
  const records = container('records');
  if (rows.size === 0) {
    yield records.empty;
    return;
  }
  yield records.start;
  for await (const { text } of rows.sorted()) yield text;
  yield records.end;
}

async function* composedLinks(table: SourceTable, links: SortedSpool): AsyncGenerator<string> {
  const groups = container('m2mrelationships');
  if (links.size === 0) {
    yield groups.empty;
    return;
  }
  yield groups.start;
  let group = '';
  let last = '';
  for await (const { text } of links.sorted()) {
    if (text === last) continue;
    last = text;
    const [relationship = '', source = '', target = '', to = ''] = textsOf(parseJson(text));
    const next = `${relationship} ${source} ${target}`;
    if (next !== group) {
      if (group !== '') yield linkGroupEnd;
      group = next;
      const declared = table.manyToMany.find(({ name }) => name === relationship);
      const targetIdColumn = declared?.targetIdColumn ?? `${target}id`;
      yield linkGroupStart({ source, target, targetIdColumn, relationship });
    }
    yield linkTarget(to);
  }
  yield linkGroupEnd;
  yield groups.end;
}
