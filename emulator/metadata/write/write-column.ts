import { definitionExists, definitionNotFound } from '../../errors/metadata-errors.ts';
import { invalidArgument } from '../../errors/payload-errors.ts';
import type { JsonObject } from '../../query/interface.ts';
import { buildAttribute } from '../build-attribute.ts';
import { isCustom } from '../build-entity.ts';
import type { Attribute, Entity, Metadata } from '../metadata.ts';
import { mirrorsOf } from '../mirrors.ts';
import type { RawColumn } from '../raw-tables.ts';
import { sharedBy } from './global-choice.ts';
import {
  givenMembers,
  labelText,
  numberIn,
  objectIn,
  optionsIn,
  schemaNameOf,
  textIn,
  typeOf,
  withLabels,
} from './read-definition.ts';

const shown = [
  'Description',
  'DisplayName',
  'RequiredLevel',
  'CreatedOn',
  'ModifiedOn',
  'IsAuditEnabled',
  'AutoNumberFormat',
  'SourceType',
  'FormulaDefinition',
  'ImeMode',
  'PrecisionSource',
  'CanStoreFullImage',
  'MaxSizeInKB',
];

/** Adds a column to a table; a definition that is there already is refused. */
export function createColumn(
  metadata: Metadata,
  entity: Entity,
  given: { readonly body: JsonObject; readonly metadataId: string },
): Attribute {
  const name = schemaNameOf(given.body).toLowerCase();
  if (entity.attributes.has(name)) throw definitionExists('attribute', name);
  return putColumn(metadata, entity, given);
}

/** Adds or replaces a column, along with those that mirror it. */
export function putColumn(
  metadata: Metadata,
  entity: Entity,
  given: {
    readonly body: JsonObject;
    readonly metadataId: string;
    /** The column whose labels in other languages stay. */
    readonly known?: Attribute;
  },
): Attribute {
  const { body, metadataId, known } = given;
  const raw = columnOf(metadata, body);
  const prefix = isCustom(raw.name) ? raw.name.slice(0, raw.name.indexOf('_') + 1) : undefined;
  const built = buildAttribute(raw, prefix);
  const options = choicesOf(metadata, body);
  const shared = metadata.choices.get(built.globalChoice ?? '');
  const attribute: Attribute = {
    ...built,
    ...(shared === undefined ? {} : { sharedChoice: sharedBy(shared) }),
    ...(options === undefined ? {} : { options }),
    metadataId,
    secured: body['IsSecured'] === true,
    given: withLabels(
      known?.given,
      givenMembers(body, shown, `${entity.logicalName}.${raw.name}`),
      known !== undefined,
    ),
  };
  const attributes = new Map<string, Attribute>(entity.attributes);
  attributes.set(raw.name, attribute);
  for (const mirror of mirrorsOf(attribute)) {
    if (!attributes.has(mirror.logicalName)) attributes.set(mirror.logicalName, mirror);
  }
  const isPrimaryImage = attribute.typeName === 'ImageType' && body['IsPrimaryImage'] === true;
  const changed = {
    ...entity,
    attributes,
    ...(isPrimaryImage ? { primaryImage: raw.name } : {}),
  };
  metadata.add({ entities: [changed], manyToOne: [], manyToMany: [] });
  if (attribute.typeName === 'FileType') addFileAttachments(metadata, changed);
  return attribute;
}

/** A table's first file column brings the relationship that leads to its files. */
function addFileAttachments(metadata: Metadata, table: Entity): void {
  const files = metadata.entity('fileattachment');
  const object = files?.attributes.get('objectid');
  const schemaName = `${table.logicalName}_FileAttachments`;
  if (files === undefined || object === undefined) return;
  if (object.targets.includes(table.logicalName)) return;
  const attributes = new Map(files.attributes);
  attributes.set('objectid', { ...object, targets: [...object.targets, table.logicalName] });
  metadata.add({
    entities: [{ ...files, attributes }],
    manyToOne: [
      {
        schemaName,
        referencingEntity: files.logicalName,
        referencingAttribute: 'objectid',
        referencedEntity: table.logicalName,
        referencedAttribute: table.primaryId,
        referencingNavigation: `objectid_${table.logicalName}`,
        referencedNavigation: schemaName,
        cascadeDelete: 'Cascade',
      },
    ],
    manyToMany: [],
  });
}

/** Takes a column and its mirrors away. */
export function removeColumn(metadata: Metadata, entity: Entity, name: string): void {
  if (!entity.attributes.has(name)) throw definitionNotFound('attribute', name);
  const attributes = new Map(
    [...entity.attributes].filter(([key, each]) => key !== name && each.attributeOf !== name),
  );
  metadata.add({ entities: [{ ...entity, attributes }], manyToOne: [], manyToMany: [] });
  for (const relationship of metadata.manyToOne(entity.logicalName)) {
    if (relationship.referencingAttribute === name) {
      metadata.removeRelationship(relationship.schemaName);
    }
  }
}

