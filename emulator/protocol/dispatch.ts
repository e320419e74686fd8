import { replaceParties } from '../handlers/activity-parties.ts';
import {
  definitionAction,
  definitionActions,
  writeDefinition,
} from '../handlers/definition-writes.ts';
import {
  functionsOfNothing,
  functionsOfRows,
  functionsOfSets,
} from '../handlers/composable-functions.ts';
import { create } from '../handlers/create.ts';
import { remove } from '../handlers/delete.ts';
import { bulkMessage } from '../handlers/bulk-messages.ts';
import { actions, callAction, type ActionCall } from '../handlers/actions.ts';
import { documentedActions } from '../handlers/messages/documented-actions.ts';
import { answerInBackground } from '../handlers/messages/jobs.ts';
import { fileColumn, rawFile } from '../handlers/file-column.ts';
import type { BoundRow } from '../handlers/bind.ts';
import { functions } from '../handlers/functions.ts';
import { findNavigation, type CollectionNavigation } from '../handlers/navigation.ts';
import { property, rawProperty } from '../handlers/property.ts';
import { reference, requireRelated } from '../handlers/reference.ts';
import { relatedRow, relatedRows } from '../handlers/related-rows.ts';
import { rowByKey } from '../handlers/resolve-row.ts';
import { countRows, retrieve, retrieveMany, retrieveRelated } from '../handlers/retrieve.ts';
import { serviceDocument } from '../handlers/service-document.ts';
import { upsert } from '../handlers/upsert.ts';
import {
  fieldMissing,
  keySyntax,
  methodNotAllowed,
  notImplemented,
  rowNotFound,
  segmentNotFound,
} from '../errors/payload-errors.ts';
import { definitionNotPatched, mediaTypeRefused } from '../errors/metadata-errors.ts';
import { activityParty } from '../metadata/activity-parties.ts';
import type { Entity } from '../metadata/metadata.ts';
import { answerMetadata } from '../metadata/answer-metadata.ts';
import { serviceMetadata } from '../metadata/service-metadata.ts';
import { boundTables, requiredParameters } from '../metadata/service-operations.ts';
import { json, type Answer } from './answer.ts';
import { readArguments, type Segment } from './path.ts';
import type { JsonObject } from '../query/interface.ts';
import { replaceAliases } from './query-options.ts';
import type { RequestContext } from './request.ts';

const namespace = 'Microsoft.Dynamics.CRM.';

const metadataRoots: ReadonlySet<string> = new Set([
  'EntityDefinitions',
  'RelationshipDefinitions',
  'GlobalOptionSetDefinitions',
  'ManagedPropertyDefinitions',
  'RetrieveMetadataChanges',
]);

/** Leads one operation to its handler; throws `ServiceError` for what the service refuses. */
export function dispatch(context: RequestContext): Answer {
  const [first, ...rest] = context.request.segments;
  if (first === undefined) return serviceDocument(context);
  if (metadataRoots.has(first.name) || first.name === '$metadata') {
    return metadataAnswer(context, first);
  }
  const entity = context.environment.metadata.entityOfSet(first.name);
  if (entity !== undefined) {
    const answer = entitySet(context, entity, [first, ...rest]);
    return entity.tableType === 'Elastic' ? withSession(context, answer) : answer;
  }
  return unbound(context, first);
}

/** Writes of elastic tables tell how far a client has seen: learn.microsoft.com/power-apps/developer/data-platform/use-elastic-tables */
function withSession(context: RequestContext, answer: Answer): Answer {
  if (context.request.method === 'GET') return answer;
  const token = `207:8#${context.environment.store.lastVersion}#7=-1`;
  return { ...answer, headers: { ...answer.headers, 'x-ms-session-token': token } };
}

function metadataAnswer(context: RequestContext, first: Segment): Answer {
  const { method, segments, options, aliases, headers } = context.request;
  if (method === 'PATCH') {
    throw first.name === 'EntityDefinitions' ? definitionNotPatched() : methodNotAllowed(method);
  }
  if (method !== 'GET' && method !== 'HEAD') return writeDefinition(context, segments);
  if (first.name === '$metadata') {
    if (!takesXml(headers['accept'])) throw mediaTypeRefused();
    const annotated = options.get('annotations') === 'true' || context.preferences.allAnnotations;
    return {
      status: 200,
      headers: { 'Content-Type': 'application/xml' },
      body: serviceMetadata(context.environment.metadata, annotated),
    };
  }
  const paths = segments.map((segment) => replaceAliases(segment.raw, aliases));
  const answer = answerMetadata(context, paths, options);
  if (answer === undefined) throw notImplemented(`the metadata path '${paths.join('/')}'`);
  return json(answer.body, { status: answer.status, streamed: 'value' in answer.body });
}

