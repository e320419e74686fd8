import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openPackage } from '#shared/cmt/open-package.ts';
import type { MigrationPackage } from '#shared/cmt/package.ts';
import type { Finding } from '#shared/errors/finding.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { isLookup, isPartyList, type Link, type Row, type Value } from '#shared/model/row.ts';
import type { SourceColumn, SourceTable } from '#shared/model/table.ts';
import { sameValue } from '#shared/plan/values.ts';
import { exportStage } from '#shared/stages/export.ts';
import { importStage } from '#shared/stages/import.ts';
import { neverAborted, partOf } from './cmt-package.ts';
import { openEmulator, type TestEmulator } from './emulator.ts';
import { runWith } from './stage-runs.ts';

/** What a file's rows had become after import into an environment and export from it. */
export interface RoundTrip {
  readonly rows: number;
  readonly rowsBack: number;
  readonly links: number;
  readonly linksBack: number;
  /** What is not equal and why, one entry per reason, table and column. */
  readonly told: readonly string[];
  /** Differences without a reason: there must be none. */
  readonly unexplained: readonly string[];
  /** Not made of large files: it would take as long again. */
  readonly secondImport?: { readonly writes: number };
}

/** Imports a file into an environment that has its tables, exports with its own schema, compares. */
export async function roundTrip(path: string, folder: string): Promise<RoundTrip> {
  await mkdir(folder, { recursive: true });
  const schema = join(folder, 'data_schema.xml');
  await writeFile(schema, await partOf(path, 'data_schema.xml'));
  const emulator = await openEmulator({ seed: 'empty', tablesFrom: path });
  try {
    // Files of portals hold scripts, which their environments let in.
    const organization = `organizations(${emulator.environment.organizationId})`;
    await emulator.send('PATCH', organization, { body: { blockedattachments: null } });
    const given = { target: emulator.url, package: path };
    const { result } = await runWith(importStage, { ...given, out: join(folder, 'run') });
    const out = join(folder, 'exported.zip');
    const exported = await runWith(exportStage, { source: emulator.url, schema, out });
    const report = new Report(result.findings);
    if (!('packagePath' in exported.result.outputs)) {
      const problems = exported.result.findings.filter(({ severity }) => severity === 'error');
      const texts = problems.map(({ code, summary }) => `export: ${code} ${summary}`);
      return {
        ...report.end(),
        rows: 0,
        rowsBack: 0,
        links: 0,
        linksBack: 0,
        unexplained: texts,
      };
    }
    const before = await openPackage(path, nodeFiles, neverAborted);
    const after = await openPackage(out, nodeFiles, neverAborted);
    const counts = await compare({ before, after, emulator }, report);
    if (counts.rows > 1500) return { ...counts, ...report.end() };
    const again = await runWith(importStage, { ...given, out: join(folder, 'again') });
    return { ...counts, ...report.end(), secondImport: { writes: again.result.requests.write } };
  } finally {
    await emulator.close();
  }
}

interface Sides {
  readonly before: MigrationPackage;
  readonly after: MigrationPackage;
  readonly emulator: TestEmulator;
}

async function compare(
  { before, after, emulator }: Sides,
  report: Report,
): Promise<Pick<RoundTrip, 'rows' | 'rowsBack' | 'links' | 'linksBack'>> {
  const counts = { rows: 0, rowsBack: 0, links: 0, linksBack: 0 };
  const inFile = await idsOf(before);
  for (const table of before.tables) {
    const there = after.tables.find(({ name }) => name === table.name);
    if (there === undefined) continue;
    const back = new Map<string, Row>();
    for await (const row of after.rows(there, neverAborted)) back.set(row.id, row);
    for await (const row of before.rows(table, neverAborted)) {
      counts.rows += 1;
      const found = back.get(row.id);
      if (found === undefined) {
        const isStored = emulator.environment.store.get(table.name, row.id) !== undefined;
        report.missing(table.name, row.id, isStored && table.filter !== undefined);
        continue;
      }
      counts.rowsBack += 1;
      compareRow({ table, row, found, inFile, emulator }, report);
    }
    const links = new Set<string>();
    for await (const link of after.links(there, neverAborted)) links.add(keyOf(link));
    for await (const link of before.links(table, neverAborted)) {
      counts.links += 1;
      if (links.has(keyOf(link))) counts.linksBack += 1;
      else if (inFile.has(link.to.id) && back.has(link.from.id))
        report.unexplained(`${table.name} link ${link.relationship}`);
      else report.tell('links to rows outside of the file', link.relationship);
    }
  }
  return counts;
}

