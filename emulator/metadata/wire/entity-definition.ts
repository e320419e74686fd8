import type { Entity } from '../metadata.ts';
import { isMadeHere } from '../made-here.ts';
import { stableId } from '../stable-id.ts';
import { label, managedProperty, type Definition } from './labels.ts';

export function entityId(entity: Entity): string {
  return entity.metadataId ?? stableId(`table ${entity.logicalName}`);
}

/** A table with every property but what `$expand` adds, simple members first, as the service writes it. */
export function entityDefinition(entity: Entity): Definition {
  const owned = entity.ownership === 'UserOwned';
  const changeable = !entity.isIntersect;
  const isMade = isMadeHere(entity);
  return {
    MetadataId: entityId(entity),
    HasChanged: null,
    ActivityTypeMask: entity.isActivity ? 1 : 0,
    AutoRouteToOwnerQueue: false,
    CanTriggerWorkflow: changeable,
    EntityHelpUrlEnabled: false,
    EntityHelpUrl: null,
    IsDocumentManagementEnabled: false,
    IsOneNoteIntegrationEnabled: false,
    IsInteractionCentricEnabled: false,
    IsKnowledgeManagementEnabled: false,
    IsSLAEnabled: false,
    IsBPFEntity: false,
    IsDocumentRecommendationsEnabled: false,
    IsMSTeamsIntegrationEnabled: false,
    SettingOf: null,
    DataProviderId: null,
    DataSourceId: null,
    AutoCreateAccessTeams: false,
    IsActivity: entity.isActivity,
    IsActivityParty: false,
    IsRetrieveAuditEnabled: false,
    IsRetrieveMultipleAuditEnabled: false,
    IsArchivalEnabled: false,
    IsRetentionEnabled: false,
    IsAvailableOffline: owned && !isMade,
    IsChildEntity: false,
    IsAIRUpdated: changeable && !isMade,
    IconLargeName: null,
    IconMediumName: null,
    IconSmallName: null,
    IconVectorName: null,
    IsCustomEntity: entity.custom,
    IsBusinessProcessEnabled: false,
    SyncToExternalSearchIndex: false,
    IsOptimisticConcurrencyEnabled: entity.optimisticConcurrency,
    ChangeTrackingEnabled: changeable && !isMade,
    IsImportable: changeable,
    IsIntersect: entity.isIntersect,
    // What was made here belongs to no solution that is installed.
    IsManaged: !isMade,
    IsEnabledForCharts: changeable,
    IsEnabledForTrace: false,
    IsValidForAdvancedFind: changeable,
    DaysSinceRecordLastModified: 0,
    MobileOfflineFilters: '',
    IsReadingPaneEnabled: true,
    IsQuickCreateEnabled: false,
    LogicalName: entity.logicalName,
    ObjectTypeCode: entity.objectTypeCode,
    OwnershipType: entity.ownership,
    PrimaryNameAttribute: entity.primaryName ?? null,
    PrimaryImageAttribute: entity.primaryImage ?? null,
    PrimaryIdAttribute: entity.primaryId,
    RecurrenceBaseEntityLogicalName: null,
    ReportViewName: `Filtered${entity.schemaName}`,
    SchemaName: entity.schemaName,
    IntroducedVersion: entity.custom ? '1.0.0.0' : '5.0.0.0',
    IsStateModelAware: entity.attributes.has('statecode'),
    EnforceStateTransitions: false,
    ExternalName: null,
    EntityColor: null,
    LogicalCollectionName: entity.logicalCollectionName,
    ExternalCollectionName: null,
    CollectionSchemaName: collectionSchemaName(entity),
    EntitySetName: entity.entitySetName,
    IsEnabledForExternalChannels: false,
    IsPrivate: false,
    UsesBusinessDataLabelTable: false,
    IsLogicalEntity: false,
    HasNotes: false,
    HasActivities: false,
    HasFeedback: false,
    IsSolutionAware: entity.solutionAware,
    CreatedOn: '1900-01-01T00:00:00Z',
    ModifiedOn: '1900-01-01T00:00:00Z',
    HasEmailAddresses: [...entity.attributes.values()].some((each) => each.format === 'Email'),
    OwnerId: null,
    OwnerIdType: isMade ? 8 : null,
    OwningBusinessUnit: null,
    TableType: entity.tableType ?? 'Standard',
    Description: label('', `table description ${entity.logicalName}`),
    DisplayCollectionName: label(
      entity.displayCollectionName,
      `table collection ${entity.logicalName}`,
    ),
    DisplayName: label(entity.displayName, `table ${entity.logicalName}`),
    IsAuditEnabled: managedProperty(false, true, 'canmodifyauditsettings'),
    IsValidForQueue: managedProperty(false, true, 'canmodifyqueuesettings'),
    IsConnectionsEnabled: managedProperty(false, true, 'canmodifyconnectionsettings'),
    IsCustomizable: managedProperty(changeable, isMade, 'iscustomizable'),
    IsRenameable: managedProperty(changeable, isMade, 'isrenameable'),
    IsMappable: managedProperty(changeable, false, 'ismappable'),
    IsDuplicateDetectionEnabled: managedProperty(
      false,
      true,
      'canmodifyduplicatedetectionsettings',
    ),
    CanCreateAttributes: managedProperty(changeable, false, 'cancreateattributes'),
    CanCreateForms: managedProperty(changeable, isMade, 'cancreateforms'),
    CanCreateViews: managedProperty(changeable, isMade, 'cancreateviews'),
    CanCreateCharts: managedProperty(changeable, isMade, 'cancreatecharts'),
    CanBeRelatedEntityInRelationship: managedProperty(
      changeable,
      isMade,
      'canberelatedentityinrelationship',
    ),
    CanBePrimaryEntityInRelationship: managedProperty(
      changeable,
      isMade,
      'canbeprimaryentityinrelationship',
    ),
    CanBeInManyToMany: managedProperty(changeable, isMade, 'canbeinmanytomany'),
    CanBeInCustomEntityAssociation: managedProperty(
      changeable,
      isMade,
      'canbeincustomentityassociation',
    ),
    CanEnableSyncToExternalSearchIndex: managedProperty(
      changeable,
      isMade,
      'canenablesynctoexternalsearchindex',
    ),
    CanModifyAdditionalSettings: managedProperty(changeable, isMade, 'canmodifyadditionalsettings'),
    CanChangeHierarchicalRelationship: managedProperty(
      changeable,
      isMade,
      'canchangehierarchicalrelationship',
    ),
    CanChangeTrackingBeEnabled: managedProperty(changeable, isMade, 'canchangetrackingbeenabled'),
    IsMailMergeEnabled: managedProperty(false, true, 'canmodifymailmergesettings'),
    IsVisibleInMobile: managedProperty(false, true, 'canmodifymobilevisibility'),
    IsVisibleInMobileClient: managedProperty(false, true, 'canmodifymobileclientvisibility'),
    IsReadOnlyInMobileClient: managedProperty(false, true, 'canmodifymobileclientreadonly'),
    IsOfflineInMobileClient: managedProperty(false, true, 'canmodifymobileclientoffline'),
    Privileges: privilegeDefinitions(entity),
    Settings: [],
    ...entity.given,
  };
}

