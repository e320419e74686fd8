import type { RowSource } from './related-rows.ts';
import type { QueryContext } from './interface.ts';

/** The rows a request may see. */
export function rowSourceOf(context: QueryContext): RowSource {
  const { metadata, store } = context.environment;
  const { visible } = context;
  return visible === undefined ? { metadata, store } : { metadata, store, visible };
}
