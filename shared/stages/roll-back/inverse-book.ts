import type { Finding } from '../../errors/finding.ts';
import { phases, type Action, type Phase } from '../../model/plan.ts';
import type { RowRef } from '../../model/row.ts';
import { decodeAction, encodeAction, numbered, type Unnumbered } from '../../plan/action-json.ts';
import { rowProblem, type FindingText } from '../../plan/row-finding.ts';
import type { FileSpool } from '../planning/file-spool.ts';
import { rowKey } from '../apply/row-reads.ts';

/** The actions of a roll-back while they are found, and what is told beside them. */
export class InverseBook {
  readonly #spool: FileSpool;
  readonly #levels = new Map<Phase, number>();
  /** Rows that are created anew or updated. */
  readonly #written = new Set<string>();
  readonly #created = new Set<string>();
  readonly #blocked = new Set<string>();
  readonly #unchanged = new Set<string>();
  readonly findings: Finding[] = [];
  readonly manual: Finding[] = [];
  readonly counts = { linked: 0, unlinked: 0, deleted: 0 };

  constructor(spool: FileSpool) {
    this.#spool = spool;
  }

  async add(action: Unnumbered): Promise<void> {
    const key = rowKey(action.row);
    if (action.kind === 'create') this.#created.add(key);
    if (action.kind === 'create' || action.kind === 'update') this.#written.add(key);
    if (action.kind === 'delete') this.counts.deleted += 1;
    if (action.kind === 'link') this.counts.linked += 1;
    if (action.kind === 'unlink') this.counts.unlinked += 1;
    const levels = this.#levels.get(action.phase) ?? 0;
    this.#levels.set(action.phase, Math.max(levels, action.level + 1));
    await this.#spool.append(bucketOf(action.phase, action.level), encodeAction(action));
  }

  /** A row that cannot be rolled back: told once, whatever of it was planned. */
  async block(action: Action, code: Finding['code'], text: FindingText): Promise<void> {
    const key = rowKey(action.row);
    if (this.#blocked.has(key)) return;
    this.#blocked.add(key);
    const { step, row, name } = action;
    const finding = rowProblem(code, { ref: row, name }, text);
    await this.add({ kind: 'blocked', step, phase: 'rows', level: 0, row, name, finding });
  }

  isBlocked(row: RowRef): boolean {
    return this.#blocked.has(rowKey(row));
  }

  /** The row is as it was already. */
  leave(row: RowRef): void {
    this.#unchanged.add(rowKey(row));
  }

  get rowCounts(): Readonly<Record<'created' | 'updated' | 'unchanged' | 'failed', number>> {
    const isWritten = (key: string): boolean => this.#written.has(key) && !this.#blocked.has(key);
    const written = [...this.#written].filter(isWritten);
    const created = written.filter((key) => this.#created.has(key)).length;
    return {
      created,
      updated: written.length - created,
      unchanged: [...this.#unchanged].filter(
        (key) => !this.#written.has(key) && !this.#blocked.has(key),
      ).length,
      failed: this.#blocked.size,
    };
  }

  async *lines(signal: AbortSignal): AsyncGenerator<string> {
    let number = 0;
    for (const phase of phases)
      for (let level = 0; level < (this.#levels.get(phase) ?? 0); level += 1)
        for await (const line of this.#spool.lines(bucketOf(phase, level), signal)) {
          number += 1;
          yield numbered(number, line);
        }
  }

  async *actions(signal: AbortSignal): AsyncGenerator<Action> {
    for await (const line of this.lines(signal)) {
      const action = decodeAction(line);
      if (action !== undefined) yield action;
    }
  }
}

function bucketOf(phase: Phase, level: number): string {
  return `inverse-${phase}-${level}`;
}
