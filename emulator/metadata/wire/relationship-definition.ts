import type { ManyToMany, ManyToOne } from '../metadata.ts';
import { stableId } from '../stable-id.ts';
import { label, managedProperty, type Definition } from './labels.ts';

const prefixed = /^[a-z][a-z0-9]{1,7}_/;
const system = /^(lk|user|team|business_unit|owner|organization|TransactionCurrency)_/;

/** Tables whose rows can be merged: learn.microsoft.com/power-apps/developer/data-platform/merge-data */
const merged: ReadonlySet<string> = new Set(['account', 'contact', 'incident', 'lead']);

/** A lookup's relationship, which both its tables list. */
export function manyToOneDefinition(relationship: ManyToOne): Definition {
  const { given } = relationship;
  const isMade = given !== undefined;
  return {
    ...opening(relationship, 'Append'),
    RelationshipType: 'OneToManyRelationship',
    IntroducedVersion: '1.0.0.0',
    ReferencedAttribute: relationship.referencedAttribute,
    ReferencedEntity: relationship.referencedEntity,
    ReferencingAttribute: relationship.referencingAttribute,
    ReferencingEntity: relationship.referencingEntity,
    IsHierarchical: given?.['IsHierarchical'] === true,
    EntityKey: null,
    IsRelationshipAttributeDenormalized: false,
    ReferencedEntityNavigationPropertyName: relationship.referencedNavigation,
    ReferencingEntityNavigationPropertyName: relationship.referencingNavigation,
    RelationshipBehavior: 1,
    IsDenormalizedLookup: null,
    DenormalizedAttributeName: null,
    IsCustomizable: managedProperty(true, given !== undefined, 'iscustomizable'),
    AssociatedMenuConfiguration: menu(relationship, 'AssociatedMenuConfiguration'),
    CascadeConfiguration: {
      Assign: 'NoCascade',
      Delete: relationship.cascadeDelete,
      Archive: isMade && relationship.cascadeDelete === 'RemoveLink' ? 'RemoveLink' : 'NoCascade',
      Merge: isMade ? 'Cascade' : 'NoCascade',
      Reparent: 'NoCascade',
      Share: 'NoCascade',
      Unshare: 'NoCascade',
      RollupView: 'NoCascade',
      ...objectOf(given, 'CascadeConfiguration'),
      ...(isMade && !merged.has(relationship.referencedEntity) ? { Merge: 'NoCascade' } : {}),
    },
    RelationshipAttributes: [],
  };
}

export function manyToManyDefinition(relationship: ManyToMany): Definition {
  const { given } = relationship;
  return {
    ...opening(relationship, 'None'),
    RelationshipType: 'ManyToManyRelationship',
    IntroducedVersion: '1.0.0.0',
    Entity1LogicalName: relationship.entity1,
    Entity2LogicalName: relationship.entity2,
    IntersectEntityName: relationship.intersectEntity,
    Entity1IntersectAttribute: relationship.entity1Attribute,
    Entity2IntersectAttribute: relationship.entity2Attribute,
    Entity1NavigationPropertyName: relationship.entity1Navigation,
    Entity2NavigationPropertyName: relationship.entity2Navigation,
    IsCustomizable: managedProperty(true, given !== undefined, 'iscustomizable'),
    Entity1AssociatedMenuConfiguration: menu(relationship, 'Entity1AssociatedMenuConfiguration'),
    Entity2AssociatedMenuConfiguration: menu(relationship, 'Entity2AssociatedMenuConfiguration'),
  };
}

interface Named {
  readonly schemaName: string;
  /** Absent: a solution brought the relationship. */
  readonly given?: Definition;
}

function opening({ schemaName, given }: Named, securityTypes: string): Definition {
  return {
    MetadataId: stableId(`relationship ${schemaName}`),
    HasChanged: null,
    IsCustomRelationship: prefixed.test(schemaName) && !system.test(schemaName),
    IsValidForAdvancedFind: given?.['IsValidForAdvancedFind'] !== false,
    SchemaName: schemaName,
    SecurityTypes: securityTypes,
    IsManaged: given === undefined,
  };
}

function menu({ schemaName, given }: Named, name: string): Definition {
  const isMade = given !== undefined;
  return {
    Behavior: 'UseCollectionName',
    Group: 'Details',
    Order: isMade ? 10_000 : null,
    IsCustomizable: isMade,
    Icon: null,
    ViewId: '00000000-0000-0000-0000-000000000000',
    AvailableOffline: true,
    MenuId: null,
    QueryApi: null,
    Label: label('', `${schemaName} ${name}`),
    ...objectOf(given, name),
  };
}

function objectOf(given: Definition | undefined, name: string): object {
  const value = given?.[name];
  return typeof value === 'object' && value !== null ? value : {};
}
