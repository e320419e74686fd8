import {
  badQuery,
  expandReferenceText,
  nestedExpandText,
  tooManyLinks,
  unknownProperty,
  unsupportedOption,
} from '../errors/query-errors.ts';
import { linksNotSupported } from '../errors/message-errors.ts';
import type { Attribute, Entity, Metadata } from '../metadata/metadata.ts';
import type { QueryOptions } from './interface.ts';
import { navigationOf, type Navigation } from './navigation.ts';
import { splitOutside } from './split-outside.ts';
import { attributeOfProperty } from './row-members.ts';

/** Columns an answer shows. */
export interface Selection {
  /** As the context URL repeats it; absent: all columns. */
  readonly names?: readonly string[];
  readonly attributes?: readonly Attribute[];
}

/** One navigation property of a `$expand`, with its options. */
export interface ExpandItem {
  readonly navigation: Navigation;
  /** `nav/$ref`: only the link. */
  readonly reference: boolean;
  readonly selection: Selection;
  readonly filter?: string;
  readonly orderBy?: string;
  readonly top?: number;
  readonly expand: readonly ExpandItem[];
  /** The options as sent: the link to more children repeats them. */
  readonly optionsText: string;
}

/** Options of a query that the service knows. */
const known = new Set([
  '$select',
  '$filter',
  '$orderby',
  '$top',
  '$count',
  '$expand',
  '$apply',
  '$skiptoken',
  '$deltatoken',
  'savedQuery',
  'userQuery',
  'fetchXml',
  'tag',
  'partitionId',
]);

const maxExpands = 15;

/** Throws for every option the service refuses. */
export function assertOptions(options: QueryOptions): void {
  for (const name of options.keys()) {
    if (!known.has(name) && !name.startsWith('@')) throw unsupportedOption(name);
  }
}

/** Reads a `$select`; throws for unknown columns. */
export function readSelect(
  metadata: Metadata,
  entity: Entity,
  text: string | undefined,
): Selection {
  const names = (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0 || names.includes('*')) return {};
  const attributes = new Map<string, Attribute>();
  for (const name of names) {
    const attribute = selectedAttribute(metadata, entity, name);
    if (attribute === undefined) throw unknownProperty(name, entity.logicalName);
    attributes.set(attribute.logicalName, attribute);
  }
  return { names: [...new Set(names)], attributes: [...attributes.values()] };
}

function selectedAttribute(
  metadata: Metadata,
  entity: Entity,
  name: string,
): Attribute | undefined {
  const attribute = attributeOfProperty(entity, name);
  if (attribute !== undefined) return attribute;
  const navigation = navigationOf(metadata, entity, name);
  return navigation?.kind === 'single' ? navigation.column : undefined;
}

/** Reads a `$top`. */
export function readTop(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\s*\d+\s*$/.test(text)) {
    throw badQuery(
      `Invalid value '${text}' for $top query option found. The $top query option requires a non-negative integer value.`,
    );
  }
  return Number(text);
}

/** Reads a `$count`. */
export function readCount(text: string | undefined): boolean {
  if (text === undefined || text === 'false') return false;
  if (text === 'true') return true;
  throw badQuery(
    `Invalid value '${text}' for $count query option found. Valid values are 'true, false'.`,
  );
}

/** Reads a `$expand` and checks what the service allows in it. */
export function readExpand(
  metadata: Metadata,
  entity: Entity,
  text: string | undefined,
): readonly ExpandItem[] {
  if (text === undefined || text.trim() === '') return [];
  const items = readItems(metadata, entity, text);
  if (entity.tableType === 'Elastic') throw linksNotSupported();
  if (countOf(items) > maxExpands) throw tooManyLinks();
  const nested = isNested(items);
  for (const item of items) assertMode(item, nested);
  return items;
}

function countOf(items: readonly ExpandItem[]): number {
  return items.reduce((count, item) => count + 1 + countOf(item.expand), 0);
}

/** Does any expanded table expand further? The whole query then runs in the restricted mode. */
export function isNested(items: readonly ExpandItem[]): boolean {
  return items.some((item) => item.expand.length > 0);
}

// learn.microsoft.com/power-apps/developer/data-platform/webapi/query/join-tables
function assertMode(item: ExpandItem, nested: boolean): void {
  const restricted = nested || item.navigation.kind === 'single';
  if (restricted && (item.orderBy !== undefined || item.top !== undefined)) {
    throw badQuery(nestedExpandText);
  }
  if (nested && item.navigation.kind === 'many') {
    throw badQuery('Expand on many-to-many relationship is not supported with nested expand.');
  }
  for (const inner of item.expand) assertMode(inner, nested);
}

function readItems(metadata: Metadata, entity: Entity, text: string): readonly ExpandItem[] {
  return splitOutside(text, ',').map((part) => readItem(metadata, entity, part.trim()));
}

function readItem(metadata: Metadata, entity: Entity, text: string): ExpandItem {
  const match = /^([\w.]+)(?:\s*(\/\$ref))?\s*(?:\((.*)\))?$/s.exec(text);
  const name = match?.[1];
  if (match === null || name === undefined) throw unknownProperty(text, entity.logicalName);
  const navigation = navigationOf(metadata, entity, name);
  if (navigation === undefined) throw unknownProperty(name, entity.logicalName);
  const reference = match[2] !== undefined;
  if (reference && navigation.kind !== 'single') throw badQuery(expandReferenceText);
  const options = readItemOptions(match[3] ?? '');
  const { target } = navigation;
  const filter = options.get('$filter');
  const orderBy = options.get('$orderby');
  const top = readTop(options.get('$top'));
  const expand = options.get('$expand');
  return {
    navigation,
    reference,
    selection: readSelect(metadata, target, options.get('$select')),
    expand: expand === undefined ? [] : readItems(metadata, target, expand),
    optionsText: [...options].map(([option, value]) => `${option}=${value}`).join('&'),
    ...(filter === undefined ? {} : { filter }),
    ...(orderBy === undefined ? {} : { orderBy }),
    ...(top === undefined ? {} : { top }),
  };
}

const itemOptions = new Set(['$select', '$filter', '$orderby', '$top', '$expand']);

function readItemOptions(text: string): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (const part of splitOutside(text, ';')) {
    if (part.trim() === '') continue;
    const at = part.indexOf('=');
    const name = (at < 0 ? part : part.slice(0, at)).trim();
    if (!itemOptions.has(name)) throw unsupportedOption(name);
    options.set(name, part.slice(at + 1).trim());
  }
  return options;
}

/** What the context URL says of a selection and its expansions: `(name,primarycontactid(fullname))`. */
export function contextColumns(selection: Selection, expand: readonly ExpandItem[]): string {
  const names = [...(selection.names ?? [])];
  for (const item of expand) {
    const { name } = item.navigation;
    if (item.reference) names.push(name, `${name}/$ref()`);
    else names.push(`${name}${contextColumns(item.selection, item.expand) || '()'}`);
  }
  return names.length === 0 ? '' : `(${names.join(',')})`;
}
