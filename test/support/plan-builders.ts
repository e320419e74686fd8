import type { Guid } from '#shared/model/guid.ts';
import type { Action, Plan } from '#shared/model/plan.ts';
import type { Link, Row, Value } from '#shared/model/row.ts';
import { isLookup } from '#shared/model/row.ts';
import type { RowSource } from '#shared/model/row-source.ts';
import type { RuleBook, TableRules, TextReferences } from '#shared/model/rules.ts';
import type {
  ColumnType,
  DateMode,
  EnvironmentColumn,
  EnvironmentTable,
  RequiredLevel,
  SourceTable,
} from '#shared/model/table.ts';
import { buildPlan, type BuiltPlan } from '#shared/plan/build-plan.ts';
import type { PlanInput } from '#shared/plan/plan-input.ts';
import type { Spool, TargetLookup } from '#shared/plan/ports.ts';
import { normalForm } from '#shared/plan/values.ts';

/** The n-th id: the same in every run. */
export function idOf(n: number): Guid {
  return `${n.toString(16).padStart(8, '0')}-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

export interface ColumnSketch {
  readonly type: ColumnType;
  readonly to?: readonly string[];
  readonly required?: RequiredLevel;
  readonly creatable?: boolean;
  readonly updatable?: boolean;
  readonly options?: readonly number[];
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly dateMode?: DateMode;
}

/** A column: its type, or more where more matters. */
export type ColumnSpec = ColumnType | ColumnSketch;

function sketchOf(spec: ColumnSpec): ColumnSketch {
  return typeof spec === 'string' ? { type: spec } : spec;
}

/** A table as an environment describes it; `name` is its name column where it has one. */
export function anEnvironmentTable(
  name: string,
  columns: Readonly<Record<string, ColumnSpec>>,
  more: Partial<EnvironmentTable> = {},
): EnvironmentTable {
  const described = Object.entries({ [`${name}id`]: 'guid' as const, ...columns }).map(
    ([column, spec]): [string, EnvironmentColumn] => {
      const { to, options, maxLength, minValue, maxValue, ...sketch } = sketchOf(spec);
      return [
        column,
        {
          name: column,
          displayName: column,
          schemaName: column,
          type: sketch.type,
          targets: to ?? [],
          required: sketch.required ?? 'none',
          creatable: sketch.creatable ?? true,
          updatable: sketch.updatable ?? column !== `${name}id`,
          readable: true,
          secured: false,
          custom: false,
          navigation: new Map((to ?? []).map((table) => [table, column])),
          ...(options === undefined
            ? {}
            : { options: new Map(options.map((option) => [option, String(option)])) }),
          ...(maxLength === undefined ? {} : { maxLength }),
          ...(minValue === undefined ? {} : { minValue }),
          ...(maxValue === undefined ? {} : { maxValue }),
        },
      ];
    },
  );
  return {
    name,
    displayName: name,
    idColumn: `${name}id`,
    ...('name' in columns ? { nameColumn: 'name' } : {}),
    entitySet: `${name}s`,
    schemaName: name,
    typeCode: 10_000,
    ownership: 'user',
    columns: new Map(described),
    manyToMany: [],
    privileges: new Map(),
    optimisticConcurrency: true,
    alternateKeys: [],
    ...more,
  };
}

export type Cells = Readonly<Record<string, Value>>;

export interface SourceTableSketch extends Partial<
  Pick<SourceTable, 'step' | 'compareBy' | 'skipUpdate' | 'forceCreate' | 'disablePlugins'>
> {
  readonly table: EnvironmentTable;
  /** Columns of the schema; default: all of the table. */
  readonly columns?: Readonly<Record<string, ColumnSpec>>;
  readonly rows: readonly (Cells & { readonly id: Guid })[];
  readonly links?: readonly Link[];
}

/** A source of rows out of plain objects; `hash` is told so that tests can change it. */
export function aSource(
  sketches: readonly SourceTableSketch[],
  more: { readonly hash?: string; readonly exportedAt?: string } = {},
): RowSource {
  const tables = sketches.map(sourceTable);
  const sketchFor = (table: SourceTable): SourceTableSketch | undefined =>
    sketches[tables.indexOf(table)];
  const { exportedAt } = more;
  return {
    hash: more.hash ?? 'a-package',
    tables,
    ...(exportedAt === undefined
      ? {}
      : { exportedAt: new Map(tables.map((table) => [table.step, exportedAt])) }),
    async *rows(table) {
      for (const { id, ...cells } of sketchFor(table)?.rows ?? [])
        yield await Promise.resolve(aRow(table, id, cells));
    },
    async *links(table) {
      for (const link of sketchFor(table)?.links ?? []) yield await Promise.resolve(link);
    },
  };
}

function sourceTable(sketch: SourceTableSketch): SourceTable {
  const { table, columns, rows: _rows, links: _links, ...flags } = sketch;
  const specs: ReadonlyMap<string, ColumnSpec> =
    columns === undefined
      ? new Map([...table.columns].map(([name, { type }]) => [name, type]))
      : new Map(Object.entries(columns));
  return {
    name: table.name,
    displayName: table.displayName,
    idColumn: table.idColumn,
    ...(table.nameColumn === undefined ? {} : { nameColumn: table.nameColumn }),
    manyToMany: table.manyToMany,
    columns: new Map(
      [...specs].map(([name, spec]) => {
        const { type, to, dateMode } = sketchOf(spec);
        const known = table.columns.get(name);
        return [
          name,
          {
            name,
            displayName: name,
            type: known?.type ?? type,
            targets: known?.targets ?? to ?? [],
            ...(dateMode === undefined ? {} : { dateMode }),
          },
        ];
      }),
    ),
    step: '01-step',
    compareBy: [table.idColumn],
    skipUpdate: false,
    forceCreate: false,
    disablePlugins: false,
    ...flags,
  };
}

export function aRow(table: SourceTable | EnvironmentTable, id: Guid, cells: Cells): Row {
  return {
    shape: { table, columns: Object.keys(cells) },
    id,
    cells: Object.values(cells),
  };
}

/** Rules of some tables; every other table gets the neutral ones. */
export function aRuleBook(rules: Readonly<Record<string, Partial<TableRules>>> = {}): RuleBook {
  return {
    of: (table) => ({
      identities: [],
      createOnly: new Set(),
      withheld: new Map(),
      textReferences: new Map(),
      ...rules[table],
    }),
  };
}

/** References written as `<queue:GUID>` in a text; `broken` stands for a text that does not parse. */
export const bracketReferences: TextReferences = {
  find: (text) =>
    text.includes('broken')
      ? { references: [], problem: 'no closing bracket' }
      : {
          references: [...text.matchAll(/<([\w|]+):([0-9a-f-]{36})>/g)].map((found, at) => ({
            tables: (found[1] ?? '').split('|'),
            id: found[2] ?? '',
            at: `place ${at + 1}`,
          })),
        },
  rewrite: (text, replace) => {
    let at = 0;
    return text.replaceAll(
      /<([\w|]+):([0-9a-f-]{36})>/g,
      (all: string, tables: string, id: string) => {
        at += 1;
        const to = replace({ tables: tables.split('|'), id, at: `place ${at}` });
        return to === undefined ? all : `<${tables}:${to}>`;
      },
    );
  },
};

/** An environment in memory that answers the planner and can be written to. */
export interface MemoryTarget extends TargetLookup {
  readonly rowsOf: (table: string) => ReadonlyMap<Guid, ReadonlyMap<string, Value>>;
  readonly linked: ReadonlySet<string>;
  /** Questions about rows so far. */
  readonly questions: number;
  put(table: string, id: Guid, cells: Cells): void;
  remove(table: string, id: Guid): void;
  link(link: Link): void;
  /** Applies a plan; throws where a lookup leads to a row that is not there yet. */
  apply(plan: Plan, texts: ReadonlyMap<string, string>): Promise<void>;
}

export function aMemoryTarget(tables: readonly EnvironmentTable[]): MemoryTarget {
  const known = new Map(tables.map((table) => [table.name, table]));
  const stored = new Map(tables.map((table) => [table.name, new Map<Guid, Map<string, Value>>()]));
  const linked = new Set<string>();
  let version = 0;
  let questions = 0;
  const put = (table: string, id: Guid, cells: Iterable<readonly [string, Value]>): void => {
    const rows = stored.get(table) ?? new Map<Guid, Map<string, Value>>();
    stored.set(table, rows);
    version += 1;
    rows.set(id, new Map([...(rows.get(id) ?? []), ...cells, ['versionnumber', version]]));
  };
  const write = (action: Action, texts: ReadonlyMap<string, string>): void => {
    if (action.kind === 'link') linked.add(linkText(action.link));
    if (action.kind !== 'create' && action.kind !== 'update') return;
    const exists = stored.get(action.row.table)?.has(action.row.id) === true;
    if (exists === (action.kind === 'create'))
      throw new Error(`${action.kind} of ${action.row.table} ${action.row.id}`);
    const cells = action.changes.map(({ column, after }): readonly [string, Value] => {
      if (
        isLookup(plain(after, texts)) &&
        stored.get(lookupTable(after))?.has(lookupId(after)) !== true
      )
        throw new Error(`${action.row.table}.${column} refers to a row that is not there yet`);
      return [column, plain(after, texts)];
    });
    put(action.row.table, action.row.id, cells);
  };
  return {
    linked,
    get questions() {
      return questions;
    },
    rowsOf: (table) => stored.get(table) ?? new Map(),
    put: (table, id, cells) => put(table, id, Object.entries(cells)),
    remove: (table, id) => void stored.get(table)?.delete(id),
    link: (link) => void linked.add(linkText(link)),
    tables: (names) =>
      Promise.resolve(new Map([...known].filter(([name]) => names.includes(name)))),
    async *rows(table, columns, where) {
      questions += 1;
      for (const [id, cells] of stored.get(table.name) ?? []) {
        const value = (column: string): Value => cells.get(column) ?? null;
        const found =
          where.by === 'ids'
            ? where.ids.includes(id)
            : where.keys.some((key) =>
                where.columns.every((column, at) => {
                  const type = table.columns.get(column)?.type ?? 'text';
                  return normalForm(value(column), type) === normalForm(key[at], type);
                }),
              );
        if (!found) continue;
        yield await Promise.resolve({
          shape: { table, columns },
          id,
          version: `W/"${JSON.stringify(cells.get('versionnumber'))}"`,
          cells: columns.map(value),
        });
      }
    },
    async *links(table, relationship, from) {
      for (const text of linked) {
        const [name = '', fromId = '', toId = ''] = text.split(' ');
        if (name !== relationship.name || !from.includes(fromId)) continue;
        yield await Promise.resolve({
          relationship: name,
          from: { table: table.name, id: fromId },
          to: { table: relationship.target, id: toId },
        });
      }
    },
    apply: async (plan, texts) => {
      for await (const action of plan.actions(new AbortController().signal)) write(action, texts);
    },
  };
}

function linkText(link: Link): string {
  return `${link.relationship} ${link.from.id} ${link.to.id}`;
}

function plain(value: unknown, texts: ReadonlyMap<string, string>): Value {
  if (typeof value === 'object' && value !== null && 'chars' in value && 'sha256' in value) {
    const text = texts.get(String(value.sha256));
    if (text === undefined) throw new Error('a long text was not kept');
    return text;
  }
  return value as Value;
}

function lookupTable(value: unknown): string {
  return isLookup(value as Value) ? (value as { table: string }).table : '';
}

function lookupId(value: unknown): string {
  return isLookup(value as Value) ? (value as { id: string }).id : '';
}

/** A spool in memory, with the long texts it was given. */
export function createMemorySpool(): Spool & { readonly texts: ReadonlyMap<string, string> } {
  const buckets = new Map<string, string[]>();
  const texts = new Map<string, string>();
  return {
    texts,
    append: (bucket, line) => {
      const lines = buckets.get(bucket);
      if (lines === undefined) buckets.set(bucket, [line]);
      else lines.push(line);
      return Promise.resolve();
    },
    async *lines(bucket, signal) {
      for (const line of buckets.get(bucket) ?? []) {
        signal.throwIfAborted();
        yield await Promise.resolve(line);
      }
    },
    keepText: (sha256, text) => {
      texts.set(sha256, text);
      return Promise.resolve();
    },
  };
}

/** Plans a source against a target with everything a test does not care about filled in. */
export async function planOf(
  source: RowSource,
  target: TargetLookup,
  more: Partial<PlanInput> = {},
): Promise<{ readonly plan: BuiltPlan; readonly texts: ReadonlyMap<string, string> }> {
  const spool = createMemorySpool();
  const plan = await buildPlan(
    {
      source,
      book: aRuleBook(),
      target,
      environment: { organizationId: idOf(1), url: 'https://target.crm4.dynamics.com' },
      spool,
      now: Date.parse('2026-03-15T12:00:00Z'),
      tool: 'test',
      findings: [],
      manual: [],
      progress: () => {},
      ...more,
    },
    new AbortController().signal,
  );
  return { plan, texts: spool.texts };
}

/** All actions of a plan. */
export async function actionsOf(plan: Plan): Promise<readonly Action[]> {
  const actions: Action[] = [];
  for await (const action of plan.actions(new AbortController().signal)) actions.push(action);
  return actions;
}
