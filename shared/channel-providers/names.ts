import type { Guid } from '../model/guid.ts';
import { tables } from './framework.ts';

/** Names compare as Dataverse compares them: without case. */
export function sameText(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** A row as findings name it. */
export function placeOfRow(
  table: string,
  row: { readonly id: Guid; readonly name: string },
): string {
  return `${table} ${row.id} ${row.name}`;
}

/** A row of the first generation as findings name it. */
export function placeOfProvider(old: { readonly id: Guid; readonly name: string }): string {
  return placeOfRow(tables.oldProvider, old);
}

/** Names in one line; long lists end with their number. */
export function listed(names: readonly string[]): string {
  const shown = [...names].sort((one, other) => one.localeCompare(other, 'en'));
  return shown.length <= 12
    ? shown.join(', ')
    : `${shown.slice(0, 10).join(', ')} and ${shown.length - 10} more`;
}
