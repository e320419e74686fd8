import type { BatchPart } from './batch-text.ts';
import type { Write } from './client.ts';
import { DataverseError } from './dataverse-error.ts';
import type { EntitySet } from './metadata-table.ts';
import type { Guid } from '../model/guid.ts';
import { cell, isLookup, type Lookup, type Row, type Value } from '../model/row.ts';
import type { EnvironmentColumn, EnvironmentTable } from '../model/table.ts';
import { participationOf, partyNavigation } from './parties.ts';

/** What a write needs to know of the environment. */
export interface WriteContext {
  /** `https://contoso.crm4.dynamics.com/api/data/v9.2/` */
  readonly rootUrl: string;
  readonly entitySets: ReadonlyMap<string, EntitySet>;
  /** Who new rows belong to that name no owner, where several users write: the first of them. */
  readonly owner?: Guid;
  /** The table of parties, where any of the writes has some. */
  readonly parties?: EnvironmentTable;
}

/** A write that says something of a row's columns. */
export type CellWrite = Extract<Write, { readonly cells: ReadonlyMap<string, Value> }>;

/** Where the values of a write are sent: with the row, or in requests of their own. */
export type ValuePlace = 'row' | 'parties' | 'image' | 'file';

/** How the value of a column travels. */
export function placeOfValue(write: CellWrite, column: EnvironmentColumn): ValuePlace {
  if (column.type === 'file') return 'file';
  // A new row takes its parties along; those of an existing one are replaced as a whole.
  if (column.type === 'party-list') return write.kind === 'create' ? 'row' : 'parties';
  // A create sets one image only: learn.microsoft.com/power-apps/developer/data-platform/image-column-data.
  const isLater = write.kind === 'create' && column.name !== write.table.imageColumn;
  return column.type === 'image' && isLater ? 'image' : 'row';
}

const bypassAll = { 'MSCRM.BypassBusinessLogicExecution': 'CustomSync,CustomAsync' };

/**
 * The request of one write with the headers it needs; custom server logic is bypassed where it asks
 * for that: learn.microsoft.com/power-apps/developer/data-platform/bypass-custom-business-logic.
 */
export function partOf(write: Write, context: WriteContext): BatchPart {
  const part = plainPart(write, context);
  return 'bypassLogic' in write && write.bypassLogic
    ? { ...part, headers: { ...part.headers, ...bypassAll } }
    : part;
}

/** The request of one write. Throws a `DataverseError` where the value cannot be sent at all. */
function plainPart(write: Write, context: WriteContext): BatchPart {
  const { table } = write;
  switch (write.kind) {
    case 'create':
      return {
        method: 'POST',
        path: table.entitySet,
        body: bodyOf(write, context, [
          `${JSON.stringify(table.idColumn)}:${JSON.stringify(write.id)}`,
          ...ownerOf(write, context),
        ]),
      };
    case 'update':
      return {
        method: 'PATCH',
        path: `${table.entitySet}(${write.id})`,
        // Without If-Match an update of a row that was deleted would create it again.
        headers: { 'If-Match': matchOf(table, write.version) },
        body: bodyOf(write, context, []),
      };
    case 'delete':
      return {
        method: 'DELETE',
        path: `${table.entitySet}(${write.id})`,
        ...(write.version === undefined || !table.optimisticConcurrency
          ? {}
          : { headers: { 'If-Match': write.version } }),
      };
    case 'link':
      return {
        method: 'POST',
        path: `${table.entitySet}(${write.link.from.id})/${write.relationship.navigation}/$ref`,
        body: JSON.stringify({
          '@odata.id': `${context.rootUrl}${write.targetEntitySet}(${write.link.to.id})`,
        }),
      };
    case 'unlink':
      return {
        method: 'DELETE',
        path: `${table.entitySet}(${write.link.from.id})/${write.relationship.navigation}(${write.link.to.id})/$ref`,
      };
  }
}

/** Whoever of several users sends the row, it belongs to the first, as if there were no others. */
function ownerOf(write: CellWrite, context: WriteContext): readonly string[] {
  const column = write.table.columns.get('ownerid');
  if (context.owner === undefined || column?.creatable !== true || write.cells.has('ownerid'))
    return [];
  const { name, json } = bind(write, column, { table: 'systemuser', id: context.owner }, context);
  return [`${JSON.stringify(name)}:${json}`];
}

/** Where a write happens, as messages name it. */
export function placeOf(write: Write): string {
  switch (write.kind) {
    case 'create':
    case 'update':
    case 'delete':
      return `${write.kind} ${write.table.name} ${write.id}`;
    case 'link':
    case 'unlink': {
      const { from, to, relationship } = write.link;
      return `${write.kind} ${relationship} ${from.table} ${from.id} – ${to.table} ${to.id}`;
    }
  }
}

/** Tables without optimistic concurrency refuse a version; theirs is compared before the write. */
function matchOf(table: EnvironmentTable, version: string | undefined): string {
  return version === undefined || !table.optimisticConcurrency ? '*' : version;
}

