import type { Environment } from '../environment.ts';
import { isObject, listIn, numberIn, objectIn } from '../metadata/write/read-definition.ts';
import type { JsonObject } from '../query/interface.ts';

const withoutPublisher = 100_000_000;

/** Options are numbered from the prefix of their solution's publisher on: learn.microsoft.com/power-apps/developer/data-platform/webapi/create-update-optionsets */
export function firstOption({ store }: Environment, solutionName: string | undefined): number {
  const name = (solutionName ?? 'Default').toLowerCase();
  for (const { cells } of store.rows('solution')) {
    const uniqueName = cells.get('uniquename');
    if (typeof uniqueName !== 'string' || uniqueName.toLowerCase() !== name) continue;
    const publisher = cells.get('publisherid');
    if (typeof publisher !== 'object' || publisher === null || !('id' in publisher)) break;
    const prefix = store
      .get('publisher', publisher.id)
      ?.cells.get('customizationoptionvalueprefix');
    if (typeof prefix === 'number') return prefix * 10_000;
  }
  return withoutPublisher;
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