/** The document is XML and nothing else, also for who asks for JSON. */
function takesXml(accept: string | undefined): boolean {
  return accept === undefined || /xml|\*\/\*|application\/\*/i.test(accept);
}

function unbound(context: RequestContext, segment: Segment): Answer {
  const name = withoutNamespace(segment.name);
  const action = actions.get(name);
  if (action !== undefined) {
    if (context.request.method !== 'POST') throw methodNotAllowed(context.request.method);
    return callAction(context, name, action);
  }
  const documented = documentedActions.get(name);
  if (documented !== undefined) {
    if (context.request.method !== 'POST') throw methodNotAllowed(context.request.method);
    return inPlace(context, name, () => callAction(context, name, documented));
  }
  if (definitionActions.has(name)) {
    if (context.request.method !== 'POST') throw methodNotAllowed(context.request.method);
    const run = ({ parameters }: ActionCall): JsonObject | undefined =>
      definitionAction(context, name, parameters);
    return callAction(context, name, run);
  }
  const rows = functionsOfNothing.get(name);
  if (rows !== undefined) {
    if (context.request.method !== 'GET') throw methodNotAllowed(context.request.method);
    return rows(context, parametersOf(context, segment));
  }
  if (!functions.has(name)) {
    if (isOperation(segment.name)) throw notImplemented(`the operation '${name}'`);
    throw segmentNotFound(segment.name);
  }
  if (context.request.method !== 'GET') throw methodNotAllowed(context.request.method);
  if (boundTables(name) !== undefined) throw segmentNotFound(segment.name);
  return inPlace(context, name, () => callFunction(context, segment));
}

/** Operations run at once, unless the client asks for the background. */
function inPlace(context: RequestContext, name: string, run: () => Answer): Answer {
  return context.preferences.respondAsync ? answerInBackground(context, name, run) : run();
}

function entitySet(context: RequestContext, entity: Entity, segments: readonly Segment[]): Answer {
  const [set, ...rest] = segments;
  const { method } = context.request;
  if (set?.argument !== undefined && set.argument.trim() !== '') {
    if (rest.length === 0) return wholeRow(context, entity, set.argument);
    // A file or image column may be written by the key of its row alone.
    const row = rowByKey(context.environment, entity, set.argument);
    return within(context, { entity, row }, rest);
  }
  const [next] = rest;
  if (next === undefined) {
    if (method === 'POST') return create(context, entity);
    if (method === 'GET' || method === 'HEAD') return retrieveMany(context, entity);
    throw methodNotAllowed(method);
  }
  if (next.name === '$count' && method === 'GET') return countRows(context, entity);
  if (method === 'POST') return bulkMessage(context, entity, withoutNamespace(next.name));
  if (method === 'GET') {
    const answer = functionsOfSets.get(withoutNamespace(next.name))?.(context, entity);
    if (answer !== undefined) return answer;
    if (functions.has(withoutNamespace(next.name))) throw segmentNotFound(next.name);
  }
  if (isOperation(next.name)) {
    throw notImplemented(`the operation '${next.name}' of '${entity.entitySetName}'`);
  }
  throw segmentNotFound(next.name);
}

function wholeRow(context: RequestContext, entity: Entity, argument: string): Answer {
  switch (context.request.method) {
    case 'GET':
    case 'HEAD':
      return retrieve(context, entity, rowByKey(context.environment, entity, argument));
    case 'PATCH':
      return upsert(context, entity, argument);
    case 'DELETE':
      return remove(context, entity, argument);
    default:
      throw methodNotAllowed(context.request.method);
  }
}

/** What stands behind a row: a column, a navigation property, a bound operation. */
function within(context: RequestContext, near: BoundRow, path: readonly Segment[]): Answer {
  const [segment, next] = path;
  if (segment === undefined) return retrieve(context, near.entity, near.row);
  const { environment, request } = context;
  const navigation = findNavigation(environment.metadata, near.entity, segment.name);
  if (navigation !== undefined) {
    if (next?.name === '$ref') return reference(context, near, { navigation, segment });
    if (navigation.kind === 'many-to-one') {
      if (next !== undefined) {
        return within(context, requireRelated(context, near, navigation), path.slice(1));
      }
      if (request.method !== 'GET') throw methodNotAllowed(request.method);
      return retrieveRelated(context, relatedRow(environment, near, navigation));
    }
    const rows = relatedRows(environment, near, navigation);
    if (segment.argument !== undefined && segment.argument !== '') {
      const row = rowByKey(environment, navigation.target, segment.argument);
      const isRelated = [...rows].some((related) => related.id === row.id);
      if (!isRelated) throw rowNotFound(navigation.target.logicalName, row.id);
      return within(context, { entity: navigation.target, row }, path.slice(1));
    }
    if (next?.name === '$count') return countRows(context, navigation.target, rows);
    if (next !== undefined) throw segmentNotFound(next.name);
    if (request.method === 'PUT' && isPartyCollection(navigation)) {
      return replaceParties(context, near, navigation);
    }
    if (request.method !== 'GET') throw methodNotAllowed(request.method);
    return retrieveMany(context, navigation.target, rows);
  }
  return columnOrFunction(context, near, path);
}

