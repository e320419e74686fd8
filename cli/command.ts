import type { Arguments } from './arguments.ts';
import type { Terminal } from './terminal.ts';

/** A flag as its command declares it. */
export interface Flag {
  readonly name: string;
  /** What stands for the value in the usage; absent: the flag takes none. */
  readonly hint?: string;
  readonly help: string;
  readonly required?: true;
}

/** Something that can be said after `urm`. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
  /** What stands without a flag, in order; all of it is required. */
  readonly positionals: readonly string[];
  /** More for `--help`, after the flags. */
  readonly notes?: readonly string[];
  /** Gives the exit status. */
  run(given: Arguments, terminal: Terminal, signal: AbortSignal): Promise<number>;
}
