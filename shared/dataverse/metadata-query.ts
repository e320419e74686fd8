/** What is asked of tables, columns, relationships and keys: no more than `EnvironmentTable` shows. */
const tableProperties = [
  'LogicalName',
  'SchemaName',
  'EntitySetName',
  'DisplayName',
  'ObjectTypeCode',
  'OwnershipType',
  'PrimaryIdAttribute',
  'PrimaryNameAttribute',
  'PrimaryImageAttribute',
  'IsOptimisticConcurrencyEnabled',
  'Privileges',
];
const columnProperties = [
  'LogicalName',
  'SchemaName',
  'DisplayName',
  'AttributeType',
  'AttributeTypeName',
  'AttributeOf',
  'IsValidForCreate',
  'IsValidForUpdate',
  'IsValidForRead',
  'IsValidODataAttribute',
  'IsSecured',
  'IsCustomAttribute',
  'RequiredLevel',
  'Targets',
  'OptionSet',
  'MaxLength',
  'MinValue',
  'MaxValue',
  'DateTimeBehavior',
  'MaxSizeInKB',
  'CanStoreFullImage',
];
const relationshipProperties = [
  'SchemaName',
  'RelationshipType',
  'ReferencingEntity',
  'ReferencingAttribute',
  'ReferencedEntity',
  'ReferencingEntityNavigationPropertyName',
  'Entity1LogicalName',
  'Entity1IntersectAttribute',
  'Entity1NavigationPropertyName',
  'Entity2LogicalName',
  'Entity2IntersectAttribute',
  'Entity2NavigationPropertyName',
  'IntersectEntityName',
];

/** Tables for one `RetrieveMetadataChanges`: its address stays well under 32,768 characters. */
export const tablesPerQuery = 60;

/**
 * One request for all there is to know of many tables:
 * learn.microsoft.com/power-apps/developer/data-platform/query-schema-definitions.
 */
export function metadataChangesPath(names: readonly string[]): string {
  const some = (propertyNames: readonly string[]): object => ({
    AllProperties: false,
    PropertyNames: propertyNames,
  });
  const query = {
    Criteria: {
      FilterOperator: 'Or',
      Conditions: names.map((name) => ({
        ConditionOperator: 'Equals',
        PropertyName: 'LogicalName',
        Value: { Type: 'System.String', Value: name },
      })),
    },
    Properties: some([
      ...tableProperties,
      'Attributes',
      'ManyToOneRelationships',
      'ManyToManyRelationships',
      'Keys',
    ]),
    AttributeQuery: { Properties: some(columnProperties) },
    RelationshipQuery: { Properties: some(relationshipProperties) },
    KeyQuery: { Properties: some(['LogicalName', 'KeyAttributes', 'EntityKeyIndexStatus']) },
  };
  return `RetrieveMetadataChanges(Query=@q)?@q=${encodeURIComponent(JSON.stringify(query))}`;
}

/** The columns whose choices the uncast list does not show. */
const choiceKinds = ['Picklist', 'MultiSelectPicklist', 'State', 'Status', 'Boolean'];

/** What the uncast list does not show of a kind of column, by what is asked for. */
const sizedKinds: Readonly<Record<string, string>> = {
  Image: 'LogicalName,MaxSizeInKB,CanStoreFullImage',
  File: 'LogicalName,MaxSizeInKB',
};

/** The same of one table where the function is not to be had: eight GETs for a batch. */
export function definitionPaths(name: string): readonly string[] {
  const table = `EntityDefinitions(LogicalName='${name}')`;
  return [
    `${table}?$select=${tableProperties.join(',')}&$expand=Attributes,ManyToOneRelationships,ManyToManyRelationships,Keys`,
    ...choiceKinds.map(
      (kind) =>
        `${table}/Attributes/Microsoft.Dynamics.CRM.${kind}AttributeMetadata?$select=LogicalName&$expand=OptionSet`,
    ),
    ...Object.entries(sizedKinds).map(
      ([kind, properties]) =>
        `${table}/Attributes/Microsoft.Dynamics.CRM.${kind}AttributeMetadata?$select=${properties}`,
    ),
  ];
}

/** All tables with their entity sets: what lookups are bound by. */
export const entitySetsPath =
  'EntityDefinitions?$select=LogicalName,EntitySetName,PrimaryIdAttribute';
