import type { MigrationPackage } from '../../cmt/package.ts';
import type { Finding } from '../../errors/finding.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import { ruleBook } from '../../routing/rule-book.ts';
import { securedColumns } from '../../routing/secured-book.ts';

/**
 * Columns of a package that the target protects and neither the catalogue nor the package's own
 * manifest withholds: files of other tools may hold values of them, which would stand in the plan.
 */
export function securedLeftAlone(
  pkg: Pick<MigrationPackage, 'tables' | 'manifest'>,
  tables: ReadonlyMap<string, EnvironmentTable>,
): readonly Finding[] {
  const told = new Set(
    pkg.manifest?.withheld.map(({ table, column }) => `${table}.${column}`) ?? [],
  );
  const columns = new Set(
    pkg.tables.flatMap(({ name, columns }) =>
      securedColumns(tables.get(name))
        .filter((column) => columns.has(column) && !ruleBook.of(name).withheld.has(column))
        .map((column) => `${name}.${column}`)
        .filter((place) => !told.has(place)),
    ),
  );
  return [...columns].map((place) => ({
    severity: 'warning',
    code: 'URM1237',
    where: place,
    summary: `The target protects ${place} by column security: values of the package are left alone`,
    detail: 'They would stand in the plan, the journal and the reports.',
    remedy:
      'Set them in the target by hand, or name a variable that holds the value in the configuration (environments, values).',
  }));
}
