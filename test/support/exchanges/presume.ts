import { parseGuid, sqlServerSortKey } from '#shared/model/guid.ts';
import type { Environment } from '#emulator/environment.ts';
import type { Entity } from '#emulator/metadata/metadata.ts';
import {
  readArguments,
  readPath,
  splitUrl,
  unquote,
  type Segment,
} from '#emulator/protocol/path.ts';
import { readQueryOptions, replaceAliases } from '#emulator/protocol/query-options.ts';
import { navigationOf } from '#emulator/query/navigation.ts';
import type { Cell } from '#emulator/store/store.ts';
import { documentedJson, isRow, rowsOf, type JsonRow } from './documented-json.ts';
import type { DocumentedResponse, Exchange } from './exchange.ts';
import { Planter } from './planted-rows.ts';
import { aggregatedRows, presumeAggregates } from './presumed-aggregates.ts';
import { decodeFetch, equalitiesOf, withoutAliases } from './presumed-fetch.ts';
import { presumeDefinitions } from './presumed-definitions.ts';
import { presumeOperation } from './presumed-operations.ts';
import {
  changeTable,
  columnOfValue,
  presumeColumn,
  presumeKey,
  presumeNavigation,
  presumeSet,
  putColumn,
} from './presumed-tables.ts';
import { satisfyFilter } from './satisfied-filter.ts';

/** One operation to prepare for: a whole exchange, or a part of a batch. */
export interface Presumed {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly response: DocumentedResponse;
}

interface Asked extends Presumed {
  readonly planter: Planter;
  readonly environment: Environment;
  readonly options: ReadonlyMap<string, string>;
  readonly aliases: ReadonlyMap<string, string>;
  readonly json: JsonRow;
}

/** Brings an environment into the state that an exchange presumes: its tables, columns and rows. */
export function presume(environment: Environment, exchange: Exchange): void {
  const { request, response } = exchange;
  if (response === undefined) return;
  const planter = new Planter(environment);
  if (request.url.endsWith('/$batch')) {
    const parts = partsOf(request.body);
    // Later parts read what the earlier ones wrote.
    const writes = parts.some((part) => part.method !== 'GET');
    for (const [index, part] of parts.entries()) {
      if (writes && part.method === 'GET') continue;
      presumeOne(planter, {
        ...part,
        response: response.parts?.[index] ?? { ...response, body: '' },
      });
    }
    return;
  }
  presumeOne(planter, { ...request, response });
}

function partsOf(body: string): readonly Omit<Presumed, 'response'>[] {
  const lines = /^(GET|POST|PATCH|PUT|DELETE) (\S+)(?: HTTP\/1\.1)?\s*$/gm;
  const found = [...body.matchAll(lines)];
  return found.map((match, index) => {
    const start = match.index + match[0].length;
    const rest = body.slice(start, found[index + 1]?.index ?? body.length);
    const json = /\{[\s\S]*\}/.exec(rest)?.[0] ?? '';
    const url = match[2] ?? '';
    const at = url.indexOf('/api/data/');
    return {
      method: match[1] ?? 'GET',
      url: at < 0 ? url : url.slice(at),
      headers: {},
      body: json,
    };
  });
}

function presumeOne(planter: Planter, presumed: Presumed): void {
  const { path, query } = splitUrl(presumed.url);
  const all = readQueryOptions(query);
  const aliases = new Map([...all].filter(([name]) => name.startsWith('@')));
  const options = new Map(
    [...all].map(([name, value]) => [
      name,
      name === 'fetchXml' ? value : replaceAliases(value, aliases),
    ]),
  );
  const body = documentedJson(presumed.body)?.value;
  const asked: Asked = {
    ...presumed,
    planter,
    environment: planter.environment,
    options,
    aliases,
    json: isRow(body) ? body : {},
  };
  presumeHeaders(asked);
  const segments = readPath(path.replace(/^.*?\/api\/data\/v\d+\.\d+\//, ''));
  const [first, ...rest] = segments;
  if (first === undefined || first.name.startsWith('$')) return;
  const definitions = [
    'EntityDefinitions',
    'RelationshipDefinitions',
    'GlobalOptionSetDefinitions',
  ];
  if (definitions.includes(first.name)) {
    presumeDefinitions(planter, { ...asked, segments });
    return;
  }
  if (/^[A-Z]/.test(first.name)) {
    bodyRows(asked, undefined);
    presumeOperation(planter, { ...asked, name: first.name });
    return;
  }
  presumeOfSet(asked, first, rest);
}

/** The user that a request impersonates. */
function presumeHeaders({ headers, planter }: Asked): void {
  const { store, rootBusinessUnitId } = planter.environment;
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() !== 'callerobjectid') continue;
    const id = planter.freshId();
    const cells: readonly [string, Cell][] = [
      ['azureactivedirectoryobjectid', value.toLowerCase()],
      ['fullname', 'Impersonated User'],
      ['isdisabled', false],
      ['businessunitid', { table: 'businessunit', id: rootBusinessUnitId }],
    ];
    planter.row('systemuser', id, new Map(cells));
    const administrator = [...store.rows('role')].find((role) =>
      JSON.stringify(role.cells.get('roletemplateid') ?? null).includes(
        systemAdministratorTemplate,
      ),
    );
    if (administrator === undefined) continue;
    const pair: readonly [string, Cell][] = [
      ['systemuserid', id],
      ['roleid', administrator.id],
    ];
    store.put('systemuserroles', planter.freshId(), new Map(pair));
  }
}

