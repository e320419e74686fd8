import { parseElement } from '#shared/cmt/xml/parse-xml.ts';
import type { XmlElement } from '#shared/cmt/xml/element.ts';
import type { SourceColumn, SourceTable } from '#shared/model/table.ts';

/**
 * The table with the columns that the filters of a schema name, its own and others': the environment
 * that the file comes from had them, although nobody exports them.
 */
export function withFilterColumns<Table extends SourceTable>(
  table: Table,
  tables: readonly SourceTable[],
): Table {
  const named = new Map<string, SourceColumn>();
  for (const { name, filter } of tables)
    if (filter !== undefined)
      for (const column of columnsIn(filter, name))
        if (column.table === table.name) named.set(column.column.name, column.column);
  const lacking = [...named].filter(([name]) => !table.columns.has(name));
  if (lacking.length === 0) return table;
  return { ...table, columns: new Map([...table.columns, ...lacking]) };
}

interface NamedColumn {
  readonly table: string;
  readonly column: SourceColumn;
}

function columnsIn(filter: string, table: string): readonly NamedColumn[] {
  let root: XmlElement;
  try {
    root = parseElement(filter, table);
  } catch {
    // Whoever runs the filter says what is wrong with it.
    return [];
  }
  return [...walk(root, table, new Map())];
}

function* walk(
  element: XmlElement,
  table: string,
  aliases: Map<string, string>,
): Generator<NamedColumn> {
  const { name, attributes, children } = element;
  let inside = table;
  if (name === 'entity') inside = attributes['name'] ?? table;
  else if (name === 'link-entity') {
    inside = attributes['name'] ?? table;
    aliases.set(attributes['alias'] ?? inside, inside);
    yield* column(inside, attributes['from'], table);
    yield* column(table, attributes['to'], inside);
  } else if (name === 'condition' || name === 'order') {
    const of = attributes['entityname'];
    yield* column(of === undefined ? table : (aliases.get(of) ?? of), attributes['attribute']);
  } else if (name === 'attribute') yield* column(table, attributes['name']);
  // Links come first: conditions of the outer filter name their aliases.
  const ordered = [...children].sort((a, b) => rank(a) - rank(b));
  for (const child of ordered) yield* walk(child, inside, aliases);
}

function rank({ name }: XmlElement): number {
  return name === 'link-entity' ? 0 : 1;
}

function* column(table: string, name: string | undefined, target?: string): Generator<NamedColumn> {
  if (name === undefined || name === '') return;
  const isId = name === `${table}id`;
  yield {
    table,
    column: {
      name,
      displayName: name,
      type: isId ? 'guid' : target === undefined ? 'text' : 'lookup',
      targets: isId || target === undefined ? [] : [target],
    },
  };
}
