import standardColumns from '../data/standard-columns.json' with { type: 'json' };
import { definitionExists } from '../../errors/metadata-errors.ts';
import { invalidArgument } from '../../errors/payload-errors.ts';
import type { JsonObject } from '../../query/interface.ts';
import { buildEntity } from '../build-entity.ts';
import { buildManyToOne } from '../build-relationships.ts';
import type { Entity, ManyToOne, Metadata } from '../metadata.ts';
import type { RawColumn, RawTable } from '../raw-tables.ts';
import {
  givenMembers,
  isObject,
  labelText,
  listIn,
  schemaNameOf,
  textIn,
  withLabels,
} from './read-definition.ts';
import { putColumn } from './write-column.ts';

const shown = [
  'ActivityTypeMask',
  'AutoCreateAccessTeams',
  'CanCreateCharts',
  'ChangeTrackingEnabled',
  'CreatedOn',
  'Description',
  'DisplayCollectionName',
  'DisplayName',
  'EntityColor',
  'EntityHelpUrl',
  'EntityHelpUrlEnabled',
  'HasActivities',
  'HasFeedback',
  'HasNotes',
  'IsAuditEnabled',
  'IsConnectionsEnabled',
  'IsDocumentManagementEnabled',
  'IsDuplicateDetectionEnabled',
  'IsMailMergeEnabled',
  'IsQuickCreateEnabled',
  'IsSLAEnabled',
  'IsValidForQueue',
  'ModifiedOn',
];

const usual = [
  'createdby',
  'createdon',
  'createdonbehalfby',
  'importsequencenumber',
  'modifiedby',
  'modifiedon',
  'modifiedonbehalfby',
  'overriddencreatedon',
  'timezoneruleversionnumber',
  'utcconversiontimezonecode',
  'versionnumber',
];
const owned = ['ownerid', 'owningbusinessunit', 'owningteam', 'owninguser'];

/** Columns that every elastic table has: learn.microsoft.com/power-apps/developer/data-platform/elastic-tables */
const elastic: readonly RawColumn[] = [
  { name: 'partitionid', schema: 'PartitionId', type: 'String', length: 1000 },
  { name: 'ttlinseconds', schema: 'TTLInSeconds', type: 'Integer', min: 0 },
];

/** Makes a table with the columns every table has and those its definition brings. */
export function createTable(metadata: Metadata, body: JsonObject, newId: () => string): Entity {
  const schema = schemaNameOf(body);
  const name = schema.toLowerCase();
  if (metadata.entity(name) !== undefined) throw definitionExists('entity', name);
  const isActivity = body['IsActivity'] === true;
  const columns = listIn(body, 'Attributes').filter(isObject);
  const primary = columns.find((each) => each['IsPrimaryName'] === true) ?? columns[0];
  if (primary === undefined && !isActivity) {
    throw invalidArgument("A table needs 'Attributes' with the column that is its primary name.");
  }
  const isElastic = textIn(body, 'TableType') === 'Elastic';
  const isUserOwned = (textIn(body, 'OwnershipType') ?? 'UserOwned') === 'UserOwned';
  const standard: Readonly<Record<string, RawColumn>> = standardColumns;
  const listed = [
    ...usual,
    ...(isUserOwned ? owned : ['organizationid']),
    'statecode',
    'statuscode',
  ];
  const raw: RawTable = {
    schema,
    display: labelText(body['DisplayName']) ?? schema,
    collection: labelText(body['DisplayCollectionName']) ?? schema,
    set: textIn(body, 'EntitySetName') ?? freeSet(metadata, name),
    id: isActivity ? 'activityid' : `${name}id`,
    nameColumn: isActivity ? 'subject' : (textIn(primary, 'SchemaName') ?? '').toLowerCase(),
    ownership: isUserOwned ? 'UserOwned' : 'OrganizationOwned',
    activity: isActivity,
    columns: [
      idColumn(isActivity ? 'activityid' : `${name}id`, schema),
      ...listed.filter((column) => standard[column] !== undefined),
      ...(isElastic ? elastic : []),
      ...(isActivity ? [{ name: 'subject', schema: 'Subject', type: 'String', length: 400 }] : []),
    ],
  };
  const entity: Entity = {
    ...buildEntity(name, raw, { standard, objectTypeCode: freeTypeCode(metadata) }),
    metadataId: textIn(body, 'MetadataId') ?? newId(),
    ...(isElastic ? { tableType: 'Elastic' as const } : {}),
    given: givenMembers(body, shown, `table ${name}`),
  };
  const idOf = (table: string): string | undefined =>
    table === name ? raw.id : metadata.entity(table)?.primaryId;
  const manyToOne: readonly ManyToOne[] = [
    ...buildManyToOne(name, raw, { standard, idOf }),
    ...notesOf(metadata, entity, body),
    sharing(entity),
  ];
  metadata.add({ entities: [entity], manyToOne, manyToMany: [] });
  for (const column of columns) {
    const { CreatedOn, ModifiedOn } = body;
    putColumn(metadata, metadata.entity(name) ?? entity, {
      body: { CreatedOn, ModifiedOn, ...column },
      metadataId: newId(),
    });
  }
  return metadata.entity(name) ?? entity;
}