const systemAdministratorTemplate = '627090ff-40a3-4053-8790-584edc5be201';

/** A row that is like the one to be written, where the answer says that there is one. */
function presumeDuplicate({ response, json, planter }: Asked, table: string): void {
  if (!response.body.includes('0x80040333')) return;
  planter.documented(table, json, { id: planter.freshId() });
}

function presumeOfSet(asked: Asked, first: Segment, rest: readonly Segment[]): void {
  const { environment, planter, response } = asked;
  const type = typeIn(asked.json);
  const entity = presumeSet(environment, first.name, type ?? tableOfKey(first));
  const table = entity.logicalName;
  bodyRows(asked, table);
  presumeDuplicate(asked, table);
  const missing = response.status === 404 || (asked.method === 'PATCH' && response.status === 201);
  const id =
    first.argument === undefined ? undefined : keyed(asked, table, first.argument, missing);
  if (missing) return;
  if (id !== undefined) presumeWithin(asked, { table, id }, rest);
  else if (asked.method === 'GET' && rest.length === 0) collection(asked, table);
  else if (asked.method === 'GET' && rest[0]?.name === '$count') count(asked, table, () => {});
  presumeRequestedColumns(asked, table);
  const operation = rest[0]?.name;
  if (operation !== undefined)
    presumeOperation(planter, { ...asked, name: operation.replace(/^.*\./, ''), table });
}

