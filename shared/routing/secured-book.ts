import type { RuleBook, WithheldReason } from '../model/rules.ts';
import type { EnvironmentTable } from '../model/table.ts';

/**
 * The same rules, with every column that an environment protects by column security withheld as a
 * secret, whether or not the catalogue knows it: who protects a column does not expect it in a file.
 */
export function securedBook(
  book: RuleBook,
  tables: ReadonlyMap<string, Pick<EnvironmentTable, 'columns'>>,
): RuleBook {
  return {
    of: (name) => {
      const rules = book.of(name);
      const secured = securedColumns(tables.get(name));
      if (secured.length === 0) return rules;
      const withheld = new Map<string, WithheldReason>(rules.withheld);
      for (const column of secured) withheld.set(column, 'secret');
      return { ...rules, withheld };
    },
  };
}

/** Columns that only a column security profile opens. */
export function securedColumns(
  table: Pick<EnvironmentTable, 'columns'> | undefined,
): readonly string[] {
  return [...(table?.columns.values() ?? [])].flatMap(({ name, secured }) =>
    secured ? [name] : [],
  );
}
