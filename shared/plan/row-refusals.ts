import type { Finding } from '../errors/finding.ts';
import type { Lookup, RowRef } from '../model/row.ts';
import type { ComparisonFrame, RowPair } from './comparison.ts';
import { rowProblem, type FindingText, type NamedRow } from './row-finding.ts';

/** What keeps one row from being written, and which solution it may have to wait for. */
export class RowRefusals {
  readonly named: NamedRow;
  readonly #carried: ComparisonFrame['carried'];
  problem: Finding | undefined;

  constructor(pair: RowPair, { index, carried }: ComparisonFrame) {
    this.named = { ref: index.refOf(pair.node), name: index.nameOf(pair.node) };
    this.#carried = carried;
  }

  /** The first problem of a row is told; the next plan finds what is left. */
  refuse(code: Finding['code'], column: string | undefined, text: FindingText): void {
    const at = column === undefined ? {} : { column };
    this.problem ??= rowProblem(code, { ...this.named, ...at }, text);
  }

  /** Whether the package says that a solution is to bring the row. */
  get isCarried(): boolean {
    return this.#carried?.has(keyOf(this.named.ref)) === true;
  }

  /** Refuses the row because it has to come with a solution: whatever else was found is beside the point. */
  waitForSolution(): Finding {
    const solution = this.#carried?.get(keyOf(this.named.ref));
    this.problem = rowProblem('URM1348', this.named, {
      summary: `The target lacks this row, and ${solution === undefined ? 'a solution' : `the solution ${solution}`} carries it`,
      remedy: `Import ${solution === undefined ? 'the solution that holds the row' : solution} first, then plan again.`,
    });
    return this.problem;
  }

  /** Refuses a reference to a row that a solution is to bring and has not brought yet. */
  waitsFor(column: string, at: string, candidates: readonly Lookup[]): boolean {
    const to = candidates.find((each) => this.#carried?.has(keyOf(each)) === true);
    if (to === undefined) return false;
    const solution = this.#carried?.get(keyOf(to)) ?? 'the solution that holds it';
    this.refuse('URM1351', column, {
      summary: `${at} refers to ${to.table} ${to.name ?? to.id}, which a solution carries and the target lacks`,
      remedy: `Import ${solution} first, then plan again.`,
    });
    return true;
  }
}

function keyOf({ table, id }: RowRef): string {
  return `${table}/${id}`;
}
