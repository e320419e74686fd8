import type { WrittenColumn, WrittenTable, WrittenTarget } from './written-table.ts';

/** Definitions that many tables share word for word; `{table}` stands for the table's logical name. */
export function standardColumns(tables: readonly WrittenTable[]): Record<string, WrittenColumn> {
  const seen = new Map<string, Map<string, { readonly column: WrittenColumn; times: number }>>();
  for (const table of tables) {
    for (const entry of table.columns) {
      if (typeof entry === 'string') continue;
      const column = generic(entry, table.schema.toLowerCase());
      const text = JSON.stringify(column);
      const forms =
        seen.get(entry.name) ?? new Map<string, { column: WrittenColumn; times: number }>();
      const times = forms.get(text)?.times ?? 0;
      forms.set(text, { column, times: times + 1 });
      seen.set(entry.name, forms);
    }
  }
  const standard: Record<string, WrittenColumn> = {};
  for (const [name, forms] of [...seen].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const best = [...forms.values()].reduce((left, right) =>
      right.times > left.times ? right : left,
    );
    if (best.times >= 8) standard[name] = best.column;
  }
  return standard;
}

/** Names shared columns instead of repeating them. */
export function shorten(
  table: WrittenTable,
  standard: Readonly<Record<string, WrittenColumn>>,
): WrittenTable {
  const name = table.schema.toLowerCase();
  return {
    ...table,
    columns: table.columns.map((column) => {
      if (typeof column === 'string') return column;
      const shared = standard[column.name];
      const same = JSON.stringify(shared) === JSON.stringify(generic(column, name));
      return shared !== undefined && same ? column.name : column;
    }),
  };
}

function generic(column: WrittenColumn, table: string): WrittenColumn {
  if (column.to === undefined) return column;
  const to = Object.entries(column.to).map(([target, relationship]): [string, WrittenTarget] => [
    target,
    typeof relationship === 'string'
      ? relationship.replace(new RegExp(`_${table}(?=_|$)`), '_{table}')
      : relationship,
  ]);
  return { ...column, to: Object.fromEntries<WrittenTarget>(to) };
}

/** A table as text, one column a line. */
export function tableText(table: WrittenTable): string {
  const { columns, links, privileges, ...head } = table;
  const parts = [JSON.stringify(head).slice(1, -1), `"columns": [\n${rows(columns)}\n]`];
  if (links !== undefined) parts.push(`"links": [\n${rows(links)}\n]`);
  if (privileges !== undefined) parts.push(`"privileges": [\n${rows(privileges)}\n]`);
  return `{ ${parts.join(',\n')} }`;
}

function rows(values: readonly unknown[]): string {
  return values.map((each) => `  ${JSON.stringify(each)}`).join(',\n');
}

/** An object as text, one member a line. */
export function linesOf(values: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(values).map(
    ([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  return `{\n${lines.join(',\n')}\n}\n`;
}
