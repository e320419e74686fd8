import type { Caller, Environment } from '../environment.ts';
import type { Entity } from '../metadata/metadata.ts';
import type { StoredRow } from '../store/store.ts';

/** Preferences of a request that shape rows. */
export interface RowPreferences {
  /** Does the requested annotation list include this name? `*`, prefixes with `*`, exact names. */
  annotation(name: string): boolean;
  readonly maxPageSize?: number;
  /** A link to later changes is wanted. */
  readonly trackChanges?: boolean;
}

/** What a query is asked with. */
export interface QueryContext {
  readonly environment: Environment;
  readonly caller: Caller;
  /** `http://127.0.0.1:1234/api/data/v9.2/`, as the client called it. */
  readonly rootUrl: string;
  readonly preferences: RowPreferences;
  /**
   * Which rows of a table the caller's privileges show; throws the privilege error where they show none
   * of the table. Asked for every table a query touches. Absent: everything is visible.
   */
  readonly visible?: (entity: Entity) => ((row: StoredRow) => boolean) | undefined;
}

/** Query options as the client sent them, decoded, without parameter aliases (already replaced). */
export type QueryOptions = ReadonlyMap<string, string>;

/** Result of a collection query, ready to be written: JSON members in their order. */
export type JsonObject = { readonly [name: string]: unknown };

/** `GET set?$select=…`: throws `ServiceError` for everything the service refuses. */
export type RunODataQuery = (
  context: QueryContext,
  entity: Entity,
  options: QueryOptions,
  /** Path and query as sent: next links repeat it. */
  requestUrl: string,
  /** Rows to start from (`accounts(id)/contact_customer_accounts`); absent: the whole table. */
  within?: Iterable<StoredRow>,
) => JsonObject;

/** `GET set?fetchXml=…` */
export type RunFetchXml = (
  context: QueryContext,
  entity: Entity,
  fetchXml: string,
  /** Rows to start from; absent: the whole table. */
  within?: Iterable<StoredRow>,
  /** `$count=true` stands beside the document. */
  counted?: boolean,
) => JsonObject;

/** One row as the service shows it: retrieve, and `return=representation`. */
export type ShapeRow = (
  context: QueryContext,
  entity: Entity,
  row: StoredRow,
  options: QueryOptions,
) => JsonObject;
