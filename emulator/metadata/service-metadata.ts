import type { Attribute, Entity, ManyToMany, ManyToOne, Metadata } from './metadata.ts';
import { isTracked } from '../query/change-tracking.ts';
import { serviceOperations } from './service-operations.ts';

/**
 * `$metadata`: the tables as an OData schema in XML, on one line as the service writes it. Lookups are
 * `_x_value` with a navigation property and its constraint. The operations the emulator answers follow.
 */
export function serviceMetadata(metadata: Metadata, annotated = false): string {
  const entities = [...metadata.entities()].sort((left, right) =>
    left.logicalName < right.logicalName ? -1 : 1,
  );
  const types = entities.map((entity) => entityType(metadata, entity));
  const sets = entities.map((entity) => entitySet(metadata, entity, annotated));
  const { types: operationTypes, operations, imports } = serviceOperations(metadata);
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">',
    '<edmx:DataServices>',
    '<Schema Namespace="Microsoft.Dynamics.CRM" Alias="mscrm" xmlns="http://docs.oasis-open.org/odata/ns/edm">',
    '<EntityType Name="crmbaseentity" Abstract="true" />',
    '<ComplexType Name="BooleanManagedProperty"><Property Name="Value" Type="Edm.Boolean" Nullable="false" /><Property Name="CanBeChanged" Type="Edm.Boolean" Nullable="false" /><Property Name="ManagedPropertyLogicalName" Type="Edm.String" Unicode="false" /></ComplexType>',
    '<EntityType Name="expando" BaseType="mscrm.crmbaseentity" OpenType="true" />',
    ...types,
    ...operationTypes,
    ...operations,
    '<EntityContainer Name="System">',
    ...sets,
    ...imports,
    '</EntityContainer>',
    '</Schema>',
    '</edmx:DataServices>',
    '</edmx:Edmx>',
  ].join('');
}

function entityType(metadata: Metadata, entity: Entity): string {
  const name = entity.logicalName;
  const columns = [...entity.attributes.values()].filter(
    (each) => each.validODataAttribute && each.validForRead,
  );
  return [
    `<EntityType Name="${name}" BaseType="mscrm.crmbaseentity">`,
    `<Key><PropertyRef Name="${entity.primaryId}" /></Key>`,
    ...columns.map(property),
    ...metadata.manyToOne(name).map(lookupNavigation),
    ...metadata.oneToMany(name).map(collectionNavigation),
    ...metadata.manyToMany(name).flatMap((link) => linkNavigations(name, link)),
    '</EntityType>',
  ].join('');
}

function property(attribute: Attribute): string {
  const isLookup = ['Lookup', 'Customer', 'Owner'].includes(attribute.type);
  const name = isLookup ? `_${attribute.logicalName}_value` : attribute.logicalName;
  const scale = ['Decimal', 'Money'].includes(attribute.type) ? ' Scale="Variable"' : '';
  const unicode = ['String', 'Memo'].includes(attribute.type) ? ' Unicode="false"' : '';
  return `<Property Name="${name}" Type="${edmType(attribute)}"${scale}${unicode} />`;
}

function edmType(attribute: Attribute): string {
  switch (attribute.type) {
    case 'Lookup':
    case 'Customer':
    case 'Owner':
    case 'Uniqueidentifier':
      return 'Edm.Guid';
    case 'Integer':
    case 'Picklist':
    case 'State':
    case 'Status':
      return 'Edm.Int32';
    case 'BigInt':
      return 'Edm.Int64';
    case 'Boolean':
      return 'Edm.Boolean';
    case 'DateTime':
      return attribute.dateTimeBehavior === 'DateOnly' ? 'Edm.Date' : 'Edm.DateTimeOffset';
    case 'Decimal':
    case 'Money':
      return 'Edm.Decimal';
    case 'Double':
      return 'Edm.Double';
    case 'ManagedProperty':
      return 'mscrm.BooleanManagedProperty';
    case 'Virtual':
      if (attribute.typeName === 'ImageType') return 'Edm.Binary';
      return attribute.typeName === 'FileType' ? 'Edm.Guid' : 'Edm.String';
    case 'EntityName':
    case 'Memo':
    case 'PartyList':
    case 'String':
      return 'Edm.String';
    default:
      return 'Edm.String';
  }
}

function lookupNavigation(lookup: ManyToOne): string {
  return [
    `<NavigationProperty Name="${lookup.referencingNavigation}" Type="mscrm.${lookup.referencedEntity}" Nullable="false" Partner="${lookup.referencedNavigation}">`,
    `<ReferentialConstraint Property="_${lookup.referencingAttribute}_value" ReferencedProperty="${lookup.referencedAttribute}" />`,
    '</NavigationProperty>',
  ].join('');
}

function collectionNavigation(lookup: ManyToOne): string {
  return `<NavigationProperty Name="${lookup.referencedNavigation}" Type="Collection(mscrm.${lookup.referencingEntity})" Partner="${lookup.referencingNavigation}" />`;
}

/** A relationship of a table with itself has a property for each side. */
function linkNavigations(name: string, link: ManyToMany): readonly string[] {
  const first = `<NavigationProperty Name="${link.entity1Navigation}" Type="Collection(mscrm.${link.entity2})" Partner="${link.entity2Navigation}" />`;
  const second = `<NavigationProperty Name="${link.entity2Navigation}" Type="Collection(mscrm.${link.entity1})" Partner="${link.entity1Navigation}" />`;
  if (link.entity1 === link.entity2) return [first, second];
  return link.entity1 === name ? [first] : [second];
}

// learn.microsoft.com/power-apps/developer/data-platform/use-change-tracking-synchronize-data-external-systems
const tracked =
  '<Annotation Term="Org.OData.Capabilities.V1.ChangeTracking"><Record><PropertyValue Property="Supported" Bool="true" /></Record></Annotation>';

function entitySet(metadata: Metadata, entity: Entity, annotated: boolean): string {
  const bindings = metadata.manyToOne(entity.logicalName).flatMap((lookup) => {
    const target = metadata.entity(lookup.referencedEntity);
    return target === undefined
      ? []
      : [
          `<NavigationPropertyBinding Path="${lookup.referencingNavigation}" Target="${target.entitySetName}" />`,
        ];
  });
  return `<EntitySet Name="${entity.entitySetName}" EntityType="Microsoft.Dynamics.CRM.${entity.logicalName}">${bindings.join('')}${annotated && isTracked(entity) ? tracked : ''}</EntitySet>`;
}
