import type { Environment } from '#emulator/environment.ts';
import type { Attribute, Entity } from '#emulator/metadata/metadata.ts';
import { navigationOf } from '#emulator/query/navigation.ts';
import { attributeOfProperty } from '#emulator/query/row-members.ts';
import { kindOf } from '#emulator/query/column-value.ts';
import type { Cell } from '#emulator/store/store.ts';

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Puts the rows of a recorded answer into a store, so that the same question can be asked again. */
export function putRecordedRows(environment: Environment, entity: Entity, rows: unknown): void {
  for (const row of Array.isArray(rows) ? (rows as readonly unknown[]) : [rows]) {
    if (isObject(row)) putRow(environment, entity, row);
  }
}

function putRow(environment: Environment, entity: Entity, row: Json): void {
  const id = row[entity.primaryId];
  if (typeof id !== 'string') return;
  const known = environment.store.get(entity.logicalName, id)?.cells ?? new Map<string, Cell>();
  const cells = new Map<string, Cell>(known);
  const related: (() => void)[] = [];
  for (const [name, value] of Object.entries(row)) {
    if (name.includes('@') || value === null) continue;
    const attribute = attributeOfProperty(entity, name);
    const navigation = navigationOf(environment.metadata, entity, name);
    if (navigation !== undefined && typeof value === 'object') {
      const children: readonly unknown[] = Array.isArray(value) ? value : [value];
      for (const child of children) {
        if (!isObject(child)) continue;
        if (navigation.kind === 'single') {
          const target = child[navigation.target.primaryId];
          if (typeof target === 'string') {
            cells.set(navigation.column.logicalName, {
              table: navigation.target.logicalName,
              id: target,
            });
          }
        }
        related.push(() => {
          putRow(environment, navigation.target, child);
          if (navigation.kind === 'collection') {
            point(environment, navigation.target, {
              id: String(child[navigation.target.primaryId]),
              column: navigation.column.logicalName,
              to: { table: entity.logicalName, id },
            });
          }
        });
      }
    } else if (attribute !== undefined && name !== entity.primaryId) {
      cells.set(attribute.logicalName, cellOf(environment, attribute, { row, name, value }));
    }
  }
  environment.store.put(entity.logicalName, id, cells);
  for (const put of related) put();
}

function point(
  environment: Environment,
  entity: Entity,
  link: { readonly id: string; readonly column: string; readonly to: Cell },
): void {
  const cells = new Map(environment.store.get(entity.logicalName, link.id)?.cells);
  cells.set(link.column, link.to);
  environment.store.put(entity.logicalName, link.id, cells);
}

function cellOf(
  environment: Environment,
  attribute: Attribute,
  member: { readonly row: Json; readonly name: string; readonly value: unknown },
): Cell {
  const { row, name, value } = member;
  switch (kindOf(attribute)) {
    case 'guid': {
      const id = String(value);
      const named = row[`${name}@Microsoft.Dynamics.CRM.lookuplogicalname`];
      const table = typeof named === 'string' ? named : (attribute.targets[0] ?? '');
      const label = row[`${name}@OData.Community.Display.V1.FormattedValue`];
      const target = environment.metadata.entity(table);
      if (target?.primaryName !== undefined && typeof label === 'string') {
        const cells = new Map(environment.store.get(table, id)?.cells);
        environment.store.put(table, id, cells.set(target.primaryName, label));
      }
      return { table, id };
    }
    case 'decimal':
      return Number(value).toFixed(4);
    case 'number':
    case 'boolean':
    case 'datetime':
    case 'text':
    case 'bigint':
    case 'choices':
    case 'bytes':
      return typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
  }
}
