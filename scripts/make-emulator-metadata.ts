/**
 * Writes the emulator's table data from a folder of collected facts: `tables/tables.json` (columns and
 * relationships by table) and `webapi/fixtures/tables/*.json` (EntityDefinitions as a service answered
 * them). Run with the folder's path; the files it writes are what the product ships.
 *
 *   node --import tsx scripts/make-emulator-metadata.ts FOLDER
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { linesOf, shorten, standardColumns, tableText } from './emulator-metadata/data-text.ts';
import type { FactTable } from './emulator-metadata/facts.ts';
import { readJson } from './emulator-metadata/read-json.ts';
import { merge, recordedTables } from './emulator-metadata/recordings.ts';
import { rawTable, type WrittenTable } from './emulator-metadata/written-table.ts';

/** The folder of facts. */
const folder = process.argv[2];
if (folder === undefined) throw new Error('Give the folder of facts as the only argument.');
writeData(folder);

function writeData(facts: string): void {
  const tables = readJson(join(facts, 'tables/tables.json'), isTables);
  const recorded = recordedTables(join(facts, 'webapi/fixtures/tables'));
  for (const [name, wire] of recorded) tables[name] = merge(wire, tables[name]);
  const dataFolder = fileURLToPath(new URL('../emulator/metadata/data/', import.meta.url));
  const written = Object.keys(readJson(join(dataFolder, 'written-by-hand.json'), isObject));
  const known = new Set([...Object.keys(tables), ...written]);
  for (const name of written) delete tables[name];

  const raw = new Map<string, { readonly group: string; readonly table: WrittenTable }>();
  for (const table of Object.values(tables)) {
    raw.set(table.logicalName, {
      group: recorded.has(table.logicalName) ? 'platform' : groupOf(table),
      table: rawTable(table, known),
    });
  }
  const standard = standardColumns([...raw.values()].map((each) => each.table));
  writeFileSync(join(dataFolder, 'standard-columns.json'), linesOf(standard));
  for (const group of ['catalogue', 'related', 'intersects', 'targets', 'platform']) {
    const members = [...raw]
      .filter(([, each]) => each.group === group)
      .sort(([left], [right]) => (left < right ? -1 : 1));
    const text = members.map(
      ([name, each]) => `${JSON.stringify(name)}: ${tableText(shorten(each.table, standard))}`,
    );
    writeFileSync(join(dataFolder, `${group}.json`), `{\n${text.join(',\n')}\n}\n`);
  }
}

function groupOf(table: FactTable): string {
  if (table.isIntersect) return 'intersects';
  if (table.scope === 'requested') return 'catalogue';
  return table.scope === 'stub' ? 'targets' : 'related';
}

function isTables(value: unknown): value is Record<string, FactTable> {
  return typeof value === 'object' && value !== null && 'queue' in value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