/** `sample_examples/…UpdateMultiple` names its table in the targets. */
function typeIn(body: JsonRow): string | undefined {
  const targets = body['Targets'];
  const first: unknown = Array.isArray(targets) ? targets[0] : body;
  const type = isRow(first) ? first['@odata.type'] : undefined;
  return typeof type === 'string' ? type.replace(/^#?Microsoft\.Dynamics\.CRM\./, '') : undefined;
}

/** `contoso_sensordatas(contoso_sensordataid=…)` */
function tableOfKey({ argument = '' }: Segment): string | undefined {
  return /(\w+_\w+)id=/.exec(argument)?.[1];
}

/** The row that a key in a URL names. */
function keyed(
  asked: Asked,
  table: string,
  argument: string,
  missing: boolean,
): string | undefined {
  const { planter, environment } = asked;
  const entity = planter.entity(table);
  const id = parseGuid(argument);
  if (id !== undefined) {
    if (!missing) planter.row(table, id);
    return id;
  }
  const values = readArguments(argument);
  if (values === undefined) return undefined;
  const named = values.get(entity.primaryId);
  const own = named === undefined ? undefined : parseGuid(unquote(named));
  const others = [...values]
    .filter(([name]) => name !== entity.primaryId)
    .map(([name, literal]) => [name === 'partitionId' ? 'partitionid' : name, literal] as const);
  if (others.some(([name]) => name === 'partitionid')) {
    putColumn(environment, table, { name: 'partitionid', type: 'String', length: 1000 });
    changeTable(environment, table, () => ({ tableType: 'Elastic' }));
  }
  if (own === undefined) {
    presumeKeyColumns(asked, table, others);
    presumeKey(
      environment,
      table,
      others.map(([name]) => name.replace(/^_(.+)_value$/, '$1')),
    );
  }
  if (missing) return own;
  const rowId = own ?? planter.freshId();
  const cells = others.map(([name, literal]): [string, Cell] => [
    name,
    literal.startsWith("'") ? unquote(literal) : Number(literal),
  ]);
  planter.row(table, rowId, new Map(cells));
  return rowId;
}

function presumeKeyColumns(
  asked: Asked,
  table: string,
  values: readonly (readonly [string, string])[],
): void {
  for (const [name, literal] of values) {
    const value = literal.startsWith("'") ? unquote(literal) : Number(literal);
    const column = columnOfValue(name, value);
    presumeColumn(
      asked.environment,
      table,
      column.type === 'Memo' ? { ...column, type: 'String', length: 100 } : column,
    );
  }
}

/** Columns that a body writes, rows that it points at, rows that its targets name. */
function bodyRows(asked: Asked, table: string | undefined): void {
  const targets = asked.json['Targets'];
  if (Array.isArray(targets) && table !== undefined) {
    for (const target of targets as readonly unknown[]) {
      if (!isRow(target)) continue;
      written(asked, table, target);
      if ('partitionid' in target)
        changeTable(asked.environment, table, () => ({ tableType: 'Elastic' }));
      const id = target[planterId(asked, table)];
      if (typeof id === 'string' && !asked.url.includes('CreateMultiple'))
        asked.planter.row(table, id);
      const url = target['@odata.id'];
      const argument = typeof url === 'string' ? readPath(url).at(-1)?.argument : undefined;
      const values = readArguments(argument ?? '');
      if (values === undefined || values.size === 0) continue;
      presumeKeyColumns(asked, table, [...values]);
      presumeKey(asked.environment, table, [...values.keys()]);
    }
    return;
  }
  pointedAt(asked, asked.json);
  if (table === undefined) return;
  written(asked, table, asked.json);
  if ('partitionid' in asked.json) {
    changeTable(asked.environment, table, () => ({ tableType: 'Elastic' }));
  }
}

function planterId(asked: Asked, table: string): string {
  return asked.planter.entity(table).primaryId;
}

function written(asked: Asked, table: string, body: JsonRow): void {
  const { planter, environment } = asked;
  for (const [name, value] of Object.entries(body)) {
    if (name.endsWith('@odata.bind')) {
      const target = tableOfUrl(asked, value);
      const navigation = name.slice(0, -'@odata.bind'.length);
      if (target !== undefined) presumeNavigation(environment, table, { name: navigation, target });
      continue;
    }
    if (value === null) presumeFileColumn(asked, table, name);
    if (name.includes('@') || typeof value === 'object' || name === 'value') continue;
    if (planter.entity(table).attributes.has(name)) continue;
    presumeColumn(environment, table, columnOfValue(name, value));
  }
  pointedAt(asked, body);
}

/** A column of files or images, which a body empties. */
function presumeFileColumn({ planter, environment }: Asked, table: string, name: string): void {
  const kind = /_(file|image)column$/.exec(name)?.[1];
  if (kind === undefined || planter.entity(table).attributes.has(name)) return;
  const typeName = kind === 'image' ? 'ImageType' : 'FileType';
  putColumn(environment, table, { name, type: 'Virtual', typeName });
}

/** Every URL of a row in a body names one that is there. */
function pointedAt(asked: Asked, value: unknown): void {
  if (Array.isArray(value)) {
    for (const each of value as readonly unknown[]) pointedAt(asked, each);
  } else if (isRow(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (name.endsWith('@odata.bind') || name === '@odata.id') plantUrl(asked, member);
      else pointedAt(asked, member);
    }
  }
}

function tableOfUrl(asked: Asked, url: unknown): string | undefined {
  if (typeof url !== 'string' || url.startsWith('$')) return undefined;
  const set = /(?:^|\/)(\w+)\([^()]*\)$/.exec(url)?.[1];
  if (set === undefined || set.endsWith('Definitions')) return undefined;
  return presumeSet(asked.environment, set).logicalName;
}

function plantUrl(asked: Asked, url: unknown): void {
  const table = tableOfUrl(asked, url);
  const id = typeof url === 'string' ? parseGuid(/\(([^()]*)\)$/.exec(url)?.[1] ?? '') : undefined;
  if (table !== undefined && id !== undefined) asked.planter.row(table, id);
}

interface At {
  readonly table: string;
  readonly id: string;
}

/** What stands behind a row: a column, related rows, a file. */
function presumeWithin(asked: Asked, row: At, rest: readonly Segment[]): void {
  const { planter, response, environment } = asked;
  const [next, last] = rest;
  const answer = documentedJson(response.body)?.value;
  if (next === undefined) {
    if (isRow(answer) && response.status < 400)
      planter.documented(row.table, answer, { id: row.id });
    return;
  }
  const entity = planter.entity(row.table);
  if (/Microsoft\.Dynamics\.CRM\./.test(next.name)) return;
  const navigation = navigationOf(environment.metadata, entity, next.name);
  const isColumn = navigation === undefined && entity.attributes.has(next.name);
  const isWrite = ['PUT', 'PATCH', 'DELETE'].includes(asked.method);
  if (isColumn || last?.name === '$value' || (isWrite && navigation === undefined)) {
    presumeColumnAt(asked, row, { name: next.name, answer });
    return;
  }
  if (last?.name === '$count') {
    count(asked, row.table, (children) =>
      planter.related(row.table, row.id, { name: next.name, value: children }),
    );
    return;
  }
  const apply = asked.options.get('$apply');
  const rows =
    apply === undefined
      ? rowsOf(answer).map((each) => ({ ...each }))
      : rowsOf(answer).flatMap((each) => aggregatedRows(apply, each));
  const shown = rows.filter((each) =>
    Object.keys(each).some((name) => !name.startsWith('@odata.c')),
  );
  const single = isRow(answer) && !('value' in answer);
  const value: unknown = single ? shown[0] : shown;
  planter.related(row.table, row.id, { name: next.name, value: value ?? [] });
  const referenced = asked.options.get('$id');
  const argument = next.argument ?? /\(([^()]*)\)$/.exec(referenced ?? '')?.[1];
  const farId = parseGuid(argument ?? '');
  if (farId !== undefined) {
    planter.related(row.table, row.id, {
      name: next.name,
      value: [{ '@odata.id': `x(${farId})` }],
    });
  }
  const filter = asked.options.get('$filter');
  const target = targetOf(environment, entity, next.name);
  if (filter === undefined || target === undefined) return;
  for (const each of environment.store.rows(target))
    satisfyFilter(planter, { table: target, id: each.id }, filter);
}

function targetOf(environment: Environment, entity: Entity, name: string): string | undefined {
  const { metadata } = environment;
  return (
    metadata.oneToMany(entity.logicalName).find((each) => each.referencedNavigation === name)
      ?.referencingEntity ?? undefined
  );
}

function presumeColumnAt(
  asked: Asked,
  row: At,
  wanted: { readonly name: string; readonly answer: unknown },
): void {
  const { planter, environment, response } = asked;
  const { name, answer } = wanted;
  const entity = planter.entity(row.table);
  const isFile = /file|image|photo/i.test(name);
  if (!entity.attributes.has(name)) {
    if (!isFile) return;
    const typeName = /image|photo/i.test(name) ? 'ImageType' : 'FileType';
    putColumn(environment, row.table, { name, type: 'Virtual', typeName });
  }
  if (!isFile && answer === undefined && response.body !== '') {
    planter.documented(row.table, { [name]: response.body }, { id: row.id });
  }
  if (isRow(answer) && 'value' in answer && typeof answer['value'] !== 'object') {
    planter.documented(row.table, { [name]: answer['value'] }, { id: row.id });
  }
  if (response.status >= 400 || asked.method !== 'GET' || !isFile) return;
  const size = Number(response.headers['x-ms-file-size'] ?? 16);
  planter.set(row.table, row.id, name, {
    fileName: response.headers['x-ms-file-name'] ?? 'file.bin',
    mimeType: response.headers['mimetype'] ?? 'application/octet-stream',
    bytes: new Uint8Array(size),
  });
}

/** A column that only the query names. */
function presumeRequestedColumns(asked: Asked, table: string): void {
  const filter = asked.options.get('$filter') ?? '';
  for (const [, name = ''] of filter.matchAll(/\b(\w*(?:file|image)column) ne null/g)) {
    const typeName = name.includes('image') ? 'ImageType' : 'FileType';
    if (!asked.planter.entity(table).attributes.has(name)) {
      putColumn(asked.environment, table, { name, type: 'Virtual', typeName });
    }
  }
}

/** Rows that must not go, or nobody could sign in. */
const kept = new Set([
  'systemuser',
  'businessunit',
  'organization',
  'role',
  'team',
  'transactioncurrency',
  'sdkmessagefilter',
  'sdkmessage',
]);

function collection(asked: Asked, table: string): void {
  const { planter, environment, options, response } = asked;
  const { store } = environment;
  const answer = documentedJson(response.body)?.value;
  if (response.status >= 400) return;
  if (!kept.has(table)) for (const row of store.rows(table)) store.delete(table, row.id);
  const apply = options.get('$apply');
  const fetch = decodeFetch(options.get('fetchXml'));
  const rows = withoutAliases(fetch, rowsOf(answer));
  if (apply !== undefined) {
    presumeAggregates(planter, { table, apply, rows });
    return;
  }
  presumeSavedQuery(asked, table, answer);
  presumeChoices(asked, table, rows);
  const deleted = rows.filter((row) => row['reason'] === 'deleted');
  const shown = rows.filter((row) => row['reason'] !== 'deleted');
  const ids = inOrder(asked, planter.entity(table), shown);
  const ordered = options.has('$orderby') || options.has('fetchXml');
  const equalities = equalitiesOf(planter.entity(table), fetch);
  for (const [index, row] of shown.entries()) {
    const id = planter.documented(
      table,
      row,
      ordered || ids === undefined ? {} : { id: ids[index] ?? '' },
    );
    const filter = options.get('$filter');
    for (const each of [...(filter === undefined ? [] : [filter]), ...equalities]) {
      satisfyFilter(planter, { table, id }, each);
    }
    satisfyExpansions(asked, { table, id });
  }
  for (const row of deleted) if (typeof row['id'] === 'string') planter.row(table, row['id']);
  more(asked, table, { answer, shown, equalities });
}

/** A column of several choices, which only a condition of its own kind tells. */
function presumeChoices(
  { environment, options }: Asked,
  table: string,
  rows: readonly JsonRow[],
): void {
  const query = `${options.get('$filter') ?? ''}${decodeFetch(options.get('fetchXml'))}`;
  const [, inFilter, inFetch] =
    /ContainValues\(PropertyName='(\w+)'|attribute=['"](\w+)['"] operator=['"](?:not-)?contain-values/.exec(
      query,
    ) ?? [];
  const name = inFilter ?? inFetch;
  if (name === undefined) return;
  const labels = new Map<number, string>();
  for (const row of rows) {
    const { [name]: value, [`${name}@OData.Community.Display.V1.FormattedValue`]: label } = row;
    if (typeof value !== 'string' || typeof label !== 'string') continue;
    const shown = label.split('; ');
    for (const [index, each] of value.split(',').entries()) {
      labels.set(Number(each), shown[index] ?? '');
    }
  }
  putColumn(environment, table, {
    name,
    type: 'Virtual',
    typeName: 'MultiSelectPicklistType',
    options: [...labels],
  });
}

/** Filters within expansions hold for the rows that an answer shows there. */
function satisfyExpansions({ planter, options }: Asked, row: At): void {
  const expand = options.get('$expand') ?? '';
  for (const [, name = '', inner = ''] of expand.matchAll(/(\w+)\(((?:[^()]|\([^()]*\))*)\)/g)) {
    const filter = /\$filter=([^;]*)/.exec(inner)?.[1];
    const navigation = navigationOf(planter.environment.metadata, planter.entity(row.table), name);
    if (filter === undefined || navigation?.kind !== 'collection') continue;
    const table = navigation.target.logicalName;
    const own: Cell = { table: row.table, id: row.id };
    const children = planter.environment.store.find(table, navigation.column.logicalName, own);
    for (const child of children) satisfyFilter(planter, { table, id: child.id }, filter);
  }
}

/** Ids that sort as the page shows the rows: the pages were edited by hand. */
function inOrder(
  asked: Asked,
  entity: Entity,
  rows: readonly JsonRow[],
): readonly string[] | undefined {
  const ids = rows.map((row) => {
    const id = row[entity.primaryId];
    return typeof id === 'string' ? parseGuid(id) : undefined;
  });
  const keys = ids.map((id) => (id === undefined ? '' : sqlServerSortKey(id)));
  const ascending = keys.every(
    (key, index) => key !== '' && (index === 0 || key > (keys[index - 1] ?? '')),
  );
  return ascending ? undefined : rows.map(() => asked.planter.freshId());
}

/** More rows than the answer shows: before it, after it, or only counted. */
function more(
  asked: Asked,
  table: string,
  of: {
    readonly answer: unknown;
    readonly shown: readonly JsonRow[];
    readonly equalities: readonly string[];
  },
): void {
  const { planter, options } = asked;
  const [first] = of.shown;
  const last = of.shown.at(-1);
  if (first === undefined || last === undefined || !isRow(of.answer)) return;
  const fetch = decodeFetch(options.get('fetchXml'));
  const page = Number(/<fetch[^>]*\bpage=['"](\d+)/.exec(fetch)?.[1] ?? 1);
  const pageSize = Number(/<fetch[^>]*\bcount=['"](\d+)/.exec(fetch)?.[1] ?? 0);
  if (page > 1 && !fetch.includes('paging-cookie')) {
    for (let made = 0; made < (page - 1) * pageSize; made += 1) {
      const id = planter.freshId('first');
      const row = { ...withoutRelated(first), [planter.entity(table).primaryId]: null };
      planter.documented(table, row, { id });
      for (const each of of.equalities) satisfyFilter(planter, { table, id }, each);
    }
  }
  const counted = Number(of.answer['@odata.count'] ?? 0);
  const isMore =
    '@odata.nextLink' in of.answer || of.answer['@Microsoft.Dynamics.CRM.morerecords'] === true;
  const before = page > 1 && !fetch.includes('paging-cookie') ? (page - 1) * pageSize : 0;
  const there = of.shown.length + before;
  const wanted = Math.max(counted, there + (isMore ? 1 : 0));
  for (let have = there; have < wanted; have += 1) {
    const id = planter.freshId();
    planter.documented(table, withoutRelated(last), { id });
    for (const each of of.equalities) satisfyFilter(planter, { table, id }, each);
  }
}

/** Related rows belong to the row that shows them. */
function withoutRelated(row: JsonRow): JsonRow {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => typeof value !== 'object'));
}

function count(asked: Asked, table: string, relate: (rows: readonly JsonRow[]) => void): void {
  const wanted = Number(/\d+/.exec(asked.response.body)?.[0] ?? 0);
  const { planter, environment } = asked;
  const rows = Array.from({ length: wanted }, () => ({}));
  if (asked.url.split('?')[0]?.includes('(') === true) {
    relate(rows);
    return;
  }
  for (const row of environment.store.rows(table)) environment.store.delete(table, row.id);
  for (const row of rows) planter.documented(table, row);
}

/** The key comes unasked behind the columns that rows show: before one of them it was asked for. */
function isAsked(listed: readonly string[], key: string, answer: unknown): boolean {
  const [row = {}] = rowsOf(answer);
  return listed.slice(listed.indexOf(key) + 1).some((name) => name in row);
}

/** Links of a view, which an answer tells by the columns they start from. */
function linksOf(entity: Entity, answer: unknown): string {
  if (!isRow(answer)) return '';
  return Object.entries(answer)
    .map(([name, column]) => {
      const alias = /^@(.+)\.OData\.Community\.Display\.V1\.CurrentEntityField$/.exec(name)?.[1];
      const [table] = entity.attributes.get(String(column))?.targets ?? [];
      return alias === undefined || table === undefined
        ? ''
        : `<link-entity name="${table}" from="${table}id" to="${String(column)}" link-type="outer" alias="${alias}"><attribute name="description" /></link-entity>`;
    })
    .join('');
}

/** A view that selects what the answer shows. */
function presumeSavedQuery(asked: Asked, table: string, answer: unknown): void {
  const { options, planter } = asked;
  const context = isRow(answer) ? String(answer['@odata.context']) : '';
  const listed = (/#\w+\((.*)\)/.exec(context)?.[1]?.split(',') ?? []).filter(
    (name) => !name.endsWith('()'),
  );
  const entity = planter.entity(table);
  const columns = listed.filter((name) => entity.attributes.get(name)?.type !== 'Lookup');
  const lookups = listed.flatMap((name) => /^_(.*)_value$/.exec(name)?.[1] ?? []);
  const wanted = listed.flatMap((name) => {
    const lookup = /^_(.*)_value$/.exec(name)?.[1];
    if (lookup !== undefined) return lookup === 'transactioncurrencyid' ? [] : [lookup];
    const isImplied = name === entity.primaryId && !isAsked(listed, name, answer);
    return columns.includes(name) && !isImplied && !lookups.includes(name) ? [name] : [];
  });
  const attributes = wanted.map((name) => `<attribute name="${name}" />`).join('');
  const fetch = `<fetch><entity name="${table}">${attributes}${linksOf(entity, answer)}</entity></fetch>`;
  for (const [option, view] of [
    ['savedQuery', 'savedquery'],
    ['userQuery', 'userquery'],
  ] as const) {
    const id = parseGuid(options.get(option) ?? '');
    if (id !== undefined) {
      planter.row(
        view,
        id,
        new Map([
          ['fetchxml', fetch],
          ['name', 'View'],
          ['returnedtypecode', table],
        ]),
      );
    }
  }
}
