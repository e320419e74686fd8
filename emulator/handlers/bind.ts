import { keySyntax, segmentNotFound } from '../errors/payload-errors.ts';
import type { Environment } from '../environment.ts';
import { contentIdUnknown } from '../errors/payload-errors.ts';
import type { Entity } from '../metadata/metadata.ts';
import { readPath } from '../protocol/path.ts';
import { apiRoot } from '../protocol/request.ts';
import type { StoredRow } from '../store/store.ts';
import { rowByKey } from './resolve-row.ts';

/** What resolving a row's URL needs. */
export interface BindContext {
  readonly environment: Environment;
  readonly contentIds: ReadonlyMap<string, string>;
}

/** A row that a body or a query names by URL. */
export interface BoundRow {
  readonly entity: Entity;
  readonly row: StoredRow;
}

/** Finds the row of `/contacts(…)`, `contacts(key='v')`, an absolute URL, or `$1` in a change set. */
export function rowOfUrl(context: BindContext, url: string): BoundRow {
  const path = relativePath(resolveContentId(context, url.trim()));
  const segments = readPath(path);
  const [segment] = segments;
  const entity =
    segment === undefined ? undefined : context.environment.metadata.entityOfSet(segment.name);
  if (entity === undefined) throw segmentNotFound(segment?.name ?? url);
  if (segment?.argument === undefined || segments.length > 1) throw keySyntax();
  return { entity, row: rowByKey(context.environment, entity, segment.argument) };
}

/** Replaces a leading `$n` by what that part of the change set made. */
export function resolveContentId(context: BindContext, url: string): string {
  const reference = /^\/?(\$[^/?()]+)/.exec(url);
  if (reference?.[1] === undefined) return url;
  const made = context.contentIds.get(reference[1].slice(1));
  if (made === undefined) throw contentIdUnknown(reference[1]);
  return `${made}${url.slice(reference[0].length)}`;
}

function relativePath(url: string): string {
  // Organizations on premises stand in the path before the API: `/contoso/api/data/v9.0/`.
  const path = url.replace(/^https?:\/\/[^/]+/i, '').replace(/^.*?(?=\/api\/data\/v\d)/i, '');
  const question = path.indexOf('?');
  return (question < 0 ? path : path.slice(0, question)).replace(apiRoot, '');
}
