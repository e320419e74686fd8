import type { DataverseReader } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import type { Guid } from '../../model/guid.ts';
import { nameOf, type Link } from '../../model/row.ts';
import type { RowSource } from '../../model/row-source.ts';
import type { BuiltPlan } from '../../plan/build-plan.ts';
import type { Node } from '../../plan/source-index.ts';
import type { Difference } from '../../report/drift.ts';
import { rowKey } from '../apply/row-reads.ts';
import {
  columnsOfExtras,
  extraRowsIn,
  selections,
  targetKeys,
  type RefusedSelection,
} from '../verify/filter-checks.ts';

export interface ExtraFrame {
  readonly pkg: RowSource;
  readonly plan: BuiltPlan;
  readonly reader: DataverseReader;
  /** Tables without a filter are whole in packages of this product, and part of more in others. */
  readonly isWhole: boolean;
}

/**
 * Rows that the filters of the export select and the package does not have, and links between rows
 * of the package that it does not have. Rows of the system and of managed solutions do not count.
 */
export async function extraDifferences(frame: ExtraFrame, signal: AbortSignal): Promise<Extras> {
  const { differences, findings } = await extraRows(frame, signal);
  return { differences: [...differences, ...(await extraLinks(frame, signal))], findings };
}

/** What is there beside the package, and where nobody could look. */
export interface Extras {
  readonly differences: readonly Difference[];
  readonly findings: readonly Finding[];
}

async function extraRows(
  { pkg, plan, reader, isWhole }: ExtraFrame,
  signal: AbortSignal,
): Promise<Extras> {
  const own = targetKeys(plan);
  const findings: Finding[] = [];
  const extra = new Map<string, Difference>();
  const asked = { columns: columnsOfExtras };
  for await (const selection of selections(pkg, plan, reader, asked, signal)) {
    const { source } = selection;
    if (source.filter === undefined && !isWhole) continue;
    if ('refused' in selection) {
      findings.push(unseen(selection));
      continue;
    }
    const { table } = selection;
    for (const row of extraRowsIn(selection, own)) {
      const ref = { table: table.name, id: row.id };
      extra.set(rowKey(ref), { kind: 'extra', row: ref, name: nameOf(row), changes: [] });
    }
  }
  return { differences: [...extra.values()], findings };
}

function unseen({ source, refused }: RefusedSelection): Finding {
  return {
    severity: 'warning',
    code: 'URM1605',
    where: `${source.step} table ${source.name}`,
    summary:
      'Extra rows were not looked for: the environment does not answer the filter of the export',
    detail: refused.what,
    remedy:
      'Give the user the privilege to read the table, or correct its filter; then check again.',
  };
}

async function extraLinks(
  { pkg, plan, reader }: ExtraFrame,
  signal: AbortSignal,
): Promise<readonly Difference[]> {
  const { index, identities } = plan;
  const tables = await reader.tables([...new Set(pkg.tables.map(({ name }) => name))], signal);
  const nodes = nodesByTarget(plan);
  const found = new Map<string, Difference>();
  for (const source of pkg.tables) {
    const table = tables.get(source.name);
    const wanted = new Set<string>();
    const relationships = new Set<string>();
    for await (const link of pkg.links(source, signal)) {
      const [from, to] = [link.from, link.to].map((ref) => {
        const node = index.nodeOf(ref);
        return node === undefined ? undefined : identities.targetOf(node);
      });
      relationships.add(link.relationship);
      if (from !== undefined && to !== undefined)
        wanted.add(linkKey({ relationship: link.relationship, from, to }));
    }
    // Links are compared where the package has some: a relationship it does not name is not its own.
    const ours = new Set<Guid>();
    for await (const row of pkg.rows(source, signal)) {
      const node = index.nodeOf({ table: source.name, id: row.id });
      const target = node === undefined ? undefined : identities.targetOf(node);
      if (target !== undefined) ours.add(target.id);
    }
    for (const name of relationships) {
      const relationship = table?.manyToMany.find((known) => known.name === name);
      if (table === undefined || relationship === undefined || ours.size === 0) continue;
      for await (const link of reader.links(table, relationship, [...ours], signal)) {
        const key = linkKey(link);
        const node = nodes.get(rowKey(link.from));
        // A link that leads out of the package is not its own.
        if (wanted.has(key) || !nodes.has(rowKey(link.to))) continue;
        found.set(key, {
          kind: 'extra',
          row: link.from,
          name: node === undefined ? link.from.id : index.nameOf(node),
          changes: [],
          link,
        });
      }
    }
  }
  return [...found.values()];
}

/** Rows of the package, by what the target has of them. */
function nodesByTarget({ index, identities }: BuiltPlan): ReadonlyMap<string, Node> {
  const nodes = new Map<string, Node>();
  for (const node of index.rows) {
    const target = identities.targetOf(node);
    if (target !== undefined) nodes.set(rowKey(target), node);
  }
  return nodes;
}

function linkKey({ relationship, from, to }: Link): string {
  const ends = [rowKey(from), rowKey(to)].toSorted();
  return `${relationship} ${ends.join(' ')}`;
}