/** Changes what a body gives of a table's definition; what cannot change stays. */
export function updateTable(
  metadata: Metadata,
  entity: Entity,
  write: { readonly body: JsonObject; readonly mergeLabels?: boolean },
): void {
  const { body, mergeLabels = false } = write;
  const given = givenMembers(body, shown, `table ${entity.logicalName}`);
  const changed: Entity = {
    ...entity,
    displayName: labelText(body['DisplayName']) ?? entity.displayName,
    displayCollectionName: labelText(body['DisplayCollectionName']) ?? entity.displayCollectionName,
    given: withLabels(entity.given, given, mergeLabels),
  };
  metadata.add({ entities: [changed], manyToOne: [], manyToMany: [] });
}

/** Columns of every table can be shared. */
function sharing(entity: Entity): ManyToOne {
  return {
    schemaName: `${entity.logicalName}_PrincipalObjectAttributeAccesses`,
    referencingEntity: 'principalobjectattributeaccess',
    referencingAttribute: 'objectid',
    referencedEntity: entity.logicalName,
    referencedAttribute: entity.primaryId,
    referencingNavigation: `objectid_${entity.logicalName}`,
    referencedNavigation: `${entity.logicalName}_PrincipalObjectAttributeAccesses`,
    cascadeDelete: 'Cascade',
  };
}

/** Notes and activities lead to the tables that have them. */
function notesOf(metadata: Metadata, entity: Entity, body: JsonObject): readonly ManyToOne[] {
  const tables: [string, string, string][] = [];
  if (body['HasNotes'] === true) tables.push(['annotation', 'objectid', 'Annotations']);
  if (body['HasActivities'] === true) {
    for (const each of metadata.entities()) {
      if (!each.isActivity || !each.attributes.has('regardingobjectid')) continue;
      tables.push([each.logicalName, 'regardingobjectid', `${each.schemaName}s`]);
    }
  }
  return tables.map(([table, column, collection]) => ({
    schemaName: `${entity.logicalName}_${collection}`,
    referencingEntity: table,
    referencingAttribute: column,
    referencedEntity: entity.logicalName,
    referencedAttribute: entity.primaryId,
    referencingNavigation:
      table === 'annotation'
        ? `objectid_${entity.logicalName}`
        : `regardingobjectid_${entity.logicalName}_${table}`,
    referencedNavigation: `${entity.logicalName}_${collection}`,
    cascadeDelete: 'Cascade',
  }));
}

function idColumn(name: string, schema: string): RawColumn {
  return {
    name,
    schema: name === 'activityid' ? 'ActivityId' : `${schema}Id`,
    type: 'Uniqueidentifier',
    required: 'SystemRequired',
    write: 'create',
  };
}

function freeSet(metadata: Metadata, name: string): string {
  const set = /[^aeiou]y$/.test(name)
    ? `${name.slice(0, -1)}ies`
    : /(s|x|z|ch|sh)$/.test(name)
      ? `${name}es`
      : `${name}s`;
  return metadata.entityOfSet(set) === undefined ? set : `${name}set`;
}

function freeTypeCode(metadata: Metadata): number {
  let code = 20_000;
  while (metadata.entityOfTypeCode(code) !== undefined) code += 1;
  return code;
}
