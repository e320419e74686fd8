import { unknownProperty } from '../../errors/query-errors.ts';
import type { Attribute, Entity, Metadata } from '../metadata.ts';
import { attributeDefinitions, attributeKind } from './attribute-definition.ts';
import { optionSet } from './choice-definition.ts';
import { entityDefinition, keyDefinitions } from './entity-definition.ts';
import type { Definition } from './labels.ts';
import { metadataFilter } from './metadata-filter.ts';
import { project, type DefinitionOptions } from './project-definition.ts';
import { manyToManyDefinition, manyToOneDefinition } from './relationship-definition.ts';
import { inRootOrder } from './root-order.ts';

const namespace = 'Microsoft.Dynamics.CRM.';

/** A table with what its options select and expand. */
export function entityAnswer(
  metadata: Metadata,
  entity: Entity,
  options: DefinitionOptions,
): Definition {
  const definition = entityDefinition(entity);
  const expanded: Record<string, unknown> = {};
  for (const [name, nested] of options.expand) {
    expanded[name] = collectionOf(metadata, entity, name, nested);
  }
  const type = { name: 'EntityMetadata', properties: definition };
  const shown =
    options.select === undefined
      ? inRootOrder(definition, false)
      : project(definition, options.select, type);
  return { ...shown, ...expanded };
}

/** One of the collections of a table: `Attributes`, `Keys` and the three kinds of relationships. */
export function collectionOf(
  metadata: Metadata,
  entity: Entity,
  name: string,
  options: DefinitionOptions,
): readonly Definition[] {
  switch (name) {
    case 'Attributes':
      return attributeAnswers(entity, options);
    case 'Keys':
      return listAnswers(keyDefinitions(entity), 'EntityKeyMetadata', options);
    case 'ManyToOneRelationships':
    case 'OneToManyRelationships': {
      const relationships =
        name === 'ManyToOneRelationships'
          ? metadata.manyToOne(entity.logicalName)
          : metadata.oneToMany(entity.logicalName);
      const definitions = relationships.map(manyToOneDefinition);
      return listAnswers(definitions, 'OneToManyRelationshipMetadata', options);
    }
    case 'ManyToManyRelationships': {
      const definitions = metadata.manyToMany(entity.logicalName).map(manyToManyDefinition);
      return listAnswers(definitions, 'ManyToManyRelationshipMetadata', options);
    }
    default:
      throw unknownProperty(name, 'EntityMetadata');
  }
}

/** Definitions of one kind, filtered and projected. */
export function listAnswers(
  definitions: readonly Definition[],
  typeName: string,
  options: DefinitionOptions,
): readonly Definition[] {
  const [sample] = definitions;
  const properties = sample ?? {};
  const keep =
    options.filter === undefined || sample === undefined
      ? undefined
      : metadataFilter(options.filter, {
          typeName,
          has: (property) => property in properties,
        });
  return definitions
    .filter((definition) => keep?.(definition) ?? true)
    .map((definition) =>
      project(definition, sample === undefined ? undefined : options.select, {
        name: typeName,
        properties,
      }),
    );
}

/**
 * Columns of a table. Without a cast each tells its kind and only properties of all kinds can be
 * named; with one, only columns of that kind are shown and their own properties too.
 */
export function attributeAnswers(
  entity: Entity,
  options: DefinitionOptions,
  cast?: string,
): readonly Definition[] {
  const all = attributeDefinitions(entity);
  const chosen =
    cast === undefined ? all : all.filter((each) => attributeKind(each.attribute) === cast);
  const properties = propertiesOf(cast === undefined ? all : chosen, cast);
  const typeName = cast ?? 'AttributeMetadata';
  const keep =
    options.filter === undefined
      ? undefined
      : metadataFilter(options.filter, {
          typeName,
          has: (property) => property in properties,
        });
  return chosen
    .filter(({ definition }) => keep?.(definition) ?? true)
    .map(({ attribute, definition }) => {
      const kind = cast === undefined ? attributeKind(attribute) : undefined;
      return {
        ...(kind === undefined ? {} : { '@odata.type': `#${namespace}${kind}` }),
        ...project(definition, options.select, { name: typeName, properties }),
        ...choicesOf(entity, attribute, { options, typeName, cast }),
      };
    });
}

/** Properties of the type: those every column has, or those the columns of one kind have. */
function propertiesOf(
  attributes: readonly { readonly attribute: Attribute; readonly definition: Definition }[],
  cast: string | undefined,
): Definition {
  if (cast !== undefined) return attributes[0]?.definition ?? basicProperties(attributes);
  return basicProperties(attributes);
}

function basicProperties(
  attributes: readonly { readonly attribute: Attribute; readonly definition: Definition }[],
): Definition {
  const plain = attributes.find((each) => attributeKind(each.attribute) === undefined);
  return plain?.definition ?? attributes[0]?.definition ?? {};
}

/** Kinds of columns with choices to expand. */
const withChoices = new Set([
  'BooleanAttributeMetadata',
  'EntityNameAttributeMetadata',
  'MultiSelectPicklistAttributeMetadata',
  'PicklistAttributeMetadata',
  'StateAttributeMetadata',
  'StatusAttributeMetadata',
]);

function choicesOf(
  entity: Entity,
  attribute: Attribute,
  of: {
    readonly options: DefinitionOptions;
    readonly typeName: string;
    readonly cast: string | undefined;
  },
): Definition {
  const expanded: Record<string, unknown> = {};
  for (const [name, nested] of of.options.expand) {
    const known = name === 'OptionSet' || name === 'GlobalOptionSet';
    if (!known || of.cast === undefined || !withChoices.has(of.cast)) {
      throw unknownProperty(name, of.typeName);
    }
    const set = optionSet(entity, attribute);
    const shown = name === 'GlobalOptionSet' && set?.['IsGlobal'] !== true ? null : set;
    expanded[name] =
      shown === null
        ? null
        : project(shown, nested.select, { name: 'OptionSetMetadata', properties: shown });
  }
  return expanded;
}
