import { documentedJson, isRow, type JsonRow } from './documented-json.ts';
import type { DocumentedResponse } from './exchange.ts';
import type { Planter } from './planted-rows.ts';
import { presumePublisher, presumeShares } from './presumed-answers.ts';
import {
  changeTable,
  presumeColumn,
  presumeSet,
  presumeTable,
  putColumn,
} from './presumed-tables.ts';

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
  presumeNumbered(planter, operation);
  presumeAnswer(planter, operation);
  for (const alias of operation.aliases.values()) {
    const typed =
      /'@odata\.type'\s*:\s*'#?Microsoft\.Dynamics\.CRM\.(\w+)'[\s\S]*'\1id'\s*:\s*'([^']*)'/.exec(
        alias,
      );
    if (typed?.[1] !== undefined && typed[2] !== undefined) {
      planter.row(presumeTable(planter.environment, typed[1]).logicalName, typed[2]);
    }
    const url = /'?@odata\.id'?\s*:\s*'?"?(\w+)\(([^)]*)\)/.exec(alias);
    if (url?.[1] === undefined || url[2] === undefined) continue;
    planter.row(presumeSet(planter.environment, url[1]).logicalName, url[2]);
  }
}

function entityParameter(planter: Planter, value: unknown, body: JsonRow): void {
  if (!isRow(value)) return;
  const type = value['@odata.type'];
  if (typeof type !== 'string') {
    for (const member of Object.values(value)) entityParameter(planter, member, body);
    return;
  }
  const table = type.replace(/^#?Microsoft\.Dynamics\.CRM\./, '');
  const entity = presumeTable(planter.environment, table);
  const column = body['FileAttributeName'];
  if (typeof column === 'string' && !entity.attributes.has(column)) {
    putColumn(planter.environment, table, { name: column, type: 'Virtual', typeName: 'FileType' });
  }
  // Users and teams go by either key.
  const id = value[entity.primaryId] ?? value['ownerid'];
  if (typeof id === 'string') planter.row(table, id);
}

/** Tables and choices that an action on definitions changes. */
function presumeDefinitionsOf(planter: Planter, { json, name }: PresumedOperation): void {
  const { environment } = planter;
  const table = json['EntityLogicalName'];
  const column = json['AttributeLogicalName'];
  if (typeof table === 'string' && typeof column === 'string') {
    presumeTable(environment, table);
    const value =
      typeof json['Value'] === 'number' && !name.startsWith('Insert') ? json['Value'] : 1;
    const listed: readonly unknown[] = Array.isArray(json['Values']) ? json['Values'] : [value];
    const options = listed.map((each): [number, string] => [Number(each), String(each)]);
    presumeColumn(environment, table, { name: column, type: 'Picklist', options });
  }
  // `CanBeReferenced` and its like.
  if (typeof json['EntityName'] === 'string')
    presumeTable(environment, json['EntityName'].toLowerCase());
  const relationships: readonly unknown[] = Array.isArray(json['OneToManyRelationships'])
    ? json['OneToManyRelationships']
    : [];
  for (const relationship of relationships) {
    if (!isRow(relationship)) continue;
    presumeTable(environment, String(relationship['ReferencedEntity']));
    presumeTable(environment, String(relationship['ReferencingEntity']));
  }
}

/** A column that numbers itself, where an action sets where it starts. */
function presumeNumbered(planter: Planter, { json, name }: PresumedOperation): void {
  const { EntityName: table, AttributeName: column } = json;
  if (!name.endsWith('AutoNumberSeed') || typeof table !== 'string') return;
  const { environment } = planter;
  const entity = presumeTable(environment, table.toLowerCase());
  const logicalName = String(column).toLowerCase();
  const changed = putColumn(environment, entity.logicalName, {
    name: logicalName,
    type: 'String',
    length: 100,
  });
  const attribute = changed.attributes.get(logicalName);
  if (attribute === undefined) return;
  const numbered = { ...attribute, given: { AutoNumberFormat: '{SEQNUM:5}' } };
  changeTable(environment, entity.logicalName, ({ attributes }) => ({
    attributes: new Map([...attributes, [logicalName, numbered]]),
  }));
}

/** Rows and columns that an answer is made of. */
function presumeAnswer(planter: Planter, operation: PresumedOperation): void {
  const answer = documentedJson(operation.response.body)?.value;
  if (!isRow(answer)) return;
  const total = answer['TotalTime'];
  const id = /\(([0-9a-f-]{36})\)/.exec(operation.url)?.[1];
  if (typeof total === 'number' && operation.table !== undefined && id !== undefined) {
    const task = planter.documented('task', { actualdurationminutes: total, statecode: 1 });
    planter.set('task', task, 'regardingobjectid', { table: operation.table, id });
  }
  if (operation.name === 'ExecuteCosmosSqlQuery') presumeElasticRows(planter, operation, answer);
  presumePublisher(planter, operation.json, answer);
  presumeShares(planter, operation.aliases.get('@p1') ?? '', answer);
  if (operation.name === 'InitializeFrom') presumeMapped(planter, operation, answer);
  if (operation.name === 'RetrieveTotalRecordCount') presumeTotals(planter, answer);
}

/** As many rows of each table as the answer counts. */
function presumeTotals(planter: Planter, answer: JsonRow): void {
  const counts = answer['EntityRecordCountCollection'];
  if (!isRow(counts)) return;
  const { Keys: tables, Values: totals } = counts;
  if (!Array.isArray(tables) || !Array.isArray(totals)) return;
  for (const [index, name] of tables.entries()) {
    const table = presumeTable(planter.environment, String(name)).logicalName;
    const missing = Number(totals[index]) - planter.environment.store.count(table);
    for (let made = 0; made < missing; made += 1) planter.row(table, planter.freshId());
  }
}

/** The row that a new one is made from has what the answer takes over. */
function presumeMapped(planter: Planter, operation: PresumedOperation, answer: JsonRow): void {
  const moniker = operation.aliases.get('@p1') ?? '';
  const [, set = '', id = ''] = /(\w+)\(([0-9a-f-]{36})\)/.exec(moniker) ?? [];
  const table = presumeSet(planter.environment, set).logicalName;
  const taken: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(answer)) {
    if (name.startsWith('@') || name.startsWith('parent')) continue;
    const bound = /^(\w+)@odata\.bind$/.exec(name)?.[1];
    if (bound === undefined) taken[name] = value;
    else taken[`_${bound}_value`] = /\(([^)]*)\)/.exec(String(value))?.[1];
  }
  planter.documented(table, taken, { id });
}

