import type { Attribute, Entity } from '../metadata.ts';
import { isMadeHere } from '../made-here.ts';
import { stableId } from '../stable-id.ts';
import { label, managedProperty, type Definition } from './labels.ts';

/** The metadata type of a column, without namespace; plain columns are of the base type and have none. */
export function attributeKind(attribute: Attribute): string | undefined {
  switch (attribute.typeName) {
    case 'CustomerType':
    case 'OwnerType':
    case 'PartyListType':
    case 'LookupType':
      return 'LookupAttributeMetadata';
    case 'UniqueidentifierType':
    case 'VirtualType':
    case 'CalendarRulesType':
      return undefined;
    default:
      return `${attribute.typeName.replace(/Type$/, '')}AttributeMetadata`;
  }
}

export function attributeId(entity: Entity, attribute: Attribute): string {
  return attribute.metadataId ?? stableId(`column ${entity.logicalName}.${attribute.logicalName}`);
}

const dateOfInstall = '1900-01-01T00:00:00Z';

/** All columns of a table. */
export function attributeDefinitions(
  entity: Entity,
): readonly { readonly attribute: Attribute; readonly definition: Definition }[] {
  return [...entity.attributes.values()].map((attribute, index) => ({
    attribute,
    definition: attributeDefinition(entity, attribute, index + 1),
  }));
}

/** A column with every property, in the service's order. Choices come only where they are expanded. */
function attributeDefinition(
  entity: Entity,
  attribute: Attribute,
  columnNumber: number,
): Definition {
  const isMirror = attribute.attributeOf !== undefined;
  const isMade = isMadeHere(attribute);
  const isPrimaryId = attribute.logicalName === entity.primaryId;
  const isPrimaryName = attribute.logicalName === entity.primaryName;
  const secureable = !isMirror && !isPrimaryId && !isPrimaryName && attribute.validForUpdate;
  const required = attribute.requiredLevel;
  const systemRequired = required === 'SystemRequired';
  return {
    MetadataId: attributeId(entity, attribute),
    HasChanged: null,
    // A base-currency value is calculated from its column and no mirror of it.
    AttributeOf: attribute.type === 'Money' ? null : (attribute.attributeOf ?? null),
    AttributeType: attribute.type,
    ColumnNumber: columnNumber,
    DeprecatedVersion: null,
    IntroducedVersion: attribute.custom ? '1.0.0.0' : '5.0.0.0',
    EntityLogicalName: entity.logicalName,
    IsCustomAttribute: attribute.custom,
    IsPrimaryId: isPrimaryId,
    IsValidODataAttribute: attribute.validODataAttribute,
    IsPrimaryName: isPrimaryName,
    IsValidForCreate: attribute.validForCreate,
    IsValidForRead: attribute.validForRead,
    IsValidForUpdate: attribute.validForUpdate,
    CanBeSecuredForRead: secureable,
    CanBeSecuredForCreate: secureable,
    CanBeSecuredForUpdate: secureable,
    IsSecured: attribute.secured,
    IsRetrievable: !isMirror && !attribute.custom,
    IsFilterable: isPrimaryId,
    IsSearchable: isPrimaryName,
    IsManaged: !isMade,
    LinkedAttributeId: null,
    LogicalName: attribute.logicalName,
    IsValidForForm: !isMirror && !isPrimaryId,
    IsRequiredForForm: isPrimaryName && !isMirror,
    IsValidForGrid: !isMirror && !isPrimaryId,
    SchemaName: attribute.schemaName,
    ExternalName: null,
    IsLogical: isMirror,
    IsDataSourceSecret: false,
    InheritsFrom: null,
    CreatedOn: dateOfInstall,
    ModifiedOn: dateOfInstall,
    SourceType: hasSource(attribute) ? 0 : null,
    AutoNumberFormat: isMade ? null : '',
    ...particulars(entity, attribute),
    AttributeTypeName: { Value: attribute.typeName },
    Description: label('', `column description ${entity.logicalName}.${attribute.logicalName}`),
    DisplayName: label(
      attribute.displayName,
      `column ${entity.logicalName}.${attribute.logicalName}`,
    ),
    IsAuditEnabled: managedProperty(!isMirror, !isMirror, 'canmodifyauditsettings'),
    IsGlobalFilterEnabled: managedProperty(false, true, 'canmodifyglobalfiltersettings'),
    IsSortableEnabled: managedProperty(false, true, 'canmodifyissortablesettings'),
    IsCustomizable: managedProperty(!isMirror, isMade, 'iscustomizable'),
    IsRenameable: managedProperty(!isMirror, isMade, 'isrenameable'),
    IsValidForAdvancedFind: managedProperty(!isMirror, !isMirror, 'canmodifysearchsettings'),
    RequiredLevel: managedProperty(
      required,
      !systemRequired && !isMirror,
      'canmodifyrequirementlevelsettings',
    ),
    CanModifyAdditionalSettings: managedProperty(!isMirror, isMade, 'canmodifyadditionalsettings'),
    Settings: [],
    ...closing(attribute),
    ...attribute.given,
  };
}

