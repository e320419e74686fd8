import { definitionExists, definitionNotFound, unknownTable } from '../errors/metadata-errors.ts';
import { invalidArgument, methodNotAllowed, notImplemented } from '../errors/payload-errors.ts';
import { timeText, type Environment } from '../environment.ts';
import { findSolution, putComponent } from '../logic/solution-components.ts';
import type { Attribute, Entity, Metadata } from '../metadata/metadata.ts';
import { attributeId } from '../metadata/wire/attribute-definition.ts';
import { entityId } from '../metadata/wire/entity-definition.ts';
import { stableId } from '../metadata/stable-id.ts';
import { changeChoice } from '../metadata/write/global-choice.ts';
import {
  givenMembers,
  isObject,
  labelText,
  listIn,
  optionsIn,
  schemaNameOf,
  textIn,
  withLabels,
} from '../metadata/write/read-definition.ts';
import { createColumn, putColumn, removeColumn } from '../metadata/write/write-column.ts';
import {
  createLookupOfMany,
  createRelationship,
  relationshipId,
  removeLookup,
  updateRelationship,
} from '../metadata/write/write-relationship.ts';
import {
  deleteOption,
  insertOption,
  orderOptions,
  updateOption,
} from '../metadata/write/write-options.ts';
import { createTable, updateTable } from '../metadata/write/write-table.ts';
import { noContent, type Answer } from '../protocol/answer.ts';
import { readArguments, unquote, type Segment } from '../protocol/path.ts';
import type { RequestContext } from '../protocol/request.ts';
import type { JsonObject } from '../query/interface.ts';
import type { Cell } from '../store/store.ts';
import { firstOption, numbered } from './option-numbers.ts';
import { readJsonObject } from './read-payload.ts';

/** A change of definitions, as it is kept to be made again at the next start. */
export interface DefinitionWrite {
  readonly method: string;
  /** `EntityDefinitions(LogicalName='x')/Attributes`, or the name of an action. */
  readonly path: readonly { readonly name: string; readonly argument?: string }[];
  readonly body: JsonObject;
  /** Ids given out, in their order: they stay the same. */
  readonly ids: readonly string[];
  /** `MSCRM.MergeLabels`: labels of languages that the body does not name stay. */
  readonly mergeLabels?: boolean;
  /** The first value that options without one get. */
  readonly firstOption?: number;
}

/** `POST`, `PUT` and `DELETE` of definitions: 204, with the URL of what was made. */
export function writeDefinition(context: RequestContext, segments: readonly Segment[]): Answer {
  const { method, body } = context.request;
  if (method === 'PATCH') throw methodNotAllowed(method);
  const { environment } = context;
  const json = method === 'DELETE' ? {} : readJsonObject(segments.at(-1)?.name ?? '', body);
  const solutionName = solutionOf(context, json);
  const made = keep(environment, {
    method,
    path: segments.map(shortened),
    body: dated(environment, method, json),
    mergeLabels: context.request.headers['mscrm.mergelabels']?.toLowerCase() === 'true',
    firstOption: firstOption(environment, solutionName),
  });
  if (method === 'POST' && solutionName !== undefined) {
    addToSolution(environment, solutionName, String(made));
  }
  // A changed definition is named as the client named it.
  const url = method === 'PUT' ? segments.map(({ raw }) => raw).join('/') : made;
  return noContent(typeof url === 'string' ? { 'OData-EntityId': `${context.rootUrl}${url}` } : {});
}

/** When the definition was made or changed. */
function dated(environment: Environment, method: string, body: JsonObject): JsonObject {
  const time = timeText(environment);
  if (method === 'POST') return { ...body, CreatedOn: time, ModifiedOn: time };
  if (method !== 'PUT') return body;
  const { CreatedOn: _, ...rest } = body;
  return { ...rest, ModifiedOn: time };
}

function solutionOf({ request }: RequestContext, body: JsonObject): string | undefined {
  return textIn(body, 'SolutionUniqueName') ?? request.headers['mscrm.solutionuniquename'];
}

/** `componenttype` by what a URL ends in: learn.microsoft.com/power-apps/developer/data-platform/reference/entities/solutioncomponent */
const componentTypes: ReadonlyMap<string, number> = new Map([
  ['EntityDefinitions', 1],
  ['Attributes', 2],
  ['GlobalOptionSetDefinitions', 9],
  ['RelationshipDefinitions', 10],
  ['Keys', 14],
]);

