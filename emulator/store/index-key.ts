import { foldText } from './collation.ts';
import type { Cell } from './store.ts';

/** Equal for cells that Dataverse calls equal: text without case, accents and trailing blanks, lookups by id, absent like null. */
export function indexKey(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'string') return `s${foldText(cell).trimEnd()}`;
  if (typeof cell !== 'object') return `n${Number(cell)}`;
  if ('id' in cell) return `s${cell.id}`;
  if ('bytes' in cell) return `f${cell.fileName}`;
  return `m${cell.join()}`;
}

/** Whether two cells are equal as an index sees them. */
export function cellsEqual(one: Cell | undefined, other: Cell | undefined): boolean {
  return indexKey(one) === indexKey(other);
}
