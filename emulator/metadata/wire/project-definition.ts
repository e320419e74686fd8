import { metadataSyntaxError } from '../../errors/metadata-errors.ts';
import { unknownProperty } from '../../errors/query-errors.ts';
import type { Definition } from './labels.ts';
import { inRootOrder } from './root-order.ts';

/** Options of a metadata query or of one of its expansions. */
export interface DefinitionOptions {
  readonly select?: readonly string[];
  readonly filter?: string;
  readonly expand: ReadonlyMap<string, DefinitionOptions>;
}

/** Reads `$select`, `$filter` and `$expand`, nested ones included. */
export function readDefinitionOptions(options: ReadonlyMap<string, string>): DefinitionOptions {
  const select = options.get('$select');
  const filter = options.get('$filter');
  const expand = options.get('$expand');
  return {
    ...(select === undefined ? {} : { select: split(select, ',') }),
    ...(filter === undefined ? {} : { filter }),
    expand: new Map(expand === undefined ? [] : split(expand, ',').map(readExpansion)),
  };
}

function readExpansion(text: string): [string, DefinitionOptions] {
  const opening = text.indexOf('(');
  if (opening === -1) return [text, { expand: new Map() }];
  if (!text.endsWith(')')) {
    throw metadataSyntaxError(`Found an unbalanced bracket expression in '${text}'.`);
  }
  const nested = new Map<string, string>();
  for (const part of split(text.slice(opening + 1, -1), ';')) {
    const equals = part.indexOf('=');
    if (equals <= 0) throw metadataSyntaxError(`Syntax error: missing '=' in '${part}'.`);
    nested.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  return [text.slice(0, opening), readDefinitionOptions(nested)];
}

/** Parts between separators that stand outside brackets and quotes. */
function split(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === "'") quoted = !quoted;
    if (quoted) continue;
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === separator && depth === 0) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts.filter((part) => part !== '');
}

/**
 * The selected properties in the service's order: plain values as selected, then structured ones. The
 * id is always there.
 */
export function project(
  definition: Definition,
  select: readonly string[] | undefined,
  type: { readonly name: string; readonly properties: Definition },
): Definition {
  if (select === undefined) return definition;
  const plain: Record<string, unknown> = {};
  const structured: Record<string, unknown> = {};
  for (const name of select) {
    if (!(name in type.properties)) throw unknownProperty(name, type.name);
    if (!(name in definition)) continue;
    const value = definition[name];
    if (isStructured(value)) structured[name] = value;
    else plain[name] = value;
  }
  if (!('MetadataId' in plain)) plain['MetadataId'] = definition['MetadataId'];
  return { ...plain, ...structured };
}

/** The same of a relationship or a choice that is asked for by itself. */
export function projectRoot(
  definition: Definition,
  select: readonly string[] | undefined,
  type: { readonly name: string; readonly properties: Definition },
): Definition {
  return select === undefined ? inRootOrder(definition, true) : project(definition, select, type);
}

/** Labels, managed properties and lists of definitions; lists of names are plain. */
function isStructured(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((each) => typeof each === 'object');
  return typeof value === 'object' && value !== null;
}

/** The part of `@odata.context` that repeats what was selected and expanded; empty without either. */
export function contextSelection(options: DefinitionOptions): string {
  const parts = [
    ...(options.select ?? []),
    ...[...options.expand].map(([name, nested]) => `${name}(${(nested.select ?? []).join(',')})`),
  ];
  return parts.length === 0 ? '' : `(${parts.join(',')})`;
}
