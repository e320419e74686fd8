/**
 * A value of a seed row. Lookups: `#key` of the one target table, `table#key`, or `{ table, id }`.
 * Texts may name rows as `[[table#key]]`, with the table in capitals for an id in capitals.
 */
export type SeedValue =
  | null
  | string
  | number
  | boolean
  | readonly number[]
  | { readonly table: string; readonly id: string };

/**
 * A row of a seed: columns by logical name. `key` names it for other rows of the seed and decides its
 * id; the table's id column gives the id itself.
 */
export type SeedRow = Readonly<Record<string, SeedValue>>;

/** Rows by table. Pairs of a many-to-many relationship are rows of the intersect table. */
export type SeedTables = Readonly<Record<string, readonly SeedRow[]>>;
