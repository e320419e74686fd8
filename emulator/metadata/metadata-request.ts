import type { JsonObject, QueryContext } from '../query/interface.ts';
import type { Metadata } from './metadata.ts';
import type { Definition } from './wire/labels.ts';
import { contextSelection, type DefinitionOptions } from './wire/project-definition.ts';

/** A metadata query, its options read. */
export interface Asked {
  readonly context: QueryContext;
  readonly metadata: Metadata;
  readonly options: DefinitionOptions;
}

/** One part of its path. */
export interface Segment {
  readonly name: string;
  readonly argument?: string;
}

/** What is answered, for the protocol to write. */
export interface MetadataAnswer {
  readonly status: number;
  readonly body: JsonObject;
}

/** Of the service's own types. */
export const namespace = 'Microsoft.Dynamics.CRM.';

/** Several definitions, under the context of a path. */
export function list(asked: Asked, path: string, value: readonly Definition[]): MetadataAnswer {
  return ok(asked.context, `${path}${contextSelection(asked.options)}`, { value });
}

/** An answer under the context of a path. */
export function ok(context: QueryContext, path: string, body: Definition): MetadataAnswer {
  return {
    status: 200,
    body: { '@odata.context': `${context.rootUrl}$metadata#${path}`, ...body },
  };
}

/** Takes `name(argument)` apart. */
export function readSegment(text: string): Segment {
  const opening = text.indexOf('(');
  if (opening === -1 || !text.endsWith(')')) return { name: text };
  return { name: text.slice(0, opening), argument: text.slice(opening + 1, -1) };
}

/** `LogicalName='queue'`, `Name='x'`, `SchemaName='x'`, `MetadataId=…` or an id alone. */
export function readKey(argument: string): { readonly name: string; readonly value: string } {
  const named = /^(\w+)\s*=(.*)$/s.exec(argument.trim());
  const value = named?.[2]?.trim().replace(/^'/, '').replace(/'$/, '');
  if (named?.[1] !== undefined && value?.includes("'") === false) {
    return { name: named[1], value };
  }
  return { name: 'MetadataId', value: argument.trim().replace(/^'|'$/g, '').toLowerCase() };
}

/** Has the definition the key? */
export function matches(
  definition: Definition,
  key: { readonly name: string; readonly value: string },
): boolean {
  return definition[key.name] === key.value;
}
