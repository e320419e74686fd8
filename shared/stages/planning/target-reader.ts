import type { DataverseReader } from '../../dataverse/client.ts';
import type { TargetLookup } from '../../plan/ports.ts';

/** The environment as the planner asks it. */
export function targetReader(reader: DataverseReader): TargetLookup {
  return {
    tables: (names, signal) => reader.tables(names, signal),
    rows: (table, columns, where, signal) => reader.rows({ table, columns, where }, signal),
    links: (table, relationship, from, signal) => reader.links(table, relationship, from, signal),
  };
}
