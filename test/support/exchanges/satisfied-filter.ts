import { parseGuid } from '#shared/model/guid.ts';
import type { Attribute } from '#emulator/metadata/metadata.ts';
import { navigationOf } from '#emulator/query/navigation.ts';
import { parseFilter, type Expression } from '#emulator/query/odata-expression.ts';
import { attributeOfProperty } from '#emulator/query/row-members.ts';
import type { Cell } from '#emulator/store/store.ts';
import { columnOfValue, presumeColumn } from './presumed-tables.ts';
import type { Planter } from './planted-rows.ts';

interface At {
  readonly table: string;
  readonly id: string;
}

/** Gives a planted row what a filter asks for, where the answer does not tell. */
export function satisfyFilter(planter: Planter, row: At, filter: string): void {
  satisfy(planter, new Map([['$it', row]]), row, parseFilter(filter));
}

function satisfy(
  planter: Planter,
  variables: ReadonlyMap<string, At>,
  row: At,
  expression: Expression,
): void {
  switch (expression.kind) {
    case 'and':
      for (const part of expression.parts) satisfy(planter, variables, row, part);
      return;
    case 'or': {
      const [first] = expression.parts;
      if (first !== undefined) satisfy(planter, variables, row, first);
      return;
    }
    case 'compare': {
      const { left, right, operator } = expression;
      if (left.kind !== 'path' || right.kind !== 'literal') return;
      if (operator === 'eq' || operator === 'ge' || operator === 'le') {
        const isExact = operator === 'eq';
        setPath(planter, variables, row, { path: left.segments, text: right.text, isExact });
      } else if (operator === 'gt' && Number.isFinite(Number(right.text))) {
        const text = String(Number(right.text) + 1);
        setPath(planter, variables, row, { path: left.segments, text });
      }
      return;
    }
    case 'call': {
      const [left, right] = expression.values;
      if (left?.kind === 'path' && right?.kind === 'literal') {
        setPath(planter, variables, row, { path: left.segments, text: right.text });
      }
      const [column] = expression.named.get('PropertyName') ?? [];
      const [value] = expression.named.get('PropertyValues') ?? [];
      if (column !== undefined && value !== undefined) {
        setPath(planter, variables, row, { path: [column], text: value });
      }
      return;
    }
    case 'lambda': {
      if (expression.mode !== 'any') return;
      const name = expression.path.at(-1) ?? '';
      const entity = planter.entity(row.table);
      const navigation = navigationOf(planter.environment.metadata, entity, name);
      if (navigation === undefined) return;
      planter.related(row.table, row.id, { name, value: [{}] });
      return;
    }
    case 'literal':
    case 'not':
    case 'path':
      return;
  }
}

function setPath(
  planter: Planter,
  variables: ReadonlyMap<string, At>,
  row: At,
  wanted: { readonly path: readonly string[]; readonly text: string; readonly isExact?: boolean },
): void {
  const [first = '', ...rest] = wanted.path;
  const variable = variables.get(first);
  if (variable !== undefined)
    return setPath(planter, variables, variable, { ...wanted, path: rest });
  const entity = planter.entity(row.table);
  if (rest.length === 0) {
    if (first === entity.primaryId) return;
    let column = attributeOfProperty(entity, first);
    if (column === undefined) {
      presumeColumn(planter.environment, row.table, columnOfValue(first, valueOf(wanted.text)));
      column = attributeOfProperty(planter.entity(row.table), first);
    }
    if (column === undefined) return;
    if (wanted.isExact !== true && planter.cell(row.table, row.id, column.logicalName) !== null) {
      return;
    }
    planter.set(row.table, row.id, column.logicalName, cellOf(column, wanted.text));
    return;
  }
  const navigation = navigationOf(planter.environment.metadata, entity, first);
  const structured = entity.attributes.get(first);
  // `iscustomizable/Value`
  if (structured?.type === 'ManagedProperty') {
    planter.set(row.table, row.id, first, wanted.text === 'true');
    return;
  }
  if (navigation?.kind !== 'single') return;
  const target = navigation.target.logicalName;
  const column = navigation.column.logicalName;
  const pointed = planter.cell(row.table, row.id, column);
  let id =
    typeof pointed === 'object' && pointed !== null && 'id' in pointed ? pointed.id : undefined;
  if (id === undefined) {
    const isKey = rest.length === 1 && rest[0] === navigation.target.primaryId;
    id = (isKey ? parseGuid(wanted.text) : undefined) ?? planter.freshId();
    planter.named(target, id);
    planter.set(row.table, row.id, column, { table: target, id });
  }
  setPath(planter, variables, { table: target, id }, { ...wanted, path: rest });
}

function valueOf(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return Number.isFinite(Number(text)) ? Number(text) : text;
}

function cellOf(column: Attribute, text: string): Cell {
  if (text === 'null') return null;
  switch (column.type) {
    case 'Boolean':
      return text === 'true';
    case 'Integer':
    case 'Picklist':
    case 'State':
    case 'Status':
    case 'Double':
      return Number(text);
    case 'Lookup':
    case 'Customer':
    case 'Owner':
      return { table: column.targets[0] ?? 'systemuser', id: text.toLowerCase() };
    case 'BigInt':
    case 'DateTime':
    case 'Decimal':
    case 'EntityName':
    case 'ManagedProperty':
    case 'Memo':
    case 'Money':
    case 'PartyList':
    case 'String':
    case 'Uniqueidentifier':
    case 'Virtual':
      return text;
    default:
      return column.type satisfies never;
  }
}