/** Puts what was made into the solution that the client names; the service makes up none. */
function addToSolution(environment: Environment, name: string, made: string): void {
  const solution = findSolution(environment, name);
  const [, kind = '', objectId] = /(?<!\w)(\w+)\(([^()]*)\)$/.exec(made) ?? [];
  const type = componentTypes.get(kind);
  if (solution === undefined || type === undefined || objectId === undefined) return;
  putComponent(environment, solution, { objectId, type });
}

function shortened({ name, argument }: Segment): DefinitionWrite['path'][number] {
  return { name, ...(argument === undefined ? {} : { argument }) };
}

/** Actions that change definitions, by name. */
export const definitionActions: ReadonlySet<string> = new Set([
  'CreateCustomerRelationships',
  'CreatePolymorphicLookupAttribute',
  'DeleteOptionValue',
  'InsertOptionValue',
  'InsertStatusValue',
  'OrderOption',
  'UpdateOptionValue',
  'UpdateStateValue',
]);

/** Runs one of the actions that change definitions. */
export function definitionAction(
  context: RequestContext,
  name: string,
  parameters: JsonObject,
): JsonObject | undefined {
  const { environment } = context;
  const result = keep(environment, {
    method: 'POST',
    path: [{ name }],
    body: parameters,
    firstOption: firstOption(environment, solutionOf(context, parameters)),
  });
  return isObject(result) ? result : undefined;
}

/** The table, unseen from outside, whose rows are the changes of definitions in their order. */
export const definitionTable = '#definitions';

/** Makes the change, and keeps it so that the next start makes it again. */
function keep(environment: Environment, write: Omit<DefinitionWrite, 'ids'>): unknown {
  const ids: string[] = [];
  const result = applyDefinitionWrite(environment, write, () => {
    const id = environment.newId();
    ids.push(id);
    return id;
  });
  const { store } = environment;
  const cells = new Map<string, Cell>([['write', JSON.stringify({ ...write, ids })]]);
  store.put(definitionTable, String(store.count(definitionTable)).padStart(8, '0'), cells);
  return result;
}

/** Makes the changes that a data file kept once more. */
export function restoreDefinitions(environment: Environment): void {
  for (const row of environment.store.rows(definitionTable)) {
    const text = row.cells.get('write');
    if (typeof text !== 'string') continue;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `keep` wrote it
    const write = JSON.parse(text) as DefinitionWrite;
    const ids = [...write.ids];
    applyDefinitionWrite(environment, write, () => ids.shift() ?? environment.newId());
  }
}

function applyDefinitionWrite(
  environment: Environment,
  write: Omit<DefinitionWrite, 'ids'>,
  newId: () => string,
): unknown {
  const { metadata } = environment;
  const [first, second] = write.path;
  switch (first?.name ?? '') {
    case 'EntityDefinitions':
      return second === undefined
        ? writeTable(environment, write, newId)
        : writeWithin(metadata, valued(write), newId);
    case 'RelationshipDefinitions':
      return writeRelationship(metadata, write, newId);
    case 'GlobalOptionSetDefinitions':
      return writeChoice(metadata, valued(write), newId);
    case 'CreateCustomerRelationships':
    case 'CreatePolymorphicLookupAttribute':
      return createLookupOfMany(metadata, write.body, newId);
    case 'InsertOptionValue':
    case 'InsertStatusValue':
      return insertOption(metadata, write.body, write.firstOption);
    case 'UpdateOptionValue':
    case 'UpdateStateValue':
      return updateOption(metadata, write.body);
    case 'DeleteOptionValue':
      return deleteOption(metadata, write.body);
    case 'OrderOption':
      return orderOptions(metadata, write.body);
    default:
      throw notImplemented(`${write.method} of metadata ('${first?.name ?? ''}')`);
  }
}

type Write = Omit<DefinitionWrite, 'ids'>;

function valued(write: Write): Write {
  return { ...write, body: numbered(write.body, write.firstOption) };
}

