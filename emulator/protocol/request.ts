import type { FileTransfers } from '../handlers/file-transfers.ts';
import type { QueryContext, QueryOptions } from '../query/interface.ts';
import type { Segment } from './path.ts';
import { readPath, splitUrl } from './path.ts';
import type { Preferences } from './preferences.ts';
import { aliasesOf, readQueryOptions, resolveAliases } from './query-options.ts';

/** Names in lower case. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>;

/** One operation: a whole HTTP request, or a part of a batch. */
export interface ServiceRequest {
  readonly method: string;
  /** Path and query as sent, from the host's root. */
  readonly url: string;
  readonly segments: readonly Segment[];
  /** Aliases replaced. */
  readonly options: QueryOptions;
  /** Parameter aliases, for functions. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly headers: RequestHeaders;
  readonly body: Uint8Array;
}

/** What a handler gets. */
export interface RequestContext extends QueryContext {
  readonly request: ServiceRequest;
  readonly preferences: Preferences;
  readonly transfers: FileTransfers;
  /** What the parts of the change set so far made, by Content-ID: URLs relative to the root. */
  readonly contentIds: ReadonlyMap<string, string>;
}

/** The API root: `/api/data/v9.2/` and its siblings. */
export const apiRoot = /^\/api\/data\/v\d+\.\d+\/?/i;

/** Takes a URL apart: a path from the host's root, with its query. */
export function readRequest(parts: {
  readonly method: string;
  readonly url: string;
  readonly headers: RequestHeaders;
  readonly body: Uint8Array;
}): ServiceRequest {
  const { path, query } = splitUrl(parts.url);
  const all = readQueryOptions(query);
  return {
    ...parts,
    segments: readPath(path.replace(apiRoot, '')),
    options: resolveAliases(all),
    aliases: aliasesOf(all),
  };
}
