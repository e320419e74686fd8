import {
  definitionNotFound,
  metadataOptionRefused,
  unknownTable,
} from '../errors/metadata-errors.ts';
import { unknownSegment } from '../errors/query-errors.ts';
import type { QueryContext, QueryOptions } from '../query/interface.ts';
import { globalChoices, relationships } from './answer-shared-definitions.ts';
import {
  list,
  matches,
  namespace,
  ok,
  readKey,
  readSegment,
  type Asked,
  type MetadataAnswer,
  type Segment,
} from './metadata-request.ts';
import type { Entity, Metadata } from './metadata.ts';
import { retrieveMetadataChanges } from './retrieve-metadata-changes.ts';
import { entityDefinition, entityId } from './wire/entity-definition.ts';
import { attributeAnswers, collectionOf, entityAnswer } from './wire/expand-definition.ts';
import type { Definition } from './wire/labels.ts';
import { metadataFilter } from './wire/metadata-filter.ts';
import {
  contextSelection,
  readDefinitionOptions,
  type DefinitionOptions,
} from './wire/project-definition.ts';

/**
 * Answers `EntityDefinitions`, `RelationshipDefinitions`, `GlobalOptionSetDefinitions` and
 * `RetrieveMetadataChanges`; undefined for a path that is none of them.
 */
export function answerMetadata(
  context: QueryContext,
  segments: readonly string[],
  options: QueryOptions,
): MetadataAnswer | undefined {
  const [first, ...rest] = segments.map(readSegment);
  if (first === undefined) return undefined;
  const { metadata } = context.environment;
  if (first.name === 'RetrieveMetadataChanges' && rest.length === 0) {
    return ok(context, `${namespace}RetrieveMetadataChangesResponse`, {
      ...retrieveMetadataChanges(metadata, first.argument ?? '', options),
    });
  }
  for (const option of ['$orderby', '$top', '$skip', '$count', '$apply', '$search']) {
    if (options.has(option)) throw metadataOptionRefused(option);
  }
  const asked: Asked = {
    context,
    metadata,
    options: readDefinitionOptions(options),
  };
  switch (first.name) {
    case 'EntityDefinitions':
      return entities(asked, first, rest);
    case 'RelationshipDefinitions':
      return relationships(asked, first, rest);
    case 'GlobalOptionSetDefinitions':
      return globalChoices(asked, first, rest);
    default:
      return undefined;
  }
}

function entities(
  asked: Asked,
  first: Segment,
  rest: readonly Segment[],
): MetadataAnswer | undefined {
  const { context, metadata, options } = asked;
  if (first.argument === undefined) {
    if (rest.length > 0) return undefined;
    return list(asked, 'EntityDefinitions', allEntities(metadata, options));
  }
  const entity = entityOfKey(metadata, first.argument);
  const path = `EntityDefinitions('${entity.logicalName}')`;
  const [next, ...further] = rest;
  if (next === undefined) {
    const selection = `EntityDefinitions${contextSelection(options)}/$entity`;
    return ok(context, selection, entityAnswer(metadata, entity, options));
  }
  if (next.name === 'Attributes') return attributes(asked, entity, [next, ...further]);
  const kind = relationshipKinds.get(next.name);
  const [last] = further;
  if (kind !== undefined && next.argument !== undefined && further.length === 1 && last) {
    const cast = { name: `${namespace}${kind}` };
    return relationships(asked, { ...next, name: 'RelationshipDefinitions' }, [cast, last]);
  }
  if (further.length > 0) return undefined;
  const property = entityDefinition(entity)[next.name];
  if (property !== undefined && next.argument === undefined) {
    return ok(context, `${path}/${next.name}`, { value: property });
  }
  const members = collectionOf(metadata, entity, next.name, options);
  if (next.argument === undefined) return list(asked, `${path}/${next.name}`, members);
  const key = readKey(next.argument);
  const all = collectionOf(metadata, entity, next.name, { expand: new Map() });
  const index = all.findIndex((each) => matches(each, key));
  const found = members[index];
  if (found === undefined) throw definitionNotFound(next.name, key.value);
  return ok(context, `${path}/${next.name}${contextSelection(options)}/$entity`, found);
}

const relationshipKinds: ReadonlyMap<string, string> = new Map([
  ['ManyToManyRelationships', 'ManyToManyRelationshipMetadata'],
  ['ManyToOneRelationships', 'OneToManyRelationshipMetadata'],
  ['OneToManyRelationships', 'OneToManyRelationshipMetadata'],
]);

