import type { DataverseReader } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import type { Guid } from '../../model/guid.ts';
import { cell, isLookup, nameOf, type Row, type RowRef, type Value } from '../../model/row.ts';
import type { TextReferences } from '../../model/rules.ts';
import type { BuiltPlan } from '../../plan/build-plan.ts';
import type { ComparedRow } from '../../plan/plan-input.ts';
import { placeOf } from '../../plan/row-finding.ts';
import type { Check } from '../../report/report.ts';

const stepTable = 'msdyn_assignmentconfigurationstep';
const routingColumns = new Set([
  'msdyn_queuetype',
  'msdyn_assignmentstrategy',
  'msdyn_operatinghourid',
  'msdyn_prequeueoverflowrulesetid',
  'msdyn_inqueueoverflowrulesetid',
]);

interface SeenText {
  readonly row: RowRef;
  readonly name: string;
  readonly column: string;
  readonly problem?: string;
  /** The package's text cannot be read either: nothing to ask. */
  readonly isForeign: boolean;
  readonly references: readonly {
    readonly id: Guid;
    readonly tables: readonly string[];
    readonly at: string;
  }[];
}

interface SeenStep {
  readonly row: RowRef;
  readonly name: string;
  readonly configuration: string;
  /** Its place among the steps of its type. */
  readonly order: string | undefined;
  readonly hasRuleset: boolean;
}

/** Asks of the rows of the target, as they pass by, whether routing will work with them. */
export class MeaningChecks {
  readonly #texts: SeenText[] = [];
  readonly #steps: SeenStep[] = [];
  readonly #queues: Check[] = [];

  see({ table, source, target, comparison }: ComparedRow): void {
    if (target === undefined) return;
    const row = { table: table.name, id: target.id };
    for (const [column, references] of table.rules.textReferences) {
      const text = cell(target, column);
      if (typeof text !== 'string') continue;
      this.#texts.push({
        row,
        name: nameOf(target),
        column,
        isForeign: isForeign(cell(source, column), references),
        ...references.find(text),
      });
    }
    if (table.name === stepTable) this.#seeStep(row, target);
    if (table.name === 'queue') {
      const changed = [...comparison.rows, ...comparison.references]
        .map(({ column }) => column)
        .filter((column) => routingColumns.has(column));
      const fixed = comparison.problem?.code === 'URM1318';
      this.#queues.push(queueCheck(row, nameOf(target), fixed ? ['msdyn_queuetype'] : changed));
    }
  }

  async checks(
    plan: BuiltPlan,
    reader: DataverseReader,
    signal: AbortSignal,
  ): Promise<readonly Check[]> {
    const existing = await this.#existing(reader, signal);
    return [
      ...this.#queues,
      ...stepChecks(this.#steps),
      ...this.#texts.flatMap((text) => textChecks(text, existing, plan)),
    ];
  }

  #seeStep(row: RowRef, target: Row): void {
    const configuration = cell(target, 'msdyn_assignmentconfigurationid');
    const ruleset = cell(target, 'msdyn_rulesetid');
    const order = cell(target, 'msdyn_steporder');
    this.#steps.push({
      row,
      name: nameOf(target),
      configuration: isLookup(configuration) ? configuration.id : '',
      order:
        typeof order === 'number'
          ? `${JSON.stringify(cell(target, 'msdyn_type'))} ${order}`
          : undefined,
      hasRuleset: isLookup(ruleset),
    });
  }

  /** Rows named in texts that the target has, as `table/id`. */
  async #existing(reader: DataverseReader, signal: AbortSignal): Promise<ReadonlySet<string>> {
    const asked = new Map<string, Set<Guid>>();
    for (const { references } of this.#texts)
      for (const { tables, id } of references)
        for (const table of tables) asked.set(table, (asked.get(table) ?? new Set()).add(id));
    const known = await reader.tables([...asked.keys()], signal);
    const existing = new Set<string>();
    for (const [name, ids] of asked) {
      const table = known.get(name);
      if (table === undefined) continue;
      const query = {
        table,
        columns: [table.idColumn],
        where: { by: 'ids', ids: [...ids] },
      } as const;
      for await (const row of reader.rows(query, signal)) existing.add(`${name}/${row.id}`);
    }
    return existing;
  }
}

