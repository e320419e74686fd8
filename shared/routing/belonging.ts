import type { Belonging } from './area.ts';

/** A lookup to the row that this one belongs to. */
export function lookup(column: string): Belonging {
  return { by: 'lookup', column };
}

/** A many-to-many relationship to rows that this one belongs to, by its intersect table. */
export function link(relationship: string): Belonging {
  return { by: 'link', relationship };
}

/** A text that holds the id of the row that this one belongs to. */
export function idIn(column: string, tables: readonly string[]): Belonging {
  return { by: 'text', column, tables };
}