function* matching(metadata: Metadata, filter: string | undefined): Iterable<Entity> {
  if (filter === undefined) {
    yield* metadata.entities();
    return;
  }
  // A filter may name any property; the first table shows which there are.
  let keep: ((definition: Definition) => boolean) | undefined;
  for (const entity of metadata.entities()) {
    const definition = entityDefinition(entity);
    keep ??= metadataFilter(filter, {
      typeName: 'EntityMetadata',
      has: (property) => property in definition,
    });
    if (keep(definition)) yield entity;
  }
}

function allEntities(metadata: Metadata, options: DefinitionOptions): readonly Definition[] {
  return [...matching(metadata, options.filter)].map((each) =>
    entityAnswer(metadata, each, options),
  );
}

/** What columns can be cast to: not to the kinds these derive from. learn.microsoft.com/power-apps/developer/data-platform/webapi/query-metadata-web-api */
const columnKinds: ReadonlySet<string> = new Set(
  [
    'BigInt',
    'Boolean',
    'DateTime',
    'Decimal',
    'Double',
    'EntityName',
    'File',
    'Image',
    'Integer',
    'Lookup',
    'ManagedProperty',
    'Memo',
    'Money',
    'MultiSelectPicklist',
    'Picklist',
    'State',
    'Status',
    'String',
    'UniqueIdentifier',
  ].map((kind) => `${kind}AttributeMetadata`),
);

function attributes(
  asked: Asked,
  entity: Entity,
  segments: readonly Segment[],
): MetadataAnswer | undefined {
  const { context, options } = asked;
  const [collection, cast, ...rest] = segments;
  if (collection === undefined) return undefined;
  const kind =
    cast?.name.startsWith(namespace) === true ? cast.name.slice(namespace.length) : undefined;
  if (kind !== undefined && !columnKinds.has(kind)) throw unknownSegment(`${namespace}${kind}`);
  const path = `EntityDefinitions('${entity.logicalName}')/Attributes${
    kind === undefined ? '' : `/${namespace}${kind}`
  }`;
  if (collection.argument === undefined) {
    if (cast !== undefined && (kind === undefined || rest.length > 0))
      throw unknownSegment(cast.name);
    return list(asked, path, attributeAnswers(entity, options, kind));
  }
  const key = readKey(collection.argument);
  const all = attributeAnswers(entity, { expand: new Map() });
  const wanted = all.find((each) => matches(each, key));
  const name = wanted?.['LogicalName'];
  if (typeof name !== 'string') throw definitionNotFound('attribute', key.value);
  const only: DefinitionOptions = { ...options, filter: `LogicalName eq '${name}'` };
  const [last] = kind === undefined && cast !== undefined ? [cast] : rest;
  if (last === undefined) {
    const [found] = attributeAnswers(entity, only, kind);
    if (found === undefined) throw definitionNotFound('attribute', key.value);
    return ok(context, `${path}${contextSelection(options)}/$entity`, found);
  }
  return attributeProperty(asked, entity, { path, name, kind, property: last.name });
}

function attributeProperty(
  asked: Asked,
  entity: Entity,
  of: {
    readonly path: string;
    readonly name: string;
    readonly kind: string | undefined;
    readonly property: string;
  },
): MetadataAnswer {
  const { context, options } = asked;
  const filter = `LogicalName eq '${of.name}'`;
  const isChoice = of.property === 'OptionSet' || of.property === 'GlobalOptionSet';
  const [found] = attributeAnswers(
    entity,
    { filter, expand: new Map(isChoice ? [[of.property, options]] : []) },
    of.kind,
  );
  const value = found?.[of.property];
  if (value === undefined) throw unknownSegment(of.property);
  const where = `${of.path}('${of.name}')/${of.property}`;
  if (isChoice && isDefinition(value)) return ok(context, `${where}/$entity`, value);
  return ok(context, where, { value });
}

function entityOfKey(metadata: Metadata, argument: string): Entity {
  const key = readKey(argument);
  if (key.name === 'LogicalName') {
    const entity = metadata.entity(key.value);
    if (entity === undefined) throw unknownTable(key.value);
    return entity;
  }
  for (const entity of metadata.entities()) if (entityId(entity) === key.value) return entity;
  throw unknownTable(key.value);
}

function isDefinition(value: unknown): value is Definition {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
