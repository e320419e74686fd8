import { elementsOf, readXml, type XmlElement } from './xml-tree.ts';

/** What is said of some tables' rows by themselves: linked rows of which the same is said "move". */
export type Movers = ReadonlyMap<string, string>;

/**
 * A FetchXML filter as people say it: `of a msdyn_liveworkstream (msdyn_workstream_id) that moves`.
 * Links are told from the row's side, and conditions on a linked row where the link is told.
 */
export function filterWords(fetchXml: string, movers: Movers = new Map()): string {
  const reading = readXml(fetchXml.trim());
  if ('problem' in reading) return fetchXml;
  const { root } = reading;
  const entity = elementsOf(root).find(({ name }) => name === 'entity') ?? root;
  const frame = { links: linksIn(entity, []), movers };
  return partsOf(entity, frame).join(', and ');
}

/** A linked row: how it is reached, one step after the other. */
interface Link {
  readonly alias: string;
  readonly table: string;
  readonly path: string;
}

interface Frame {
  readonly links: readonly Link[];
  readonly movers: Movers;
}

function linksIn(element: XmlElement, path: readonly string[]): readonly Link[] {
  return elementsOf(element)
    .filter(({ name }) => name === 'link-entity')
    .flatMap((link) => {
      const own = [...path, stepOf(link)];
      const known = {
        alias: value(link, 'alias'),
        table: value(link, 'name'),
        path: own.join(' '),
      };
      return [known, ...linksIn(link, own)];
    });
}

/** What has to hold for a row: its own conditions, and the inner links with theirs. */
function partsOf(element: XmlElement, frame: Frame): readonly string[] {
  const children = elementsOf(element);
  const filters = children.filter(({ name }) => name === 'filter');
  // Conditions by alias already tell the way to the row they are about.
  const told = filters.map((each) => groupWords(each, frame).replaceAll(alternative, '; or '));
  const links = children.filter(
    (each) =>
      each.name === 'link-entity' &&
      value(each, 'link-type') !== 'outer' &&
      !told.some((words) => words.includes(stepOf(each))),
  );
  return [...told, ...links.map((link) => linkWords(link, frame))];
}

function linkWords(link: XmlElement, frame: Frame): string {
  const children = elementsOf(link);
  const own = children
    .filter(({ name }) => name === 'filter')
    .map((each) => groupWords(each, frame).replaceAll(alternative, ' or '));
  const further = children
    .filter((each) => each.name === 'link-entity' && value(each, 'link-type') !== 'outer')
    .map((each) => ` ${linkWords(each, frame)}`);
  return `${stepOf(link)}${suffix(value(link, 'name'), own.join(' and '), frame)}${further.join(' and')}`;
}

/** What is said of a linked row after the way to it. */
function suffix(table: string, words: string, { movers }: Frame): string {
  if (words === '' || words === `${table}id has a value`) return '';
  return movers.get(table) === words ? ' that moves' : ` where ${words}`;
}

/** From the row to the linked one: over a lookup of the row, or over one that leads to it. */
function stepOf(link: XmlElement): string {
  const [table, from, to] = [value(link, 'name'), value(link, 'from'), value(link, 'to')];
  return from === `${table}id` ? `of a ${table} (${to})` : `named by a ${table} (${from})`;
}

function groupWords(filter: XmlElement, frame: Frame, on?: string): string {
  const alias = commonAlias(filter);
  // Conditions on one linked row are told together, after the way to it.
  if (on === undefined && alias !== undefined && alias !== '') {
    const link = frame.links.find((each) => each.alias === alias);
    if (link !== undefined)
      return `${link.path}${suffix(link.table, groupWords(filter, frame, alias), frame)}`;
  }
  const words = elementsOf(filter).map((child) =>
    child.name === 'filter' ? nested(child, frame, on) : conditionWords(child, frame, on),
  );
  const or = on === undefined ? alternative : ' or ';
  return words.join(value(filter, 'type') === 'or' ? or : ' and ');
}

function nested(filter: XmlElement, frame: Frame, on: string | undefined): string {
  const words = groupWords(filter, frame, on);
  const isGroup = elementsOf(filter).length > 1 && value(filter, 'type') === 'or';
  return isGroup ? `(${words.replaceAll(alternative, ' or ')})` : words;
}

/** Stands between alternatives until it is known whether they are the outermost ones. */
const alternative = ' \u0000or ';

/** The alias that all conditions of a group share; empty for the row itself. */
function commonAlias(filter: XmlElement): string | undefined {
  const aliases = new Set(aliasesIn(filter));
  const [only] = aliases;
  return aliases.size === 1 ? only : undefined;
}

function aliasesIn(filter: XmlElement): readonly string[] {
  return elementsOf(filter).flatMap((child) =>
    child.name === 'filter' ? aliasesIn(child) : [value(child, 'entityname')],
  );
}

function conditionWords(condition: XmlElement, frame: Frame, on: string | undefined): string {
  const alias = value(condition, 'entityname');
  const column = value(condition, 'attribute');
  const own = condition.attributes.get('value');
  const values = [
    ...(own === undefined ? [] : [own]),
    ...elementsOf(condition).map((child) =>
      child.children.map((part) => (part.is === 'text' ? part.raw : '')).join(''),
    ),
  ].map((each) => labelled(column, each.trim()));
  const words = `${column} ${operatorWords(value(condition, 'operator'), values)}`;
  const link =
    alias === '' || alias === on ? undefined : frame.links.find((each) => each.alias === alias);
  return link === undefined ? words : `${link.path}${suffix(link.table, words, frame)}`;
}

function operatorWords(operator: string, values: readonly string[]): string {
  const list = values.join(' or ');
  switch (operator) {
    case 'eq':
    case 'in':
      return `is ${list}`;
    case 'ne':
    case 'not-in':
      return `is not ${list}`;
    case 'null':
      return 'is empty';
    case 'not-null':
      return 'has a value';
    case 'like':
      return `is like ${list}`;
    default:
      return `${operator} ${list}`.trim();
  }
}

/** Numbers of choices with their meaning. */
const labels: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  msdyn_streamsource: {
    '19241000': 'Microsoft Teams',
    '192300000': 'WhatsApp',
    '192310000': 'LINE',
    '192320000': 'WeChat',
    '192330000': 'Facebook',
    '192340000': 'SMS',
    '192350000': 'records',
    '192350002': 'custom',
    '192360000': 'live chat',
    '192440000': 'voice call',
    '192450000': 'Apple Messages for Business',
    '192450001': "Google's Business Messages",
  },
  msdyn_mode: { '717210001': 'simplified' },
  msdyn_queuetype: { '192350000': 'messaging', '192350001': 'records', '192350002': 'voice' },
  msdyn_type: { '192350001': 'selection of an assignment ruleset' },
  queueid: { '{5A4B76B0-DAB5-4717-9743-9490F2F822C6}': 'the default record queue' },
  ismanaged: { '0': 'no' },
  msdyn_isomnichannelqueue: { '1': 'yes' },
  msdyn_isdefaultqueue: { '0': 'no' },
};

function labelled(column: string, text: string): string {
  const label = labels[column]?.[text];
  return label === undefined ? text : `${text} (${label})`;
}

function value({ attributes }: XmlElement, name: string): string {
  return attributes.get(name)?.trim() ?? '';
}
