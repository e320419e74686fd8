import { parseGuid } from '#shared/model/guid.ts';
import type { Caller } from '../environment.ts';
import {
  directReference,
  literalMismatch,
  malformedJson,
  nestedUpdate,
  undeclaredNavigation,
  unknownProperty,
  wrongBindTarget,
  wrongType,
} from '../errors/payload-errors.ts';
import { assertAccess } from '../logic/access.ts';
import { activityParty } from '../metadata/activity-parties.ts';
import type { Entity, ManyToOne } from '../metadata/metadata.ts';
import type { JsonObject } from '../query/interface.ts';
import type { Cell } from '../store/store.ts';
import { rowOfUrl, type BindContext, type BoundRow } from './bind.ts';
import { convertValue } from './convert-value.ts';
import { findNavigation, type CollectionNavigation } from './navigation.ts';

/** What every write needs to know of its request. */
export interface WriteContext extends BindContext {
  readonly caller: Caller;
}

/** Rows to make along with a row, by the relationship that ties them. */
export interface NestedRows {
  readonly navigation: CollectionNavigation;
  readonly created: readonly Payload[];
  readonly bound: readonly BoundRow[];
}

/** A body, checked against the table's metadata. */
export interface Payload {
  readonly entity: Entity;
  readonly id?: string;
  readonly cells: Map<string, Cell>;
  /** Rows that this one's lookups point at and that are made first. */
  readonly parents: readonly { readonly column: string; readonly payload: Payload }[];
  readonly nested: readonly NestedRows[];
}

/** Parses a body; the service reads nothing but one object. */
export function readJsonObject(entitySet: string, body: Uint8Array): JsonObject {
  const text = Buffer.from(body)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformedJson(entitySet, `Invalid JSON. ${cause instanceof Error ? cause.message : ''}`);
  }
  if (!isJsonObject(value)) {
    throw malformedJson(
      entitySet,
      "An unexpected 'StartArray' node was found when reading from the JSON reader. A 'StartObject' node was expected.",
    );
  }
  return value;
}

