import type { TextReferences } from '../model/rules.ts';
import {
  findGuids,
  keyBefore,
  replaceReferences,
  type PlacedReference,
} from './guid-occurrence.ts';
import { tablesOfPosition } from './reference-positions.ts';

/**
 * The row ids inside `msdyn_overflowactionconfig.msdyn_overflowactiondata`: the queue of a queue
 * transfer, by itself or inside JSON. Other actions hold a phone number or nothing.
 */
export const overflowText: TextReferences = {
  find: (text) => ({ references: placed(text).map(({ reference }) => reference) }),
  rewrite: (text, replace) => replaceReferences(text, placed(text), replace),
};

function placed(text: string): readonly PlacedReference[] {
  return findGuids(text).map(({ id, start }) => {
    const key = keyBefore(text.slice(0, start));
    const byKey = key === undefined ? undefined : tablesOfPosition(key);
    const at = key ?? 'overflow action data';
    return { reference: { id, tables: byKey ?? ['queue'], at }, start };
  });
}
