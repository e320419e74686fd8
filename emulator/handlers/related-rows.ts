import type { Environment } from '../environment.ts';
import type { StoredRow } from '../store/store.ts';
import type { BoundRow } from './bind.ts';
import type { CollectionNavigation, Navigation } from './navigation.ts';

/** The row a lookup points at. */
export function relatedRow(
  environment: Environment,
  near: BoundRow,
  navigation: Extract<Navigation, { readonly kind: 'many-to-one' }>,
): BoundRow | undefined {
  const cell = near.row.cells.get(navigation.is.referencingAttribute);
  if (cell === null || typeof cell !== 'object' || !('table' in cell)) return undefined;
  // `customerid_account` is empty when the customer is a contact.
  const declared = navigation.is.referencedEntity;
  if (cell.table !== declared && declared !== 'owner' && declared !== 'principal') return undefined;
  const entity = environment.metadata.entity(cell.table);
  const row = environment.store.get(cell.table, cell.id);
  return entity === undefined || row === undefined ? undefined : { entity, row };
}

/** The rows a collection-valued navigation property leads to, in order of ids. */
export function relatedRows(
  environment: Environment,
  near: BoundRow,
  navigation: CollectionNavigation,
): Iterable<StoredRow> {
  const { store } = environment;
  if (navigation.kind === 'one-to-many') {
    const cell = { table: near.entity.logicalName, id: near.row.id };
    const { referencingEntity, referencingAttribute } = navigation.is;
    return store.find(referencingEntity, referencingAttribute, cell);
  }
  const { intersectEntity } = navigation.is;
  return [...store.find(intersectEntity, navigation.nearColumn, near.row.id)]
    .map((pair) => idOf(pair.cells.get(navigation.farColumn)))
    .sort()
    .flatMap((id) => store.get(navigation.target.logicalName, id) ?? []);
}

function idOf(cell: unknown): string {
  if (typeof cell === 'string') return cell;
  return typeof cell === 'object' && cell !== null && 'id' in cell ? String(cell.id) : '';
}
