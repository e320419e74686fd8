import { MigrationError } from '../errors/migration-error.ts';
import type { Finding } from '../errors/finding.ts';
import type { Guid } from '../model/guid.ts';
import type { Row } from '../model/row.ts';
import type { EnvironmentTable } from '../model/table.ts';
import type { RowSelection, TargetLookup } from './ports.ts';

/** Asks the target and remembers which tables it would not read: one refusal does not end a plan. */
export class TargetQuestions {
  readonly #target: TargetLookup;
  readonly #signal: AbortSignal;
  readonly unreadable = new Map<string, Finding>();

  constructor(target: TargetLookup, signal: AbortSignal) {
    this.#target = target;
    this.#signal = signal;
  }

  /** Those of the ids that the table has; none where there is no such table. */
  async existing(table: string, ids: readonly Guid[]): Promise<ReadonlySet<Guid>> {
    const found = new Set<Guid>();
    if (ids.length === 0) return found;
    const described = (await this.#target.tables([table], this.#signal)).get(table);
    if (described === undefined) return found;
    const rows = this.rows(described, [described.idColumn], { by: 'ids', ids });
    for await (const row of rows) found.add(row.id);
    return found;
  }

  async *rows(
    table: EnvironmentTable,
    columns: readonly string[],
    where: RowSelection,
  ): AsyncGenerator<Row> {
    if (this.unreadable.has(table.name)) return;
    try {
      yield* this.#target.rows(table, columns, where, this.#signal);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (!(error instanceof MigrationError) || !isRefusal(error)) throw error;
      this.unreadable.set(table.name, {
        severity: 'error',
        code: 'URM1325',
        where: `table ${table.name}`,
        summary: 'The table could not be read in the target',
        detail: error.message,
        remedy: 'Give the signed-in identity the privilege to read it, then plan again.',
      });
    }
  }
}

/** The service refused this question; anything else, such as a lost connection, ends the plan. */
function isRefusal(error: MigrationError): boolean {
  const status: unknown = 'status' in error ? error.status : undefined;
  return status === 400 || status === 403 || status === 404;
}
