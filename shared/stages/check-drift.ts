import { join } from 'node:path';
import { openReader } from '../dataverse/connect.ts';
import type { DataverseReader } from '../dataverse/client.ts';
import type { Finding } from '../errors/finding.ts';
import type { Connection } from '../host/host.ts';
import { noCounts, type Counts, type StageResult } from '../model/result.ts';
import type { TextWords } from '../report/describe-action.ts';
import {
  driftChecks,
  driftFinding,
  isOpen,
  whoAndWhen,
  type Difference,
  type Drift,
} from '../report/drift.ts';
import type { RowSource } from '../model/row-source.ts';
import type { BuiltPlan } from '../plan/build-plan.ts';
import type { Check } from '../report/report.ts';
import type { MapMark, RoutingMap } from '../report/routing-map.ts';
import type { Scope } from '../routing/area.ts';
import { Acceptance, readIgnoreRules, suggestedRules } from './check-drift/ignore-rules.ts';
import { driftEntry, driftFile, fingerprint, readKnown } from './check-drift/known-drift.ts';
import { extraDifferences } from './check-drift/extra-rows.ts';
import { planDifferences } from './check-drift/plan-differences.ts';
import { runDifferences } from './check-drift/run-differences.ts';
import { withAuthors } from './check-drift/who-and-when.ts';
import { exportStage } from './export.ts';
import { readScope } from './generate-schema/scope-options.ts';
import { OptionReader } from './option-reader.ts';
import { outcomeOf } from './outcome.ts';
import { makePlan, openBoth } from './planning/make-plan.ts';
import { readRun } from './roll-back/read-run.ts';
import { rowKey } from './apply/row-reads.ts';
import { buildMap } from './routing-state/build-map.ts';
import { readRouting } from './routing-state/read-routing.ts';
import type { RoutingRows } from './routing-state/routing-rows.ts';
import { routingTables } from './routing-state/routing-tables.ts';
import { rootsOf } from './verify/meaning-checks.ts';
import type { Ports, Stage } from './stage.ts';
import { planWords, rulesetWords } from './text-words.ts';
import { toolName } from './tool-name.ts';

/** What the environment should hold. */
export type Expectation =
  | { readonly is: 'package'; readonly path: string }
  | { readonly is: 'run'; readonly path: string }
  | { readonly is: 'environment'; readonly connection: Connection };

export interface CheckDriftOptions {
  readonly target: Connection;
  readonly expected: Expectation;
  readonly scope: Scope;
  readonly map: string | undefined;
  readonly config: string | undefined;
  /** A drift.json of an earlier check: what it told is known. */
  readonly since: string | undefined;
  readonly out: string | undefined;
}

export interface CheckDriftResult extends StageResult {
  readonly drifts: readonly Readonly<Record<string, unknown>>[];
  readonly checks: readonly Check[];
  /** How the environment routes, with what drifted pinned to its place. */
  readonly routing?: RoutingMap;
}

