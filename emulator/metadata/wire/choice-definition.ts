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
  const options = (attribute.options ?? []).map((each) => optionDefinition(name, attribute, each));
  return {
    MetadataId: stableId(`choice ${name}`),
    HasChanged: null,
    IsCustomOptionSet: /^[a-z][a-z0-9]+_/.test(name) && attribute.custom,
    IsGlobal: isGlobal,
    IsManaged: !isMadeHere(attribute),
    Name: name,
    ExternalTypeName: null,
    OptionSetType: choiceType(attribute),
    IntroducedVersion: attribute.custom ? '1.0.0.0' : '5.0.0.0',
    ...(isBoolean ? {} : { ParentOptionSetName: null }),
    Description: label('', `choice description ${name}`),
    DisplayName: label(attribute.displayName, `choice ${name}`),
    IsCustomizable: managedProperty(true, false, 'iscustomizable'),
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
  const common = {
    Value: option.value,
    Color: null,
    IsManaged: !isMadeHere(attribute),
    ExternalValue: null,
    ParentValues: [],
    Tag: null,
    IsHidden: false,
    MetadataId: null,
    HasChanged: null,
  };
  const texts = {
    Label: labelOf(option.label, `option ${name} ${option.value}`),
    Description: label('', `option description ${name} ${option.value}`),
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
