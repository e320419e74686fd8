import { metadataSyntaxError } from '../errors/metadata-errors.ts';
import { ServiceError } from '../service-error.ts';
import type { QueryOptions } from '../query/interface.ts';
import type { Entity, Metadata } from './metadata.ts';
import { attributeDefinitions, attributeKind } from './wire/attribute-definition.ts';
import { optionSet } from './wire/choice-definition.ts';
import { entityDefinition, keyDefinitions } from './wire/entity-definition.ts';
import type { Definition } from './wire/labels.ts';
import { manyToManyDefinition, manyToOneDefinition } from './wire/relationship-definition.ts';

type Test = (definition: Definition) => boolean;

interface ItemQuery {
  readonly keep: Test;
  /** Undefined: every property. */
  readonly properties: ReadonlySet<string> | undefined;
}

/**
 * `RetrieveMetadataChanges`: the definitions of many tables in one answer. Items are of `Complex…`
 * types; names and ids always come, then what was asked for, structured properties last.
 */
export function retrieveMetadataChanges(
  metadata: Metadata,
  argument: string,
  options: QueryOptions,
): Definition {
  const parameters = readParameters(argument, options);
  const query = isObject(parameters.get('Query')) ? parameters.get('Query') : {};
  const stamp = `${74_812_000 + metadata.version}!03/04/2025 08:15:00`;
  const given = parameters.get('ClientVersionStamp');
  if (typeof given === 'string' && !/^\d+!/.test(given)) {
    throw new ServiceError(
      400,
      '0x80044352',
      'Version stamp associated with the client has expired. Please perform a full sync.',
    );
  }
  const tables = itemQuery(query);
  const wantsNone = given === stamp;
  return {
    ServerVersionStamp: stamp,
    DeletedMetadata: { Count: 0, IsReadOnly: false, Keys: [], Values: [] },
    EntityMetadata: wantsNone
      ? []
      : [...metadata.entities()].flatMap((entity) => {
          const definition = entityDefinition(entity);
          if (!tables.keep(definition)) return [];
          return [complexEntity(metadata, entity, { definition, tables, query })];
        }),
  };
}

function complexEntity(
  metadata: Metadata,
  entity: Entity,
  of: { readonly definition: Definition; readonly tables: ItemQuery; readonly query: unknown },
): Definition {
  const shown = pick(of.definition, of.tables.properties, 'LogicalName');
  const collections: Record<string, unknown> = {};
  const wants = (name: string): boolean => of.tables.properties?.has(name) ?? true;
  if (wants('Attributes')) {
    const query = itemQuery(memberOf(of.query, 'AttributeQuery'));
    collections['Attributes'] = complexAttributes(entity, query);
  }
  const relationships = itemQuery(memberOf(of.query, 'RelationshipQuery'));
  const kinds = {
    ManyToManyRelationships: () =>
      metadata.manyToMany(entity.logicalName).map(manyToManyDefinition),
    ManyToOneRelationships: () => metadata.manyToOne(entity.logicalName).map(manyToOneDefinition),
    OneToManyRelationships: () => metadata.oneToMany(entity.logicalName).map(manyToOneDefinition),
  };
  for (const [name, read] of Object.entries(kinds)) {
    if (wants(name)) collections[name] = complexItems(read(), relationships, 'SchemaName');
  }
  if (wants('Keys')) {
    const query = itemQuery(memberOf(of.query, 'KeyQuery'));
    collections['Keys'] = complexItems(keyDefinitions(entity), query, 'LogicalName');
  }
  return { ...shown, ...collections };
}

function complexAttributes(entity: Entity, query: ItemQuery): readonly Definition[] {
  const wantsChoices = query.properties?.has('OptionSet') ?? true;
  return attributeDefinitions(entity)
    .filter(({ definition }) => query.keep(definition))
    .map(({ attribute, definition }) => {
      const kind = attributeKind(attribute);
      const hasChoices = attribute.options !== undefined;
      return {
        ...(kind === undefined ? {} : { '@odata.type': `#Microsoft.Dynamics.CRM.Complex${kind}` }),
        ...pick(definition, query.properties, 'LogicalName'),
        ...(wantsChoices && hasChoices ? { OptionSet: complexChoice(entity, attribute) } : {}),
      };
    });
}

