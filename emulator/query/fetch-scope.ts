import {
  duplicateAlias,
  tooManyLinks,
  unknownAlias,
  unknownAttribute,
  unknownEntity,
} from '../errors/query-errors.ts';
import type { Attribute, Entity } from '../metadata/metadata.ts';
import type { AggregateColumn } from './aggregate.ts';
import type { ConditionContext } from './condition-tests.ts';
import { requiredAttribute } from './xml-attributes.ts';
import type { ColumnOf } from './query-form.ts';
import type { XmlElement } from './xml-tree.ts';

/** A table of the query while it is read: conditions elsewhere may name it. */
export interface Scope {
  readonly slot: number;
  readonly entity: Entity;
  readonly alias: string | undefined;
  readonly parent: Scope | undefined;
}

/** What is known of a document while it is read. */
export interface Reading {
  readonly context: ConditionContext;
  readonly scopes: Scope[];
  readonly declared: Map<XmlElement, Scope>;
  readonly aggregate: boolean;
  readonly rawChoices: boolean;
  readonly order: { readonly element: XmlElement; readonly scope: Scope }[];
  readonly aggregates: AggregateColumn[];
  links: number;
  conditions: number;
}

const maxLinks = 15;

/** Gives a table the next slot. */
export function newScope(
  reading: Reading,
  entity: Entity,
  alias: string | undefined,
  parent: Scope | undefined,
): Scope {
  const scope: Scope = { slot: reading.scopes.length, entity, alias, parent };
  reading.scopes.push(scope);
  return scope;
}

/** Conditions may name a link that stands after them, so all links get their slots first. */
export function declareLinks(reading: Reading, element: XmlElement, parent: Scope): void {
  for (const child of element.children) {
    if (child.name === 'filter') declareLinks(reading, child, parent);
    if (child.name !== 'link-entity') continue;
    reading.links++;
    if (reading.links > maxLinks) throw tooManyLinks();
    const name = requiredAttribute(child, 'name');
    const entity = reading.context.rows.metadata.entity(name);
    if (entity === undefined) throw unknownEntity(name);
    const given = child.attributes.get('alias');
    const alias = given === undefined || given === '' ? `${name}${reading.links}` : given;
    if (reading.scopes.some((scope) => scope.alias === alias)) throw duplicateAlias(alias);
    const scope = newScope(reading, entity, alias, parent);
    reading.declared.set(child, scope);
    declareLinks(reading, child, scope);
  }
}

/** The column of the name; throws where there is none. */
export function attributeOf(entity: Entity, name: string): Attribute {
  const attribute = entity.attributes.get(name);
  if (attribute === undefined) throw unknownAttribute(entity.logicalName, name);
  return attribute;
}

/** The column of a table in the query. */
export function columnIn(scope: Scope, name: string): ColumnOf {
  return {
    slot: scope.slot,
    entity: scope.entity,
    attribute: attributeOf(scope.entity, name),
  };
}

/** The table that an alias, or a table name, stands for in the query. */
export function scopeNamed(reading: Reading, name: string): Scope {
  const found =
    reading.scopes.find((scope) => scope.alias === name) ??
    reading.scopes.find((scope) => scope.entity.logicalName === name);
  if (found === undefined) throw unknownAlias(name);
  return found;
}
