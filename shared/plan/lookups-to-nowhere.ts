import type { Finding } from '../errors/finding.ts';
import type { Lookup } from '../model/row.ts';
import { placeOf, type NamedRow } from './row-finding.ts';

/**
 * Lookups that are left out because their row is nowhere: one finding per table, column and table
 * they lead to, because files that are part of something larger have them in every row.
 */
export class LookupsToNowhere {
  readonly #found = new Map<
    string,
    { readonly row: NamedRow; readonly column: string; readonly to: Lookup; rows: number }
  >();

  add(row: NamedRow, column: string, to: Lookup): void {
    const key = `${row.ref.table} ${column} ${to.table}`;
    const known = this.#found.get(key);
    if (known === undefined) this.#found.set(key, { row, column, to, rows: 1 });
    else known.rows += 1;
  }

  findings(): readonly Finding[] {
    return [...this.#found.values()].map(({ row, column, to, rows }) => {
      const name = to.name === undefined ? '' : ` ${to.name}`;
      const first = `${placeOf(row)} refers to ${to.table} ${to.id}${name}.`;
      const where = `${row.ref.table}.${column}`;
      const many = rows === 1 ? '1 row' : `${rows} rows`;
      return {
        severity: 'warning',
        code: 'URM1332',
        where,
        summary:
          column === 'ownerid'
            ? `${many} have an owner that is neither in the file nor in the target: new rows belong to whoever imports`
            : `${column} of ${many} leads to rows of ${to.table} that are neither in the file nor in the target: it is left out`,
        detail: rows === 1 ? first : `The first: ${first}`,
        remedy: 'Bring the rows along, create them in the target, or map them, and import again.',
      };
    });
  }
}
