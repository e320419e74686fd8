import type { Environment } from '../environment.ts';
import { findSolution } from '../logic/solution-components.ts';
import { isObject, listIn, numberIn, objectIn } from '../metadata/write/read-definition.ts';
import type { JsonObject } from '../query/interface.ts';

const withoutPublisher = 100_000_000;

/** Options are numbered from the prefix of their solution's publisher on: learn.microsoft.com/power-apps/developer/data-platform/webapi/create-update-optionsets */
export function firstOption(environment: Environment, solutionName = 'Default'): number {
  const publisher = findSolution(environment, solutionName)?.cells.get('publisherid');
  if (typeof publisher !== 'object' || publisher === null || !('id' in publisher))
    return withoutPublisher;
  const { cells } = environment.store.get('publisher', publisher.id) ?? {};
  const prefix = cells?.get('customizationoptionvalueprefix');
  return typeof prefix === 'number' ? prefix * 10_000 : withoutPublisher;
}

/** The body with values for the options that have none. */
export function numbered(body: JsonObject, first: number = withoutPublisher): JsonObject {
  const set = objectIn(body, 'OptionSet');
  if (set !== undefined) {
    return { ...body, OptionSet: withValues(set, first) };
  }
  return withValues(body, first);
}

function withValues(set: JsonObject, first: number): JsonObject {
  const options = listIn(set, 'Options');
  if (options.length === 0) return set;
  let next = first;
  const valued = options.map((option) => {
    if (!isObject(option) || numberIn(option, 'Value') !== undefined) return option;
    next += 1;
    return { ...option, Value: next - 1 };
  });
  return { ...set, Options: valued };
}