/** Kinds of columns that may be calculated say that they are not; the others say nothing. */
function hasSource(attribute: Attribute): boolean {
  return [
    'BooleanType',
    'DateTimeType',
    'DecimalType',
    'DoubleType',
    'IntegerType',
    'MoneyType',
    'MultiSelectPicklistType',
    'PicklistType',
    'StringType',
  ].includes(attribute.typeName);
}

/** What only columns of its kind have, between the common members. */
function particulars(entity: Entity, attribute: Attribute): Definition {
  const { maxLength, minValue, maxValue, precision } = attribute;
  const formula = { FormulaDefinition: attribute.custom ? '' : null, SourceTypeMask: 0 };
  switch (attribute.typeName) {
    case 'StringType':
      return {
        Format: attribute.format ?? 'Text',
        ImeMode: 'Auto',
        MaxLength: maxLength ?? 100,
        YomiOf: null,
        IsLocalizable: false,
        DatabaseLength: (maxLength ?? 100) * 2,
        ...formula,
      };
    case 'MemoType':
      return {
        Format: attribute.format ?? 'TextArea',
        ImeMode: 'Auto',
        MaxLength: maxLength ?? 2000,
        IsLocalizable: false,
      };
    case 'IntegerType':
      return {
        Format: attribute.format ?? 'None',
        MaxValue: maxValue ?? 2147483647,
        MinValue: minValue ?? -2147483648,
        ...formula,
      };
    case 'BigIntType':
      return {
        MaxValue: maxValue ?? 9223372036854776000,
        MinValue: minValue ?? -9223372036854776000,
      };
    case 'DecimalType':
      return {
        MaxValue: maxValue ?? 100000000000,
        MinValue: minValue ?? -100000000000,
        Precision: precision ?? 2,
        ImeMode: 'Disabled',
        ...formula,
      };
    case 'DoubleType':
      return {
        ImeMode: 'Disabled',
        MaxValue: maxValue ?? 1000000000,
        MinValue: minValue ?? 0,
        Precision: precision ?? 2,
        ...formula,
      };
    case 'MoneyType':
      return {
        ImeMode: 'Disabled',
        MaxValue: maxValue ?? 922337203685477,
        MinValue: minValue ?? -922337203685477,
        Precision: precision ?? 2,
        PrecisionSource: 2,
        CalculationOf: attribute.attributeOf ?? null,
        ...formula,
        IsBaseCurrency: attribute.logicalName.endsWith('_base'),
      };
    case 'DateTimeType':
      return {
        MinSupportedValue: '1753-01-01T00:00:00Z',
        MaxSupportedValue: '9999-12-30T23:59:59Z',
        Format: attribute.format ?? 'DateAndTime',
        ImeMode: 'Inactive',
        SourceTypeMask: 0,
        FormulaDefinition: formula.FormulaDefinition,
      };
    case 'BooleanType':
      return { DefaultValue: attribute.defaultValue ?? false, ...formula };
    case 'PicklistType':
    case 'MultiSelectPicklistType':
      return {
        DefaultFormValue: attribute.defaultValue ?? -1,
        ...formula,
        ParentPicklistLogicalName: null,
        ChildPicklistLogicalNames: [],
      };
    case 'StateType':
    case 'StatusType':
      return { DefaultFormValue: attribute.typeName === 'StateType' ? null : -1 };
    case 'EntityNameType':
      return {
        DefaultFormValue: null,
        IsEntityReferenceStored: attribute.attributeOf !== undefined,
      };
    case 'LookupType':
    case 'CustomerType':
    case 'OwnerType':
    case 'PartyListType':
      return { Targets: attribute.targets, Format: 'None' };
    case 'ImageType':
      return {
        IsPrimaryImage: attribute.logicalName === entity.primaryImage,
        MaxHeight: 144,
        MaxWidth: 144,
        MaxSizeInKB: attribute.maxLength ?? 10240,
        CanStoreFullImage: false,
      };
    case 'FileType':
      return { MaxSizeInKB: attribute.maxLength ?? 32768 };
    case 'ManagedPropertyType':
      return {
        ManagedPropertyLogicalName: attribute.logicalName,
        ParentComponentType: 0,
        ParentAttributeName: null,
        ValueAttributeTypeCode: 'Boolean',
      };
    default:
      return {};
  }
}

/** What stands after the common members. */
function closing(attribute: Attribute): Definition {
  switch (attribute.typeName) {
    case 'StringType':
      return { FormatName: { Value: attribute.format ?? 'Text' } };
    case 'MemoType':
      return { FormatName: { Value: attribute.format ?? 'TextArea' } };
    case 'DateTimeType':
      return {
        DateTimeBehavior: { Value: attribute.dateTimeBehavior ?? 'UserLocal' },
        CanChangeDateTimeBehavior: managedProperty(false, false, 'canmodifybehavior'),
      };
    default:
      return {};
  }
}