function writeTable(environment: Environment, write: Write, newId: () => string): unknown {
  const { metadata, store } = environment;
  const argument = write.path[0]?.argument;
  if (argument === undefined) {
    if (write.method !== 'POST') throw methodNotAllowed(write.method);
    const entity = createTable(metadata, write.body, newId);
    announce(environment, entity);
    return `EntityDefinitions(${entityId(entity)})`;
  }
  const entity = tableOf(metadata, argument);
  if (write.method === 'PUT') {
    updateTable(metadata, entity, write);
    return undefined;
  }
  if (write.method !== 'DELETE') throw methodNotAllowed(write.method);
  assertCustom(entity, entity.custom);
  store.transaction(() => {
    for (const row of store.rows(entity.logicalName)) store.delete(entity.logicalName, row.id);
  });
  metadata.removeEntity(entity.logicalName);
  return undefined;
}

/** The platform tells clients of a new table what they may do with it. */
function announce({ store }: Environment, entity: Entity): void {
  store.transaction(() => {
    for (const { id, name } of entity.privileges) {
      const cells = new Map<string, Cell>([
        ['name', name],
        ['canbebasic', true],
        ['canbelocal', true],
        ['canbedeep', true],
        ['canbeglobal', true],
      ]);
      store.put('privilege', id, cells);
    }
    for (const message of ['CreateMultiple', 'UpdateMultiple']) {
      const cells = new Map<string, Cell>([
        ['sdkmessageid', { table: 'sdkmessage', id: stableId(`message ${message}`) }],
        ['primaryobjecttypecode', entity.logicalName],
        ['secondaryobjecttypecode', 'none'],
        ['iscustomprocessingstepallowed', true],
      ]);
      store.put('sdkmessagefilter', stableId(`message ${message} ${entity.logicalName}`), cells);
    }
  });
}

/** Columns and keys of a table. */
function writeWithin(metadata: Metadata, write: Write, newId: () => string): unknown {
  const [first, second] = write.path;
  const entity = tableOf(metadata, first?.argument ?? '');
  const own = `EntityDefinitions(${first?.argument ?? ''})`;
  if (second === undefined) throw notImplemented(`${write.method} of a table's definition`);
  switch (second.name) {
    case 'Attributes': {
      if (second.argument === undefined) {
        if (write.method !== 'POST') throw methodNotAllowed(write.method);
        const metadataId = textIn(write.body, 'MetadataId') ?? newId();
        createColumn(metadata, entity, { body: write.body, metadataId });
        return `${own}/Attributes(${metadataId})`;
      }
      const attribute = columnOf(entity, second.argument);
      if (write.method === 'DELETE') {
        assertCustom(entity, attribute.custom);
        removeColumn(metadata, entity, attribute.logicalName);
        return undefined;
      }
      if (write.method !== 'PUT') throw methodNotAllowed(write.method);
      const metadataId = attributeId(entity, attribute);
      putColumn(metadata, entity, {
        body: {
          SchemaName: attribute.schemaName,
          CreatedOn: attribute.given?.['CreatedOn'],
          ...write.body,
        },
        metadataId,
        ...(write.mergeLabels === true ? { known: attribute } : {}),
      });
      return undefined;
    }
    case 'Keys':
      return writeKey(metadata, entity, write);
    default:
      throw notImplemented(`${write.method} of '${second.name}' of a table's definition`);
  }
}

function writeKey(metadata: Metadata, entity: Entity, write: Write): unknown {
  const argument = write.path[1]?.argument;
  if (write.method === 'DELETE' && argument !== undefined) {
    const name = keyText(argument);
    const keys = entity.keys.filter(
      (each) =>
        each.schemaName.toLowerCase() !== name &&
        stableId(`key ${entity.logicalName} ${each.schemaName}`) !== name,
    );
    if (keys.length === entity.keys.length) throw definitionNotFound('entity key', name);
    metadata.add({ entities: [{ ...entity, keys }], manyToOne: [], manyToMany: [] });
    return undefined;
  }
  if (write.method !== 'POST') throw methodNotAllowed(write.method);
  const schemaName = schemaNameOf(write.body);
  if (entity.keys.some((each) => each.schemaName.toLowerCase() === schemaName.toLowerCase())) {
    throw definitionExists('key', schemaName);
  }
  const attributes = listIn(write.body, 'KeyAttributes').map(String);
  if (attributes.length === 0 || attributes.length > 16) {
    throw invalidArgument('A key needs between 1 and 16 columns.');
  }
  for (const name of attributes) {
    if (!entity.attributes.has(name)) throw definitionNotFound('attribute', name);
  }
  if (entity.keys.length >= 10) throw invalidArgument('A table can have at most 10 keys.');
  const keys = [...entity.keys, { schemaName, attributes }];
  metadata.add({ entities: [{ ...entity, keys }], manyToOne: [], manyToMany: [] });
  const id = stableId(`key ${entity.logicalName} ${schemaName}`);
  return `EntityDefinitions(${write.path[0]?.argument ?? ''})/Keys(${id})`;
}

