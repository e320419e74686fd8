import type { Entity } from '../metadata/metadata.ts';
import { rolesOf } from '../logic/held-privileges.ts';
import type { Answer } from '../protocol/answer.ts';
import { unquote } from '../protocol/path.ts';
import type { RequestContext } from '../protocol/request.ts';
import { hierarchyIds } from '../query/hierarchy.ts';
import { rowSourceOf } from '../query/row-source.ts';
import type { StoredRow } from '../store/store.ts';
import type { BoundRow } from './bind.ts';
import { tableOf } from './messages/message.ts';
import { userOfDirectory } from './privilege-functions.ts';
import { retrieve, retrieveMany } from './retrieve.ts';

/** Tables whose rows wait for a publication. Here all rows are published at once. */
const publishedTables: ReadonlySet<string> = new Set([
  'appmodule',
  'hierarchyrule',
  'savedquery',
  'savedqueryvisualization',
  'sitemap',
  'systemform',
  'webresource',
]);

type OfSet = (context: RequestContext, entity: Entity) => Answer | undefined;
type OfRow = (context: RequestContext, bound: BoundRow) => Answer | undefined;

/**
 * Functions of a set that answer with rows of it; undefined for sets they are not bound to. Query options
 * apply to them: learn.microsoft.com/power-apps/developer/data-platform/webapi/use-web-api-functions
 */
export const functionsOfSets: ReadonlyMap<string, OfSet> = new Map<string, OfSet>([
  [
    'RetrieveUnpublishedMultiple',
    (context, entity) =>
      publishedTables.has(entity.logicalName) ? retrieveMany(context, entity) : undefined,
  ],
]);

/** Functions of a row that answer with rows of its set; undefined for rows they are not bound to. */
export const functionsOfRows: ReadonlyMap<string, OfRow> = new Map<string, OfRow>([
  [
    'RetrieveUnpublished',
    (context, { entity, row }) =>
      publishedTables.has(entity.logicalName) ? retrieve(context, entity, row) : undefined,
  ],
  ['RetrieveBusinessHierarchyBusinessUnit', below('businessunit', ['self', 'below'])],
  ['RetrieveAllChildUsersSystemUser', below('systemuser', ['below'])],
]);

type OfNothing = (context: RequestContext, parameters: ReadonlyMap<string, string>) => Answer;

/** Functions that are bound to nothing and answer with rows. */
export const functionsOfNothing: ReadonlyMap<string, OfNothing> = new Map<string, OfNothing>([
  ['RetrieveAadUserRoles', retrieveAadUserRoles],
]);

/** learn.microsoft.com/power-apps/developer/data-platform/aad-group-team */
function retrieveAadUserRoles(
  context: RequestContext,
  parameters: ReadonlyMap<string, string>,
): Answer {
  const { environment } = context;
  const objectId = unquote(parameters.get('DirectoryObjectId') ?? '');
  const { own, throughTeams } = rolesOf(environment, userOfDirectory(context, objectId).id);
  return retrieveMany(context, tableOf(context, 'role'), new Set([...own, ...throughTeams]));
}

function below(table: string, parts: readonly ('self' | 'below')[]): OfRow {
  return (context, { entity, row }) => {
    const attribute = entity.attributes.get(entity.primaryId);
    if (entity.logicalName !== table || attribute === undefined) return undefined;
    const ids = hierarchyIds(rowSourceOf(context), { entity, attribute }, row.id, parts) ?? [];
    const rows = ids.map((id) => context.environment.store.get(table, id));
    return retrieveMany(
      context,
      entity,
      rows.filter((each): each is StoredRow => each !== undefined),
    );
  };
}
