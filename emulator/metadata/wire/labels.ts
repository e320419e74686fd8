import { stableId } from '../stable-id.ts';

/** JSON members in the order they are written. */
export type Definition = Readonly<Record<string, unknown>>;

/** A label in the base language; without text the service shows none. */
export function label(text: string, of: string, isManaged = true): Definition {
  if (text === '') return { LocalizedLabels: [], UserLocalizedLabel: null };
  return labelOf(text, of, isManaged);
}

/** The same where an empty text is a text. */
export function labelOf(text: string, of: string, isManaged = true): Definition {
  const localized = {
    Label: text,
    LanguageCode: 1033,
    IsManaged: isManaged,
    MetadataId: stableId(`label ${of}`),
    HasChanged: null,
  };
  return { LocalizedLabels: [localized], UserLocalizedLabel: localized };
}

/** A property that solutions may lock. */
export function managedProperty(
  value: unknown,
  canBeChanged: boolean,
  logicalName: string,
): Definition {
  return { Value: value, CanBeChanged: canBeChanged, ManagedPropertyLogicalName: logicalName };
}
