import type { Action, Phase } from '../../model/plan.ts';

/** Who hears how a run goes. */
export interface RunListener {
  readonly progress: (label: string, done: number, total: number) => void;
  /** A line of the log, and the part of the run it belongs to. */
  readonly tell?: (line: string, part: string) => void;
}

interface TableTally {
  readonly step: string;
  readonly table: string;
  done: number;
  failed: number;
}

/** Counts what became of actions: how far the run is, and after each phase what it did to which table. */
export class RunTally {
  readonly #listener: RunListener;
  readonly #total: number;
  readonly #tables = new Map<string, TableTally>();
  #answered = 0;

  constructor(listener: RunListener, total: number) {
    this.#listener = listener;
    this.#total = total;
  }

  count({ phase, step, row }: Action, fate: 'done' | 'failed'): void {
    const key = `${step} ${row.table}`;
    const tally = this.#tables.get(key) ?? { step, table: row.table, done: 0, failed: 0 };
    this.#tables.set(key, tally);
    tally[fate] += 1;
    this.#answered += 1;
    this.#listener.progress(`${phase} ${row.table}`, this.#answered, this.#total);
  }

  endPhase(phase: Phase): void {
    for (const { step, table, done, failed } of this.#tables.values())
      this.#listener.tell?.(
        `${table}: ${done} done${failed === 0 ? '' : `, ${failed} failed`}`,
        step === '' ? phase : `${step}: ${phase}`,
      );
    this.#tables.clear();
  }
}