/** Parties are the one collection that is written as a whole. */
function isPartyCollection(
  navigation: CollectionNavigation,
): navigation is Extract<CollectionNavigation, { readonly kind: 'one-to-many' }> {
  return navigation.kind === 'one-to-many' && navigation.target.logicalName === activityParty;
}

function columnOrFunction(
  context: RequestContext,
  near: BoundRow,
  path: readonly Segment[],
): Answer {
  const [segment, next] = path;
  if (segment === undefined) throw keySyntax();
  const name = segment.name.replace(/^_(.+)_value$/, '$1');
  const attribute = near.entity.attributes.get(name);
  if (attribute !== undefined) {
    const isFile = attribute.typeName === 'FileType' || attribute.typeName === 'ImageType';
    if (isFile) {
      if (next === undefined) return fileColumn(context, near, attribute);
      if (next.name !== '$value') throw segmentNotFound(next.name);
      return rawFile(context, near, attribute);
    }
    if (next?.name === '$value') return rawProperty(context, near, attribute);
    if (next !== undefined) throw segmentNotFound(next.name);
    return property(context, near, attribute);
  }
  // A client may leave the namespace of a bound operation away.
  const operation = withoutNamespace(segment.name);
  const action = documentedActions.get(operation);
  if (action !== undefined && context.request.method === 'POST') {
    return inPlace(context, operation, () => callAction(context, operation, action, near));
  }
  if (context.request.method === 'GET') {
    const answer = functionsOfRows.get(operation)?.(context, near);
    if (answer !== undefined) return answer;
  }
  if (functions.has(operation)) {
    const isBound = boundTables(operation)?.includes(near.entity.logicalName) === true;
    if (!isBound) throw segmentNotFound(segment.name);
    return inPlace(context, operation, () => callFunction(context, segment, near));
  }
  if (isOperation(segment.name)) {
    throw notImplemented(`the operation '${segment.name}' of '${near.entity.entitySetName}'`);
  }
  throw segmentNotFound(segment.name);
}

function callFunction(context: RequestContext, segment: Segment, boundTo?: BoundRow): Answer {
  const name = withoutNamespace(segment.name);
  const handler = functions.get(name);
  if (handler === undefined) throw notImplemented(`the function '${name}'`);
  const parameters = parametersOf(context, segment);
  for (const required of requiredParameters(name)) {
    if (!parameters.has(required)) throw fieldMissing(required, name);
  }
  const body = handler({ context, parameters, ...(boundTo === undefined ? {} : { boundTo }) });
  const url = `${context.rootUrl}$metadata#${namespace}${name}Response`;
  // As learn.microsoft.com/power-apps/developer/data-platform/webapi/web-api-functions-actions-sample recorded it.
  const headers =
    name === 'InitializeFrom' ? { 'Preference-Applied': 'return=representation' } : {};
  return json({ '@odata.context': url, ...body }, { headers });
}

function parametersOf(context: RequestContext, segment: Segment): ReadonlyMap<string, string> {
  return new Map(
    [...(readArguments(segment.argument ?? '') ?? [])].map(([parameter, literal]) => [
      parameter,
      replaceAliases(literal, context.request.aliases),
    ]),
  );
}

/** Names of operations start with a capital letter or their namespace, names of sets with a small one. */
function isOperation(name: string): boolean {
  return name.startsWith(namespace) || /^[A-Z]/.test(name) || searchOperations.has(name);
}

/** The exceptions: learn.microsoft.com/power-apps/developer/data-platform/search/overview */
const searchOperations: ReadonlySet<string> = new Set([
  'searchautocomplete',
  'searchquery',
  'searchstatistics',
  'searchstatus',
  'searchsuggest',
]);

function withoutNamespace(name: string): string {
  return name.startsWith(namespace) ? name.slice(namespace.length) : name;
}
