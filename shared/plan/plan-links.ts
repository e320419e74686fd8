import type { Finding } from '../errors/finding.ts';
import type { Guid } from '../model/guid.ts';
import type { Link, RowRef } from '../model/row.ts';
import type { RowSource } from '../model/row-source.ts';
import type { EnvironmentManyToMany, EnvironmentTable, SourceTable } from '../model/table.ts';
import type { BlockedRows } from './blocked-rows.ts';
import type { DraftBook, DraftPlace } from './draft-book.ts';
import type { ResolvedIdentities } from './identity.ts';
import type { TargetLookup } from './ports.ts';
import { placeOf } from './row-finding.ts';
import type { SourceIndex } from './source-index.ts';

export interface LinkFrame {
  readonly source: RowSource;
  readonly target: TargetLookup;
  readonly environment: ReadonlyMap<string, EnvironmentTable>;
  readonly index: SourceIndex;
  readonly identities: ResolvedIdentities;
  readonly blocked: BlockedRows;
  readonly drafts: DraftBook;
}

const linksPerRead = 500;

/** Drafts the links that the package has and the target lacks. Links are only ever added. */
export async function planLinks(
  frame: LinkFrame,
  signal: AbortSignal,
): Promise<{ readonly linked: number }> {
  const planned = new Set<string>();
  let linked = 0;
  for (const source of frame.source.tables) {
    const described = frame.environment.get(source.name);
    let chunk: Link[] = [];
    for await (const link of frame.source.links(source, signal)) {
      chunk.push(link);
      if (chunk.length < linksPerRead) continue;
      linked += await planChunk(chunk, { source, described, planned }, frame, signal);
      chunk = [];
    }
    linked += await planChunk(chunk, { source, described, planned }, frame, signal);
  }
  return { linked };
}

interface LinkTable {
  readonly source: SourceTable;
  readonly described: EnvironmentTable | undefined;
  /** Links that were looked at, whichever side or step they came from. */
  readonly planned: Set<string>;
}

async function planChunk(
  links: readonly Link[],
  table: LinkTable,
  frame: LinkFrame,
  signal: AbortSignal,
): Promise<number> {
  const fresh = links.filter((link) => {
    const key = linkKey(link);
    return !table.planned.has(key) && table.planned.add(key);
  });
  const byRelationship = new Map<string, Link[]>();
  for (const link of fresh) {
    const list = byRelationship.get(link.relationship) ?? [];
    list.push(link);
    byRelationship.set(link.relationship, list);
  }
  let linked = 0;
  for (const [name, group] of byRelationship) {
    const relationship = table.described?.manyToMany.find((known) => known.name === name);
    const existing = await existingLinks(group, table.described, relationship, frame, signal);
    for (const link of group)
      linked += await planLink(link, { table, relationship, existing }, frame);
  }
  return linked;
}

async function planLink(
  link: Link,
  context: {
    readonly table: LinkTable;
    readonly relationship: EnvironmentManyToMany | undefined;
    readonly existing: ReadonlySet<string>;
  },
  frame: LinkFrame,
): Promise<number> {
  const { index, identities, blocked, drafts } = frame;
  const ends = [link.from, link.to].map((ref) => {
    const node = index.nodeOf(ref);
    const match = node === undefined ? undefined : identities.matchOf(node);
    const missing = node === undefined || blocked.willBeMissing(node);
    const target = node === undefined || missing ? undefined : identities.targetOf(node);
    const name = node === undefined ? ref.id : index.nameOf(node);
    const isOutside = node === undefined || !index.inPackage(node);
    return { ref, target, name, isOutside, isDropped: match?.is === 'dropped' };
  });
  const [from, to] = ends;
  if (from === undefined || to === undefined || from.isDropped || to.isDropped) return 0;
  const place = (row: RowRef): DraftPlace => ({
    step: context.table.source.step,
    phase: 'links',
    level: 0,
    row,
    ...(row.id === link.from.id ? {} : { source: link.from.id }),
    name: from.name,
  });
  if (context.relationship === undefined || from.target === undefined || to.target === undefined) {
    const missing = from.target === undefined ? from : to;
    const finding = refusal(link, context.relationship, missing);
    await drafts.addIndependent({
      kind: 'blocked',
      ...place(from.target ?? link.from),
      finding,
    });
    return 0;
  }
  const wanted: Link = {
    relationship: link.relationship,
    from: { table: from.target.table, id: from.target.id },
    to: { table: to.target.table, id: to.target.id },
  };
  if (context.existing.has(linkKey(wanted))) return 0;
  await drafts.addIndependent({ kind: 'link', ...place(wanted.from), link: wanted });
  return 1;
}

function refusal(
  link: Link,
  relationship: EnvironmentManyToMany | undefined,
  end: { readonly ref: RowRef; readonly name: string; readonly isOutside: boolean },
): Finding {
  const row = placeOf(end);
  return {
    // A package may be a part of what it was taken from: its rows are whole without this link.
    severity: end.isOutside && relationship !== undefined ? 'warning' : 'error',
    code: 'URM1327',
    where: `${link.relationship} ${link.from.id} ${link.to.id}`,
    summary:
      relationship === undefined
        ? `The target has no relationship ${link.relationship}`
        : `The link needs ${row}, which will not be in the target`,
    detail: '',
    remedy: 'Bring the missing part to the target, then plan again.',
  };
}

async function existingLinks(
  links: readonly Link[],
  described: EnvironmentTable | undefined,
  relationship: EnvironmentManyToMany | undefined,
  frame: LinkFrame,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  if (described === undefined || relationship === undefined) return found;
  const from = new Set<Guid>();
  for (const link of links) {
    const match = frame.identities.find(link.from);
    if (match.is === 'same') from.add(match.target.id);
  }
  if (from.size === 0) return found;
  for await (const link of frame.target.links(described, relationship, [...from], signal))
    found.add(linkKey(link));
  return found;
}

/** One text for a pair, whichever side names it; within one table the direction counts. */
function linkKey(link: Link): string {
  const from = `${link.from.table}/${link.from.id}`;
  const to = `${link.to.table}/${link.to.id}`;
  const swapped = link.from.table > link.to.table;
  return `${link.relationship} ${swapped ? to : from} ${swapped ? from : to}`;
}