function queueCheck(row: RowRef, name: string, changed: readonly string[]): Check {
  const check = {
    group: 'queues',
    name: `${name} keeps type, strategy, operating hours and overflow`,
  };
  if (changed.length === 0) return check;
  return {
    ...check,
    finding: {
      severity: 'error',
      code: 'URM1508',
      where: placeOf({ ref: row, name }, changed.join(', ')),
      summary: `The queue routes differently from the package: ${changed.join(', ')}`,
      detail: '',
      remedy: 'Import the package again, or correct the queue in the target.',
    },
  };
}

function stepChecks(steps: readonly SeenStep[]): readonly Check[] {
  const checks: Check[] = [];
  const configurations = new Map<string, SeenStep[]>();
  for (const step of steps) {
    const list = configurations.get(step.configuration) ?? [];
    configurations.set(step.configuration, [...list, step]);
  }
  for (const [configuration, own] of configurations) {
    const orders = own.map((step) => step.order);
    const bad = own.find(
      (step) =>
        step.order === undefined ||
        !step.hasRuleset ||
        orders.filter((order) => order === step.order).length > 1,
    );
    const check = {
      group: 'assignment',
      name: `configuration ${configuration}: steps are in order, each with a ruleset`,
    };
    checks.push(bad === undefined ? check : { ...check, finding: stepFinding(bad) });
  }
  return checks;
}

function stepFinding(step: SeenStep): Finding {
  return {
    severity: 'error',
    code: 'URM1507',
    where: placeOf({ ref: step.row, name: step.name }),
    summary: step.hasRuleset
      ? 'The assignment step shares its place with another, or has none'
      : 'The assignment step has no ruleset',
    detail: '',
    remedy: 'Open the queue in the target and save its assignment method again.',
  };
}

function textChecks(
  text: SeenText,
  existing: ReadonlySet<string>,
  plan: BuiltPlan,
): readonly Check[] {
  const group = text.row.table;
  const place = { ref: text.row, name: text.name };
  const where = placeOf(place, text.column);
  const readable: Check = { group, name: `${text.name}: ${text.column} can be read` };
  if (text.isForeign) return [{ ...readable, skipped: text.problem ?? 'not in a known form' }];
  if (text.problem !== undefined)
    return [
      {
        ...readable,
        finding: {
          severity: 'error',
          code: 'URM1504',
          where,
          summary: 'The text cannot be searched for references',
          detail: text.problem,
          remedy: 'Open the row in the target and save it again.',
        },
      },
    ];
  const missing = text.references.filter(
    ({ tables, id }) => !tables.some((table) => existing.has(`${table}/${id}`)),
  );
  const left = text.references.filter(({ tables, id }) => isSourceId(tables, id, plan));
  const named = (list: SeenText['references']): string =>
    list.map(({ at, id }) => `${at}: ${id}`).join('; ');
  const complete = { group, name: `${text.name}: everything it names is there` };
  const rewritten = { group, name: `${text.name}: no id of the source is left` };
  return [
    readable,
    missing.length === 0
      ? complete
      : {
          ...complete,
          finding: {
            severity: 'error',
            code: 'URM1505',
            where,
            summary: `The text names ${missing.length} rows that the target does not have`,
            detail: named(missing),
            remedy: 'Create or import the rows, or change the rule.',
          },
        },
    left.length === 0
      ? rewritten
      : {
          ...rewritten,
          finding: {
            severity: 'error',
            code: 'URM1506',
            where,
            summary: `The text names ${left.length} rows by the ids they have in the source`,
            detail: named(left),
            remedy: 'Import the package again so that the ids are rewritten.',
          },
        },
  ];
}

function isForeign(text: Value | undefined, references: TextReferences): boolean {
  return typeof text === 'string' && references.find(text).problem !== undefined;
}

/** Whether a row of the package has this id in the source and another in the target. */
function isSourceId(tables: readonly string[], id: Guid, plan: BuiltPlan): boolean {
  return tables.some((table) => {
    const node = plan.index.nodeOf({ table, id });
    if (node === undefined || !plan.index.inPackage(node)) return false;
    const target = plan.identities.targetOf(node);
    return target !== undefined && target.id !== id;
  });
}
