import type { SeedRow, SeedTables } from '../seed-rows.ts';

/** One set of tables of several; rows of a table that is in more than one follow each other. */
export function mergeTables(parts: readonly SeedTables[]): SeedTables {
  const merged = new Map<string, SeedRow[]>();
  for (const part of parts) {
    for (const [table, rows] of Object.entries(part)) {
      const list = merged.get(table) ?? [];
      list.push(...rows);
      merged.set(table, list);
    }
  }
  return Object.fromEntries(merged);
}
