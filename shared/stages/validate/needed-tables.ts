import type { SourceColumn, SourceTable } from '../../model/table.ts';
import { ruleBook } from '../../routing/rule-book.ts';

/** A table as all steps together need it. */
export interface NeededTable {
  readonly name: string;
  readonly displayName: string;
  readonly idColumn: string;
  readonly nameColumn?: string;
  /** Without those whose values are never written. */
  readonly columns: ReadonlyMap<string, SourceColumn>;
  readonly relationships: readonly { readonly name: string; readonly target: string }[];
  /** Existing rows are left alone: no right to change them is needed. */
  readonly skipUpdate: boolean;
  readonly parts: readonly SourceTable[];
}

/** Joins the descriptions of a table that several steps move. */
export function neededTables(tables: readonly SourceTable[]): readonly NeededTable[] {
  const byName = new Map<string, NeededTable>();
  for (const table of tables) {
    const { withheld } = ruleBook.of(table.name);
    const written = [...table.columns].filter(([column]) => !withheld.has(column));
    const known = byName.get(table.name);
    const relationships = new Map(
      [...(known?.relationships ?? []), ...table.manyToMany].map(({ name, target }) => [
        name,
        { name, target },
      ]),
    );
    byName.set(table.name, {
      name: table.name,
      displayName: table.displayName,
      idColumn: table.idColumn,
      ...(table.nameColumn === undefined ? {} : { nameColumn: table.nameColumn }),
      columns: new Map([...(known?.columns ?? []), ...written]),
      relationships: [...relationships.values()],
      skipUpdate: table.skipUpdate && known?.skipUpdate !== false,
      parts: [...(known?.parts ?? []), table],
    });
  }
  return [...byName.values()];
}
