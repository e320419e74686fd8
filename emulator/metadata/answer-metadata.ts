import {
  definitionNotFound,
  metadataOptionRefused,
  unknownTable,
} from '../errors/metadata-errors.ts';
import { unknownSegment } from '../errors/query-errors.ts';
import type { JsonObject, QueryContext, QueryOptions } from '../query/interface.ts';
import type { Entity, Metadata } from './metadata.ts';
import { retrieveMetadataChanges } from './retrieve-metadata-changes.ts';
import { choiceDefinition } from './wire/choice-definition.ts';
import { entityDefinition, entityId } from './wire/entity-definition.ts';
import {
  attributeAnswers,
  collectionOf,
  entityAnswer,
  listAnswers,
} from './wire/expand-definition.ts';
import type { Definition } from './wire/labels.ts';
import { metadataFilter } from './wire/metadata-filter.ts';
import {
  contextSelection,
  project,
  readDefinitionOptions,
  type DefinitionOptions,
} from './wire/project-definition.ts';
import { manyToManyDefinition, manyToOneDefinition } from './wire/relationship-definition.ts';

interface Asked {
  readonly context: QueryContext;
  readonly metadata: Metadata;
  readonly options: DefinitionOptions;
}

interface Segment {
  readonly name: string;
  readonly argument?: string;
}

export interface MetadataAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

const namespace = 'Microsoft.Dynamics.CRM.';

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

function relationships(
  asked: Asked,
  first: Segment,
  rest: readonly Segment[],
): MetadataAnswer | undefined {
  const { context, metadata, options } = asked;
  const [cast, ...further] = rest;
  if (further.length > 0) return undefined;
  const kind =
    cast?.name.startsWith(namespace) === true ? cast.name.slice(namespace.length) : undefined;
  if (cast !== undefined && kind === undefined) throw unknownSegment(cast.name);
  const path = `RelationshipDefinitions${kind === undefined ? '' : `/${namespace}${kind}`}`;
  const all = allRelationships(metadata).filter((each) => kind === undefined || each.kind === kind);
  if (first.argument === undefined) {
    const members = all.flatMap(({ kind: own, definition }) => {
      const [shown] = listAnswers([definition], own, options);
      return shown === undefined ? [] : [typed(shown, kind === undefined ? own : undefined)];
    });
    return list(asked, path, members);
  }
  const key = readKey(first.argument);
  const found = all.find((each) => matches(each.definition, key));
  if (found === undefined) throw definitionNotFound('relationship', key.value);
  const type = { name: found.kind, properties: found.definition };
  const shown = project(found.definition, options.select, type);
  const body = typed(shown, kind === undefined ? found.kind : undefined);
  return ok(context, `${path}${contextSelection(options)}/$entity`, body);
}

function allRelationships(
  metadata: Metadata,
): readonly { readonly kind: string; readonly definition: Definition }[] {
  const lookups = [...metadata.entities()].flatMap((entity) =>
    metadata.manyToOne(entity.logicalName).map((each) => ({
      kind: 'OneToManyRelationshipMetadata',
      definition: manyToOneDefinition(each),
    })),
  );
  const links = [...metadata.entities()].flatMap((entity) =>
    metadata
      .manyToMany(entity.logicalName)
      .filter((each) => each.entity1 === entity.logicalName)
      .map((each) => ({
        kind: 'ManyToManyRelationshipMetadata',
        definition: manyToManyDefinition(each),
      })),
  );
  return [...lookups, ...links];
}

function globalChoices(
  asked: Asked,
  first: Segment,
  rest: readonly Segment[],
): MetadataAnswer | undefined {
  const { context, metadata, options } = asked;
  const [cast, ...further] = rest;
  if (further.length > 0) return undefined;
  const isCast = cast?.name.startsWith(namespace) === true;
  if (cast !== undefined && !isCast) throw unknownSegment(cast.name);
  const all = new Map<string, { readonly kind: string; readonly definition: Definition }>();
  for (const entity of metadata.entities()) {
    for (const attribute of entity.attributes.values()) {
      const name = attribute.globalChoice;
      if (name === undefined || all.has(name)) continue;
      const kind = attribute.type === 'Boolean' ? 'BooleanOptionSetMetadata' : 'OptionSetMetadata';
      all.set(name, { kind, definition: choiceDefinition(name, attribute, true) });
    }
  }
  const path = `GlobalOptionSetDefinitions${isCast ? `/${cast.name}` : ''}`;
  const shownAs = (each: { readonly kind: string; readonly definition: Definition }): Definition =>
    typed(
      project(each.definition, options.select, { name: each.kind, properties: each.definition }),
      isCast ? undefined : each.kind,
    );
  if (first.argument === undefined) {
    if (options.filter !== undefined) throw metadataOptionRefused('$filter');
    return list(asked, path, [...all.values()].map(shownAs));
  }
  const key = readKey(first.argument);
  const found = [...all.values()].find((each) => matches(each.definition, key));
  if (found === undefined) throw definitionNotFound('option set', key.value);
  return ok(context, `${path}${contextSelection(options)}/$entity`, shownAs(found));
}

function typed(definition: Definition, kind: string | undefined): Definition {
  return kind === undefined ? definition : { '@odata.type': `#${namespace}${kind}`, ...definition };
}

function list(asked: Asked, path: string, value: readonly Definition[]): MetadataAnswer {
  return ok(asked.context, `${path}${contextSelection(asked.options)}`, { value });
}

function ok(context: QueryContext, path: string, body: Definition): MetadataAnswer {
  return {
    status: 200,
    body: { '@odata.context': `${context.rootUrl}$metadata#${path}`, ...body },
  };
}

function readSegment(text: string): Segment {
  const opening = text.indexOf('(');
  if (opening === -1 || !text.endsWith(')')) return { name: text };
  return { name: text.slice(0, opening), argument: text.slice(opening + 1, -1) };
}

/** `LogicalName='queue'`, `Name='x'`, `SchemaName='x'`, `MetadataId=…` or an id alone. */
function readKey(argument: string): { readonly name: string; readonly value: string } {
  const named = /^\s*(\w+)\s*=\s*'?([^']*)'?\s*$/.exec(argument);
  if (named?.[1] !== undefined && named[2] !== undefined) {
    return { name: named[1], value: named[2] };
  }
  return { name: 'MetadataId', value: argument.trim().replace(/^'|'$/g, '').toLowerCase() };
}

function matches(
  definition: Definition,
  key: { readonly name: string; readonly value: string },
): boolean {
  return definition[key.name] === key.value;
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
