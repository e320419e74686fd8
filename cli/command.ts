import type { Arguments } from './arguments.ts';
import type { Grammar } from './grammar.ts';
import type { Terminal } from './terminal.ts';

/** Something that can be said after `urm`. */
export interface Command extends Grammar {
  readonly summary: string;
  /** More for `--help`, after the flags. */
  readonly notes?: readonly string[];
  /** Gives the exit status. */
  run(given: Arguments, terminal: Terminal, signal: AbortSignal): Promise<number>;
}
