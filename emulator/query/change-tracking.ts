import { changeTrackingOff, expiredToken, untrackableOption } from '../errors/message-errors.ts';
import type { Environment } from '../environment.ts';
import { isMadeHere } from '../metadata/made-here.ts';
import type { Entity } from '../metadata/metadata.ts';
import type { StoredRow } from '../store/store.ts';
import type { JsonObject, QueryContext, QueryOptions } from './interface.ts';

/** The table, unseen from outside, whose rows tell which rows are gone. */
export const deletedTable = '#deleted';

/** Remembers that a row is gone, for whoever follows the changes of its table. */
export function rememberDeleted({ store }: Environment, table: string, id: string): void {
  store.put(
    deletedTable,
    `${table} ${id}`,
    new Map([
      ['table', table],
      ['row', id],
    ]),
  );
}

/** Tokens older than this are refused; the service keeps changes for seven days unless told otherwise. */
const keptMs = 7 * 24 * 3600 * 1000;

/** `919042%2108%2f22%2f2017%2008%3a10%3a44`: the row version and the time when it was given out. */
export function deltaToken(environment: Environment): string {
  const { store } = environment;
  const time = new Date(environment.now()).toISOString();
  const date = `${time.slice(5, 7)}/${time.slice(8, 10)}/${time.slice(0, 4)} ${time.slice(11, 19)}`;
  return encodeURIComponent(`${store.lastVersion}!${date}`)
    .replaceAll('!', '%21')
    .replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
}

/** The version a token stands for; throws for one that is too old or none. */
function versionOf(environment: Environment, token: string): number {
  const read = /^(\d+)!(\d\d)\/(\d\d)\/(\d{4}) (\d\d:\d\d:\d\d)$/.exec(token.trim());
  if (read === null) throw expiredToken();
  const [, version, month, day, year, time] = read;
  const given = Date.parse(`${year ?? ''}-${month ?? ''}-${day ?? ''}T${time ?? ''}Z`);
  if (environment.now() - given > keptMs) throw expiredToken();
  return Number(version);
}

/** Rows of a table that were written after a token was given out, and the ids of those that are gone. */
export function changesSince(
  environment: Environment,
  entity: Entity,
  token: string,
): { readonly changed: readonly StoredRow[]; readonly deleted: readonly string[] } {
  const version = versionOf(environment, token);
  const { store } = environment;
  const changed = [...store.rows(entity.logicalName)].filter((row) => row.version > version);
  const deleted = [...store.find(deletedTable, 'table', entity.logicalName)]
    .filter((row) => row.version > version)
    .map((row) => row.cells.get('row'))
    .filter((id) => typeof id === 'string')
    .filter((id) => store.get(entity.logicalName, id) === undefined);
  return { changed, deleted };
}

/** A row that is gone, as a list of changes shows it. */
export function deletedEntry(context: QueryContext, entity: Entity, id: string): JsonObject {
  return {
    '@odata.context': `${context.rootUrl}$metadata#${entity.entitySetName}/$deletedEntity`,
    id,
    reason: 'deleted',
  };
}

/** Does the table keep its changes? Those made here do when their definition says so. */
export function isTracked(entity: Entity): boolean {
  const told = entity.given?.['ChangeTrackingEnabled'];
  return !entity.isIntersect && (typeof told === 'boolean' ? told : !isMadeHere(entity));
}

const untrackable = ['$filter', '$orderby', '$expand', '$top'];

/** Refuses a table that keeps no changes, and options that leave some of them out. */
export function assertTracked(entity: Entity, options: QueryOptions): void {
  if (!isTracked(entity)) throw changeTrackingOff(entity);
  const refused = untrackable.find((option) => options.has(option));
  if (refused !== undefined) throw untrackableOption(refused);
}

/** The link to the changes after this answer. */
export function deltaLink(context: QueryContext, requestUrl: string): string {
  const [path = '', query = ''] = requestUrl.split('?');
  const relative = path.replace(/^.*?\/api\/data\/v\d+(\.\d+)?\//, '').replace(/^\//, '');
  const kept = query
    .split('&')
    .filter((part) => part !== '' && !/^(\$|%24)(delta|skip)token=/i.test(part));
  return `${context.rootUrl}${relative}?${[...kept, `$deltatoken=${deltaToken(context.environment)}`].join('&')}`;
}
