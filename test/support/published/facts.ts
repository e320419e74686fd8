import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CmtSchema } from '#shared/cmt/package.ts';
import { readSchema } from '#shared/cmt/schema.ts';
import type { SourceTable } from '#shared/model/table.ts';

/** What a schema says of a table, without labels and type codes. */
export interface TableFacts {
  readonly table: string;
  readonly idColumn: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly flags: string;
  readonly compareBy: readonly string[];
  readonly links: readonly string[];
  readonly filter?: string;
}

/** A schema that Microsoft published. */
export interface PublishedSchema {
  readonly schema: string;
  readonly tables: readonly TableFacts[];
}

/** A query that a page prints. */
export interface DocumentedQuery {
  readonly query: string;
  /** As printed, without the blanks between elements. */
  readonly fetch: string;
}

const fixtures = new URL('../../fixtures/published/', import.meta.url);

/** The samples as they were published, where they stand beside the project. */
export const publishedFolder = fileURLToPath(
  new URL('../../../../shared/reference/sample-schemas/', import.meta.url),
);

export function hasPublishedFolder(): boolean {
  return existsSync(publishedFolder);
}

/** The facts that are kept with the tests. */
export function readSchemaFacts(): readonly PublishedSchema[] {
  return readLines('schemas.jsonl') as readonly PublishedSchema[];
}

export function readQueryFacts(): readonly DocumentedQuery[] {
  return readLines('queries.jsonl') as readonly DocumentedQuery[];
}

function readLines(name: string): readonly unknown[] {
  const text = readFileSync(new URL(name, fixtures), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

/** The same facts, read from the published files. */
export function schemaFactsOfFolder(): readonly PublishedSchema[] {
  return readdirSync(publishedFolder)
    .filter((name) => name.endsWith('.xml') && !/^(?:alm-template|old)-/.test(name))
    .map((name) => ({
      schema: basename(name, '.xml'),
      tables: factsOf(readSchema(textOf(join(publishedFolder, name)), name)),
    }));
}

export function queryFactsOfFolder(): readonly DocumentedQuery[] {
  const folder = join(publishedFolder, 'fetchxml');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.xml'))
    .map((name) => ({
      query: name.replace(/(?:\.malformed)?\.xml$/, ''),
      fetch: dense(textOf(join(folder, name))),
    }));
}

/** What a schema says, table by table. */
export function factsOf({ tables }: CmtSchema): readonly TableFacts[] {
  return tables.map(tableFacts);
}

function tableFacts(table: SourceTable): TableFacts {
  const { skipUpdate, forceCreate, disablePlugins } = table;
  return {
    table: table.name,
    idColumn: table.idColumn,
    columns: Object.fromEntries([...table.columns].map(([name, { type }]) => [name, type])),
    flags: `skipupdate ${skipUpdate}, forcecreate ${forceCreate}, disableplugins ${disablePlugins}`,
    compareBy: table.compareBy,
    links: table.manyToMany.map(({ name }) => name).sort(),
    ...(table.filter === undefined ? {} : { filter: dense(table.filter) }),
  };
}

function textOf(path: string): string {
  return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
}

function dense(xml: string): string {
  return xml.replaceAll(/>\s+</g, '><').replaceAll(/\s+/g, ' ').trim();
}
