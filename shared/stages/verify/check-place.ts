import { nameOf, type Row } from '../../model/row.ts';
import { placeOf } from '../../plan/row-finding.ts';

/** Where a check's finding is: table, id and name of a row. */
export function placeOfRow(row: Row, column?: string): string {
  return placeOf({ ref: { table: row.shape.table.name, id: row.id }, name: nameOf(row) }, column);
}

/** Where a row is opened by hand: https://learn.microsoft.com/power-apps/developer/model-driven-apps/open-forms-views-dialogs-reports-url */
export function pageOfRow(url: string, row: Row): string {
  return `${url}/main.aspx?pagetype=entityrecord&etn=${row.shape.table.name}&id=${row.id}`;
}
