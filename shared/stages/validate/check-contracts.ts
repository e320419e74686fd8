import type { DataverseReader } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import { cell } from '../../model/row.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import { ruleBook } from '../../routing/rule-book.ts';
import type { TableUse } from './inspect-rows.ts';

/**
 * System rows that the configuration uses must be in the target under their unique names; those that only
 * some versions have, where a row refers to them.
 */
export async function checkSystemRows(
  reader: DataverseReader,
  uses: ReadonlyMap<string, TableUse>,
  target: ReadonlyMap<string, EnvironmentTable>,
  unreadable: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [name, { systemRows, optionalRows, lookedUp }] of uses) {
    const column = ruleBook.of(name).systemRows?.column;
    const table = target.get(name);
    if (column === undefined || table === undefined || unreadable.has(name)) continue;
    if (systemRows.size === 0 || !table.columns.has(column)) continue;
    const keys = [...systemRows].map((value) => [value]);
    const where = { by: 'keys', columns: [column], keys } as const;
    const present = new Set<unknown>();
    for await (const row of reader.rows({ table, columns: [column], where }, signal))
      present.add(cell(row, column));
    const needless = new Set(
      [...optionalRows].filter(([id]) => !lookedUp.has(id)).map(([, unique]) => unique),
    );
    for (const unique of systemRows)
      if (!present.has(unique) && !needless.has(unique))
        findings.push(missing(name, column, unique, reader.url));
  }
  return findings;
}

function missing(table: string, column: string, unique: string, url: string): Finding {
  return {
    severity: 'error',
    code: 'URM1207',
    where: `${url} ${table}`,
    summary: `The target has no system row of ${table} with the unique name ${unique}`,
    detail: `Rows of ${table} with this ${column} come with the solutions; they are never created by an import.`,
    remedy: 'Provision unified routing in the target, or bring it to the version of the source.',
  };
}