function writeRelationship(metadata: Metadata, write: Write, newId: () => string): unknown {
  const argument = write.path[0]?.argument;
  if (argument === undefined) {
    if (write.method !== 'POST') throw methodNotAllowed(write.method);
    return `RelationshipDefinitions(${createRelationship(metadata, write.body, newId)})`;
  }
  const name = keyText(argument);
  for (const entity of metadata.entities()) {
    const all = [
      ...metadata.manyToOne(entity.logicalName),
      ...metadata.manyToMany(entity.logicalName),
    ];
    const found = all.find(
      (each) => each.schemaName.toLowerCase() === name || relationshipId(each.schemaName) === name,
    );
    if (found === undefined) continue;
    if (write.method === 'PUT') {
      if (found.given !== undefined) updateRelationship(metadata, found, write);
      return undefined;
    }
    if (write.method !== 'DELETE') throw methodNotAllowed(write.method);
    metadata.removeRelationship(found.schemaName);
    if ('referencingAttribute' in found) removeLookup(metadata, entity, found);
    else metadata.removeEntity(found.intersectEntity);
    return undefined;
  }
  throw definitionNotFound('relationship', name);
}

const choiceMembers = ['Description', 'DisplayName'];

function writeChoice(metadata: Metadata, write: Write, newId: () => string): unknown {
  const argument = write.path[0]?.argument;
  const options = optionsIn(write.body);
  if (argument === undefined) {
    if (write.method !== 'POST') throw methodNotAllowed(write.method);
    const name = textIn(write.body, 'Name');
    if (name === undefined) throw invalidArgument("The required property 'Name' is missing.");
    if (metadata.choices.has(name)) throw definitionExists('option set', name);
    const metadataId = textIn(write.body, 'MetadataId') ?? newId();
    const displayName = labelText(write.body['DisplayName']) ?? name;
    const given = givenMembers(write.body, choiceMembers, `choice ${name}`);
    metadata.choices.set(name, { name, metadataId, displayName, options, given });
    return `GlobalOptionSetDefinitions(${metadataId})`;
  }
  const key = keyText(argument);
  const known = [...metadata.choices.values()].find(
    (each) => each.name.toLowerCase() === key || each.metadataId === key,
  );
  if (known === undefined) throw definitionNotFound('option set', key);
  if (write.method === 'DELETE') metadata.choices.delete(known.name);
  else if (write.method === 'PUT') {
    const displayName = labelText(write.body['DisplayName']) ?? known.displayName;
    const given = givenMembers(write.body, choiceMembers, `choice ${known.name}`);
    changeChoice(metadata, {
      ...known,
      displayName,
      given: withLabels(known.given, given, write.mergeLabels === true),
    });
  } else throw methodNotAllowed(write.method);
  return undefined;
}

function tableOf(metadata: Metadata, argument: string): Entity {
  const key = keyText(argument);
  const named = metadata.entity(key);
  if (named !== undefined) return named;
  for (const entity of metadata.entities()) if (entityId(entity) === key) return entity;
  throw unknownTable(key);
}

function columnOf(entity: Entity, argument: string): Attribute {
  const key = keyText(argument);
  const named = entity.attributes.get(key);
  if (named !== undefined) return named;
  for (const attribute of entity.attributes.values()) {
    if (attributeId(entity, attribute) === key) return attribute;
  }
  throw definitionNotFound('attribute', key);
}

/** The name or the id that a key's text gives. */
function keyText(argument: string): string {
  const named = [...(readArguments(argument)?.values() ?? [])][0];
  return unquote(named ?? argument).toLowerCase();
}

function assertCustom(entity: Entity, custom: boolean): void {
  if (custom) return;
  throw invalidArgument(
    `A definition that the system brought cannot be deleted from '${entity.logicalName}'.`,
  );
}
