import { parseGuid } from '#shared/model/guid.ts';
import type { Environment } from '../environment.ts';
import {
  keyNotDefined,
  keySyntax,
  rowNotFound,
  rowNotFoundByKey,
} from '../errors/payload-errors.ts';
import type { Attribute, Entity } from '../metadata/metadata.ts';
import { readKey, unquote } from '../protocol/path.ts';
import { isOwnerTable } from '../query/row-members.ts';
import type { Cell, StoredRow } from '../store/store.ts';
import { convertValue } from './convert-value.ts';

/** What a key in a URL stands for: a row, or the place where one would be. */
export interface KeyedRow {
  readonly row?: StoredRow;
  /** The id, when the key tells it. */
  readonly id?: string;
  /** Columns of an alternate key. */
  readonly keyCells: ReadonlyMap<string, Cell>;
}

/** Finds the row a key names; throws where the key is none of the table's. */
export function findByKey(environment: Environment, entity: Entity, argument: string): KeyedRow {
  const key = readKey(argument);
  if (key === undefined) throw keySyntax();
  if (key.kind === 'id') return byId(environment, entity, key.id);
  // Users and teams are principals, whose key is `ownerid`:
  // learn.microsoft.com/power-apps/developer/data-platform/use-alternate-key-reference-record
  const primary = isOwnerTable(entity) ? 'ownerid' : entity.primaryId;
  const named = key.values.get(primary);
  if (named !== undefined && key.values.size === 1) {
    const id = parseGuid(unquote(named));
    if (id === undefined) throw keySyntax();
    return byId(environment, entity, id);
  }
  // Rows of elastic tables are named by their id within a partition.
  const partition = partitionOf(entity, key.values);
  if (named !== undefined && partition !== undefined) {
    return inPartition(environment, entity, { id: named, partition });
  }
  const keyCells = readKeyCells(entity, key.values);
  const [row] = environment.store.findAll(entity.logicalName, keyCells);
  return row === undefined ? { keyCells } : { row, id: row.id, keyCells };
}

/** The row a key names, or the service's 404. */
export function rowByKey(environment: Environment, entity: Entity, argument: string): StoredRow {
  const found = findByKey(environment, entity, argument);
  if (found.row !== undefined) return found.row;
  throw found.id === undefined
    ? rowNotFoundByKey(entity)
    : rowNotFound(entity.logicalName, found.id);
}

function byId(environment: Environment, entity: Entity, id: string): KeyedRow {
  const row = environment.store.get(entity.logicalName, id);
  return { id, keyCells: new Map(), ...(row === undefined ? {} : { row }) };
}

/** The name is written `partitionId` too. */
function partitionOf(entity: Entity, values: ReadonlyMap<string, string>): string | undefined {
  if (entity.tableType !== 'Elastic' || values.size !== 2) return undefined;
  const literal = values.get('partitionid') ?? values.get('partitionId');
  return literal === undefined ? undefined : unquote(literal);
}

function inPartition(
  environment: Environment,
  entity: Entity,
  key: { readonly id: string; readonly partition: string },
): KeyedRow {
  const id = parseGuid(unquote(key.id));
  if (id === undefined) throw keySyntax();
  const { partition } = key;
  const found = byId(environment, entity, id);
  const isThere = (found.row?.cells.get('partitionid') ?? '') === partition;
  const keyCells = new Map<string, Cell>([['partitionid', partition]]);
  return isThere && found.row !== undefined ? { row: found.row, id, keyCells } : { id, keyCells };
}

function readKeyCells(
  entity: Entity,
  values: ReadonlyMap<string, string>,
): ReadonlyMap<string, Cell> {
  const literals = new Map(
    [...values].map(([name, literal]) => [name.replace(/^_(.+)_value$/, '$1'), literal]),
  );
  const defined = entity.keys.some(
    (key) =>
      key.attributes.length === literals.size && key.attributes.every((name) => literals.has(name)),
  );
  if (!defined) throw keyNotDefined(entity);
  const cells = new Map<string, Cell>();
  for (const [name, literal] of literals) {
    const attribute = entity.attributes.get(name);
    if (attribute === undefined) throw keyNotDefined(entity);
    cells.set(name, literalCell(entity, attribute, literal));
  }
  return cells;
}

function literalCell(entity: Entity, attribute: Attribute, literal: string): Cell {
  if (literal === 'null') return null;
  switch (attribute.type) {
    case 'Lookup':
    case 'Customer':
    case 'Owner': {
      const id = parseGuid(unquote(literal));
      if (id === undefined) throw keySyntax();
      return { table: attribute.targets[0] ?? '', id };
    }
    case 'Integer':
    case 'Picklist':
    case 'State':
    case 'Status':
    case 'Double':
    case 'Decimal':
    case 'Money':
      return convertValue(entity, attribute, Number(unquote(literal)));
    case 'Boolean':
      return convertValue(entity, attribute, literal === 'true');
    case 'String':
    case 'Memo':
    case 'EntityName':
    case 'BigInt':
    case 'DateTime':
    case 'Uniqueidentifier':
    case 'ManagedProperty':
    case 'PartyList':
    case 'Virtual':
      return convertValue(entity, attribute, unquote(literal));
    default:
      return attribute.type satisfies never;
  }
}
