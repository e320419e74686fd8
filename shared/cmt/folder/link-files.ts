import type { Files } from '../../host/files.ts';
import { sqlServerSortKey } from '../../model/guid.ts';
import type { SourceTable } from '../../model/table.ts';
import { linkGroupEnd, linkGroupStart, linkTarget } from '../data-layout.ts';
import { FileFormatError } from '../file-format-error.ts';
import { isJsonObject, textOf, textsOf } from '../json.ts';
import { childOf, childrenOf } from '../xml/element.ts';
import type { XmlElement } from '../xml/element.ts';
import { elementText } from '../xml/element-text.ts';
import { isPlainName } from './file-names.ts';
import type { NotedLinks } from './notes.ts';
import { parseEdited } from './row-json.ts';
import { readSmallText } from '../read-small.ts';

type Pair = readonly [source: string, target: string];

/** All pairs of one relationship of a table, with what the schema may not say of it. */
interface LinkFile {
  readonly target: string;
  readonly targetIdColumn: string;
  readonly pairs: Pair[];
}

/** Collects a table's many-to-many groups and writes a file for each relationship. */
export interface LinkWriter {
  add(group: XmlElement): void;
  count(): number;
  /** The groups in their order where it is not the usual one. */
  finish(): Promise<readonly NotedLinks[] | undefined>;
}

export function createLinkWriter(
  table: SourceTable | undefined,
  target: { readonly path: string },
  files: Files,
): LinkWriter {
  const byRelationship = new Map<string, LinkFile>();
  const groups: NotedLinks[] = [];
  let count = 0;
  let last = '';
  let usual = true;
  return {
    add: (group) => {
      const { attributes } = group;
      const relationship = attributes['m2mrelationshipname'] ?? '';
      const source = attributes['sourceid'] ?? '';
      const head = {
        target: attributes['targetentityname'] ?? '',
        targetIdColumn: attributes['targetentitynameidfield'] ?? '',
      };
      const targets = childrenOf(childOf(group, 'targetids'), 'targetid').map(({ text }) => text);
      count += targets.length;
      const known = byRelationship.get(relationship);
      const fits =
        isPlainName(relationship) &&
        (known === undefined ||
          (known.target === head.target && known.targetIdColumn === head.targetIdColumn)) &&
        targets.length > 0 &&
        groupText({ ...head, relationship, source }, targets).replaceAll(/\r\n */g, '') ===
          elementText(group);
      if (!fits) {
        usual = false;
        groups.push(elementText(group));
        return;
      }
      const file = known ?? { ...head, pairs: [] };
      byRelationship.set(relationship, file);
      const place = table?.manyToMany.findIndex(({ name }) => name === relationship) ?? -1;
      if (place < 0) usual = false;
      for (const to of targets) {
        file.pairs.push([source, to]);
        const key = `${String(place).padStart(4, '0')} ${sortKey([source, to])}`;
        if (key <= last) usual = false;
        last = key;
      }
      groups.push([relationship, source, targets.length]);
    },
    count: () => count,
    finish: async () => {
      for (const [relationship, file] of byRelationship) {
        const declared = table?.manyToMany.find(({ name }) => name === relationship);
        await files.write(
          `${target.path}/_links.${relationship}.json`,
          linkText(
            file,
            declared?.target === file.target && declared.targetIdColumn === file.targetIdColumn,
          ),
          'staged',
        );
      }
      return usual ? undefined : groups;
    },
  };
}

function sortKey([source, target]: Pair): string {
  return `${sqlServerSortKey(source)} ${sqlServerSortKey(target)}`;
}

/** One pair a line; an object around them only where the schema does not say where the links lead. */
function linkText(file: LinkFile, asDeclared: boolean): string {
  const lines = file.pairs.map((pair) => `[${pair.map((id) => JSON.stringify(id)).join(', ')}]`);
  if (asDeclared) return `[\n  ${lines.join(',\n  ')}\n]\n`;
  return (
    `{\n  "target": ${JSON.stringify(file.target)},\n` +
    `  "targetIdColumn": ${JSON.stringify(file.targetIdColumn)},\n` +
    `  "links": [\n    ${lines.join(',\n    ')}\n  ]\n}\n`
  );
}

