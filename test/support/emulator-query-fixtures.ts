import type { Environment } from '#emulator/environment.ts';
import { loadMetadata } from '#emulator/metadata/load-metadata.ts';
import type { Attribute, AttributeType, Entity } from '#emulator/metadata/metadata.ts';
import type { JsonObject, QueryContext } from '#emulator/query/interface.ts';
import { runFetchXml } from '#emulator/query/run-fetch-xml.ts';
import { runODataQuery } from '#emulator/query/run-odata-query.ts';
import { MemoryStore } from '#emulator/store/memory-store.ts';
import type { Cell } from '#emulator/store/store.ts';

export const administratorId = '11111111-0000-4000-8000-000000000001';
export const otherUserId = '11111111-0000-4000-8000-000000000002';
export const businessUnitId = '22222222-0000-4000-8000-000000000001';

/** 10 April 2024, a Wednesday, 12:00 UTC. */
export const fixedNow = Date.UTC(2024, 3, 10, 12, 0, 0);

/** An id that is readable in a failure: `rowId(7)`. */
export function rowId(number: number): string {
  return `33333333-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

export function aColumn(
  logicalName: string,
  type: AttributeType,
  more: Partial<Attribute> = {},
): Attribute {
  return {
    logicalName,
    schemaName: logicalName,
    displayName: logicalName,
    type,
    typeName: `${type}Type`,
    requiredLevel: 'None',
    validForCreate: true,
    validForUpdate: true,
    validForRead: true,
    secured: false,
    custom: true,
    targets: [],
    validODataAttribute: true,
    ...more,
  };
}

export function aTable(logicalName: string, columns: readonly Attribute[]): Entity {
  const key = `${logicalName}id`;
  const all = [
    aColumn(key, 'Uniqueidentifier'),
    ...columns,
    aColumn('versionnumber', 'BigInt', { custom: false }),
  ];
  return {
    logicalName,
    schemaName: logicalName,
    displayName: logicalName,
    displayCollectionName: `${logicalName}s`,
    entitySetName: `${logicalName}s`,
    logicalCollectionName: `${logicalName}s`,
    objectTypeCode: 19_000,
    primaryId: key,
    primaryName: 'x_name',
    ownership: 'UserOwned',
    isIntersect: false,
    isActivity: false,
    custom: true,
    solutionAware: false,
    optimisticConcurrency: true,
    attributes: new Map(all.map((column) => [column.logicalName, column])),
    keys: [],
    privileges: [],
    bulkMessages: true,
  };
}

export interface QueryWorld {
  readonly environment: Environment;
  readonly store: MemoryStore;
  put(table: string, id: string, cells: Readonly<Record<string, Cell>>): void;
  context(preferences?: {
    readonly annotations?: string;
    readonly maxPageSize?: number;
  }): QueryContext;
  /** `thing`, `$select=x_name&$filter=…`, options as they stand decoded. */
  odata(table: string, query: string, context?: QueryContext): JsonObject;
  fetch(xml: string, context?: QueryContext): JsonObject;
}

/**
 * A world with three tables of its own: `x_thing` with a column of every kind and a parent, `x_part` that
 * belongs to a thing, and `x_label` that any number of things share.
 */
export function createQueryWorld(): QueryWorld {
  const metadata = loadMetadata({ typeCodeShift: 0 });
  const thing = aTable('x_thing', [
    aColumn('x_name', 'String'),
    aColumn('x_note', 'Memo'),
    aColumn('x_count', 'Integer'),
    aColumn('x_other', 'Integer'),
    aColumn('x_amount', 'Decimal', { precision: 2 }),
    aColumn('x_price', 'Money', { precision: 2 }),
    aColumn('transactioncurrencyid', 'Lookup', { targets: ['transactioncurrency'] }),
    aColumn('x_ratio', 'Double'),
    aColumn('x_big', 'BigInt'),
    aColumn('x_when', 'DateTime', { dateTimeBehavior: 'UserLocal', format: 'DateAndTime' }),
    aColumn('x_day', 'DateTime', { dateTimeBehavior: 'DateOnly', format: 'DateOnly' }),
    aColumn('x_flag', 'Boolean', {
      options: [
        { value: 0, label: 'Off' },
        { value: 1, label: 'On' },
      ],
    }),
    aColumn('x_kind', 'Picklist', {
      options: [
        { value: 1, label: 'Zebra' },
        { value: 2, label: 'Ant' },
        { value: 3, label: 'Mole' },
      ],
    }),
    aColumn('x_tags', 'Virtual', {
      typeName: 'MultiSelectPicklistType',
      options: [
        { value: 1, label: 'Red' },
        { value: 2, label: 'Green' },
        { value: 3, label: 'Blue' },
      ],
    }),
    aColumn('x_parentid', 'Lookup', { targets: ['x_thing'] }),
    aColumn('x_parentidname', 'String', { attributeOf: 'x_parentid', validODataAttribute: false }),
    aColumn('x_userid', 'Lookup', { targets: ['systemuser'] }),
    aColumn('x_secret', 'String', { secured: true }),
  ]);
  const part = aTable('x_part', [
    aColumn('x_name', 'String'),
    aColumn('x_size', 'Integer'),
    aColumn('x_thingid', 'Lookup', { targets: ['x_thing'] }),
  ]);
  const label = aTable('x_label', [aColumn('x_name', 'String')]);
  const pairs = {
    ...aTable('x_thing_label', [
      aColumn('x_thingid', 'Uniqueidentifier'),
      aColumn('x_labelid', 'Uniqueidentifier'),
    ]),
    isIntersect: true,
  };
  metadata.add({
    entities: [thing, part, label, pairs],
    manyToOne: [
      {
        schemaName: 'x_thing_x_thing',
        referencingEntity: 'x_thing',
        referencingAttribute: 'x_parentid',
        referencedEntity: 'x_thing',
        referencedAttribute: 'x_thingid',
        referencingNavigation: 'x_ParentId',
        referencedNavigation: 'x_children',
        cascadeDelete: 'RemoveLink',
      },
      {
        schemaName: 'x_thing_user',
        referencingEntity: 'x_thing',
        referencingAttribute: 'x_userid',
        referencedEntity: 'systemuser',
        referencedAttribute: 'systemuserid',
        referencingNavigation: 'x_UserId',
        referencedNavigation: 'x_user_things',
        cascadeDelete: 'RemoveLink',
      },
      {
        schemaName: 'x_thing_currency',
        referencingEntity: 'x_thing',
        referencingAttribute: 'transactioncurrencyid',
        referencedEntity: 'transactioncurrency',
        referencedAttribute: 'transactioncurrencyid',
        referencingNavigation: 'transactioncurrencyid',
        referencedNavigation: 'x_currency_things',
        cascadeDelete: 'Restrict',
      },
      {
        schemaName: 'x_thing_x_part',
        referencingEntity: 'x_part',
        referencingAttribute: 'x_thingid',
        referencedEntity: 'x_thing',
        referencedAttribute: 'x_thingid',
        referencingNavigation: 'x_ThingId',
        referencedNavigation: 'x_thing_parts',
        cascadeDelete: 'Cascade',
      },
    ],
    manyToMany: [
      {
        schemaName: 'x_thing_label',
        intersectEntity: 'x_thing_label',
        entity1: 'x_thing',
        entity1Attribute: 'x_thingid',
        entity1Navigation: 'x_labels',
        entity2: 'x_label',
        entity2Attribute: 'x_labelid',
        entity2Navigation: 'x_things',
      },
    ],
  });
  const store = new MemoryStore();
  const environment: Environment = {
    name: 'test',
    organizationId: rowId(999),
    tenantId: rowId(997),
    rootBusinessUnitId: businessUnitId,
    administratorId,
    version: '9.2.25093.168',
    metadata,
    store,
    now: () => fixedNow,
    newId: () => rowId(998),
    serverLogic: 'documented',
  };
  const world: QueryWorld = {
    environment,
    store,
    put: (table, id, cells) => void store.put(table, id, new Map(Object.entries(cells))),
    context: (preferences = {}) => ({
      environment,
      caller: { userId: administratorId, businessUnitId },
      rootUrl: 'http://emulator/api/data/v9.2/',
      preferences: {
        annotation: annotationTest(preferences.annotations ?? ''),
        ...(preferences.maxPageSize === undefined ? {} : { maxPageSize: preferences.maxPageSize }),
      },
    }),
    odata: (table, query, context = world.context()) =>
      runODataQuery(
        context,
        tableOf(environment, table),
        optionsOf(query),
        `/api/data/v9.2/${tableOf(environment, table).entitySetName}?${query}`,
      ),
    fetch: (xml, context = world.context()) =>
      runFetchXml(
        context,
        tableOf(environment, /<entity\s+name=["']([^"']+)/.exec(xml)?.[1] ?? ''),
        xml,
      ),
  };
  return world;
}

function annotationTest(list: string): (name: string) => boolean {
  const wanted = list.split(',').filter((name) => name !== '');
  return (name) =>
    wanted.some((pattern) =>
      pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
    );
}

export function tableOf(environment: Environment, name: string): Entity {
  const entity = environment.metadata.entity(name);
  if (entity === undefined) throw new Error(`no table ${name}`);
  return entity;
}

/** Options of a query text; `&` separates, nothing is decoded but `%26`. */
export function optionsOf(query: string): ReadonlyMap<string, string> {
  return new Map(
    query
      .split('&')
      .filter((part) => part !== '')
      .map((part): [string, string] => {
        const at = part.indexOf('=');
        const name = part.slice(0, at);
        const value = part.slice(at + 1);
        return [name, name === '$skiptoken' ? decodeURIComponent(value) : value];
      }),
  );
}

/** Rows of an answer. */
export function valuesOf(answer: JsonObject): readonly Readonly<Record<string, unknown>>[] {
  const { value } = answer;
  if (!Array.isArray(value)) throw new Error('the answer holds no rows');
  return value as readonly Readonly<Record<string, unknown>>[];
}

/** One column of all rows of an answer. */
export function columnOf(answer: JsonObject, name: string): readonly unknown[] {
  return valuesOf(answer).map((row) => row[name]);
}