function compareRow(
  pair: {
    readonly table: SourceTable;
    readonly row: Row;
    readonly found: Row;
    readonly inFile: ReadonlySet<string>;
    readonly emulator: TestEmulator;
  },
  report: Report,
): void {
  const { table, row, found, inFile, emulator } = pair;
  const described = emulator.environment.metadata.entity(table.name)?.attributes;
  for (const [at, name] of row.shape.columns.entries()) {
    const value = row.cells[at];
    const column = table.columns.get(name);
    if (value === undefined || column === undefined || name === 'importsequencenumber') continue;
    const attribute = described?.get(name);
    const other = found.cells[found.shape.columns.indexOf(name)];
    if (isSame(value, other, column)) continue;
    const place = `${table.name}.${name}`;
    if (attribute?.validForCreate !== true && attribute?.validForUpdate !== true)
      report.tell('the platform keeps them', name);
    else if (leadsOutside(value, inFile)) report.tell('lookups to rows outside of the file', name);
    else if (name === 'overriddencreatedon')
      report.tell('the platform exchanges it with createdon', name);
    else if (column.dateMode !== undefined && column.dateMode !== 'absolute')
      report.tell('dates that move with their date mode', name);
    else report.unexplained(`${place}: ${shown(value)}, then ${shown(other)}`);
  }
}

function isSame(value: Value, other: Value | undefined, column: SourceColumn): boolean {
  return sameValue(value, other, column.type);
}

function leadsOutside(value: Value, inFile: ReadonlySet<string>): boolean {
  if (isLookup(value)) return !inFile.has(value.id);
  if (!isPartyList(value)) return false;
  return value.some((party) => party.cells.some((cell) => isLookup(cell) && !inFile.has(cell.id)));
}

async function idsOf(opened: MigrationPackage): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const table of opened.tables)
    for await (const row of opened.rows(table, neverAborted)) ids.add(row.id);
  return ids;
}

function keyOf({ relationship, from, to }: Link): string {
  return `${relationship} ${from.id} ${to.id}`;
}

function shown(value: Value | undefined): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 80);
}

/** Gathers what differs, by reason. */
class Report {
  readonly #byReason = new Map<string, Set<string>>();
  readonly #unexplained = new Map<string, number>();
  readonly #refused: ReadonlyMap<string, Finding>;

  constructor(findings: readonly Finding[]) {
    this.#refused = new Map(
      findings
        .filter(({ severity }) => severity === 'error')
        .map((finding) => [
          finding.where.replaceAll(',', '').split(' ').slice(0, 2).join(' '),
          finding,
        ]),
    );
  }

  tell(reason: string, what: string): void {
    const known = this.#byReason.get(reason) ?? new Set();
    this.#byReason.set(reason, known.add(what));
  }

  missing(table: string, id: string, isFiltered: boolean): void {
    const finding = this.#refused.get(`${table} ${id}`);
    if (isFiltered) this.tell("rows outside of the schema's own filter", table);
    else if (finding === undefined) this.unexplained(`${table}: rows are gone`);
    else this.tell(`rows refused with ${finding.code}`, table);
  }

  unexplained(text: string): void {
    const key = text.split(':')[0] ?? '';
    if (![...this.#unexplained.keys()].some((known) => known.startsWith(key)))
      this.#unexplained.set(text, 1);
  }

  end(): Pick<RoundTrip, 'told' | 'unexplained'> {
    return {
      told: [...this.#byReason].map(
        ([reason, whats]) => `${reason}: ${[...whats].sort().join(', ')}`,
      ),
      unexplained: [...this.#unexplained.keys()],
    };
  }
}
