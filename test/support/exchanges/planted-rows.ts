import { parseGuid } from '#shared/model/guid.ts';
import type { Environment } from '#emulator/environment.ts';
import { completeRow } from '#emulator/logic/complete-row.ts';
import type { Attribute, Entity } from '#emulator/metadata/metadata.ts';
import { navigationOf } from '#emulator/query/navigation.ts';
import { attributeOfProperty } from '#emulator/query/row-members.ts';
import type { Cell, Reference } from '#emulator/store/store.ts';
import { isRow, type JsonRow } from './documented-json.ts';
import { columnOfValue, presumeColumn } from './presumed-tables.ts';

const formatted = '@OData.Community.Display.V1.FormattedValue';
const lookupTable = '@Microsoft.Dynamics.CRM.lookuplogicalname';

/** Puts rows where an exchange presumes them. */
export class Planter {
  readonly environment: Environment;
  #lastId = 0;

  constructor(environment: Environment) {
    this.environment = environment;
  }

  /** Ids in ascending order of paging, before or after all others. */
  freshId(place: 'first' | 'last' = 'last'): string {
    this.#lastId += 1;
    const number = this.#lastId.toString(16).padStart(11, '0');
    return `00000000-0000-0000-0000-${place === 'first' ? '0' : 'f'}${number}`;
  }

  entity(name: string): Entity {
    const entity = this.environment.metadata.entity(name);
    if (entity === undefined) throw new Error(`there is no table '${name}'`);
    return entity;
  }

  /** A row with an id, made where it is not there. */
  row(table: string, id: string, cells: ReadonlyMap<string, Cell> = new Map()): void {
    const { store } = this.environment;
    const entity = this.entity(table);
    const known = store.get(table, id)?.cells;
    const merged = new Map<string, Cell>([...(known ?? []), ...cells]);
    if (known === undefined) {
      const time = `${new Date(this.environment.now()).toISOString().slice(0, 19)}Z`;
      completeRow(this.environment, entity, { id, cells: merged, time });
    }
    store.put(table, id, new Map([...merged].filter(([, cell]) => cell !== null)));
  }

  set(table: string, id: string, column: string, cell: Cell): void {
    this.row(table, id, new Map([[column, cell]]));
  }

  cell(table: string, id: string, column: string): Cell {
    return this.environment.store.get(table, id)?.cells.get(column) ?? null;
  }

  /** Plants a row as an answer shows it, with the rows it points at and those expanded in it. */
  documented(table: string, row: JsonRow, given: { readonly id?: string } = {}): string {
    const entity = this.entity(table);
    const shown = row[entity.primaryId];
    const known = typeof shown === 'string' ? parseGuid(shown) : undefined;
    const id = given.id ?? known ?? this.freshId();
    const cells = new Map<string, Cell>();
    const children: [string, unknown][] = [];
    for (const [name, value] of Object.entries(row)) {
      if (name.includes('@') || name.includes('.') || name === entity.primaryId) continue;
      if (typeof value === 'object' && value !== null) {
        children.push([name, value]);
        continue;
      }
      const column = this.#column(table, name, value);
      if (column === undefined) continue;
      cells.set(column.logicalName, this.#cell(column, { row, name, value }));
    }
    this.row(table, id, cells);
    for (const [name, value] of children) this.related(table, id, { name, value });
    return id;
  }

  #column(table: string, name: string, value: unknown): Attribute | undefined {
    const found = attributeOfProperty(this.entity(table), name);
    if (found !== undefined) return found;
    // The derived key of users and teams is no column.
    if (name === 'ownerid' || /^_.*_value$/.test(name)) return undefined;
    presumeColumn(this.environment, table, columnOfValue(name, value));
    return attributeOfProperty(this.entity(table), name);
  }

  #cell(
    column: Attribute,
    shown: { readonly row: JsonRow; readonly name: string; readonly value: unknown },
  ): Cell {
    const { row, name, value } = shown;
    if (value === null || value === undefined || typeof value === 'object') return null;
    if (column.typeName === 'MultiSelectPicklistType') return textOf(value).split(',').map(Number);
    switch (column.type) {
      case 'Lookup':
      case 'Customer':
      case 'Owner':
        return this.#reference(column, { row, name, id: textOf(value) });
      case 'Money':
        return Number(value).toFixed(4);
      case 'Decimal':
      case 'BigInt':
        return textOf(value);
      case 'Boolean':
      case 'Double':
      case 'Integer':
      case 'Picklist':
      case 'State':
      case 'Status':
        return typeof value === 'boolean' ? value : Number(value);
      case 'DateTime':
      case 'EntityName':
      case 'ManagedProperty':
      case 'Memo':
      case 'PartyList':
      case 'String':
      case 'Uniqueidentifier':
      case 'Virtual':
        return textOf(value);
      default:
        return column.type satisfies never;
    }
  }

  #reference(
    column: Attribute,
    shown: { readonly row: JsonRow; readonly name: string; readonly id: string },
  ): Reference {
    const given = shown.row[`${shown.name}${lookupTable}`];
    const table = typeof given === 'string' ? given : (column.targets[0] ?? 'systemuser');
    const id = parseGuid(shown.id) ?? this.freshId();
    const name = shown.row[`${shown.name}${formatted}`];
    this.named(table, id, typeof name === 'string' ? name : undefined);
    return { table, id };
  }

  /** A row that something points at, with the name it is shown by. */
  named(table: string, id: string, name?: string): void {
    const entity = this.environment.metadata.entity(table);
    if (entity === undefined) return;
    const { primaryName } = entity;
    const cells = new Map<string, Cell>();
    if (name !== undefined && primaryName !== undefined) cells.set(primaryName, name);
    this.row(table, id, cells);
  }

  /** Plants what a navigation property of an answer shows. */
  related(
    table: string,
    id: string,
    shown: { readonly name: string; readonly value: unknown },
  ): void {
    const navigation = navigationOf(this.environment.metadata, this.entity(table), shown.name);
    if (navigation === undefined) return;
    const target = navigation.target.logicalName;
    const values: readonly unknown[] = Array.isArray(shown.value) ? shown.value : [shown.value];
    for (const value of values) {
      if (!isRow(value)) continue;
      const url = value['@odata.id'];
      const pointed =
        typeof url === 'string' ? parseGuid(/\(([^)]*)\)/.exec(url)?.[1] ?? '') : undefined;
      const child =
        pointed === undefined
          ? this.documented(target, value)
          : (this.named(target, pointed), pointed);
      if (navigation.kind === 'single') {
        this.set(table, id, navigation.column.logicalName, { table: target, id: child });
      } else if (navigation.kind === 'collection') {
        this.set(target, child, navigation.column.logicalName, { table, id });
        const name = value[`_${navigation.column.logicalName}_value${formatted}`];
        if (typeof name === 'string') this.named(table, id, name);
      } else {
        this.environment.store.put(
          navigation.intersect.logicalName,
          this.freshId(),
          new Map([
            [navigation.nearColumn.logicalName, id],
            [navigation.farColumn.logicalName, child],
          ]),
        );
      }
    }
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
