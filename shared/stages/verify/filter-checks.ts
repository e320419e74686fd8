import type { DataverseReader } from '../../dataverse/client.ts';
import { DataverseError } from '../../dataverse/dataverse-error.ts';
import type { Guid } from '../../model/guid.ts';
import { cell, nameOf, type Row } from '../../model/row.ts';
import type { RowSource } from '../../model/row-source.ts';
import type { EnvironmentTable, SourceTable } from '../../model/table.ts';
import type { BuiltPlan } from '../../plan/build-plan.ts';
import type { Check } from '../../report/report.ts';
import { findGuids } from '../../routing/guid-occurrence.ts';
import { ruleBook } from '../../routing/rule-book.ts';
import type { CheckBook } from './check-book.ts';

/** What a table's export filter selects in the target. */
export interface Selection {
  readonly source: SourceTable;
  readonly table: EnvironmentTable;
  readonly rows: readonly Row[];
}

/** A table whose filter the target would not answer. */
export interface RefusedSelection {
  readonly source: SourceTable;
  readonly refused: DataverseError;
}

/**
 * Asks the target with the filters of the export, ids in them in terms of the target. A table that the
 * target does not have gives no selection; a filter that it refuses says so.
 */
export async function* selections(
  pkg: RowSource,
  plan: BuiltPlan,
  reader: DataverseReader,
  options: { readonly columns: (table: EnvironmentTable) => readonly string[] },
  signal: AbortSignal,
): AsyncGenerator<Selection | RefusedSelection> {
  const names = [...new Set(pkg.tables.map(({ name }) => name))];
  const tables = await reader.tables(names, signal);
  const ids = targetIds(plan);
  const select = async (source: SourceTable): Promise<Selection | RefusedSelection | undefined> => {
    const table = tables.get(source.name);
    if (table === undefined) return undefined;
    const filter = source.filter === undefined ? undefined : inTarget(source.filter, ids);
    const query = { table, columns: options.columns(table) };
    const asked =
      filter === undefined
        ? query
        : { ...query, where: { by: 'fetch', fetchXml: filter } as const };
    const rows: Row[] = [];
    try {
      for await (const row of reader.rows(asked, signal)) rows.push(row);
    } catch (error) {
      if (!(error instanceof DataverseError) || ![400, 403].includes(error.status ?? 0))
        throw error;
      return { source, refused: error };
    }
    return { source, table, rows };
  };
  for (let at = 0; at < pkg.tables.length; at += askedTogether)
    for (const selection of await Promise.all(pkg.tables.slice(at, at + askedTogether).map(select)))
      if (selection !== undefined) yield selection;
}

/** Questions under way at once. */
const askedTogether = 6;

/** Whether the filters of the export find in the target what the package holds. */
export async function filterChecks(
  { pkg, isWhole }: { readonly pkg: RowSource; readonly isWhole: boolean },
  plan: BuiltPlan,
  reader: DataverseReader,
  book: CheckBook,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  const own = targetKeys(plan);
  const asked = { columns: columnsOfExtras };
  for await (const selection of selections(pkg, plan, reader, asked, signal)) {
    const { source } = selection;
    // Tables without a filter are whole in packages of this product, and part of more in others.
    if (source.filter === undefined && !isWhole) continue;
    if ('refused' in selection) {
      checks.push(unasked(selection, book));
      continue;
    }
    const { rows } = selection;
    const extra = extraRowsIn(selection, own);
    checks.push(
      book.asked(
        'extra-row',
        `${source.step} ${source.name}: the target has no other rows by the same filter`,
        extra.length === 0
          ? undefined
          : {
              where: `${source.step} table ${source.name}`,
              summary: `The filter of the export finds ${extra.length} ${extra.length === 1 ? 'row' : 'rows'} in the target that the package does not have: ${named(extra.map((row) => ({ name: nameOf(row) })))}`,
              remedy: 'Look whether they are meant; a drift check says who made them.',
            },
      ),
    );
    if (source.filter === undefined) continue;
    const found = new Set(rows.map(({ id }) => id));
    const held = await heldRows(pkg, source, plan, signal);
    const lost = held.filter(({ id }) => !found.has(id));
    checks.push(
      book.asked(
        'row-count',
        `${source.step} ${source.name}: ${held.length} rows of the package are among ${found.size} in the target by the same filter`,
        lost.length === 0
          ? undefined
          : {
              where: `${source.step} table ${source.name}`,
              summary: `The filter of the export finds ${held.length - lost.length} of the ${held.length} rows of the package in the target; it misses ${named(lost)}`,
              remedy: 'Look at the rows named; import the package again.',
            },
      ),
    );
  }
  return checks;
}

