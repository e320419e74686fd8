import type { PackageManifest } from '../../cmt/package.ts';
import type { DataverseReader } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import { nameOf } from '../../model/row.ts';
import type { RuleBook, WithheldReason } from '../../model/rules.ts';
import type { EnvironmentTable, SourceTable } from '../../model/table.ts';
import { withheldEverywhere } from '../../routing/withheld-columns.ts';
import { elementsOf, readXml } from '../../routing/xml-tree.ts';

export type Withheld = PackageManifest['withheld'][number];

/** Columns of a table whose values stay in the source, with the reason. They remain in the schema. */
export function withheldColumnsOf(
  table: SourceTable,
  book: RuleBook,
): ReadonlyMap<string, WithheldReason> {
  const { withheld } = book.of(table.name);
  return new Map([...withheld].filter(([column]) => table.columns.has(column)));
}

/** Rows that hold a value in a column, the first of them by name. */
export interface Filled {
  readonly rows: number;
  readonly names: readonly string[];
}

/** So many rows are told by name. */
export const namesTold = 20;

/** Whether people have to set the column's values in the target, row by row. */
export function isSetByHand(column: string, reason: WithheldReason): boolean {
  return (reason === 'secret' || reason === 'environment') && !(column in withheldEverywhere);
}

/**
 * Which selected rows hold a value in a secret column. The value itself is not asked for: the question
 * is which rows have one.
 */
export async function countFilled(
  reader: DataverseReader,
  table: SourceTable,
  environment: EnvironmentTable,
  column: string,
  signal: AbortSignal,
): Promise<Filled> {
  const where = { by: 'fetch', fetchXml: onlyFilled(table.filter, column) } as const;
  const columns = environment.nameColumn === undefined ? [] : [environment.nameColumn];
  let rows = 0;
  const names: string[] = [];
  for await (const row of reader.rows({ table: environment, columns, where }, signal)) {
    rows += 1;
    if (names.length < namesTold) names.push(nameOf(row));
  }
  return { rows, names };
}

/** The same selection, limited to rows that have a value in the column. */
export function onlyFilled(filter: string | undefined, column: string): string {
  return limitedTo(filter, `<condition attribute="${column}" operator="not-null" />`);
}

/** The same selection, limited by one more condition on the row. */
export function limitedTo(filter: string | undefined, condition: string): string {
  const text = filter?.trim() ?? '';
  const reading = readXml(text);
  if (text === '' || 'problem' in reading) return `<filter>${condition}</filter>`;
  if (reading.root.name === 'filter') return `<filter type="and">${text}${condition}</filter>`;
  const entity = elementsOf(reading.root).find(({ name }) => name === 'entity');
  if (entity === undefined) return `<filter>${condition}</filter>`;
  const own = elementsOf(entity).filter(({ name }) => name === 'filter');
  const rest = own
    .toReversed()
    .reduce((left, { start, end }) => left.slice(0, start) + left.slice(end), text);
  const conditions = own.map(({ start, end }) => text.slice(start, end)).join('');
  const added = `<filter type="and">${conditions}${condition}</filter>`;
  const empty = entity.contentStart === entity.end;
  if (empty) {
    const tag = rest.slice(entity.start, entity.contentStart).replace(/\/>$/, '>');
    return `${rest.slice(0, entity.start)}${tag}${added}</entity>${rest.slice(entity.end)}`;
  }
  return rest.slice(0, entity.contentStart) + added + rest.slice(entity.contentStart);
}

/** One finding per column; columns without any value were not worth withholding. */
export function withheldFindings(withheld: readonly Withheld[]): readonly Finding[] {
  return withheld
    .filter(({ rows }) => rows > 0)
    .map(({ step, table, column, rows, reason, names = [] }): Finding => {
      const where = `${step} ${table}.${column}`;
      const count = rows === 1 ? '1 row' : `${rows} rows`;
      if (reason === 'secret')
        return {
          severity: 'warning',
          code: 'URM1220',
          where,
          summary: `The secret ${table}.${column} of ${count} was withheld`,
          detail: [
            'The column stays in the schema; no value left the environment.',
            ...(names.length === 0 ? [] : [`Rows: ${names.join('; ')}.`]),
          ].join(' '),
          remedy:
            'Set it in the target by hand, or name a variable that holds it in the configuration (environments, values).',
        };
      return {
        severity: 'info',
        code: 'URM1221',
        where,
        summary: `${table}.${column} of ${count} was withheld: ${reasons[reason]}`,
        detail: names.length === 0 ? '' : `Rows: ${names.join('; ')}.`,
        remedy: remedies[reason],
      };
    });
}

const remedies = {
  environment:
    "Set the target's own value there, or give it in the configuration (environments, values).",
  generated: 'Nothing; the target makes its own value.',
  runtime: 'Nothing; it is no configuration.',
} as const;

const reasons = {
  environment: 'it is true only in this environment',
  generated: 'each environment makes its own',
  runtime: 'it tells what happened, not how it is set up',
} as const;