/** Options name their kind as `Complex…` here. */
function complexChoice(
  entity: Entity,
  attribute: Parameters<typeof optionSet>[1],
): Definition | null {
  const set = optionSet(entity, attribute);
  const options = set?.['Options'];
  if (set === null || !Array.isArray(options)) return set;
  return {
    ...set,
    Options: options.map((option: unknown) =>
      isObject(option) && typeof option['@odata.type'] === 'string'
        ? { ...option, '@odata.type': option['@odata.type'].replace('.CRM.', '.CRM.Complex') }
        : option,
    ),
  };
}

function complexItems(
  definitions: readonly Definition[],
  query: ItemQuery,
  nameProperty: string,
): readonly Definition[] {
  return definitions.filter(query.keep).map((each) => pick(each, query.properties, nameProperty));
}

function pick(
  definition: Definition,
  properties: ReadonlySet<string> | undefined,
  nameProperty: string,
): Definition {
  const plain: Record<string, unknown> = {};
  const structured: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(definition)) {
    if (name === 'MetadataId' || name === 'HasChanged') continue;
    if (name !== nameProperty && properties !== undefined && !properties.has(name)) continue;
    if (typeof value === 'object' && value !== null) structured[name] = value;
    else plain[name] = value;
  }
  return {
    ...plain,
    MetadataId: definition['MetadataId'],
    HasChanged: definition['HasChanged'],
    ...structured,
  };
}

function itemQuery(query: unknown): ItemQuery {
  const properties = memberOf(query, 'Properties');
  const all = memberOf(properties, 'AllProperties') === true;
  const names = memberOf(properties, 'PropertyNames');
  return {
    keep: criteria(memberOf(query, 'Criteria')),
    properties:
      query === undefined || all || properties === undefined || properties === null
        ? undefined
        : new Set(Array.isArray(names) ? names.map(String) : []),
  };
}

function criteria(filter: unknown): Test {
  if (!isObject(filter)) return () => true;
  const conditions = list(filter['Conditions']).map(condition);
  const nested = list(filter['Filters']).map(criteria);
  const tests = [...conditions, ...nested];
  if (tests.length === 0) return () => true;
  const isOr = filter['FilterOperator'] === 'Or' || filter['FilterOperator'] === 1;
  return isOr
    ? (definition) => tests.some((test) => test(definition))
    : (definition) => tests.every((test) => test(definition));
}

function condition(raw: unknown): Test {
  const name = String(memberOf(raw, 'PropertyName'));
  const operator = String(memberOf(raw, 'ConditionOperator'));
  const value = memberOf(raw, 'Value');
  const wanted = valuesOf(isObject(value) && 'Value' in value ? value['Value'] : value);
  const actual = (definition: Definition): string => {
    const property = definition[name];
    return textOf(isObject(property) && 'Value' in property ? property['Value'] : property);
  };
  switch (operator) {
    case 'Equals':
    case 'In':
      return (definition) => wanted.includes(actual(definition));
    case 'NotEquals':
    case 'NotIn':
      return (definition) => !wanted.includes(actual(definition));
    case 'GreaterThan':
      return (definition) => Number(actual(definition)) > Number(wanted[0]);
    case 'LessThan':
      return (definition) => Number(actual(definition)) < Number(wanted[0]);
    default:
      throw metadataSyntaxError(`Unknown condition operator '${operator}'.`);
  }
}

/** A value comes as text whatever its type is; several as a list or as the text of one. */
function valuesOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(textOf);
  if (typeof value === 'string' && value.trim().startsWith('[')) {
    const parsed = parse(value.replaceAll("'", '"'));
    if (Array.isArray(parsed)) return parsed.map(textOf);
  }
  return [textOf(value)];
}

/** Booleans are written `True` and `true`. */
function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return /^(true|false)$/i.test(text) ? text.toLowerCase() : text;
}

/** `Query=@p1,ClientVersionStamp=@p2`, or the values in place. */
function readParameters(argument: string, options: QueryOptions): ReadonlyMap<string, unknown> {
  const parameters = new Map<string, unknown>();
  const pattern = /(?<!\w)(\w+)=(@\w+|'(?:[^']|'')*'|\{[\s\S]*\}|null)(?=,\s*\w+=|\s*$)/g;
  for (const [, name = '', text = ''] of argument.matchAll(pattern)) {
    const literal = text.startsWith('@') ? (options.get(text) ?? 'null') : text;
    parameters.set(name, literal.startsWith("'") ? literal.slice(1, -1) : parse(literal));
  }
  return parameters;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw metadataSyntaxError(`The value '${text.slice(0, 80)}' is not a valid JSON value.`);
  }
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
