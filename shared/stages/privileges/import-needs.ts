import type { EnvironmentTable } from '../../model/table.ts';
import { installedRows } from '../../routing/environment-bound.ts';
import { ruleBook } from '../../routing/rule-book.ts';
import type { TableUse } from '../validate/inspect-rows.ts';
import type { NeededTable } from '../validate/needed-tables.ts';
import { Needs, type NeededPrivilege, type Purpose } from './needed-privileges.ts';

const importing: Purpose = { purpose: 'import', severity: 'error' };
/** Nothing needs it until something is to be undone. */
const undoing: Purpose = { purpose: 'roll-back', severity: 'warning' };

/**
 * What an import of these rows does: read and compare, create, update; lookups that are set need Append
 * on the row's table and AppendTo on the other; links need Append on one side and AppendTo on the other.
 * Rows that setup brings are found, never made.
 */
export function importNeeds(
  needed: readonly NeededTable[],
  uses: ReadonlyMap<string, TableUse>,
  metadata: ReadonlyMap<string, EnvironmentTable>,
): readonly NeededPrivilege[] {
  const needs = new Needs(metadata);
  const ownRows = (name: string): number => {
    if (installedRows.some(({ table }) => table === name)) return 0;
    const use = uses.get(name);
    return (use?.rows ?? 0) - (use?.systemRows.size ?? 0);
  };
  for (const table of needed) {
    const use = uses.get(table.name);
    const own = ownRows(table.name);
    needs.ask(table.name, importing, 'read');
    if (own > 0) needs.ask(table.name, importing, 'create');
    if (own > 0 && !table.skipUpdate) needs.ask(table.name, importing, 'write');
    const { derivedRows } = ruleBook.of(table.name);
    if (own > 0 && derivedRows !== undefined) needs.ask(derivedRows.table, importing, 'read');
    for (const targets of use?.lookups.values() ?? []) {
      needs.ask(table.name, importing, 'append');
      for (const target of targets) needs.ask(target, importing, 'read', 'appendTo');
    }
    if ((use?.rows ?? 0) > 0)
      for (const { target } of table.relationships) {
        needs.ask(table.name, importing, 'append');
        needs.ask(target, importing, 'read', 'appendTo');
      }
  }
  for (const { name } of needed) if (ownRows(name) > 0) needs.ask(name, undoing, 'delete');
  return needs.all;
}