/** JSON text put together by hand: decimals and money keep their digits, which a double would lose. */
function bodyOf(write: CellWrite, context: WriteContext, members: readonly string[]): string {
  const texts = [...members];
  const parties: string[] = [];
  for (const [name, value] of write.cells) {
    const column = write.table.columns.get(name);
    if (column === undefined)
      throw notWritable(write, name, `The table ${write.table.name} has no column ${name}`);
    if (placeOfValue(write, column) !== 'row') continue;
    if (column.type === 'party-list') {
      parties.push(...partyTexts(write, column.name, value, context));
      continue;
    }
    const member = memberOf(write, column, value, context);
    if (member !== undefined) texts.push(`${JSON.stringify(member.name)}:${member.json}`);
  }
  if (parties.length > 0)
    texts.push(`${JSON.stringify(partyNavigation(write.table.name))}:[${parties.join(',')}]`);
  return `{${texts.join(',')}}`;
}

/** The parties of one column as objects of the activity's collection. */
export function partyTexts(
  write: CellWrite,
  column: string,
  value: Value,
  context: WriteContext,
): readonly string[] {
  if (value === null) return [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'object'))
    throw notWritable(write, column, `The value of ${column} is no list of parties`);
  const known = participationOf(column);
  return value.map((party: Row) => {
    // A party says itself what it is where the column does not tell.
    const participation = known ?? Number(cell(party, 'participationtypemask') ?? 0);
    return partyText(write, column, { party, participation }, context);
  });
}

/** One party: a row, or the address of somebody who is none. */
export function partyText(
  write: CellWrite,
  column: string,
  { party, participation }: { readonly party: Row; readonly participation: number },
  context: WriteContext,
): string {
  const members = [`"participationtypemask":${participation}`];
  const who = cell(party, 'partyid');
  const partyColumn = context.parties?.columns.get('partyid');
  if (isLookup(who)) {
    if (partyColumn === undefined)
      throw notWritable(write, column, 'The environment has no table of parties');
    const { name, json } = bind(write, partyColumn, who, context);
    members.push(`${JSON.stringify(name)}:${json}`);
  }
  const address = cell(party, 'addressused');
  if (typeof address === 'string' && address !== '')
    members.push(`"addressused":${JSON.stringify(address)}`);
  return `{${members.join(',')}}`;
}

interface Member {
  readonly name: string;
  readonly json: string;
}

function memberOf(
  write: CellWrite,
  column: EnvironmentColumn,
  value: Value,
  context: WriteContext,
): Member | undefined {
  if (column.type === 'lookup' || column.type === 'owner') {
    if (value === null) {
      const property = [...column.navigation.values()][0];
      // A new row's lookup is empty anyway.
      if (write.kind === 'create' || property === undefined) return undefined;
      return { name: `${property}@odata.bind`, json: 'null' };
    }
    if (!isLookup(value)) throw notWritable(write, column.name, 'A lookup needs a row to point to');
    return bind(write, column, value, context);
  }
  return { name: column.name, json: jsonOf(write, column, value) };
}

function bind(
  write: Write,
  column: EnvironmentColumn,
  value: Lookup,
  context: WriteContext,
): Member {
  const property = column.navigation.get(value.table);
  const set = context.entitySets.get(value.table)?.entitySet ?? '';
  if (property === undefined)
    throw notWritable(
      write,
      column.name,
      `The column ${column.name} cannot point to a row of ${value.table}, only of ${[...column.navigation.keys()].join(', ')}`,
    );
  if (set === '')
    throw notWritable(
      write,
      column.name,
      `The environment has no table ${value.table} to point to`,
    );
  return { name: `${property}@odata.bind`, json: JSON.stringify(`/${set}(${value.id})`) };
}

function jsonOf(write: Write, column: EnvironmentColumn, value: Value): string {
  if (value === null) return 'null';
  switch (column.type) {
    case 'decimal':
    case 'money':
    case 'bigint':
    case 'integer':
    case 'double':
    case 'choice':
    case 'state':
    case 'status': {
      const text =
        typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
      if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text))
        throw notWritable(write, column.name, `The value of ${column.name} is no number`);
      return text.replace(/^(-?)0+(?=\d)/, '$1');
    }
    case 'boolean':
      if (typeof value !== 'boolean')
        throw notWritable(
          write,
          column.name,
          `The value of ${column.name} is neither true nor false`,
        );
      return String(value);
    case 'choices':
      if (!Array.isArray(value))
        throw notWritable(write, column.name, `The value of ${column.name} is no list of choices`);
      return value.length === 0 ? 'null' : JSON.stringify(value.join(','));
    case 'party-list':
    case 'file':
      throw notWritable(
        write,
        column.name,
        `The column ${column.name} cannot be written with the row`,
      );
    case 'lookup':
    case 'owner':
    case 'text':
    case 'memo':
    case 'datetime':
    case 'date':
    case 'guid':
    case 'image':
      if (typeof value === 'string' && column.type === 'date')
        return JSON.stringify(value.slice(0, 10));
      // Columns without time zone take their value with a Z too, and nothing else.
      if (typeof value === 'string' && column.type === 'datetime' && isZoneless(value))
        return JSON.stringify(`${value}Z`);
      if (typeof value === 'object')
        throw notWritable(write, column.name, `The value of ${column.name} is no text`);
      return JSON.stringify(typeof value === 'string' ? value : String(value));
  }
}

function isZoneless(moment: string): boolean {
  return /T\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/.test(moment);
}

/** The refusal of a value that no request can carry. */
export function notWritable(write: Write, column: string, what: string): DataverseError {
  return new DataverseError(
    'URM1053',
    {
      what,
      where: `${placeOf(write)}, column ${column}`,
      next: 'Correct the value in the package, or the column in the target.',
    },
    {},
  );
}