export function privilegeDefinitions(entity: Entity): readonly Definition[] {
  const levels = entity.ownership === 'UserOwned' || entity.ownership === 'BusinessOwned';
  return entity.privileges.map((each) => ({
    CanBeBasic: levels,
    CanBeDeep: levels,
    CanBeGlobal: true,
    CanBeLocal: levels,
    CanBeEntityReference: false,
    CanBeParentEntityReference: false,
    CanBeRecordFilter: false,
    Name: each.name,
    PrivilegeId: each.id,
    PrivilegeType: each.type,
  }));
}

/** `sample_BankAccounts` of `sample_BankAccount`, where the set is named after the table. */
function collectionSchemaName(entity: Entity): string {
  const { entitySetName, logicalName, schemaName } = entity;
  return isMadeHere(entity) && entitySetName.startsWith(logicalName)
    ? `${schemaName}${entitySetName.slice(logicalName.length)}`
    : entitySetName;
}

/** Alternate keys; the emulator builds their index at once. */
export function keyDefinitions(entity: Entity): readonly Definition[] {
  return entity.keys.map((key) => ({
    MetadataId: stableId(`key ${entity.logicalName} ${key.schemaName}`),
    HasChanged: null,
    LogicalName: key.schemaName.toLowerCase(),
    EntityLogicalName: entity.logicalName,
    SchemaName: key.schemaName,
    KeyAttributes: key.attributes,
    IsManaged: true,
    IntroducedVersion: '1.0.0.0',
    EntityKeyIndexStatus: 'Active',
    IsSynchronous: false,
    IsExportKey: false,
    IsSecondaryKey: false,
    DisplayName: label(key.schemaName, `key ${entity.logicalName} ${key.schemaName}`),
    IsCustomizable: managedProperty(true, false, 'iscustomizable'),
    AsyncJob: null,
  }));
}
