import { invalidArgument } from '../errors/payload-errors.ts';
import type { Entity } from '../metadata/metadata.ts';
import type { RequestContext } from '../protocol/request.ts';
import type { JsonObject } from '../query/interface.ts';
import { isOwnerTable } from '../query/row-members.ts';
import { rowOfUrl, type BoundRow } from './bind.ts';
import { isJsonObject } from './read-payload.ts';
import { rowByKey } from './resolve-row.ts';

/** The row that an entity among parameters names: by `@odata.id`, or by its type and primary key. */
export function rowOf(context: RequestContext, value: JsonObject, name: string): BoundRow {
  const url = value['@odata.id'];
  if (typeof url === 'string') return rowOfUrl(context, url);
  const entity = typeOf(context, value, name);
  // Users and teams are principals, which have the key `ownerid`:
  // learn.microsoft.com/power-apps/developer/data-platform/webapi/use-web-api-actions
  const id = value[entity.primaryId] ?? (isOwnerTable(entity) ? value['ownerid'] : undefined);
  if (typeof id !== 'string') {
    throw invalidArgument('EdmEntityObject passed should have the key property value set.');
  }
  return { entity, row: rowByKey(context.environment, entity, id) };
}

/** The table of an entity parameter; without `@odata.type` the primary key's name tells it. */
export function typeOf(context: RequestContext, value: JsonObject, name: string): Entity {
  const { metadata } = context.environment;
  const type = value['@odata.type'];
  const table =
    typeof type === 'string'
      ? type.replace(/^#?Microsoft\.Dynamics\.CRM\./, '')
      : (Object.keys(value)
          .find(
            (member) => member.endsWith('id') && metadata.entity(member.slice(0, -2)) !== undefined,
          )
          ?.slice(0, -2) ?? '');
  const entity = metadata.entity(table);
  if (entity !== undefined && table !== 'owner') return entity;
  if (typeof type !== 'string' && 'ownerid' in value) {
    throw invalidArgument('EdmEntityObject passed should have the key property value set.');
  }
  throw invalidArgument(
    `The parameter '${name}' needs an '@odata.type' that is a table of the environment.`,
  );
}

/** The row that an entity reference among a function's parameters names, by its id or its type and key. */
export function rowOfReference(context: RequestContext, literal: string): BoundRow {
  return rowOf(context, objectLiteral(literal), 'Target');
}

/** `{'@odata.id':'accounts(…)'}`: quotes of both kinds occur. */
export function objectLiteral(literal: string): JsonObject {
  for (const text of [literal, doubleQuoted(literal)]) {
    try {
      const value: unknown = JSON.parse(text);
      if (isJsonObject(value)) return value;
    } catch {
      // In single quotes it is no JSON yet.
    }
  }
  throw invalidArgument(`'${literal}' is not an entity reference.`);
}

function doubleQuoted(literal: string): string {
  return literal.replaceAll(/"(?:[^"\\]|\\.)*"|'((?:[^']|'')*)'/g, (whole, inner?: string) =>
    inner === undefined ? whole : JSON.stringify(inner.replaceAll("''", "'")),
  );
}
