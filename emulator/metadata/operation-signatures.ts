/**
 * The operations the emulator answers as `$metadata` declares them, one on each line: what it is bound to,
 * its parameters, what it returns. `!` is what is always there, `[]` a collection, `entity` a row of any
 * table, a word in small letters a row of that table.
 * learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/functions and `/actions`
 */
export const functionSignatures = `
incident.CalculateTotalTimeIncident() TotalTime:Int64!
ExecuteCosmosSqlQuery(QueryText:String! EntityLogicalName:String! QueryParameters:ParameterCollection PageSize:Int64 PagingCookie:String PartitionId:String) = expando!
FormatAddress(Line1:String! City:String! StateOrProvince:String! PostalCode:String! Country:String!) Address:String!
GetAutoNumberSeed(EntityName:String! AttributeName:String!) AutoNumberSeedValue:Int64!
GetTimeZoneCodeByLocalizedName(LocalizedStandardName:String! LocaleId:Int32!) TimeZoneCode:Int32!
GetValidManyToMany() EntityNames:String[]!
GetValidReferencedEntities(ReferencingEntityName:String) EntityNames:String[]!
GetValidReferencingEntities(ReferencedEntityName:String) EntityNames:String[]!
InitializeFrom(EntityMoniker:entity! TargetEntityName:String! TargetFieldType:TargetFieldType!) = entity!
IsValidStateTransition(Entity:entity! NewState:String! NewStatus:Int32!) IsValid:Boolean!
RetrieveAttributeChangeHistory(Target:entity! AttributeLogicalName:String! PagingInfo:PagingInfo) AuditDetailCollection:AuditDetailCollection!
audit.RetrieveAuditDetails() AuditDetail:AuditDetail!
RetrieveAadUserPrivileges(DirectoryObjectId:Guid!) RolePrivileges:RolePrivilege[]!
RetrieveAadUserRoles(DirectoryObjectId:Guid!) = role[]!
systemuser.RetrieveAllChildUsersSystemUser() = systemuser[]!
RetrieveAvailableLanguages() LocaleIds:Int32[]!
businessunit.RetrieveBusinessHierarchyBusinessUnit() = businessunit[]!
RetrieveCurrentOrganization(AccessType:EndpointAccessType!) Detail:OrganizationDetail!
RetrieveDeprovisionedLanguages() RetrieveDeprovisionedLanguages:Int32[]!
RetrieveDuplicates(BusinessEntity:entity! MatchingEntityName:String! PagingInfo:PagingInfo!) = entity[]!
RetrieveInstalledLanguagePackVersion(Language:Int32!) Version:String!
RetrieveInstalledLanguagePacks() RetrieveInstalledLanguagePacks:Int32[]!
RetrieveLocLabels(EntityMoniker:entity! AttributeName:String! IncludeUnpublished:Boolean!) Label:Label!
systemuser,team.RetrievePrincipalAccess(Target:entity!) AccessRights:AccessRights!
RetrieveProvisionedLanguages() RetrieveProvisionedLanguages:Int32[]!
RetrieveRecordChangeHistory(Target:entity! PagingInfo:PagingInfo) AuditDetailCollection:AuditDetailCollection!
RetrieveRolePrivilegesRole(RoleId:Guid!) RolePrivileges:RolePrivilege[]!
RetrieveSharedPrincipalsAndAccess(Target:entity!) PrincipalAccesses:PrincipalAccess[]!
RetrieveTimestamp() Timestamp:String!
RetrieveTotalRecordCount(EntityNames:String[]!) EntityRecordCountCollection:EntityRecordCountCollection!
appmodule,hierarchyrule,savedquery,savedqueryvisualization,sitemap,systemform,webresource.RetrieveUnpublished() = entity!
appmodule[],hierarchyrule[],savedquery[],savedqueryvisualization[],sitemap[],systemform[],webresource[].RetrieveUnpublishedMultiple() = entity[]!
systemuser.RetrieveUserPrivilegeByPrivilegeId(PrivilegeId:Guid!) RolePrivileges:RolePrivilege[]!
systemuser.RetrieveUserPrivilegeByPrivilegeName(PrivilegeName:String!) RolePrivileges:RolePrivilege[]!
systemuser.RetrieveUserPrivileges() RolePrivileges:RolePrivilege[]!
systemuser.RetrieveUserSetOfPrivilegesByIds(PrivilegeIds:Guid[]!) RolePrivileges:RolePrivilege[]!
systemuser.RetrieveUserSetOfPrivilegesByNames(PrivilegeNames:String[]!) RolePrivileges:RolePrivilege[]!
systemuser.RetrieveUsersPrivilegesThroughTeams() RolePrivileges:RolePrivilege[]!
RetrieveVersion() Version:String!
ValidateApp(AppModuleId:Guid!) AppValidationResponse:AppValidationResponse!
WhoAmI() BusinessUnitId:Guid! UserId:Guid! OrganizationId:Guid!
`;

