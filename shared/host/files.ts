/** What a path is; `undefined` from `stat` when there is nothing. */
export interface FileStat {
  readonly kind: 'file' | 'folder' | 'other';
  readonly bytes: number;
}

/** A part of a file: `end` is the first byte that no longer belongs to it. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The file system as a port. Paths are absolute or relative to the working directory. Whatever is
 * written appears whole or not at all: it goes to a neighbouring temporary name first.
 */
export interface Files {
  stat(path: string): Promise<FileStat | undefined>;
  /** Names in a folder, sorted; links are listed but never followed. */
  list(path: string): Promise<readonly string[]>;
  /** The content, or the bytes from `start` to before `end`. */
  read(path: string, signal?: AbortSignal, range?: ByteRange): AsyncIterable<Uint8Array>;
  readWhole(path: string): Promise<Uint8Array>;
  /** Replaces the file in one step once all content is there; on failure nothing is left behind. */
  write(
    path: string,
    content: AsyncIterable<Uint8Array> | Uint8Array | string,
    /** `staged`: part of a folder that appears as a whole later, so that nothing waits for the disk. */
    mode?: 'staged',
  ): Promise<void>;
  /** Opens a file for adding lines that must survive a crash: `append` resolves after fsync. */
  openJournal(path: string): Promise<JournalFile>;
  makeFolder(path: string): Promise<void>;
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** A new empty folder for spooled data; the caller removes it. */
  makeTemporaryFolder(prefix: string): Promise<string>;
  /**
   * Keeps a path for this process until it lets go of it or ends; `undefined`: another one on this
   * machine has it. It binds those who ask: reading and writing is possible without.
   */
  claim(path: string): Promise<Claim | undefined>;
}

/** A path that nobody else writes to meanwhile. */
export interface Claim {
  release(): Promise<void>;
}

export interface JournalFile {
  append(lines: string): Promise<void>;
  close(): Promise<void>;
}
