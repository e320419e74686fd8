import type { DataverseReader } from '../../dataverse/client.ts';
import type { Files } from '../../host/files.ts';
import { cell, isLookup, nameOf, type Row, type RowRef } from '../../model/row.ts';
import type { RowSource } from '../../model/row-source.ts';
import type { BuiltPlan } from '../../plan/build-plan.ts';
import type { Mapped, RowMap } from '../../plan/ports.ts';

export interface MapProposal {
  readonly plan: BuiltPlan;
  readonly source: RowSource;
  readonly reader: DataverseReader;
  /** What a map file said already; it stays. */
  readonly map: RowMap;
}

interface Line {
  readonly ref: RowRef;
  readonly name: string | undefined;
  readonly target: string;
  readonly comments: readonly string[];
}

/**
 * Writes a map file: what was mapped, the rows that the target seems to have under another id, and a
 * stub for every reference to a row that nobody can know.
 */
export async function writeMap(
  path: string,
  proposal: MapProposal,
  files: Files,
  signal: AbortSignal,
): Promise<{ readonly proposed: number; readonly stubs: number }> {
  const lines = await linesOf(proposal, signal);
  const stubs = lines.filter(({ target }) => target === '?').length;
  const kept = [...proposal.map].map(([key, mapped]) => lineOfMapped(key, mapped));
  const text = [
    `# Proposed from package ${proposal.plan.package.hash.slice(0, 12)} for ${proposal.plan.target.url}.`,
    '# Review every line: target is the row of the target, drop leaves references to the row out,',
    '# and "?" blocks until somebody decides. Rows that are not listed are recognized or created.',
    'format: 1',
    ...(lines.length + kept.length === 0 ? ['rows: []'] : ['rows:']),
    ...[...kept, ...lines].flatMap(textOf),
    '',
  ].join('\n');
  await files.write(path, text);
  return { proposed: lines.length - stubs, stubs };
}

async function linesOf(proposal: MapProposal, signal: AbortSignal): Promise<readonly Line[]> {
  const { index, identities, likely } = proposal.plan;
  const { map } = proposal;
  const isMapped = ({ table, id }: RowRef): boolean => map.has(`${table}/${id}`);
  const lines: Line[] = [];
  for (const node of index.rows) {
    const ref = index.refOf(node);
    if (isMapped(ref)) continue;
    const at = { ref, name: index.nameOf(node) };
    const proposed = likely.proposals.get(node);
    const several = likely.ambiguous.get(node);
    const match = identities.matchOf(node);
    if (proposed !== undefined) lines.push({ ...at, target: proposed.id, comments: [] });
    else if (several !== undefined)
      lines.push({ ...at, target: '?', comments: [candidates(several)] });
    else if (match.is === 'ambiguous')
      lines.push({ ...at, target: '?', comments: [candidates(match.candidates)] });
  }
  const outside: RowRef[] = [];
  for (let node = 0; node < index.size; node += 1) {
    if (index.inPackage(node) || index.isAlias(node)) continue;
    if (identities.matchOf(node).is !== 'absent') continue;
    const [table = ''] = index.candidateTablesOf(node);
    const ref = { table, id: index.refOf(node).id };
    if (!isMapped(ref)) outside.push(ref);
  }
  const names = await namesOf(outside, proposal.source, signal);
  const suggested = await suggestions(outside, names, proposal.reader, signal);
  for (const ref of outside)
    lines.push({
      ref,
      name: names.get(keyOf(ref)),
      target: '?',
      comments: suggested.get(keyOf(ref)) ?? [],
    });
  return lines;
}

function candidates(refs: readonly RowRef[]): string {
  return `one of ${refs.map(({ id }) => id).join(', ')}`;
}

/** References carry the name of the row they lead to. */
async function namesOf(
  refs: readonly RowRef[],
  source: RowSource,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  const wanted = new Set(refs.map(keyOf));
  if (wanted.size === 0) return names;
  for (const table of source.tables)
    for await (const row of source.rows(table, signal))
      for (const value of row.cells)
        if (isLookup(value) && value.name !== undefined && wanted.has(keyOf(value)))
          names.set(keyOf(value), value.name);
  return names;
}

/** Rows of the target that carry the name: for a person to choose, never chosen. */
async function suggestions(
  refs: readonly RowRef[],
  names: ReadonlyMap<string, string>,
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  const tables = await reader.tables([...new Set(refs.map(({ table }) => table))], signal);
  for (const [tableName, table] of tables) {
    const { nameColumn } = table;
    const named = refs.filter((ref) => ref.table === tableName && names.has(keyOf(ref)));
    if (nameColumn === undefined || named.length === 0) continue;
    const also = table.columns.has('domainname') ? ['domainname'] : [];
    const keys = named.map((ref) => [names.get(keyOf(ref)) ?? '']);
    const where = { by: 'keys', columns: [nameColumn], keys } as const;
    const rows: Row[] = [];
    for await (const row of reader.rows({ table, columns: [nameColumn, ...also], where }, signal))
      rows.push(row);
    for (const ref of named) {
      const name = names.get(keyOf(ref))?.toLowerCase();
      const same = rows.filter((row) => nameOf(row).toLowerCase() === name);
      found.set(
        keyOf(ref),
        same.map((row) => {
          const domainName = cell(row, 'domainname');
          const who = typeof domainName === 'string' ? ` ${domainName}` : '';
          return `the target has ${names.get(keyOf(ref)) ?? ''}: ${row.id}${who}`;
        }),
      );
    }
  }
  return found;
}

function lineOfMapped(key: string, mapped: Mapped): Line {
  const at = key.indexOf('/');
  const ref = { table: key.slice(0, at), id: key.slice(at + 1) };
  const target = mapped.is === 'row' ? mapped.id : mapped.is === 'dropped' ? 'drop' : '?';
  return { ref, name: undefined, target, comments: [] };
}

function textOf({ ref, name, target, comments }: Line): readonly string[] {
  const parts = [
    `table: ${ref.table}`,
    `source: ${ref.id}`,
    ...(name === undefined || name === ref.id ? [] : [`name: ${JSON.stringify(name)}`]),
    `target: ${target === '?' ? '"?"' : target}`,
  ];
  return [
    ...comments.map((comment) => `  # ${comment.replaceAll(/[\r\n]+/g, ' ')}`),
    `  - { ${parts.join(', ')} }`,
  ];
}

function keyOf({ table, id }: RowRef): string {
  return `${table}/${id}`;
}