/** Finds what somebody changed in an environment: the comparison of verification, on a schedule. */
export const checkDriftStage: Stage<CheckDriftOptions, CheckDriftResult> = {
  name: 'check-drift',

  readOptions: (host) => {
    const reader = new OptionReader(host);
    const path = reader.text('package');
    const run = reader.text('run');
    if (path !== undefined && run !== undefined)
      reader.refuse(
        'run',
        `'package' and 'run' both say what the environment should hold`,
        'Give one of them.',
      );
    return reader.finish<CheckDriftOptions>({
      target: reader.connection('target'),
      expected:
        path !== undefined
          ? { is: 'package', path }
          : run !== undefined
            ? { is: 'run', path: run }
            : { is: 'environment', connection: reader.connection('source') },
      scope: readScope(reader),
      map: reader.text('map'),
      config: reader.text('config'),
      since: reader.text('since'),
      out: reader.text('out'),
    });
  },

  run: async (options, ports, signal) => {
    const { files, clock } = ports;
    const acceptance = new Acceptance(await readIgnoreRules(options.config, files), clock.now());
    const known = await readKnown(options.since, files);
    const reader = openReader(options.target, ports);
    const compared = await compare(options, reader, ports, signal);
    const drifts = await judged(compared.differences, { acceptance, known, reader }, signal);
    const open = drifts.filter(isOpen);
    const words = compared.words ?? rulesetWords({});
    const findings = [
      ...compared.findings,
      ...drifts.map((drift) => driftFinding(drift, words)),
      ...acceptance.findings(),
    ];
    if (options.out !== undefined)
      await writeFiles(options.out, drifts, { environment: reader.url }, ports);
    const count = (kind: Drift['kind']): number =>
      open.filter((drift) => drift.kind === kind).length;
    return {
      stage: 'check-drift',
      outcome: outcomeOf(findings),
      counts: countsOf(compared.rows, drifts),
      findings,
      outputs: {
        hasDrift: open.length > 0,
        changed: count('changed'),
        missing: count('missing'),
        extra: count('extra'),
        accepted: drifts.filter(({ accepted }) => accepted !== undefined).length,
        known: drifts.filter(({ known: isKnown }) => isKnown === true).length,
      },
      requests: reader.requests,
      drifts: drifts.map(driftEntry),
      checks: driftChecks(drifts, compared.tables, words),
      ...(compared.routing === undefined
        ? {}
        : { routing: buildMap(compared.routing, marksOfDrift(open)) }),
    };
  },
};

interface Compared {
  readonly differences: readonly Difference[];
  readonly rows: number;
  readonly tables: readonly string[];
  readonly findings: readonly Finding[];
  /** Rows that route; absent where only some of them were looked at. */
  readonly routing?: RoutingRows;
  /** Reads rulesets with the names of the package. */
  readonly words?: TextWords;
}

async function compare(
  options: CheckDriftOptions,
  reader: DataverseReader,
  ports: Ports,
  signal: AbortSignal,
): Promise<Compared> {
  const { expected } = options;
  switch (expected.is) {
    case 'package':
      return comparePackage(expected.path, options, { reader, ports }, signal);
    case 'run': {
      const run = await readRun(expected.path, ports.files, signal);
      const { differences, rows } = await runDifferences(run, reader, signal);
      const tables = [...new Set(differences.map(({ row }) => row.table))];
      return { differences, rows, tables, findings: [] };
    }
    case 'environment': {
      const folder = await ports.files.makeTemporaryFolder('urm-drift-');
      try {
        const path = join(folder, 'package');
        const { scope } = options;
        const exported = await exportStage.run(
          {
            environment: expected.connection,
            schema: undefined,
            scope,
            config: options.config,
            out: path,
            format: 'folder',
            explain: false,
          },
          ports,
          signal,
        );
        const errors = exported.findings.filter(({ severity }) => severity === 'error');
        if (errors.length > 0) return { differences: [], rows: 0, tables: [], findings: errors };
        return await comparePackage(path, options, { reader, ports }, signal);
      } finally {
        await ports.files.remove(folder);
      }
    }
  }
}

async function comparePackage(
  path: string,
  { map, config }: CheckDriftOptions,
  { reader, ports }: { readonly reader: DataverseReader; readonly ports: Ports },
  signal: AbortSignal,
): Promise<Compared> {
  const planning = { package: path, map, config, allowSameEnvironment: true };
  const read = await openBoth(planning, reader, ports, signal);
  // What an environment keeps or has of its own is no drift; what is ignored is, and is told as accepted.
  const opened =
    read.settings === undefined ? read : { ...read, settings: { ...read.settings, ignore: [] } };
  const { plan, spool } = await makePlan(opened, planning, reader, ports, signal);
  try {
    const isWhole = opened.pkg.manifest !== undefined;
    const extras = await extraDifferences({ pkg: opened.source, plan, reader, isWhole }, signal);
    const differences = [...(await planDifferences(plan, signal)), ...extras.differences];
    return {
      differences,
      words: planWords(plan),
      routing: await routingWith(differences, { plan, reader, source: opened.source }, signal),
      rows: plan.counts.in,
      tables: [...new Set(opened.pkg.tables.map(({ name }) => name))],
      findings: [
        ...extras.findings,
        ...(plan.complete ? [] : plan.findings)
          .filter(({ severity }) => severity === 'error')
          .map((finding): Finding => ({
            ...finding,
            code: 'URM1605',
            detail: [`${finding.code} ${finding.summary}`, finding.detail].join(' ').trim(),
          })),
      ],
    };
  } finally {
    await spool.remove();
  }
}

