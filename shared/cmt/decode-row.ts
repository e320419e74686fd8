import { parseGuid } from '../model/guid.ts';
import type { Link, Row, Shape, Value } from '../model/row.ts';
import type { SourceTable } from '../model/table.ts';
import { decodeValue } from './decode-value.ts';
import type { DecodeContext } from './decode-value.ts';
import type { FileCode } from './file-format-error.ts';
import { childOf, childrenOf } from './xml/element.ts';
import type { XmlElement } from './xml/element.ts';

/** Something in a record that did not become a value. */
export interface RowProblem {
  readonly code: FileCode;
  readonly column: string;
  readonly text: string;
  readonly element: XmlElement;
}

export interface RowDecoder {
  /** Decodes a record by the schema; what does not decode is reported and left unsaid. */
  (record: XmlElement, report?: (problem: RowProblem) => void): Row;
}

/** What exports of 2017 wrote where the key column was not selected. */
export const noId = '00000000-0000-0000-0000-000000000000';

/** Makes the one function that turns a table's records into rows. */
export function createRowDecoder(table: SourceTable, context: DecodeContext): RowDecoder {
  const columns = [...table.columns.values()];
  const shape: Shape = { table, columns: columns.map(({ name }) => name) };
  const places = new Map(columns.map((column, at) => [column.name, { column, at }]));
  return (record, report) => {
    const cells: (Value | undefined)[] = columns.map(() => undefined);
    let key: string | undefined;
    for (const field of record.children) {
      if (field.name !== 'field') {
        report?.({
          code: 'URM1131',
          column: field.name,
          text: `<record> has an unknown element <${field.name}>`,
          element: field,
        });
        continue;
      }
      const name = field.attributes['name'] ?? '';
      if (name === table.idColumn) key = field.attributes['value'];
      const place = places.get(name);
      if (place === undefined) {
        report?.({
          code: 'URM1120',
          column: name,
          text: `Column '${name}' is not in the schema`,
          element: field,
        });
        continue;
      }
      const decoded = decodeValue(place.column, field, context);
      if ('problem' in decoded)
        report?.({ code: decoded.code, column: name, text: decoded.problem, element: field });
      else cells[place.at] = decoded.value;
    }
    return { shape, id: rowId(record, key, report), cells };
  };
}

/** The id of the record; exports of 2017 without the key column wrote zeros, and so do not count. */
function rowId(
  record: XmlElement,
  key: string | undefined,
  report?: (problem: RowProblem) => void,
): string {
  const said = record.attributes['id'] ?? '';
  const id = parseGuid(said);
  const keyId = key === undefined ? undefined : parseGuid(key);
  if (id !== undefined && id !== noId) return id;
  if (keyId !== undefined) return keyId;
  report?.({
    code: id === undefined ? 'URM1122' : 'URM1123',
    column: 'id',
    text: id === undefined ? `'${said}' is no row id` : 'Rows have no id of their own, only zeros',
    element: record,
  });
  return id ?? said.trim().toLowerCase();
}

/** The pairs of one many-to-many group; ids that are none are reported. */
export function decodeLinks(
  table: SourceTable,
  group: XmlElement,
  report?: (problem: RowProblem) => void,
): readonly Link[] {
  const { attributes } = group;
  const said = attributes['m2mrelationshipname'] ?? attributes['m2mrelationshipschemaname'] ?? '';
  // Schema names differ from the names of intersect tables by their case, where they differ at all.
  const declared =
    table.manyToMany.find(({ name }) => name === said) ??
    table.manyToMany.find(({ name }) => name.toLowerCase() === said.toLowerCase());
  const relationship = declared?.name ?? said;
  if (declared === undefined)
    report?.({
      code: 'URM1127',
      column: relationship,
      text: `Relationship '${relationship}' is not in the schema`,
      element: group,
    });
  const target = attributes['targetentityname'] ?? declared?.target ?? '';
  const bad = (text: string): void => {
    report?.({
      code: 'URM1122',
      column: relationship,
      text: `'${text}' is no row id`,
      element: group,
    });
  };
  const from = parseGuid(attributes['sourceid'] ?? '');
  if (from === undefined) {
    bad(attributes['sourceid'] ?? '');
    return [];
  }
  const links: Link[] = [];
  for (const element of childrenOf(childOf(group, 'targetids'), 'targetid')) {
    const to = parseGuid(element.text);
    if (to === undefined) bad(element.text.trim());
    else
      links.push({
        relationship,
        from: { table: table.name, id: from },
        to: { table: target, id: to },
      });
  }
  return links;
}
