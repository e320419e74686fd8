import type { ManyToMany, ManyToOne } from '../metadata.ts';
import { stableId } from '../stable-id.ts';
import { label, managedProperty, type Definition } from './labels.ts';

const prefixed = /^[a-z][a-z0-9]{1,7}_/;
const system = /^(lk|user|team|business_unit|owner|organization|TransactionCurrency)_/;

/** A lookup's relationship, which both its tables list. */
export function manyToOneDefinition(relationship: ManyToOne): Definition {
  return {
    ...opening(relationship.schemaName, 'Append'),
    RelationshipType: 'OneToManyRelationship',
    IntroducedVersion: '1.0.0.0',
    ReferencedAttribute: relationship.referencedAttribute,
    ReferencedEntity: relationship.referencedEntity,
    ReferencingAttribute: relationship.referencingAttribute,
    ReferencingEntity: relationship.referencingEntity,
    IsHierarchical: false,
    EntityKey: null,
    IsRelationshipAttributeDenormalized: false,
    ReferencedEntityNavigationPropertyName: relationship.referencedNavigation,
    ReferencingEntityNavigationPropertyName: relationship.referencingNavigation,
    RelationshipBehavior: 1,
    IsDenormalizedLookup: null,
    DenormalizedAttributeName: null,
    IsCustomizable: managedProperty(true, false, 'iscustomizable'),
    AssociatedMenuConfiguration: menu(`${relationship.schemaName} menu`),
    CascadeConfiguration: {
      Assign: 'NoCascade',
      Delete: relationship.cascadeDelete,
      Archive: 'NoCascade',
      Merge: 'NoCascade',
      Reparent: 'NoCascade',
      Share: 'NoCascade',
      Unshare: 'NoCascade',
      RollupView: 'NoCascade',
    },
    RelationshipAttributes: [],
  };
}

export function manyToManyDefinition(relationship: ManyToMany): Definition {
  return {
    ...opening(relationship.schemaName, 'None'),
    RelationshipType: 'ManyToManyRelationship',
    IntroducedVersion: '1.0.0.0',
    Entity1LogicalName: relationship.entity1,
    Entity2LogicalName: relationship.entity2,
    IntersectEntityName: relationship.intersectEntity,
    Entity1IntersectAttribute: relationship.entity1Attribute,
    Entity2IntersectAttribute: relationship.entity2Attribute,
    Entity1NavigationPropertyName: relationship.entity1Navigation,
    Entity2NavigationPropertyName: relationship.entity2Navigation,
    IsCustomizable: managedProperty(true, false, 'iscustomizable'),
    Entity1AssociatedMenuConfiguration: menu(`${relationship.schemaName} menu 1`),
    Entity2AssociatedMenuConfiguration: menu(`${relationship.schemaName} menu 2`),
  };
}

function opening(schemaName: string, securityTypes: string): Definition {
  return {
    MetadataId: stableId(`relationship ${schemaName}`),
    HasChanged: null,
    IsCustomRelationship: prefixed.test(schemaName) && !system.test(schemaName),
    IsValidForAdvancedFind: true,
    SchemaName: schemaName,
    SecurityTypes: securityTypes,
    IsManaged: true,
  };
}

function menu(of: string): Definition {
  return {
    Behavior: 'UseCollectionName',
    Group: 'Details',
    Order: null,
    IsCustomizable: false,
    Icon: null,
    ViewId: '00000000-0000-0000-0000-000000000000',
    AvailableOffline: true,
    MenuId: null,
    QueryApi: null,
    Label: label('', of),
  };
}