/** A question that was refused is no answer: nobody knows whether the rows are there. */
function unasked({ source, refused }: RefusedSelection, book: CheckBook): Check {
  return book.asked('row-count', `${source.step} ${source.name}: the filter can be asked`, {
    where: `${source.step} table ${source.name}`,
    summary: 'The target does not answer the filter of the export: other rows are not looked for',
    detail: refused.what,
    remedy:
      'Give the user the privilege to read the table, or correct its filter; then verify again.',
    mayBeMeant: true,
  });
}

/** Columns that tell rows of the system and of managed solutions. */
export function columnsOfExtras(table: EnvironmentTable): readonly string[] {
  return [table.nameColumn, 'ismanaged', ruleBook.of(table.name).systemRows?.column].filter(
    (name): name is string => name !== undefined && table.columns.get(name)?.readable === true,
  );
}

/** Rows of a selection that are neither the package's nor the system's nor a managed solution's. */
export function extraRowsIn(
  { source, table, rows }: Selection,
  own: ReadonlySet<string>,
): readonly Row[] {
  if (source.skipUpdate) return [];
  const system = ruleBook.of(table.name).systemRows;
  return rows.filter((row) => {
    const unique = system === undefined ? undefined : cell(row, system.column);
    const isSystem = typeof unique === 'string' && system?.values.has(unique) === true;
    return !isSystem && !own.has(`${table.name}/${row.id}`) && cell(row, 'ismanaged') !== true;
  });
}

/** Rows of the package as the target has them, as `table/id`. */
export function targetKeys({ index, identities }: BuiltPlan): ReadonlySet<string> {
  return new Set(
    index.rows.flatMap((node) => {
      const target = identities.targetOf(node);
      return target === undefined ? [] : [`${target.table}/${target.id}`];
    }),
  );
}

function named(rows: readonly { readonly name: string }[]): string {
  const first = rows.slice(0, 10).map(({ name }) => `"${name}"`);
  return first.join(', ') + (rows.length > 10 ? ` and ${rows.length - 10} more` : '');
}

/** Rows of one table and step, as the target has them. */
async function heldRows(
  pkg: RowSource,
  source: SourceTable,
  { index, identities }: BuiltPlan,
  signal: AbortSignal,
): Promise<readonly { readonly id: Guid; readonly name: string }[]> {
  const held = new Map<Guid, { readonly id: Guid; readonly name: string }>();
  for await (const row of pkg.rows(source, signal)) {
    const node = index.nodeOf({ table: source.name, id: row.id });
    const target = node === undefined ? undefined : identities.targetOf(node);
    // Rows that are not there at all are told as missing.
    if (node === undefined || target === undefined || identities.isCreated(node)) continue;
    held.set(target.id, { id: target.id, name: index.nameOf(node) });
  }
  return [...held.values()];
}

/** Ids of the target by ids of the source, where they differ. */
function targetIds({ index, identities }: BuiltPlan): ReadonlyMap<Guid, Guid> {
  const ids = new Map<Guid, Guid>();
  for (let node = 0; node < index.size; node += 1) {
    const { id } = index.refOf(node);
    const target = identities.targetOf(node);
    if (target !== undefined && target.id !== id) ids.set(id, target.id);
  }
  return ids;
}

function inTarget(filter: string, ids: ReadonlyMap<Guid, Guid>): string {
  let text = filter;
  for (const { id } of findGuids(filter)) {
    const target = ids.get(id);
    if (target !== undefined) text = text.replaceAll(new RegExp(id, 'gi'), target);
  }
  return text;
}
