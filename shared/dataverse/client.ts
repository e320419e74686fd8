import type { DataverseError } from './dataverse-error.ts';
import type { FileDownload } from './file-transfer.ts';
import type { Guid } from '../model/guid.ts';
import type { RequestCounts } from '../model/result.ts';
import type { FileValue, Link, Row, Value } from '../model/row.ts';
import type { EnvironmentManyToMany, EnvironmentTable } from '../model/table.ts';

export interface Caller {
  readonly userId: Guid;
  readonly businessUnitId: Guid;
  readonly organizationId: Guid;
}

/** How far a held privilege reaches. */
export type PrivilegeDepth = 'basic' | 'local' | 'deep' | 'global';

export type RowFilter =
  /** A whole `<fetch>` (its attributes are replaced by the query's columns) or only its `<filter>`. */
  | { readonly by: 'fetch'; readonly fetchXml: string }
  | { readonly by: 'ids'; readonly ids: readonly Guid[] }
  /** Rows whose `columns` equal one of the `keys`; lookups compare by id. */
  | {
      readonly by: 'keys';
      readonly columns: readonly string[];
      readonly keys: readonly (readonly Value[])[];
    };

export interface RowQuery {
  readonly table: EnvironmentTable;
  /** Logical names; the id column and the version always come. */
  readonly columns: readonly string[];
  /** Absent: all rows. */
  readonly where?: RowFilter;
  /**
   * Takes in the content of each file as its row is read, and gives the cell's value; one after the
   * other. Absent: the content is only hashed.
   */
  readonly takeFile?: (file: FileDownload) => Promise<FileValue>;
}

/** Reads only: every request is a GET, or a `$batch` whose parts are all GETs. */
export interface DataverseReader {
  /** Origin, without a path. */
  readonly url: string;
  /** So far. */
  readonly requests: RequestCounts;
  /** The first of the principals; all of them must be able to sign in. */
  whoAmI(signal: AbortSignal): Promise<Caller>;
  /** The platform's version, `9.2.25093.168`. */
  version(signal: AbortSignal): Promise<string>;
  /** Metadata of the named tables in a handful of requests, cached; a table that does not exist is absent. */
  tables(
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, EnvironmentTable>>;
  /**
   * Streams all pages; for ids and keys hundreds go into one request, several requests at a time. File
   * columns cost a request for each file or more, party lists one for hundreds of rows.
   */
  rows(query: RowQuery, signal: AbortSignal): AsyncIterable<Row>;
  /** Pairs of a many-to-many relationship whose first side is one of `from`; all pairs when absent. */
  links(
    table: EnvironmentTable,
    relationship: EnvironmentManyToMany,
    from: readonly Guid[] | undefined,
    signal: AbortSignal,
  ): AsyncIterable<Link>;
  /** Which of the named privileges the caller holds, and how deep; asks the function that tells the truth. */
  privileges(
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, PrivilegeDepth>>;
  /** A reader that sends what is asked for at the same time as one request: for many small questions. */
  gathered?(): DataverseReader;
  /** Any documented GET: path relative to `/api/data/v9.2/`. */
  get(path: string, signal: AbortSignal): Promise<unknown>;
}

/** What a create or an update may say beside its cells. */
interface WriteDetails {
  /** Gives the content of the file columns among the cells; asked again when an upload is repeated. */
  readonly content?: (file: FileValue) => AsyncIterable<Uint8Array>;
  /** Custom server logic is not to run: needs a privilege of its own. */
  readonly bypassLogic?: true;
  /** The row itself is written: only what needs requests of its own is still to be sent. */
  readonly rowIsWritten?: true;
}

/** One row's write. Cells are the changed columns only, target ids and tables resolved. */
export type Write =
  | (WriteDetails & {
      readonly kind: 'create';
      readonly table: EnvironmentTable;
      readonly id: Guid;
      readonly cells: ReadonlyMap<string, Value>;
    })
  | (WriteDetails & {
      readonly kind: 'update';
      readonly table: EnvironmentTable;
      readonly id: Guid;
      /** Sent as If-Match; absent: the row must exist, in any version. */
      readonly version?: string;
      readonly cells: ReadonlyMap<string, Value>;
    })
  | {
      readonly kind: 'link' | 'unlink';
      readonly table: EnvironmentTable;
      readonly relationship: EnvironmentManyToMany;
      readonly link: Link;
      /** Entity set of the other table. */
      readonly targetEntitySet: string;
    }
  | {
      readonly kind: 'delete';
      readonly table: EnvironmentTable;
      readonly id: Guid;
      readonly version?: string;
    };

export type WriteOutcome =
  /** `already`: the service says the row or link was there (a create or link repeated). */
  | { readonly is: 'done'; readonly version?: string; readonly already?: true }
  | { readonly is: 'failed'; readonly error: DataverseError; readonly rowIsWritten?: true }
  /** No answer came; whether it took effect is not known. `rowIsWritten`: the row itself did. */
  | { readonly is: 'unknown'; readonly error: DataverseError; readonly rowIsWritten?: true };

export interface DataverseWriter extends DataverseReader {
  /** Sends independent writes as one `$batch`; outcomes in the order given. Throws for no row. */
  write(
    writes: readonly Write[],
    requestId: Guid,
    signal: AbortSignal,
  ): Promise<readonly WriteOutcome[]>;
  /** Everybody it writes as; absent: only who `whoAmI` names. */
  users?(signal: AbortSignal): Promise<readonly Guid[]>;
  /** Sends writes that take effect all at once or not at all; the error of one is the outcome of each. */
  writeTogether?(
    writes: readonly Write[],
    requestId: Guid,
    signal: AbortSignal,
  ): Promise<readonly WriteOutcome[]>;
  /** How many batches may be under way at once now: follows the service's hint and throttling. */
  readonly concurrency: number;
  /** How many writes the next batch should hold: follows the time the service takes for one. */
  readonly batchSize: number;
  /** How many new rows of one table the next request should hold, where many of them are ready. */
  readonly bulkSize: (table: string) => number;
  /** Below this a batch spends more time on the way than on the work. */
  readonly leastBatchSize: number;
  /** A new id for a request, from the ids port. */
  nextRequestId(): Guid;
  /** Waits before a write is repeated; longer with each attempt, counted from 1. */
  backOff(attempt: number, signal: AbortSignal): Promise<void>;
}
