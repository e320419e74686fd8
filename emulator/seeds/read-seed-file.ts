import { readFile } from 'node:fs/promises';
import type { MissingMetadata } from './remove-metadata.ts';
import type { SeedSolution } from './plant-solutions.ts';
import type { SeedRow, SeedTables, SeedValue } from './seed-rows.ts';

/** What a seed file asks for. */
export interface SeedFile {
  /** The built-in seed its rows are added to. */
  readonly extends?: string;
  readonly without: MissingMetadata;
  readonly tables: SeedTables;
  /** Solutions that rows are put into when all are there. */
  readonly solutions: readonly SeedSolution[];
}

/** Reads a seed file: `{ "tables": { "queue": [ { "name": "Billing" } ] } }`. */
export async function readSeedFile(path: string): Promise<SeedFile> {
  const document: unknown = JSON.parse(await readFile(path, 'utf8'));
  if (!isRecord(document)) throw new Error(`The seed file ${path} is no JSON object`);
  const without = isRecord(document['without']) ? document['without'] : {};
  const base = document['extends'];
  return {
    ...(typeof base === 'string' ? { extends: base } : {}),
    without: {
      tables: textsIn(without['tables']),
      columns: textsIn(without['columns']),
      choices: textsIn(without['choices']),
    },
    solutions: readSolutions(document['solutions'], path),
    tables: readTables(document['tables'] ?? (base === undefined ? undefined : {}), path),
  };
}

function readSolutions(list: unknown, path: string): readonly SeedSolution[] {
  const solutions: readonly unknown[] = Array.isArray(list) ? list : [];
  return solutions.map((solution) => {
    const of = isRecord(solution) ? solution : {};
    const text = (name: string): string => {
      const value = of[name];
      if (typeof value === 'string' && value !== '') return value;
      throw new Error(`The seed file ${path} has a solution without ${name}`);
    };
    return {
      uniquename: text('uniquename'),
      friendlyname: text('friendlyname'),
      version: text('version'),
      managed: of['managed'] === true,
      tables: textsIn(of['tables']),
    };
  });
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function readTables(tables: unknown, path: string): SeedTables {
  if (!isRecord(tables)) {
    throw new Error(`The seed file ${path} has no member 'tables' with rows by table`);
  }
  return Object.fromEntries(
    Object.entries(tables).map(([table, rows]) => {
      if (!Array.isArray(rows))
        throw new Error(`The seed file ${path} has no list of rows for ${table}`);
      return [table, rows.map((row: unknown) => seedRow(row, `${path}, table ${table}`))];
    }),
  );
}

function seedRow(row: unknown, where: string): SeedRow {
  if (!isRecord(row)) throw new Error(`The seed file ${where} has a row that is no object`);
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      if (!isSeedValue(value)) throw new Error(`The seed file ${where} has no value for ${column}`);
      return [column, value];
    }),
  );
}

function isSeedValue(value: unknown): value is SeedValue {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return true;
  if (Array.isArray(value)) return value.every((each) => typeof each === 'number');
  return isRecord(value) && typeof value['table'] === 'string' && typeof value['id'] === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