/** Rows of an elastic table that a query over its JSON finds. */
function presumeElasticRows(
  planter: Planter,
  { aliases }: PresumedOperation,
  answer: JsonRow,
): void {
  const query = aliases.get('@p1') ?? '';
  const table = (aliases.get('@p2') ?? '').replaceAll("'", '');
  const { environment } = planter;
  presumeTable(environment, table);
  changeTable(environment, table, () => ({ tableType: 'Elastic' }));
  presumeColumn(environment, table, { name: 'partitionid', type: 'String', length: 1000 });
  const columns = [...query.matchAll(/c\.props\.([\w.]+) as (\w+)/g)];
  const conditions = [...query.matchAll(/c\.props\.([\w.]+)\s*(=|>)\s*(@\w+)/g)];
  const given = documentedJson((aliases.get('@p3') ?? '{}').replaceAll("'", '"'))?.value;
  const keys: readonly unknown[] =
    isRow(given) && Array.isArray(given['Keys']) ? given['Keys'] : [];
  const values: readonly unknown[] =
    isRow(given) && Array.isArray(given['Values']) ? given['Values'] : [];
  const results: readonly unknown[] = Array.isArray(answer['Result']) ? answer['Result'] : [];
  const pageSize = Number(aliases.get('@p4') ?? results.length);
  const rows = answer['HasMore'] === true ? pageSize + 1 : results.length;
  for (let made = 0; made < rows; made += 1) {
    const shown = results[Math.min(made, results.length - 1)];
    const row = new Map<string, unknown>([
      ['partitionid', (aliases.get('@p5') ?? '').replaceAll("'", '')],
    ]);
    for (const [, path = '', operator, parameter] of conditions) {
      const value = values[keys.indexOf(parameter)];
      const wanted = isRow(value) ? value['Value'] : undefined;
      put(row, path, operator === '=' ? wanted : Number(wanted) + 1);
    }
    for (const [, path = '', alias = ''] of columns) {
      const value = isRow(shown) ? shown[alias] : undefined;
      if (value !== undefined) put(row, path, value);
    }
    const members = [...row].map(([name, value]) => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : value,
    ]);
    planter.documented(table, Object.fromEntries(members));
  }
}

/** `contoso_energyconsumption.power` is a member of the JSON that the column holds. */
function put(row: Map<string, unknown>, path: string, value: unknown): void {
  const [column = '', member] = path.split('.');
  if (member === undefined) {
    row.set(column, value);
    return;
  }
  const known = row.get(column);
  row.set(column, { ...(isRow(known) ? known : {}), [member]: value });
}
