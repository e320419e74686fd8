import { readFile } from 'node:fs/promises';
import type { SeedRow, SeedTables, SeedValue } from './seed-rows.ts';

/** Reads a seed file: `{ "tables": { "queue": [ { "name": "Billing" } ] } }`. */
export async function readSeedFile(path: string): Promise<SeedTables> {
  const document: unknown = JSON.parse(await readFile(path, 'utf8'));
  const tables = isRecord(document) ? document['tables'] : undefined;
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