/** How the environment routes, and rows that are gone as the package has them. */
async function routingWith(
  differences: readonly Difference[],
  {
    plan,
    reader,
    source,
  }: {
    readonly plan: BuiltPlan;
    readonly reader: DataverseReader;
    readonly source: RowSource;
  },
  signal: AbortSignal,
): Promise<RoutingRows> {
  const roots = new Map(rootsOf(plan));
  for (const { kind, row } of differences)
    if (kind === 'extra' && row.table in routingTables)
      roots.set(row.table, new Set([...(roots.get(row.table) ?? []), row.id]));
  const rows = await readRouting(reader, roots, signal);
  const gone = new Set(
    differences.filter(({ kind }) => kind === 'missing').map(({ row }) => rowKey(row)),
  );
  for (const table of source.tables)
    if (table.name in routingTables && gone.size > 0)
      for await (const row of source.rows(table, signal))
        if (gone.has(rowKey({ table: table.name, id: row.id }))) rows.add(row);
  return rows;
}

function marksOfDrift(drifts: readonly Drift[]): ReadonlyMap<string, readonly MapMark[]> {
  const marks = new Map<string, MapMark[]>();
  for (const drift of drifts) {
    const columns = drift.changes.map(({ column }) => column).join(', ');
    const text = `${drift.kind}${columns === '' ? '' : ` ${columns}`}, ${whoAndWhen(drift)}`;
    const key = rowKey(drift.row);
    marks.set(key, [...(marks.get(key) ?? []), { kind: drift.kind, text }]);
  }
  return marks;
}

/** Sorts out what is accepted and what is known, and finds out who made the differences. */
async function judged(
  differences: readonly Difference[],
  {
    acceptance,
    known,
    reader,
  }: {
    readonly acceptance: Acceptance;
    readonly known: ReadonlySet<string>;
    readonly reader: DataverseReader;
  },
  signal: AbortSignal,
): Promise<readonly Drift[]> {
  const split = differences.flatMap((difference) => {
    const { open, accepted } = acceptance.apply(difference);
    return [
      ...(open === undefined
        ? []
        : [known.has(fingerprint(open)) ? { ...open, known: true as const } : open]),
      ...(accepted === undefined ? [] : [accepted]),
    ];
  });
  return withAuthors(split, reader, signal);
}

async function writeFiles(
  out: string,
  drifts: readonly Drift[],
  { environment }: { readonly environment: string },
  { files, clock }: Ports,
): Promise<void> {
  const now = clock.now();
  const checkedAt = new Date(now).toISOString();
  await files.write(
    join(out, 'drift.json'),
    driftFile(drifts, { environment, checkedAt, tool: toolName }),
  );
  const until = new Date(now + acceptedDays * 86_400_000).toISOString().slice(0, 10);
  await files.write(join(out, 'accept-drift.yml'), suggestedRules(drifts.filter(isOpen), until));
}

const acceptedDays = 90;

/** Nothing is written: what is different is what the environment fails to show. */
function countsOf(rows: number, drifts: readonly Drift[]): Counts {
  const different = new Set(
    drifts
      .filter((drift) => isOpen(drift) && drift.kind !== 'extra' && drift.link === undefined)
      .map(({ row }) => `${row.table}/${row.id}`),
  );
  return { ...noCounts, in: rows, failed: different.size, unchanged: rows - different.size };
}