export const actionSignatures = `
AddAppComponents(AppId:Guid! Components:entity[]!)
list.AddListMembersList(ListMembers:entity[]!)
team.AddMembersTeam(Members:systemuser[]!)
role.AddPrivilegesRole(Privileges:RolePrivilege[]!)
AddSolutionComponent(ComponentId:Guid! ComponentType:Int32! SolutionUniqueName:String! AddRequiredComponents:Boolean! DoNotIncludeSubcomponents:Boolean IncludedComponentSettingsValues:String[]) id:Guid!
queue.AddToQueue(Target:entity! SourceQueue:queue QueueItemProperties:queueitem) QueueItemId:Guid!
BulkDelete(QuerySet:QueryExpression[]! JobName:String! SendEmailNotification:Boolean! ToRecipients:activityparty[]! CCRecipients:activityparty[]! RecurrencePattern:String! StartDateTime:DateTimeOffset! SourceImportId:Guid RunNow:Boolean) JobId:Guid!
BulkDetectDuplicates(Query:QueryExpression! JobName:String! SendEmailNotification:Boolean! TemplateId:Guid! ToRecipients:activityparty[]! CCRecipients:activityparty[]! RecurrencePattern:String! RecurrenceStartTime:DateTimeOffset!) JobId:Guid!
CanBeReferenced(EntityName:String!) CanBeReferenced:Boolean!
CanBeReferencing(EntityName:String!) CanBeReferencing:Boolean!
CanManyToMany(EntityName:String!) CanManyToMany:Boolean!
CancelSalesOrder(OrderClose:orderclose! Status:Int32!)
CloseIncident(IncidentResolution:incidentresolution! Status:Int32!)
CloseQuote(QuoteClose:quoteclose! Status:Int32!)
CommitAnnotationBlocksUpload(Target:annotation! BlockList:String[]! FileContinuationToken:String!) AnnotationId:Guid! FileSizeInBytes:Int64!
CommitAttachmentBlocksUpload(Target:activitymimeattachment! BlockList:String[]! FileContinuationToken:String!) ActivityMimeAttachmentId:Guid! FileSizeInBytes:Int64!
CommitFileBlocksUpload(BlockList:String[]! FileContinuationToken:String! FileName:String! MimeType:String!) FileId:Guid! FileSizeInBytes:Int64!
CreateCustomerRelationships(OneToManyRelationships:OneToManyRelationshipMetadata[]! Lookup:LookupAttributeMetadata! SolutionUniqueName:String) RelationshipIds:Guid[]! AttributeId:Guid!
entity[].CreateMultiple(Targets:entity[]!) Ids:Guid[]!
CreatePolymorphicLookupAttribute(OneToManyRelationships:OneToManyRelationshipMetadata[]! Lookup:LookupAttributeMetadata! SolutionUniqueName:String) RelationshipIds:Guid[]! AttributeId:Guid!
DeleteFile(FileId:Guid!)
entity[].DeleteMultiple(Targets:entity[]!)
DeleteOptionValue(Value:Int32! OptionSetName:String AttributeLogicalName:String EntityLogicalName:String SolutionUniqueName:String)
DownloadBlock(Offset:Int64! BlockLength:Int64! FileContinuationToken:String!) Data:Binary!
ExportSolution(SolutionName:String! Managed:Boolean! TargetVersion:String ExportAutoNumberingSettings:Boolean ExportCalendarSettings:Boolean ExportCustomizationSettings:Boolean ExportEmailTrackingSettings:Boolean ExportGeneralSettings:Boolean ExportMarketingSettings:Boolean ExportOutlookSynchronizationSettings:Boolean ExportRelationshipRoles:Boolean ExportIsvConfig:Boolean ExportSales:Boolean ExportExternalApplications:Boolean) ExportSolutionFile:Binary!
FulfillSalesOrder(OrderClose:orderclose! Status:Int32!)
GetNextAutoNumberValue(EntityName:String! AttributeName:String!) NextAutoNumberValue:Int64!
GrantAccess(Target:entity! PrincipalAccess:PrincipalAccess!)
InitializeAnnotationBlocksDownload(Target:annotation!) FileContinuationToken:String! FileSizeInBytes:Int64! FileName:String!
InitializeAnnotationBlocksUpload(Target:annotation!) FileContinuationToken:String!
InitializeAttachmentBlocksDownload(Target:activitymimeattachment!) FileContinuationToken:String! FileSizeInBytes:Int64! FileName:String!
InitializeAttachmentBlocksUpload(Target:activitymimeattachment!) FileContinuationToken:String!
InitializeFileBlocksDownload(Target:entity! FileAttributeName:String!) FileContinuationToken:String! FileSizeInBytes:Int64! FileName:String! IsChunkingSupported:Boolean!
InitializeFileBlocksUpload(Target:entity! FileAttributeName:String! FileName:String!) FileContinuationToken:String!
InsertOptionValue(Label:Label! OptionSetName:String AttributeLogicalName:String EntityLogicalName:String Value:Int32 Description:Label SolutionUniqueName:String) NewOptionValue:Int32!
InsertStatusValue(Label:Label! StateCode:Int32! OptionSetName:String AttributeLogicalName:String EntityLogicalName:String Value:Int32 Description:Label SolutionUniqueName:String) NewOptionValue:Int32!
InstallSampleData()
LoseOpportunity(OpportunityClose:opportunityclose! Status:Int32!)
Merge(Target:entity! Subordinate:entity! UpdateContent:entity PerformParentingChecks:Boolean!)
ModifyAccess(Target:entity! PrincipalAccess:PrincipalAccess!)
OrderOption(Values:Int32[]! OptionSetName:String AttributeLogicalName:String EntityLogicalName:String SolutionUniqueName:String)
queueitem.PickFromQueue(SystemUser:systemuser! RemoveQueueItem:Boolean!)
PublishAllXml()
PublishXml(ParameterXml:String!)
lead.QualifyLead(CreateAccount:Boolean! CreateContact:Boolean! CreateOpportunity:Boolean! OpportunityCurrencyId:transactioncurrency OpportunityCustomerId:entity SourceCampaignId:campaign Status:Int32!) = entity[]!
ReactivateEntityKey(EntityLogicalName:String! EntityKeyLogicalName:String!)
duplicaterule.PublishDuplicateRule() JobId:Guid!
queueitem.ReleaseToQueue()
RemoveAppComponents(AppId:Guid! Components:entity[]!)
queueitem.RemoveFromQueue()
team.RemoveMembersTeam(Members:systemuser[]!)
role.RemovePrivilegeRole(PrivilegeId:Guid!)
RemoveSolutionComponent(SolutionComponent:solutioncomponent! ComponentType:Int32! SolutionUniqueName:String!) id:Guid!
role.ReplacePrivilegesRole(Privileges:RolePrivilege[]!)
RouteTo(Target:entity! QueueItem:queueitem!)
RevokeAccess(Target:entity! Revokee:entity!)
email.SendEmail(IssueSend:Boolean! TrackingToken:String) Subject:String!
SetAutoNumberSeed(EntityName:String! AttributeName:String! Value:Int64!)
UninstallSampleData()
entity[].UpdateMultiple(Targets:entity[]!)
UnpublishDuplicateRule(DuplicateRuleId:Guid!)
UpdateOptionValue(Value:Int32! Label:Label! MergeLabels:Boolean! OptionSetName:String AttributeLogicalName:String EntityLogicalName:String Description:Label SolutionUniqueName:String)
UpdateStateValue(Value:Int32! Label:Label MergeLabels:Boolean! OptionSetName:String AttributeLogicalName:String EntityLogicalName:String DefaultStatusCode:Int32 Description:Label)
UploadBlock(BlockId:String! BlockData:Binary! FileContinuationToken:String!)
entity[].UpsertMultiple(Targets:entity[]!)
WinOpportunity(OpportunityClose:opportunityclose! Status:Int32!)
WinQuote(QuoteClose:quoteclose! Status:Int32!)
`;

