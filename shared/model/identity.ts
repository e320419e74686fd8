import type { RowRef, Value } from './row.ts';

/** The rule by which a source row is recognized in the target. */
export type Identity =
  | { readonly by: 'id' }
  | { readonly by: 'unique-name'; readonly column: string }
  | { readonly by: 'key'; readonly columns: readonly string[] }
  | { readonly by: 'map' };

/** What became of the search for a source row in the target. */
export type Match =
  | { readonly is: 'same'; readonly target: RowRef; readonly by: Identity['by'] }
  | { readonly is: 'absent' }
  | {
      readonly is: 'ambiguous';
      readonly by: Identity['by'];
      readonly key: readonly Value[];
      readonly candidates: readonly RowRef[];
    }
  /** The map file says that references to the row are to be left out. */
  | { readonly is: 'dropped' };

/** Resolved once, before anything is compared. */
export interface IdentityMap {
  find(source: RowRef): Match;
}
