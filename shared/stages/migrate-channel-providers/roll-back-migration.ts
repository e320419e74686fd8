import { join } from 'node:path';
import { openPackage } from '../../cmt/open-package.ts';
import type { MigrationPackage } from '../../cmt/package.ts';
import { openWriter } from '../../dataverse/connect.ts';
import { InputError } from '../../errors/migration-error.ts';
import type { Files } from '../../host/files.ts';
import type { Action, Plan } from '../../model/plan.ts';
import type { Row } from '../../model/row.ts';
import type { SourceColumn, SourceTable } from '../../model/table.ts';
import { parseJson } from '../../plan/action-json.ts';
import { PlanConflict } from '../../plan/plan-errors.ts';
import { isRecord } from '../../plan/planned-value.ts';
import { writesColumns } from '../apply/row-reads.ts';
import { importPlan } from '../import.ts';
import type { MigrateOptions, MigrateResult } from '../migrate-channel-providers.ts';
import { openFileSpool, readLines } from '../planning/file-spool.ts';
import { openPlan, writePlan } from '../planning/plan-file.ts';
import type { Ports } from '../stage.ts';
import { inversePlan, isUndoable, withoutReattached } from './inverse-plan.ts';
import { migrationStep } from './mapping-package.ts';

/** Takes back what a run did, by its journal, its plan and its snapshot. */
export async function rollBackMigration(
  options: MigrateOptions,
  ports: Ports,
  signal: AbortSignal,
): Promise<MigrateResult> {
  const { files } = ports;
  const run = options.run ?? '';
  if ((await files.stat(join(options.out, 'journal.jsonl'))) !== undefined)
    throw new InputError(
      'out',
      `'${options.out}' holds the journal of another run`,
      'Give an empty folder: a roll-back is a run of its own.',
    );
  const writer = openWriter(options.environment, ports);
  const main = await openRun(run, files, signal);
  const detached =
    (await files.stat(join(run, 'detach', 'plan.json'))) === undefined
      ? undefined
      : await openRun(join(run, 'detach'), files, signal);
  const { organizationId } = await writer.whoAmI(signal);
  if (main.plan.target.organizationId !== organizationId)
    throw new PlanConflict('URM1303', {
      what: `The run changed ${main.plan.target.url}, which is another environment than ${writer.url}`,
      where: run,
      next: 'Give the environment of the run.',
    });
  const done = withoutReattached(detached?.done ?? [], main.done);
  const plan = await inversePlan(done, { of: main.plan, reader: writer }, signal);
  const spool = await openFileSpool(files);
  try {
    await writePlan(join(options.out, 'plan.json'), plan, files, signal);
    const names = [...new Set(done.map(({ row }) => row.table))];
    const pkg = await valuesBefore(
      run,
      plan,
      { files, tables: await writer.tables(names, signal) },
      signal,
    );
    const imported = await importPlan(
      {
        options: {
          target: options.environment,
          package: run,
          map: undefined,
          config: undefined,
          allowSameEnvironment: true,
          plan: undefined,
          planHash: undefined,
          run: options.out,
          resume: false,
          allowBlocked: false,
        },
        ports,
        writer,
        opened: { pkg, source: pkg, organizationId },
        plan,
        spool,
        // Compared with the environment once more, so that nothing of somebody else's is overwritten.
        isSaved: true,
        begun: new Set(),
      },
      signal,
    );
    const result = { ...imported, stage: 'migrate-channel-providers' };
    const text = JSON.stringify(result, undefined, 2);
    await files.write(join(options.out, 'result.json'), `${text}\n`);
    return result;
  } finally {
    await spool.remove();
  }
}

interface PastRun {
  readonly plan: Plan;
  /** Actions that took effect, or may have. */
  readonly done: readonly Action[];
}

async function openRun(run: string, files: Files, signal: AbortSignal): Promise<PastRun> {
  const path = join(run, 'journal.jsonl');
  const plan = await openPlan(join(run, 'plan.json'), files, signal);
  const numbers = new Set<number>();
  if ((await files.stat(path))?.kind === 'file')
    for await (const line of readLines(files.read(path, signal))) {
      const entry = parseJson(line);
      if (!isRecord(entry)) continue;
      const { is, action, actions } = entry;
      if (is === 'intent' && Array.isArray(actions))
        for (const number of actions) if (typeof number === 'number') numbers.add(number);
      if (is === 'failed' && typeof action === 'number') numbers.delete(action);
    }
  const done: Action[] = [];
  for await (const action of plan.actions(signal))
    if (numbers.has(action.number) && isUndoable(action)) done.push(action);
  return { plan, done };
}

/** The rows as the run found them, with the columns that the roll-back writes. */
async function valuesBefore(
  run: string,
  plan: Plan,
  frame: {
    readonly files: Files;
    readonly tables: ReadonlyMap<string, { readonly name: string }>;
  },
  signal: AbortSignal,
): Promise<MigrationPackage> {
  const path = join(run, 'snapshot');
  const taken =
    (await frame.files.stat(path)) === undefined
      ? undefined
      : await openPackage(path, frame.files, signal);
  const tables = new Map<string, SourceTable>();
  for (const table of taken?.tables ?? []) tables.set(table.name, table);
  for await (const action of plan.actions(signal)) {
    if (!writesColumns(action)) continue;
    const table = tables.get(action.row.table);
    if (table !== undefined)
      tables.set(
        table.name,
        withColumns(
          table,
          action.changes.map(({ column }) => column),
        ),
      );
  }
  return {
    hash: plan.package.hash,
    steps: [migrationStep],
    findings: [],
    tables: [...tables.values()],
    counts: () => ({ rows: 0, links: 0 }),
    timestamp: () => undefined,
    payload: () => nothing<Uint8Array>(),
    rows: (table, again) => {
      const own = taken?.tables.find(({ name }) => name === table.name);
      return taken === undefined || own === undefined ? nothing<Row>() : taken.rows(own, again);
    },
    links: () => nothing(),
  };
}

function withColumns(table: SourceTable, names: readonly string[]): SourceTable {
  const columns = new Map<string, SourceColumn>(table.columns);
  for (const name of names)
    if (!columns.has(name))
      columns.set(name, { name, displayName: name, type: 'text', targets: [] });
  return { ...table, columns };
}

async function* nothing<Item>(): AsyncGenerator<Item> {
  // A snapshot of this migration has neither files nor links.
}
