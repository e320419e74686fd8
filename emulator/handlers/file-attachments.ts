import { rowNotFound } from '../errors/payload-errors.ts';
import { timeText, type Environment } from '../environment.ts';
import type { Entity } from '../metadata/metadata.ts';
import { fileId, isFile } from '../query/column-value.ts';
import type { Cell, StoredRow } from '../store/store.ts';
import type { BoundRow } from './bind.ts';

const table = 'fileattachment';

/**
 * Keeps a `fileattachment` row for each file of a row's columns, which the table's relationship with it
 * leads to: learn.microsoft.com/power-apps/developer/data-platform/file-column-data
 */
export function recordFiles(
  environment: Environment,
  entity: Entity,
  write: { readonly before: StoredRow; readonly cells: ReadonlyMap<string, Cell> },
): void {
  const { store } = environment;
  for (const [column, cell] of write.cells) {
    if (entity.attributes.get(column)?.typeName !== 'FileType') continue;
    const { id } = write.before;
    const old = write.before.cells.get(column) ?? null;
    if (isFile(old)) store.delete(table, fileId(old, id, column));
    if (!isFile(cell)) continue;
    const cells: readonly [string, Cell][] = [
      ['createdon', timeText(environment)],
      ['filename', cell.fileName],
      ['filesizeinbytes', cell.bytes.length],
      ['mimetype', cell.mimeType],
      ['objectid', { table: entity.logicalName, id }],
      ['objecttypecode', entity.logicalName],
      ['regardingfieldname', column],
    ];
    store.put(table, fileId(cell, id, column), new Map(cells));
  }
}

/** The row and the column that a file's id stands for, or the service's 404. */
export function rowOfFile(
  { store, metadata }: Environment,
  id: string,
): { readonly of: BoundRow; readonly column: string } {
  const cells = store.get(table, id)?.cells;
  const object = cells?.get('objectid') ?? null;
  const column = cells?.get('regardingfieldname');
  if (typeof object === 'object' && object !== null && 'table' in object) {
    const row = store.get(object.table, object.id);
    const entity = metadata.entity(object.table);
    if (row !== undefined && entity !== undefined && typeof column === 'string') {
      return { of: { entity, row }, column };
    }
  }
  throw rowNotFound(table, id);
}
