import { invalidArgument } from '../../errors/payload-errors.ts';
import type { JsonObject } from '../../query/interface.ts';
import { isCustom } from '../build-entity.ts';
import { stableId } from '../stable-id.ts';
import type { Option } from '../metadata.ts';
import type { Definition } from '../wire/labels.ts';

/** An object in the body of a definition. */
export function objectIn(value: unknown, member: string): JsonObject | undefined {
  const found = isObject(value) ? value[member] : undefined;
  return isObject(found) ? found : undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text member; undefined where there is none. */
export function textIn(value: unknown, member: string): string | undefined {
  const found = isObject(value) ? value[member] : undefined;
  return typeof found === 'string' && found !== '' ? found : undefined;
}

export function numberIn(value: unknown, member: string): number | undefined {
  const found = isObject(value) ? value[member] : undefined;
  return typeof found === 'number' ? found : undefined;
}

export function listIn(value: unknown, member: string): readonly unknown[] {
  const found = isObject(value) ? value[member] : undefined;
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}

/** The text of a label: that of the user's language, or the first. */
export function labelText(value: unknown): string | undefined {
  const own = textIn(objectIn(value, 'UserLocalizedLabel'), 'Label');
  return own ?? textIn(listIn(value, 'LocalizedLabels')[0], 'Label');
}

/** The schema name a definition must have; its lower-case form is the logical name. */
export function schemaNameOf(body: JsonObject): string {
  const schemaName = textIn(body, 'SchemaName');
  if (schemaName === undefined)
    throw invalidArgument("The required property 'SchemaName' is missing.");
  if (!isCustom(schemaName.toLowerCase())) {
    throw invalidArgument(
      `The schema name '${schemaName}' must begin with the customization prefix of a publisher.`,
    );
  }
  return schemaName;
}

/** The type of a definition, without namespace and `Metadata`. */
export function typeOf(body: JsonObject): string | undefined {
  return textIn(body, '@odata.type')?.replace(/^#?Microsoft\.Dynamics\.CRM\./, '');
}

/** Options of a choice as a body gives them, or as true and false. */
export function optionsIn(set: unknown): readonly Option[] {
  const listed = listIn(set, 'Options');
  const both = [objectIn(set, 'FalseOption'), objectIn(set, 'TrueOption')].filter(isObject);
  return (listed.length > 0 ? listed : both).map((option, index) => {
    const state = numberIn(option, 'State');
    return {
      value: numberIn(option, 'Value') ?? index,
      label: labelText(isObject(option) ? option['Label'] : undefined) ?? '',
      ...textsOfOption(option),
      ...(state === undefined ? {} : { state }),
    };
  });
}

/** What an option has beside its label. */
export function textsOfOption(option: unknown): Partial<Option> {
  const color = textIn(option, 'Color');
  const description = labelText(objectIn(option, 'Description'));
  const externalValue = textIn(option, 'ExternalValue');
  return {
    ...(color === undefined ? {} : { color }),
    ...(description === undefined ? {} : { description }),
    ...(externalValue === undefined ? {} : { externalValue }),
  };
}

/** Members of a definition that are shown again as they were given; labels get what the service adds. */
export function givenMembers(body: JsonObject, names: readonly string[], of: string): Definition {
  const given: Record<string, unknown> = {};
  for (const name of names) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    given[name] = isObject(value) ? shownObject(value, `${of} ${name}`) : value;
  }
  return given;
}

function shownObject(value: JsonObject, of: string): Definition {
  if ('LocalizedLabels' in value) return shownLabel(value, of);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !name.startsWith('@'))
      .map(([name, each]) => [name, isObject(each) ? shownObject(each, `${of} ${name}`) : each]),
  );
}

function shownLabel(value: JsonObject, of: string): Definition {
  const labels = listIn(value, 'LocalizedLabels').map((each) => {
    const language = numberIn(each, 'LanguageCode') ?? 1033;
    return {
      Label: textIn(each, 'Label') ?? '',
      LanguageCode: language,
      IsManaged: false,
      MetadataId: stableId(`label ${of} ${language}`),
      HasChanged: null,
    };
  });
  return { LocalizedLabels: labels, UserLocalizedLabel: labels[0] ?? null };
}

/**
 * Members given before and anew. A label replaces the one before; `MSCRM.MergeLabels` keeps that one's
 * texts in the languages that the new one does not have:
 * learn.microsoft.com/power-apps/developer/data-platform/webapi/create-update-entity-definitions-using-web-api
 */
export function withLabels(
  known: Definition | undefined,
  given: Definition,
  merge: boolean,
): Definition {
  if (!merge || known === undefined) return { ...known, ...given };
  const merged: Record<string, unknown> = { ...known };
  for (const [name, value] of Object.entries(given)) {
    merged[name] = isObject(value) ? mergedLabel(objectIn(known, name), value) : value;
  }
  return merged;
}

function mergedLabel(known: JsonObject | undefined, given: JsonObject): JsonObject {
  if (known === undefined || !('LocalizedLabels' in given)) return given;
  const texts = listIn(given, 'LocalizedLabels');
  const named = new Set(texts.map((each) => numberIn(each, 'LanguageCode')));
  const kept = listIn(known, 'LocalizedLabels').filter(
    (each) => !named.has(numberIn(each, 'LanguageCode')),
  );
  const all = [...texts, ...kept].toSorted(
    (one, other) => (numberIn(one, 'LanguageCode') ?? 0) - (numberIn(other, 'LanguageCode') ?? 0),
  );
  const own = all.find((each) => numberIn(each, 'LanguageCode') === 1033);
  return { LocalizedLabels: all, UserLocalizedLabel: own ?? all[0] ?? null };
}
