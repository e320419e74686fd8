/** A flag as its command declares it. */
export interface Flag {
  readonly name: string;
  /** What stands for the value in the usage; absent: the flag takes none. */
  readonly hint?: string;
  readonly help: string;
  readonly required?: true;
}

/** What can be said to a command. */
export interface Grammar {
  readonly name: string;
  readonly flags: readonly Flag[];
  /** What stands without a flag, in order; all of it is required. */
  readonly positionals: readonly string[];
}
