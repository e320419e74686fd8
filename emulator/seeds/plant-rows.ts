import type { Environment } from '../environment.ts';
import type { Attribute, Entity } from '../metadata/metadata.ts';
import { stableId } from '../metadata/stable-id.ts';
import type { Cell } from '../store/store.ts';
import { completeRow } from '../logic/complete-row.ts';
import type { SeedRow, SeedTables, SeedValue } from './seed-rows.ts';

/** When the rows of a seed were made: the same in every run. */
const seedTime = '2025-03-04T08:15:00Z';

/** Ids of rows by `table#key`: rows of later seeds name those of earlier ones. */
export type SeedIds = Map<string, string>;

/** Puts rows into the store as if they had been there for a while: nothing runs, nothing is refused. */
export function plantRows(
  environment: Environment,
  tables: SeedTables,
  options: {
    readonly ids: SeedIds;
    /** Rows with the same key get the same id for the same text. */
    readonly salt: string;
    /** Ids given beforehand, by `table#key`. */
    readonly fixed?: ReadonlyMap<string, string>;
  },
): void {
  const { metadata, store } = environment;
  const planted: { readonly entity: Entity; readonly id: string; readonly row: SeedRow }[] = [];
  for (const [table, rows] of Object.entries(tables)) {
    const entity = metadata.entity(table);
    if (entity === undefined) throw new Error(`The seed names a table that is not there: ${table}`);
    for (const [index, row] of rows.entries()) {
      const { key } = row;
      const name = typeof key === 'string' ? key : `row ${index}`;
      const given = row[entity.primaryId];
      const id =
        typeof given === 'string' && given !== ''
          ? resolveText(given, options.ids).toLowerCase()
          : (options.fixed?.get(`${table}#${name}`) ??
            stableId(`${options.salt} ${table} ${name}`));
      if (typeof key === 'string') options.ids.set(`${table}#${key}`, id);
      planted.push({ entity, id, row });
    }
  }
  store.transaction(() => {
    for (const { entity, id, row } of planted) {
      const cells = new Map<string, Cell>();
      for (const [column, value] of Object.entries(row)) {
        if (column === 'key' || column === entity.primaryId || value === null) continue;
        const attribute = entity.attributes.get(column);
        if (attribute === undefined) {
          throw new Error(`The seed's table ${entity.logicalName} has no column ${column}`);
        }
        cells.set(column, cellOf(entity, attribute, { value, ids: options.ids }));
      }
      completeRow(environment, entity, { id, cells, time: seedTime });
      store.put(entity.logicalName, id, cells);
    }
  });
}

function cellOf(
  entity: Entity,
  attribute: Attribute,
  given: { readonly value: SeedValue; readonly ids: SeedIds },
): Cell {
  const { value, ids } = given;
  if (value === null || typeof value === 'boolean') return value;
  const where = `${entity.logicalName}.${attribute.logicalName}`;
  switch (attribute.type) {
    case 'Lookup':
    case 'Customer':
    case 'Owner':
      return referenceOf(attribute, value, { ids, where });
    case 'Decimal':
    case 'Money':
      return typeof value === 'number' ? value.toFixed(attribute.precision ?? 2) : textOf(value);
    case 'BigInt':
      return textOf(value);
    case 'Uniqueidentifier':
      return typeof value === 'string' && value.includes('#')
        ? idOf(value, ids, where)
        : resolveText(textOf(value), ids).toLowerCase();
    case 'String':
    case 'Memo':
      return resolveText(textOf(value), ids);
    case 'Boolean':
    case 'DateTime':
    case 'Double':
    case 'EntityName':
    case 'Integer':
    case 'ManagedProperty':
    case 'PartyList':
    case 'Picklist':
    case 'State':
    case 'Status':
    case 'Virtual':
      return value;
    default:
      return value;
  }
}

function textOf(value: SeedValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function referenceOf(
  attribute: Attribute,
  value: SeedValue,
  context: { readonly ids: SeedIds; readonly where: string },
): Cell {
  if (typeof value === 'object' && value !== null && 'table' in value) return value;
  if (typeof value !== 'string') throw new Error(`The seed's ${context.where} is no lookup`);
  const [only = ''] = attribute.targets;
  if (!value.includes('#'))
    return { table: only, id: resolveText(value, context.ids).toLowerCase() };
  const full = value.startsWith('#') ? `${only}${value}` : value;
  const table = full.slice(0, full.indexOf('#'));
  return { table, id: idOf(full, context.ids, context.where) };
}

function idOf(name: string, ids: SeedIds, where: string): string {
  const id = ids.get(name);
  if (id === undefined)
    throw new Error(`The seed's ${where} names a row that is not there: ${name}`);
  return id;
}

const rowName = /\[\[([A-Za-z_0-9]+)#([^[\]]+)\]\]/g;

function resolveText(text: string, ids: SeedIds): string {
  return text.replace(rowName, (_whole, table: string, key: string) => {
    const id = idOf(`${table.toLowerCase()}#${key}`, ids, 'text');
    return table === table.toLowerCase() ? id : id.toUpperCase();
  });
}
