import type { DataverseReader } from '../../dataverse/client.ts';
import { DataverseError } from '../../dataverse/dataverse-error.ts';
import type { Finding, Severity } from '../../errors/finding.ts';
import { parseGuid, type Guid } from '../../model/guid.ts';
import type { EnvironmentColumn, EnvironmentTable } from '../../model/table.ts';
import type { RuleStatement } from '../../routing/ruleset-text.ts';
import { readRuleset } from '../../routing/ruleset-text.ts';
import { ruleBook } from '../../routing/rule-book.ts';
import type { RowInspection, RuleText } from './inspect-rows.ts';

/** A row that a rule names: it must come along or be in the target already. */
interface NamedRow {
  readonly tables: readonly string[];
  readonly id: Guid;
  readonly where: string;
}

/** Tables that rules mention as `<table>.<column>`; whether they are tables, metadata tells. */
export function tablesInRules(texts: readonly RuleText[]): readonly string[] {
  return [...new Set(statementsIn(texts).map(({ statement }) => headOf(statement)))].filter(
    (head) => head !== '',
  );
}

export interface RuleCheck {
  readonly target: ReadonlyMap<string, EnvironmentTable>;
  /** Of the source where there is one: tells tables from context variables. */
  readonly source: ReadonlyMap<string, EnvironmentTable> | undefined;
  /** Tables of the target whose rows the caller may not read. */
  readonly unreadable: ReadonlySet<string>;
}

/**
 * Whatever a rule names must exist where it will run: rows by id, tables and columns by name, choice
 * values by number.
 */
export async function checkRules(
  reader: DataverseReader,
  inspection: RowInspection,
  { target, source, unreadable }: RuleCheck,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const findings = new Map<string, Finding>();
  const named: NamedRow[] = [];
  for (const text of inspection.texts) {
    const reading = ruleBook.of(text.table).textReferences.get(text.column)?.find(text.text);
    for (const { id, tables, at, isOptional } of reading?.references ?? [])
      if (!isOptional) named.push({ id, tables, where: `${text.row} › ${at}` });
    if (reading?.problem !== undefined) report(findings, unreadableText(text, reading.problem));
  }
  for (const { text, statement } of statementsIn(inspection.texts)) {
    const place = `${text.row} › ${statement.at}`;
    const table = headOf(statement);
    const column = statement.path.slice(table.length + 1);
    const known = target.get(table);
    if (known === undefined) {
      if (source === undefined ? looksLikeTable(table) : source.has(table))
        report(findings, missingName(place, `table ${table}`, severityOf(table, source)));
      continue;
    }
    const definition = known.columns.get(column);
    if (definition === undefined) {
      // A contract may call its context by the name of a table: only a column of the source is missed.
      if (source === undefined || source.get(table)?.columns.has(column) === true)
        report(
          findings,
          missingName(place, `column ${table}.${column}`, severityOf(column, source)),
        );
      continue;
    }
    for (const value of statement.values) {
      const id = parseGuid(value);
      if (definition.type === 'lookup' && id !== undefined)
        named.push({ id, tables: definition.targets, where: place });
      const missing = missingChoice(definition, value);
      if (missing !== undefined)
        report(findings, missingValue(place, `${table}.${column}`, missing, reader.url));
    }
  }
  for (const row of await missingRows(reader, inspection, named, unreadable, signal))
    report(findings, missingRow(row, reader.url));
  return [...findings.values()];
}

function statementsIn(
  texts: readonly RuleText[],
): readonly { readonly text: RuleText; readonly statement: RuleStatement }[] {
  return texts.flatMap((text) =>
    readRuleset(text.text)
      .statements.filter(({ is }) => is === 'condition')
      .map((statement) => ({ text, statement })),
  );
}

function headOf({ path }: RuleStatement): string {
  const parts = path.split('.');
  return parts.length === 2 ? (parts[0] ?? '') : '';
}

/** Complex keys of contracts that are no tables although they have an underscore. */
const contextKeys = new Set(['assign_to', 'queue_prequeue', 'queue_inqueue']);

/** A package does not say which variables are tables: custom ones have the prefix of a publisher. */
function looksLikeTable(name: string): boolean {
  return /^[a-z][a-z0-9]*_/i.test(name) && !contextKeys.has(name);
}

/** Without the source, a name that has no publisher's prefix may be one that the platform resolves. */
function severityOf(
  name: string,
  source: ReadonlyMap<string, EnvironmentTable> | undefined,
): Severity {
  return source === undefined && !looksLikeTable(name) ? 'warning' : 'error';
}

function missingChoice(column: EnvironmentColumn, value: string): string | undefined {
  const isChoice = ['choice', 'choices', 'state', 'status'].includes(column.type);
  if (!isChoice || column.options === undefined || !/^-?\d+$/.test(value)) return undefined;
  return column.options.has(Number(value)) ? undefined : value;
}

/** Asks the target for the rows that do not come along: one question per table. */
async function missingRows(
  reader: DataverseReader,
  inspection: RowInspection,
  named: readonly NamedRow[],
  unreadable: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly NamedRow[]> {
  const left = named.filter(({ tables, id }) => !tables.some((each) => inspection.has(each, id)));
  const wanted = new Map<string, Set<Guid>>();
  for (const { tables, id } of left)
    for (const table of tables) wanted.set(table, (wanted.get(table) ?? new Set()).add(id));
  const metadata = await reader.tables([...wanted.keys()], signal);
  const present = new Set<string>();
  const unknown = new Set(unreadable);
  for (const [name, ids] of wanted) {
    const table = metadata.get(name);
    if (table === undefined || unknown.has(name)) continue;
    const where = { by: 'ids', ids: [...ids] } as const;
    try {
      for await (const row of reader.rows({ table, columns: [], where }, signal))
        present.add(`${name} ${row.id}`);
    } catch (error) {
      if (!(error instanceof DataverseError) || error.status !== 403) throw error;
      unknown.add(name);
    }
  }
  return left.filter(
    ({ tables, id }) =>
      !tables.some((table) => present.has(`${table} ${id}`) || unknown.has(table)),
  );
}

function report(findings: Map<string, Finding>, finding: Finding): void {
  findings.set(`${finding.code} ${finding.where} ${finding.summary}`, finding);
}

function unreadableText({ row, column }: RuleText, problem: string): Finding {
  return {
    severity: 'warning',
    code: 'URM1212',
    where: `${row} ${column}`,
    summary: `The references inside this text are not known, because ${problem}`,
    detail: '',
    remedy: 'Check after the import whether ids inside the text fit the target.',
  };
}

function missingName(where: string, what: string, severity: Severity): Finding {
  return {
    severity,
    code: 'URM1211',
    where,
    summary: `The rule uses the ${what}, which the target does not have`,
    detail: '',
    remedy: 'Import the solution that holds it into the target before the rules.',
  };
}

function missingValue(where: string, column: string, value: string, url: string): Finding {
  return {
    severity: 'error',
    code: 'URM1204',
    where,
    summary: `The rule compares ${column} with the value ${value}, which the target does not have`,
    detail: url,
    remedy: 'Import the solution that holds the choice into the target, or add the value.',
  };
}

function missingRow({ tables, id, where }: NamedRow, url: string): Finding {
  return {
    severity: 'error',
    code: 'URM1210',
    where,
    summary: `The rule names ${tables.length === 1 ? `the ${tables[0] ?? ''}` : 'a row'} ${id}, which neither comes along nor is in the target`,
    detail: `${url}; looked for in ${tables.join(', ')}.`,
    remedy: 'Bring the row to the target under the same id, or change the rule.',
  };
}