/** What a body says of a column, in the form the table data has. */
function columnOf(metadata: Metadata, body: JsonObject): RawColumn {
  const schema = textIn(body, 'SchemaName') ?? textIn(body, 'LogicalName') ?? '';
  const kind = kindOf(body);
  const display = labelText(body['DisplayName']);
  const required = textIn(objectIn(body, 'RequiredLevel'), 'Value');
  const format = textIn(objectIn(body, 'FormatName'), 'Value') ?? textIn(body, 'Format');
  const behavior = textIn(objectIn(body, 'DateTimeBehavior'), 'Value');
  const length = numberIn(body, 'MaxLength') ?? numberIn(body, 'MaxSizeInKB');
  const min = numberIn(body, 'MinValue');
  const max = numberIn(body, 'MaxValue');
  const precision = numberIn(body, 'Precision');
  const initial = body['DefaultValue'] ?? numberIn(body, 'DefaultFormValue');
  const global = globalChoiceOf(metadata, body)?.name;
  return {
    name: schema.toLowerCase(),
    schema,
    ...kind,
    ...(display === undefined ? {} : { display }),
    ...(required === undefined ? {} : { required }),
    ...(format === undefined ? {} : { format }),
    ...(behavior === undefined ? {} : { behavior }),
    ...(length === undefined ? {} : { length }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(precision === undefined ? {} : { precision }),
    ...(typeof initial === 'number' || typeof initial === 'boolean' ? { default: initial } : {}),
    ...(global === undefined ? {} : { global }),
  };
}

const kinds = new Map<string, Pick<RawColumn, 'type' | 'typeName'>>([
  ...[
    'BigInt',
    'Boolean',
    'DateTime',
    'Decimal',
    'Double',
    'Integer',
    'Lookup',
    'Memo',
    'Money',
    'Picklist',
    'String',
  ].map((type) => [type, { type }] as const),
  ['Image', { type: 'Virtual', typeName: 'ImageType' }],
  ['File', { type: 'Virtual', typeName: 'FileType' }],
  ['MultiSelectPicklist', { type: 'Virtual', typeName: 'MultiSelectPicklistType' }],
]);

function kindOf(body: JsonObject): Pick<RawColumn, 'type' | 'typeName'> {
  const typed = typeOf(body)
    ?.replace(/^Complex/, '')
    .replace(/AttributeMetadata$/, '');
  const named = textIn(objectIn(body, 'AttributeTypeName'), 'Value')?.replace(/Type$/, '');
  const kind = kinds.get(typed ?? '') ?? kinds.get(named ?? textIn(body, 'AttributeType') ?? '');
  if (kind !== undefined) return kind;
  throw invalidArgument(
    `A column of type '${typed ?? named ?? ''}' cannot be created: give '@odata.type' the type of a column's definition.`,
  );
}

function choicesOf(metadata: Metadata, body: JsonObject): Attribute['options'] {
  const global = globalChoiceOf(metadata, body);
  if (global !== undefined) return global.options;
  const set = objectIn(body, 'OptionSet');
  if (set !== undefined) return optionsIn(set);
  const type = typeOf(body) ?? '';
  if (type.startsWith('Boolean')) {
    return [
      { value: 0, label: 'No' },
      { value: 1, label: 'Yes' },
    ];
  }
  return /Picklist/.test(type) ? [] : undefined;
}

function globalChoiceOf(
  metadata: Metadata,
  body: JsonObject,
): { readonly name: string; readonly options: NonNullable<Attribute['options']> } | undefined {
  const bound = textIn(body, 'GlobalOptionSet@odata.bind');
  const named = objectIn(body, 'GlobalOptionSet') ?? objectIn(body, 'OptionSet');
  const key =
    bound === undefined
      ? named?.['IsGlobal'] === true && textIn(named, 'Name')
      : /\((?:Name=)?'?([^'()]*)'?\)/.exec(bound)?.[1];
  if (typeof key !== 'string') return undefined;
  const made = [...metadata.choices.values()].find(
    (each) => each.name === key || each.metadataId === key.toLowerCase(),
  );
  if (made !== undefined) return made;
  for (const entity of metadata.entities()) {
    for (const attribute of entity.attributes.values()) {
      if (attribute.globalChoice === key) return { name: key, options: attribute.options ?? [] };
    }
  }
  throw definitionNotFound('option set', key);
}
