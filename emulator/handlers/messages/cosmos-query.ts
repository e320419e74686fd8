import { badQuery } from '../../errors/query-errors.ts';
import { invalidArgument } from '../../errors/payload-errors.ts';
import { unquote } from '../../protocol/path.ts';
import type { JsonObject } from '../../query/interface.ts';
import { scalarText } from '../../query/column-value.ts';
import type { StoredRow } from '../../store/store.ts';
import type { FunctionCall } from '../function-handler.ts';
import { isJsonObject } from '../read-payload.ts';

const type = '#Microsoft.Dynamics.CRM.expando';

/** A column of an elastic table, or a member of the JSON that it holds. */
type Path = readonly string[];

interface Condition {
  readonly path: Path;
  readonly operator: string;
  readonly value: unknown;
}

/**
 * `ExecuteCosmosSqlQuery` with what its documentation uses: `select` of properties with names, and
 * comparisons joined by `and`: learn.microsoft.com/power-apps/developer/data-platform/query-json-columns-elastic-tables
 */
export function executeCosmosSqlQuery({ context, parameters }: FunctionCall): JsonObject {
  const text = unquote(parameters.get('QueryText') ?? '');
  const table = unquote(parameters.get('EntityLogicalName') ?? '');
  const entity = context.environment.metadata.entity(table);
  if (entity?.tableType !== 'Elastic') {
    throw invalidArgument(`The table '${table}' is no elastic table of the environment.`);
  }
  const { selected, where } = readClauses(text);
  const columns = selected.split(',').map(readColumn);
  const values = readParameters(parameters.get('QueryParameters'));
  const conditions = where
    .split(/\sand\s/i)
    .filter((part) => part.trim() !== '')
    .map((part) => readCondition(part, values));
  const partition = parameters.get('PartitionId');
  const pageSize = Number(parameters.get('PageSize') ?? 5000);
  const start = readCookie(unquote(parameters.get('PagingCookie') ?? ''));
  const rows = [...context.environment.store.rows(table)].filter(
    (row) =>
      (partition === undefined || row.cells.get('partitionid') === unquote(partition)) &&
      conditions.every((condition) => holds(row, condition)),
  );
  const page = rows.slice(start, start + pageSize);
  const more = start + page.length < rows.length;
  return {
    '@odata.context': `${context.rootUrl}$metadata#expando/$entity`,
    '@odata.type': type,
    PagingCookie: more ? Buffer.from(String(start + page.length)).toString('base64') : '',
    HasMore: more,
    'Result@odata.type': '#Collection(Microsoft.Dynamics.CRM.expando)',
    Result: page.map((row) => shown(row, columns)),
  };
}

function shown(row: StoredRow, columns: readonly (readonly [string, Path])[]): JsonObject {
  const members: Record<string, unknown> = { '@odata.type': type };
  for (const [name, path] of columns) {
    const value = read(row, path);
    if (value !== undefined && value !== null) members[name] = value;
  }
  return members;
}

function readClauses(text: string): { readonly selected: string; readonly where: string } {
  const [select, rest] = splitOnce(text.trim(), /\sfrom\s+c(?=\s|$)/i);
  if (rest === undefined || !/^select\s/i.test(select)) {
    throw badQuery(`Syntax error in the query '${text}'.`);
  }
  const after = rest.trim();
  if (after !== '' && !/^where\s/i.test(after)) {
    throw badQuery(`Syntax error in the query '${text}'.`);
  }
  return { selected: select.slice('select'.length), where: after.slice('where'.length) };
}

/** What stands before and after the first match; nothing after it where there is none. */
function splitOnce(text: string, separator: RegExp): readonly [string, string?] {
  const found = separator.exec(text);
  if (found === null) return [text];
  return [text.slice(0, found.index), text.slice(found.index + found[0].length)];
}

function readColumn(text: string): readonly [string, Path] {
  const parsed = /^\s*c\.([\w.]+)(?:\s+as\s+(\w+))?\s*$/i.exec(text);
  if (parsed?.[1] === undefined) throw badQuery(`Syntax error near '${text.trim()}'.`);
  const path = columnPath(parsed[1]);
  return [parsed[2] ?? path.at(-1) ?? '', path];
}

/** Columns stand below `props`. */
function columnPath(text: string): Path {
  return text.replace(/^props\./, '').split('.');
}

function readCondition(text: string, values: ReadonlyMap<string, unknown>): Condition {
  const inner = text.trim().replace(/^\(/, '').replace(/\)$/, '').trim();
  const parsed = /^c\.([\w.]+)\s*(=|!=|<>|<=|>=|<|>)\s*(\S.*)$/s.exec(inner);
  if (parsed?.[1] === undefined || parsed[3] === undefined) {
    throw badQuery(`Syntax error near '${text.trim()}'.`);
  }
  const literal = parsed[3];
  const value = literal.startsWith('@')
    ? values.get(literal)
    : literal.startsWith("'")
      ? unquote(literal)
      : Number(literal);
  return { path: columnPath(parsed[1]), operator: parsed[2] ?? '=', value };
}

/** `{"Keys":["@power"],"Values":[{"Type":"System.Int32","Value":"5"}]}`, in quotes of either kind. */
function readParameters(literal: string | undefined): ReadonlyMap<string, unknown> {
  if (literal === undefined) return new Map();
  let parsed: unknown;
  try {
    parsed = JSON.parse(literal.includes('"') ? literal : literal.replaceAll("'", '"'));
  } catch {
    throw invalidArgument("The parameter 'QueryParameters' is no JSON.");
  }
  if (!isJsonObject(parsed)) throw invalidArgument("The parameter 'QueryParameters' is no object.");
  const keys: readonly unknown[] = Array.isArray(parsed['Keys']) ? parsed['Keys'] : [];
  const values: readonly unknown[] = Array.isArray(parsed['Values']) ? parsed['Values'] : [];
  return new Map(
    keys.map((key, index) => {
      const value = values[index];
      if (!isJsonObject(value)) return [String(key), value];
      const isNumber = /Int|Decimal|Double|Single/.test(String(value['Type']));
      return [String(key), isNumber ? Number(value['Value']) : value['Value']];
    }),
  );
}

function read(row: StoredRow, [column = '', ...rest]: Path): unknown {
  const cell = row.cells.get(column) ?? null;
  let value: unknown = cell !== null && typeof cell === 'object' ? scalarText(cell) : cell;
  if (rest.length > 0 && typeof value === 'string') {
    try {
      value = JSON.parse(value) as unknown;
    } catch {
      return undefined;
    }
  }
  for (const name of rest) value = isJsonObject(value) ? value[name] : undefined;
  return value;
}

function holds(row: StoredRow, { path, operator, value }: Condition): boolean {
  const found = read(row, path);
  switch (operator) {
    case '=':
      return found === value;
    case '!=':
    case '<>':
      return found !== value;
    default:
      break;
  }
  if (typeof found === 'number' && typeof value === 'number') {
    return inOrder(operator, found - value);
  }
  if (typeof found === 'string' && typeof value === 'string') {
    return inOrder(operator, found < value ? -1 : found > value ? 1 : 0);
  }
  return false;
}

function inOrder(operator: string, difference: number): boolean {
  if (operator === '<') return difference < 0;
  if (operator === '<=') return difference <= 0;
  return operator === '>' ? difference > 0 : difference >= 0;
}

function readCookie(text: string): number {
  if (text === '') return 0;
  const start = Number(Buffer.from(text, 'base64').toString('utf8'));
  if (!Number.isInteger(start)) throw invalidArgument('The paging cookie is not valid.');
  return start;
}