/** Checks every property of a body and turns it into cells, binds and nested rows. */
export function readPayload(
  context: WriteContext,
  entity: Entity,
  options: { readonly body: JsonObject; readonly mode: 'create' | 'update' },
): Payload {
  const cells = new Map<string, Cell>();
  const parents: { column: string; payload: Payload }[] = [];
  const nested: NestedRows[] = [];
  let id: string | undefined;
  assertType(context, entity, options.body['@odata.type']);
  for (const [name, value] of Object.entries(options.body)) {
    if (name.startsWith('@')) continue;
    if (name.endsWith('@odata.bind')) {
      bind(context, entity, { name: name.slice(0, -'@odata.bind'.length), value });
      continue;
    }
    // Other annotations describe values; the service does not read them.
    if (name.includes('@')) continue;
    property(name, value);
  }
  return { entity, ...(id === undefined ? {} : { id }), cells, parents, nested };

  function property(name: string, value: unknown): void {
    const attribute = entity.attributes.get(name);
    if (name === entity.primaryId) {
      id = typeof value === 'string' ? parseGuid(value) : undefined;
      if (id === undefined) throw literalMismatch(entity, value, 'Edm.Guid');
      return;
    }
    const isLookup = attribute !== undefined && lookupTypes.has(attribute.type);
    if (attribute !== undefined && !isLookup && attribute.validODataAttribute) {
      const cell = convertValue(entity, attribute, value);
      const writable =
        options.mode === 'create' ? attribute.validForCreate : attribute.validForUpdate;
      // A column that cannot be written is not refused: it is left out.
      if (writable) cells.set(name, cell);
      return;
    }
    navigation(name, value);
  }

  function navigation(name: string, value: unknown): void {
    const found = findNavigation(context.environment.metadata, entity, name);
    if (found === undefined) {
      const column = /^_(.+)_value$/.exec(name)?.[1];
      if (column !== undefined && entity.attributes.has(column)) throw directReference(entity);
      throw unknownProperty(entity, name);
    }
    if (found.kind === 'many-to-one') {
      if (value === null) {
        cells.set(found.is.referencingAttribute, null);
        return;
      }
      if (options.mode === 'update') throw nestedUpdate(entity, name);
      if (!isJsonObject(value)) throw literalMismatch(entity, value, 'Edm.EntityType');
      const payload = readPayload(context, found.target, { body: value, mode: 'create' });
      parents.push({ column: found.is.referencingAttribute, payload });
      return;
    }
    // Parties are the one collection that an update writes: all of them, in place of those before.
    if (options.mode === 'update' && found.target.logicalName !== activityParty) {
      throw nestedUpdate(entity, name);
    }
    if (!Array.isArray(value)) throw literalMismatch(entity, value, 'Collection(Edm.EntityType)');
    const created = value.map((child: unknown) => {
      if (!isJsonObject(child)) throw literalMismatch(entity, child, 'Edm.EntityType');
      return readPayload(context, found.target, { body: child, mode: 'create' });
    });
    nested.push({ navigation: found, created, bound: [] });
  }

  function bind(
    context: WriteContext,
    entity: Entity,
    given: { readonly name: string; readonly value: unknown },
  ): void {
    const found = findNavigation(context.environment.metadata, entity, given.name);
    if (found === undefined) throw undeclaredNavigation(entity, given.name);
    if (found.kind === 'many-to-one') {
      const column = found.is.referencingAttribute;
      if (given.value === null) {
        cells.set(column, null);
        return;
      }
      if (typeof given.value !== 'string') throw literalMismatch(entity, given.value, 'Edm.String');
      const target = rowOfUrl(context, given.value);
      assertTarget(entity, { navigation: given.name, relationship: found.is, target });
      const attribute = entity.attributes.get(column);
      const writable =
        options.mode === 'create' ? attribute?.validForCreate : attribute?.validForUpdate;
      if (writable === false) return;
      assertAccess(context.environment, context.caller, entity, 'Append');
      assertAccess(context.environment, context.caller, target.entity, 'AppendTo');
      cells.set(column, { table: target.entity.logicalName, id: target.row.id });
      return;
    }
    if (options.mode === 'update') throw nestedUpdate(entity, given.name);
    if (!Array.isArray(given.value)) throw literalMismatch(entity, given.value, 'Edm.String');
    const bound = given.value.map((url: unknown) => {
      if (typeof url !== 'string') throw literalMismatch(entity, url, 'Edm.String');
      return rowOfUrl(context, url);
    });
    nested.push({ navigation: found, created: [], bound });
  }
}

/** Types that rows of several tables are of. */
const baseTypes: ReadonlySet<string> = new Set(['activitypointer', 'crmbaseentity', 'expando']);

function assertType(context: WriteContext, entity: Entity, type: unknown): void {
  if (typeof type !== 'string') return;
  const [, table] = /^#?Microsoft\.Dynamics\.CRM\.(\w+)$/.exec(type) ?? [];
  if (table === entity.logicalName || baseTypes.has(table ?? '')) return;
  const { metadata } = context.environment;
  const isKnown = table !== undefined && metadata.entity(table) !== undefined;
  throw wrongType(entity, type.replace(/^#/, ''), isKnown);
}

/** Refuses a row of a table that the lookup does not point at. */
export function assertTarget(
  entity: Entity,
  bound: {
    readonly navigation: string;
    readonly relationship: ManyToOne;
    readonly target: BoundRow;
  },
): void {
  const table = bound.target.entity.logicalName;
  const { referencedEntity, referencingAttribute } = bound.relationship;
  if (table === referencedEntity) return;
  // Owner lookups name `owner`, which stands for users and teams.
  const isOwner = entity.attributes.get(referencingAttribute)?.type === 'Owner';
  if ((isOwner || referencedEntity === 'owner') && ownerTables.has(table)) return;
  throw wrongBindTarget(entity, bound.navigation, bound.target.entity.entitySetName);
}

const ownerTables: ReadonlySet<string> = new Set(['systemuser', 'team']);
const lookupTypes: ReadonlySet<string> = new Set(['Lookup', 'Customer', 'Owner', 'PartyList']);

/** An object, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
