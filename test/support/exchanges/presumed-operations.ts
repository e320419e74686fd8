import { isRow, type JsonRow } from './documented-json.ts';
import type { DocumentedResponse } from './exchange.ts';
import type { Planter } from './planted-rows.ts';
import { presumeColumn, presumeSet, presumeTable, putColumn } from './presumed-tables.ts';

/** An operation and what it is called with. */
export interface PresumedOperation {
  readonly name: string;
  readonly url: string;
  readonly json: JsonRow;
  readonly aliases: ReadonlyMap<string, string>;
  readonly response: DocumentedResponse;
  readonly table?: string;
}

/** Rows that an action or function is called about. */
export function presumeOperation(planter: Planter, operation: PresumedOperation): void {
  for (const value of Object.values(operation.json))
    entityParameter(planter, value, operation.json);
  presumeDefinitionsOf(planter, operation);
  for (const alias of operation.aliases.values()) {
    const url = /'?@odata\.id'?\s*:\s*'?"?(\w+)\(([^)]*)\)/.exec(alias);
    if (url?.[1] === undefined || url[2] === undefined) continue;
    planter.row(presumeSet(planter.environment, url[1]).logicalName, url[2]);
  }
}

function entityParameter(planter: Planter, value: unknown, body: JsonRow): void {
  if (!isRow(value)) return;
  const type = value['@odata.type'];
  if (typeof type !== 'string') return;
  const table = type.replace(/^#?Microsoft\.Dynamics\.CRM\./, '');
  const entity = presumeTable(planter.environment, table);
  const column = body['FileAttributeName'];
  if (typeof column === 'string' && !entity.attributes.has(column)) {
    putColumn(planter.environment, table, { name: column, type: 'Virtual', typeName: 'FileType' });
  }
  const id = value[entity.primaryId];
  if (typeof id === 'string') planter.row(table, id);
}

/** Tables and choices that an action on definitions changes. */
function presumeDefinitionsOf(planter: Planter, { json, name }: PresumedOperation): void {
  const { environment } = planter;
  const table = json['EntityLogicalName'];
  const column = json['AttributeLogicalName'];
  if (typeof table === 'string' && typeof column === 'string') {
    presumeTable(environment, table);
    const value = typeof json['Value'] === 'number' && !name.startsWith('Insert') ? json['Value'] : 1;
    const listed: readonly unknown[] = Array.isArray(json['Values']) ? json['Values'] : [value];
    const options = listed.map((each): [number, string] => [Number(each), String(each)]);
    presumeColumn(environment, table, { name: column, type: 'Picklist', options });
  }
  const relationships: readonly unknown[] = Array.isArray(json['OneToManyRelationships'])
    ? json['OneToManyRelationships']
    : [];
  for (const relationship of relationships) {
    if (!isRow(relationship)) continue;
    presumeTable(environment, String(relationship['ReferencedEntity']));
    presumeTable(environment, String(relationship['ReferencingEntity']));
  }
}
