import { definitionNotFound, optionExists, unknownTable } from '../../errors/metadata-errors.ts';
import type { JsonObject } from '../../query/interface.ts';
import type { Attribute, Metadata, Option } from '../metadata.ts';
import { labelText, listIn, numberIn, textIn, textsOfOption } from './read-definition.ts';

/** Makes or changes the options of a choice: of one column, or of a global choice and all its columns. */
export function changeOptions(
  metadata: Metadata,
  parameters: JsonObject,
  change: (options: readonly Option[], attribute: Attribute | undefined) => readonly Option[],
): void {
  const global = textIn(parameters, 'OptionSetName');
  if (global !== undefined) {
    changeGlobal(metadata, global, change);
    return;
  }
  const table = textIn(parameters, 'EntityLogicalName') ?? '';
  const column = textIn(parameters, 'AttributeLogicalName') ?? '';
  const entity = metadata.entity(table);
  if (entity === undefined) throw unknownTable(table);
  const attribute = entity.attributes.get(column);
  if (attribute?.options === undefined) throw definitionNotFound('attribute', column);
  const attributes = new Map(entity.attributes);
  attributes.set(column, { ...attribute, options: change(attribute.options, attribute) });
  metadata.add({ entities: [{ ...entity, attributes }], manyToOne: [], manyToMany: [] });
}

function changeGlobal(
  metadata: Metadata,
  name: string,
  change: (options: readonly Option[], attribute: Attribute | undefined) => readonly Option[],
): void {
  const made = metadata.choices.get(name);
  if (made !== undefined) {
    metadata.choices.set(name, { ...made, options: change(made.options, undefined) });
  }
  let isUsed = false;
  for (const entity of metadata.entities()) {
    const users = [...entity.attributes].filter(([, each]) => each.globalChoice === name);
    if (users.length === 0) continue;
    isUsed = true;
    const attributes = new Map(entity.attributes);
    for (const [key, each] of users) {
      attributes.set(key, { ...each, options: change(each.options ?? [], each) });
    }
    metadata.add({ entities: [{ ...entity, attributes }], manyToOne: [], manyToMany: [] });
  }
  if (made === undefined && !isUsed) throw definitionNotFound('option set', name);
}

/** `InsertOptionValue`, `InsertStatusValue` */
export function insertOption(
  metadata: Metadata,
  parameters: JsonObject,
  first = 100_000_000,
): JsonObject {
  let value = numberIn(parameters, 'Value');
  const state = numberIn(parameters, 'StateCode');
  changeOptions(metadata, parameters, (options) => {
    // A publisher has ten thousand values of its own.
    const own = options.filter((each) => each.value >= first && each.value < first + 10_000);
    const used = value ?? Math.max(first, ...own.map((each) => each.value + 1));
    value = used;
    if (options.some((each) => each.value === used)) {
      throw optionExists();
    }
    const label = labelText(parameters['Label']) ?? '';
    const texts = textsOfOption(parameters);
    return [
      ...options,
      { value: used, label, ...texts, ...(state === undefined ? {} : { state }) },
    ];
  });
  return { NewOptionValue: value };
}

/** `UpdateOptionValue`, `UpdateStateValue` */
export function updateOption(metadata: Metadata, parameters: JsonObject): undefined {
  const value = numberIn(parameters, 'Value');
  const label = labelText(parameters['Label']);
  const defaultStatus = numberIn(parameters, 'DefaultStatusCode');
  changeOptions(metadata, parameters, (options) => {
    if (!options.some((each) => each.value === value)) {
      throw definitionNotFound('option', String(value));
    }
    return options.map((each) =>
      each.value === value
        ? {
            ...each,
            ...textsOfOption(parameters),
            label: label ?? each.label,
            ...(defaultStatus === undefined ? {} : { defaultStatus }),
          }
        : each,
    );
  });
}

/** `DeleteOptionValue` */
export function deleteOption(metadata: Metadata, parameters: JsonObject): undefined {
  const value = numberIn(parameters, 'Value');
  changeOptions(metadata, parameters, (options) => options.filter((each) => each.value !== value));
}

/** `OrderOption`: values that are not named keep their order behind the named ones. */
export function orderOptions(metadata: Metadata, parameters: JsonObject): undefined {
  const order = listIn(parameters, 'Values').map(Number);
  const rank = (option: Option): number => {
    const at = order.indexOf(option.value);
    return at < 0 ? order.length : at;
  };
  changeOptions(metadata, parameters, (options) =>
    options.toSorted((one, other) => rank(one) - rank(other)),
  );
}