/** What the operations take and return beside rows. Those without members are open: definitions and queries. */
export const complexSignatures = `
AppValidationResponse() ValidationSuccess:Boolean! ValidationIssueList:ValidationIssue[]!
AuditDetail()
AuditDetailCollection() MoreRecords:Boolean! PagingCookie:String TotalRecordCount:Int32! AuditDetails:AuditDetail[]!
EndpointCollection() Count:Int32! IsReadOnly:Boolean! Keys:EndpointType[]! Values:String[]!
EntityRecordCountCollection() Count:Int32! IsReadOnly:Boolean! Keys:String[]! Values:Int64[]!
Label() LocalizedLabels:LocalizedLabel[]! UserLocalizedLabel:LocalizedLabel
LocalizedLabel() Label:String LanguageCode:Int32! IsManaged:Boolean MetadataId:Guid HasChanged:Boolean
LookupAttributeMetadata()
OneToManyRelationshipMetadata()
OrganizationDetail() OrganizationId:Guid! FriendlyName:String OrganizationVersion:String EnvironmentId:String DatacenterId:Guid! Geo:String TenantId:String UrlName:String UniqueName:String State:OrganizationState! Endpoints:EndpointCollection OrganizationType:OrganizationType! SchemaType:String
PagingInfo() PageNumber:Int32! Count:Int32! ReturnTotalRecordCount:Boolean! PagingCookie:String
ParameterCollection()
PrincipalAccess() AccessMask:AccessRights! Principal:entity
QueryExpression()
RolePrivilege() Depth:PrivilegeDepth! PrivilegeId:Guid! BusinessUnitId:Guid! PrivilegeName:String
ValidationIssue()
`;

export const enumSignatures = `
AccessRights None=0 ReadAccess=1 WriteAccess=2 AppendAccess=4 AppendToAccess=16 CreateAccess=32 DeleteAccess=65536 ShareAccess=262144 AssignAccess=524288
EndpointAccessType Default=0 Internet=1 Intranet=2
EndpointType OrganizationService=0 OrganizationDataService=1 WebApplication=2
OrganizationState Enabled=0 Disabled=1
OrganizationType Customer=0 Monitoring=1 Support=2 BackEnd=3 Secondary=4 CustomerTest=5 CustomerFreeTest=6 CustomerPreview=7 Placeholder=8 TestDrive=9 MsftInvestigation=10 EmailTrial=11 Default=12 Developer=13 Trial=14 Teams=15
PrivilegeDepth Basic=0 Local=1 Deep=2 Global=3
TargetFieldType All=0 ValidForCreate=1 ValidForUpdate=2 ValidForRead=3
`;
