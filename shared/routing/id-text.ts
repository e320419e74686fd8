import type { TextReferences } from '../model/rules.ts';
import { findGuids, replaceReferences, type PlacedReference } from './guid-occurrence.ts';

/**
 * The row ids in a text column that holds nothing else, as messages name the widget they belong to.
 * It may name rows that do not move: they are no reason to hold the message back.
 */
export function idText(tables: readonly string[], at: string): TextReferences {
  const placed = (text: string): readonly PlacedReference[] =>
    findGuids(text).map(({ id, start }) => ({
      reference: { id, tables, at, isOptional: true },
      start,
    }));
  return {
    find: (text) => ({ references: placed(text).map(({ reference }) => reference) }),
    rewrite: (text, replace) => replaceReferences(text, placed(text), replace),
  };
}
