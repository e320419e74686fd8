import type { Attribute, Entity, Option } from '../metadata.ts';
import { isMadeHere } from '../made-here.ts';
import { stableId } from '../stable-id.ts';
import { label, labelOf, managedProperty, type Definition } from './labels.ts';

/** A choice column's `OptionSet`; null for columns of table names, which have none. */
export function optionSet(entity: Entity, attribute: Attribute): Definition | null {
  if (attribute.options === undefined && attribute.type === 'EntityName') return null;
  const isGlobal = attribute.globalChoice !== undefined;
  const name = attribute.globalChoice ?? `${entity.logicalName}_${attribute.logicalName}`;
  return choiceDefinition(name, attribute, isGlobal);
}

/** A choice shared by columns, as `GlobalOptionSetDefinitions` shows it. */
export function choiceDefinition(
  name: string,
  attribute: Attribute,
  isGlobal: boolean,
): Definition {
  const isBoolean = attribute.type === 'Boolean';
  const isManaged = !isMadeHere(attribute);
  // A choice of one column is called as the column is.
  const {
    metadataId,
    displayName = attribute.displayName,
    given,
  } = attribute.sharedChoice ?? {
    given: attribute.given,
  };
  const options = (attribute.options ?? []).map((each) => optionDefinition(name, attribute, each));
  return {
    MetadataId: metadataId ?? stableId(`choice ${name}`),
    HasChanged: null,
    IsCustomOptionSet: /^[a-z][a-z0-9]+_/.test(name) && attribute.custom,
    IsGlobal: isGlobal,
    IsManaged: isManaged,
    Name: name,
    ExternalTypeName: null,
    OptionSetType: choiceType(attribute),
    IntroducedVersion: attribute.custom ? '1.0.0.0' : '5.0.0.0',
    ...(isBoolean ? {} : { ParentOptionSetName: null }),
    Description: given?.['Description'] ?? label('', `choice description ${name}`),
    DisplayName: given?.['DisplayName'] ?? label(displayName, `choice ${name}`, isManaged),
    IsCustomizable: managedProperty(true, !isManaged, 'iscustomizable'),
    ...(isBoolean
      ? {
          TrueOption: options.find((each) => each['Value'] === 1) ?? null,
          FalseOption: options.find((each) => each['Value'] === 0) ?? null,
        }
      : { Options: options }),
  };
}

function choiceType(attribute: Attribute): string {
  return ['Boolean', 'State', 'Status'].includes(attribute.type) ? attribute.type : 'Picklist';
}

function optionDefinition(name: string, attribute: Attribute, option: Option): Definition {
  const isManaged = !isMadeHere(attribute);
  const common = {
    Value: option.value,
    Color: option.color ?? null,
    IsManaged: isManaged,
    ExternalValue: option.externalValue ?? (isManaged ? null : ''),
    ParentValues: [],
    Tag: null,
    IsHidden: false,
    MetadataId: null,
    HasChanged: null,
  };
  const texts = {
    Label: labelOf(option.label, `option ${name} ${option.value}`, isManaged),
    Description: label(
      option.description ?? '',
      `option description ${name} ${option.value}`,
      isManaged,
    ),
  };
  if (attribute.type === 'State') {
    return {
      '@odata.type': '#Microsoft.Dynamics.CRM.StateOptionMetadata',
      ...common,
      DefaultStatus: option.defaultStatus ?? option.value + 1,
      InvariantName: option.label,
      ...texts,
    };
  }
  if (attribute.type === 'Status') {
    return {
      '@odata.type': '#Microsoft.Dynamics.CRM.StatusOptionMetadata',
      ...common,
      State: option.state ?? 0,
      TransitionData: null,
      ...texts,
    };
  }
  return { ...common, ...texts };
}
