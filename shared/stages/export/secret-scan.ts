import type { Finding } from '../../errors/finding.ts';
import { nameOf, type Row } from '../../model/row.ts';
import { secretLikeIn } from './secret-like.ts';

/** So many rows of a column are told one by one. */
const toldEach = 10;

/** Looks through the texts of exported rows for what no package should hold. It alters nothing. */
export class SecretScan {
  readonly #findings: Finding[] = [];
  /** Rows by column, step and table. */
  readonly #seen = new Map<string, number>();

  see(step: string, row: Row): void {
    const { table, columns } = row.shape;
    for (const [at, column] of columns.entries()) {
      const value = row.cells[at];
      if (typeof value !== 'string') continue;
      const type = table.columns.get(column)?.type;
      if (type !== 'text' && type !== 'memo') continue;
      const found = secretLikeIn(column, value);
      if (found === undefined) continue;
      const place = `${step} ${table.name}.${column}`;
      const rows = (this.#seen.get(place) ?? 0) + 1;
      this.#seen.set(place, rows);
      if (rows > toldEach) continue;
      this.#findings.push({
        severity: 'warning',
        code: 'URM1236',
        where: `${step} ${table.name} ${row.id} ${nameOf(row)}, column ${column}`,
        summary: `The text looks like it holds ${found.kind}`,
        detail: `From character ${found.at} on. The package holds it as it is; the text is not repeated here.`,
        remedy:
          'Look at the row. If it is a secret take it out of the source, replace it there, and export again.',
      });
    }
  }

  findings(): readonly Finding[] {
    const more = [...this.#seen].filter(([, rows]) => rows > toldEach);
    return [
      ...this.#findings,
      ...more.map(([place, rows]): Finding => ({
        severity: 'warning',
        code: 'URM1236',
        where: place,
        summary: `${rows - toldEach} more texts look like they hold secrets`,
        detail: '',
        remedy: 'Look at the column in the source, and export again.',
      })),
    ];
  }
}
