import type { DataverseReader } from '../../dataverse/client.ts';
import type { TargetLookup } from '../../plan/ports.ts';
import { readSolutionsOf, solutionLabel } from '../solutions/read-solutions.ts';

/** The environment as the planner asks it. */
export function targetReader(reader: DataverseReader): TargetLookup {
  return {
    tables: (names, signal) => reader.tables(names, signal),
    rows: (table, columns, where, signal) => reader.rows({ table, columns, where }, signal),
    links: (table, relationship, from, signal) => reader.links(table, relationship, from, signal),
    solutionsOf: async (ids, signal) => {
      const found = await readSolutionsOf(reader, ids, signal);
      if (found === undefined) return undefined;
      return new Map(
        [...found].flatMap(([id, solutions]) => {
          const managed = solutions.filter(({ isManaged }) => isManaged).map(solutionLabel);
          return managed.length === 0 ? [] : [[id, managed] as const];
        }),
      );
    },
  };
}