/** The many-to-many groups of a folder, in the order they are packed. */
export async function* renderLinks(
  table: SourceTable | undefined,
  source: { readonly path: string; readonly notes: readonly NotedLinks[] | undefined },
  files: Files,
): AsyncGenerator<string> {
  const byRelationship = new Map<string, LinkFile>();
  for (const name of await files.list(source.path)) {
    const relationship = /^_links\.(.+)\.json$/.exec(name)?.[1];
    if (relationship !== undefined)
      byRelationship.set(
        relationship,
        await readLinkFile(`${source.path}/${name}`, relationship, table, files),
      );
  }
  if (source.notes !== undefined && stillHolds(source.notes, byRelationship))
    yield* notedGroups(source.notes, byRelationship);
  else {
    const xml = (source.notes ?? []).filter((group) => typeof group === 'string');
    yield* sortedGroups(table, byRelationship);
    for (const group of xml) yield `\r\n      ${group}`;
  }
}

async function readLinkFile(
  path: string,
  relationship: string,
  table: SourceTable | undefined,
  files: Files,
): Promise<LinkFile> {
  const json = parseEdited(await readSmallText(path, files), path);
  const declared = table?.manyToMany.find(({ name }) => name === relationship);
  const list: unknown = isJsonObject(json) ? json['links'] : json;
  const refuse = (what: string): FileFormatError =>
    new FileFormatError('URM1109', { path }, { what, next: 'Correct it there.' });
  if (!Array.isArray(list)) throw refuse('The file is not a list of pairs of ids');
  const target = isJsonObject(json) ? textOf(json['target']) : declared?.target;
  if (target === undefined) throw refuse(`Relationship '${relationship}' is not in the schema`);
  return {
    target,
    targetIdColumn:
      (isJsonObject(json) ? textOf(json['targetIdColumn']) : declared?.targetIdColumn) ??
      `${target}id`,
    pairs: list.map((pair: unknown): Pair => {
      const [from, to, ...more] = textsOf(pair);
      if (from === undefined || to === undefined || more.length > 0)
        throw refuse('A link is not a pair of ids in quotes');
      return [from, to];
    }),
  };
}

/** Whether the noted groups are those of the files: whoever edited a file gets the usual order. */
function stillHolds(
  notes: readonly NotedLinks[],
  byRelationship: ReadonlyMap<string, LinkFile>,
): boolean {
  const places = new Map<string, number>();
  for (const group of notes) {
    if (typeof group === 'string') continue;
    const [relationship, source, count] = group;
    const from = places.get(relationship) ?? 0;
    const pairs = byRelationship.get(relationship)?.pairs.slice(from, from + count) ?? [];
    if (pairs.length !== count || pairs.some(([id]) => id !== source)) return false;
    places.set(relationship, from + count);
  }
  return [...byRelationship].every(([name, { pairs }]) => places.get(name) === pairs.length);
}

function* notedGroups(
  notes: readonly NotedLinks[],
  byRelationship: ReadonlyMap<string, LinkFile>,
): Generator<string> {
  const places = new Map<string, number>();
  for (const group of notes) {
    if (typeof group === 'string') {
      yield `\r\n      ${group}`;
      continue;
    }
    const [relationship, source, count] = group;
    const file = byRelationship.get(relationship);
    if (file === undefined) continue;
    const from = places.get(relationship) ?? 0;
    places.set(relationship, from + count);
    const targets = file.pairs.slice(from, from + count).map(([, to]) => to);
    yield groupText({ ...file, relationship, source }, targets);
  }
}

function* sortedGroups(
  table: SourceTable | undefined,
  byRelationship: ReadonlyMap<string, LinkFile>,
): Generator<string> {
  const declared = table?.manyToMany.map(({ name }) => name) ?? [];
  const others = [...byRelationship.keys()].filter((name) => !declared.includes(name));
  for (const relationship of [...declared, ...others]) {
    const file = byRelationship.get(relationship);
    if (file === undefined) continue;
    const keyed = file.pairs.map((pair) => ({ pair, key: sortKey(pair) }));
    keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    let targets: string[] = [];
    let source: string | undefined;
    for (const { pair } of keyed) {
      if (source !== undefined && pair[0] !== source) {
        yield groupText({ ...file, relationship, source }, targets);
        targets = [];
      }
      [source] = pair;
      if (targets.at(-1) !== pair[1]) targets.push(pair[1]);
    }
    if (source !== undefined) yield groupText({ ...file, relationship, source }, targets);
  }
}

function groupText(
  group: {
    readonly source: string;
    readonly target: string;
    readonly targetIdColumn: string;
    readonly relationship: string;
  },
  targets: readonly string[],
): string {
  return linkGroupStart(group) + targets.map((id) => linkTarget(id)).join('') + linkGroupEnd;
}
