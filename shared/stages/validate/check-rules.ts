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
  const statements = statementsIn(inspection.texts);
  const related = await reader.tables(relatedTables(statements, target), signal);
  for (const { text, statement } of statements) {
    const place = `${text.row} › ${statement.at}`;
    const path = statement.path.split('.');
    if (path.length < 2 || path.length > 3) continue;
    const found = resolvePath(path, { target, source, related });
    if (found.is === 'missing') report(findings, missingName(place, found));
    if (found.is !== 'column') continue;
    const { column } = found;
    for (const value of statement.values) {
      const id = parseGuid(value);
      if (column.type === 'lookup' && id !== undefined)
        named.push({ id, tables: column.targets, where: place });
      const missing = missingChoice(column, value);
      if (missing !== undefined)
        report(findings, missingValue(place, found.name, missing, reader.url));
    }
  }
  for (const row of await missingRows(reader, inspection, named, unreadable, signal))
    report(findings, missingRow(row, reader.url));
  return [...findings.values()];
}

interface PlacedStatement {
  readonly text: RuleText;
  readonly statement: RuleStatement;
}

function statementsIn(texts: readonly RuleText[]): readonly PlacedStatement[] {
  return texts.flatMap((text) =>
    readRuleset(text.text)
      .statements.filter(({ is }) => is === 'condition')
      .map((statement) => ({ text, statement })),
  );
}

/** `<table>.<column>`, or `<table>.<relationship>.<column>`. */
function headOf({ path }: RuleStatement): string {
  const parts = path.split('.');
  return parts.length === 2 || parts.length === 3 ? (parts[0] ?? '') : '';
}

/** Tables that rules reach through a lookup of a table they name. */
function relatedTables(
  statements: readonly PlacedStatement[],
  target: ReadonlyMap<string, EnvironmentTable>,
): readonly string[] {
  return statements.flatMap(({ statement }) => {
    const [table = '', through = '', ...rest] = statement.path.split('.');
    return rest.length === 1 ? (lookupNamed(target.get(table), through)?.targets ?? []) : [];
  });
}

/** Rules may call a relationship by its own name, by that of its navigation, or by its lookup column. */
function lookupNamed(
  table: EnvironmentTable | undefined,
  name: string,
): EnvironmentColumn | undefined {
  const wanted = name.toLowerCase();
  const isWanted = (each: string): boolean => each.toLowerCase() === wanted;
  const through = [...(table?.lookupRelationships ?? [])].find(([own]) => isWanted(own))?.[1];
  return [...(table?.columns.values() ?? [])].find(
    (column) =>
      column.type === 'lookup' &&
      (column.name === through ||
        isWanted(column.name) ||
        [...column.navigation.values()].some(isWanted)),
  );
}

/** What the variable of a rule leads to in the target. */
type PathEnd =
  | { readonly is: 'column'; readonly column: EnvironmentColumn; readonly name: string }
  | MissingName
  /** No name of the environment, as far as can be told: a context variable or a key of a contract. */
  | { readonly is: 'other' };

interface MissingName {
  readonly is: 'missing';
  readonly what: 'table' | 'column' | 'relationship';
  readonly name: string;
  readonly severity: Severity;
}

/** Definitions of both environments; `related` are those of the target that lookups lead to. */
interface PathDefinitions extends Pick<RuleCheck, 'target' | 'source'> {
  readonly related: ReadonlyMap<string, EnvironmentTable>;
}

function resolvePath(
  [table = '', ...rest]: readonly string[],
  { target, source, related }: PathDefinitions,
): PathEnd {
  const [next = '', last] = rest;
  const known = target.get(table);
  const missing = (what: MissingName['what'], name: string, inSource: boolean): PathEnd => {
    const own = name.slice(name.lastIndexOf('.') + 1);
    if (source === undefined) {
      const severity = looksLikeTable(own) ? 'error' : 'warning';
      return { is: 'missing', what, name, severity };
    }
    if (inSource) return { is: 'missing', what, name, severity: 'error' };
    // Neither has it: the rule is broken already, if the name is not that of a contract's variable.
    return looksLikeTable(own)
      ? { is: 'missing', what, name, severity: 'warning' }
      : { is: 'other' };
  };
  if (known === undefined)
    return source === undefined && !looksLikeTable(table)
      ? { is: 'other' }
      : missing('table', table, source?.has(table) === true);
  if (last === undefined) {
    const column = known.columns.get(next);
    const name = `${table}.${next}`;
    return column === undefined
      ? missing('column', name, source?.get(table)?.columns.has(next) === true)
      : { is: 'column', column, name };
  }
  const through = lookupNamed(known, next);
  if (through === undefined)
    return missing(
      'relationship',
      `${table}.${next}`,
      lookupNamed(source?.get(table), next) !== undefined,
    );
  const [to, column] =
    through.targets
      .map((each) => [each, related.get(each)?.columns.get(last)] as const)
      .find(([, found]) => found !== undefined) ?? [];
  return column === undefined
    ? missing('column', `${through.targets.join('|')}.${last}`, true)
    : { is: 'column', column, name: `${to ?? ''}.${last}` };
}

/** Complex keys of contracts that are no tables although they have an underscore. */
const contextKeys = new Set(['assign_to', 'queue_prequeue', 'queue_inqueue']);

/** A package does not say which variables are tables: custom ones have the prefix of a publisher. */
function looksLikeTable(name: string): boolean {
  return /^[a-z][a-z0-9]*_/i.test(name) && !contextKeys.has(name);
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

function missingName(where: string, { what, name, severity }: MissingName): Finding {
  const isRelationship = what === 'relationship';
  return {
    severity,
    code: isRelationship ? 'URM1217' : 'URM1211',
    where,
    summary: `The rule uses the ${what} ${name}, which the target does not have`,
    detail: severity === 'warning' ? 'The source may not have it either.' : '',
    remedy: `Import the solution that holds the ${what} into the target before the rules.`,
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
