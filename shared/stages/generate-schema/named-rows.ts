import type { DataverseReader } from '../../dataverse/client.ts';
import type { Guid } from '../../model/guid.ts';
import type { RuleBook } from '../../model/rules.ts';
import { cell } from '../../model/row.ts';
import type { HasColumn, Scope, TextColumn } from '../../routing/area.ts';
import type { ChosenStep, ChosenTable } from './choose-tables.ts';

/**
 * Ids of the rows that other rows of the step name inside their texts, such as the overflow actions
 * of overflow rulesets: no query can find them, and the service's pages filter by id.
 */
export async function readNamedRows(
  table: ChosenTable,
  step: ChosenStep,
  context: {
    readonly reader: DataverseReader;
    readonly scope: Scope;
    readonly has: HasColumn;
    readonly ruleBook: RuleBook;
    /** False for a table whose rows the caller may not read: then nothing is named. */
    readonly canRead: (table: string) => boolean;
  },
  signal: AbortSignal,
): Promise<readonly Guid[]> {
  const ids = new Set<Guid>();
  for (const source of table.entry.namedIn ?? [])
    for await (const text of texts(source, step, context, signal))
      for (const id of idsIn(text, source, table.name, context.ruleBook)) ids.add(id);
  return [...ids].sort();
}

async function* texts(
  source: TextColumn,
  step: ChosenStep,
  { reader, scope, has, canRead }: Parameters<typeof readNamedRows>[2],
  signal: AbortSignal,
): AsyncIterable<string> {
  const from = step.tables.find(({ name }) => name === source.table);
  if (!from?.environment.columns.has(source.column) || !canRead(source.table)) return;
  const fetchXml = from.entry.filter?.(scope, has);
  const rows = reader.rows(
    {
      table: from.environment,
      columns: [source.column],
      ...(fetchXml === undefined ? {} : { where: { by: 'fetch', fetchXml } }),
    },
    signal,
  );
  for await (const row of rows) {
    const text = cell(row, source.column);
    if (typeof text === 'string') yield text;
  }
}

function idsIn(
  text: string,
  source: TextColumn,
  table: string,
  ruleBook: RuleBook,
): readonly Guid[] {
  const references = ruleBook.of(source.table).textReferences.get(source.column);
  return (references?.find(text).references ?? [])
    .filter(({ tables }) => tables[0] === table)
    .map(({ id }) => id);
}
