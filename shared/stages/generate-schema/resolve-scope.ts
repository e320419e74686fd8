import type { DataverseReader, RowFilter } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import { parseGuid, type Guid } from '../../model/guid.ts';
import { cell, isLookup, nameOf, type Row } from '../../model/row.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import type { HasColumn, Scope } from '../../routing/area.ts';
import { anyOf, fetchText, join, oneOf, type FetchNode } from '../../routing/fetch-filter.ts';
import { assignmentRulesetFilter, selectionRulesetFilter } from '../../routing/queue-filter.ts';
import { ruleBook } from '../../routing/rule-book.ts';

/** A scope in which queues are named by id, whatever the user named. */
export interface ResolvedScope {
  readonly scope: Scope;
  /** One line per queue: why it belongs to the scope. */
  readonly reasons: readonly string[];
  readonly findings: readonly Finding[];
}

const involved = [
  'queue',
  'msdyn_liveworkstream',
  'msdyn_decisionruleset',
  'msdyn_assignmentconfigurationstep',
  'msdyn_overflowactionconfig',
  'msdyn_routingconfigurationstep',
] as const;

/**
 * Follows named queues and workstreams to every queue they need: lookups of workstreams, queues that
 * rulesets assign to, queues that overflow leads to, and theirs in turn. Default queues are each
 * environment's own and stay out. Without names everything is in scope.
 */
export async function resolveScope(
  reader: DataverseReader,
  scope: Scope,
  signal: AbortSignal,
): Promise<ResolvedScope> {
  if (scope.queues.length === 0 && scope.workstreams.length === 0)
    return { scope, reasons: [], findings: [] };
  const closure = new QueueClosure(reader, await reader.tables(involved, signal), signal);
  const findings = [
    ...(await closure.addNamed('queue', scope.queues)),
    ...(await closure.addNamed('msdyn_liveworkstream', scope.workstreams)),
  ];
  await closure.follow();
  return {
    // An id that is no row's keeps the scope limited when the names lead to no queue at all.
    scope: { ...scope, queues: closure.ids.length === 0 ? [noQueue] : closure.ids },
    reasons: closure.reasons,
    findings,
  };
}

const noQueue = '00000000-0000-0000-0000-000000000000';

class QueueClosure {
  readonly #reader: DataverseReader;
  readonly #tables: ReadonlyMap<string, EnvironmentTable>;
  readonly #signal: AbortSignal;
  readonly #reasons = new Map<Guid, string>();
  /** Queues whose rules were not followed yet, with the reason they were met. */
  #waiting = new Map<Guid, string>();

  constructor(
    reader: DataverseReader,
    tables: ReadonlyMap<string, EnvironmentTable>,
    signal: AbortSignal,
  ) {
    this.#reader = reader;
    this.#tables = tables;
    this.#signal = signal;
  }

  get ids(): readonly Guid[] {
    return [...this.#reasons.keys()].sort();
  }

  get reasons(): readonly string[] {
    return [...this.#reasons.values()].sort();
  }

  /** Starts from rows that the user named; a name that no row has is a finding. */
  async addNamed(
    name: 'queue' | 'msdyn_liveworkstream',
    wanted: readonly string[],
  ): Promise<readonly Finding[]> {
    const table = this.#tables.get(name);
    if (wanted.length === 0) return [];
    const rows = table === undefined ? [] : await this.#named(table, wanted);
    const known = new Set(rows.flatMap((row) => [row.id, nameOf(row).toLowerCase()]));
    if (name === 'queue') for (const { id } of rows) this.#waiting.set(id, 'named');
    else await this.#followWorkstreams(rows);
    return wanted
      .filter((each) => !known.has(parseGuid(each) ?? each.toLowerCase()))
      .map((each) => notThere(name, each, this.#reader.url));
  }

  async follow(): Promise<void> {
    while (this.#waiting.size > 0) {
      const met = this.#waiting;
      this.#waiting = new Map();
      const fresh = [...met.keys()].filter((id) => !this.#reasons.has(id));
      const queues = await this.#collect('queue', ['name', 'msdyn_isdefaultqueue'], {
        by: 'ids',
        ids: fresh,
      });
      const followed: Guid[] = [];
      for (const queue of queues) {
        const reason = met.get(queue.id) ?? '';
        if (cell(queue, 'msdyn_isdefaultqueue') === true && reason !== 'named') continue;
        this.#reasons.set(queue.id, `queue ${nameOf(queue)}: ${reason}`);
        followed.push(queue.id);
      }
      if (followed.length > 0) await this.#followQueues(followed);
    }
  }

  async #named(table: EnvironmentTable, wanted: readonly string[]): Promise<readonly Row[]> {
    const ids = wanted.map(parseGuid).filter((id) => id !== undefined);
    const names = wanted.filter((each) => parseGuid(each) === undefined);
    const conditions: FetchNode[] = [];
    if (ids.length > 0) conditions.push(oneOf(table.idColumn, ids));
    if (names.length > 0) conditions.push(oneOf(table.nameColumn ?? 'name', names));
    const lookups = [...table.columns.values()]
      .filter(({ targets }) => targets.includes('queue'))
      .map(({ name }) => name);
    const columns = table.nameColumn === undefined ? lookups : [table.nameColumn, ...lookups];
    return this.#collect(table.name, columns, {
      by: 'fetch',
      fetchXml: fetchText(table.name, {}, anyOf(...conditions)),
    });
  }

  async #followWorkstreams(workstreams: readonly Row[]): Promise<void> {
    for (const workstream of workstreams)
      for (const [at, column] of workstream.shape.columns.entries()) {
        const value = workstream.cells[at];
        if (isLookup(value) && value.table === 'queue')
          this.#waiting.set(value.id, `${column} of workstream ${nameOf(workstream)}`);
      }
    if (workstreams.length > 0)
      await this.#followRulesets(routingRulesets(workstreams.map(({ id }) => id)));
  }

  async #followQueues(queues: readonly Guid[]): Promise<void> {
    const has: HasColumn = (table, column) => this.#tables.get(table)?.columns.has(column) ?? false;
    const scope: Scope = { channels: [], queues, workstreams: [] };
    const actions = [
      ...(await this.#followRulesets(assignmentRulesetFilter(scope, has))),
      ...(await this.#followRulesets(selectionRulesetFilter(scope))),
    ];
    if (actions.length === 0) return;
    const rows = await this.#collect(
      'msdyn_overflowactionconfig',
      ['msdyn_name', 'msdyn_overflowactiondata'],
      { by: 'ids', ids: [...new Set(actions)] },
    );
    for (const row of rows)
      for (const { id } of referencesOf(row, 'msdyn_overflowactiondata', 'queue'))
        this.#waiting.set(id, `overflow action ${nameOf(row)}`);
  }

  /** Queues that the rules assign to wait to be followed; overflow actions they name are handed back. */
  async #followRulesets(fetchXml: string): Promise<readonly Guid[]> {
    const rows = await this.#collect(
      'msdyn_decisionruleset',
      ['msdyn_name', 'msdyn_rulesetdefinition'],
      { by: 'fetch', fetchXml },
    );
    for (const row of rows)
      for (const { id, at } of referencesOf(row, 'msdyn_rulesetdefinition', 'queue'))
        this.#waiting.set(id, `ruleset ${nameOf(row)}, ${at}`);
    return rows.flatMap((row) =>
      referencesOf(row, 'msdyn_rulesetdefinition', 'msdyn_overflowactionconfig').map(
        ({ id }) => id,
      ),
    );
  }

  async #collect(
    name: string,
    columns: readonly string[],
    where: RowFilter,
  ): Promise<readonly Row[]> {
    const table = this.#tables.get(name);
    if (table === undefined || (where.by === 'ids' && where.ids.length === 0)) return [];
    const known = columns.filter((column) => table.columns.has(column));
    const rows: Row[] = [];
    for await (const row of this.#reader.rows({ table, columns: known, where }, this.#signal))
      rows.push(row);
    return rows;
  }
}

function referencesOf(
  row: Row,
  column: string,
  table: string,
): readonly { readonly id: Guid; readonly at: string }[] {
  const text = cell(row, column);
  const references = ruleBook.of(row.shape.table.name).textReferences.get(column);
  if (typeof text !== 'string' || references === undefined) return [];
  return references.find(text).references.filter(({ tables }) => tables[0] === table);
}

/** Rulesets of the routing steps of workstreams. */
function routingRulesets(workstreams: readonly Guid[]): string {
  return fetchText(
    'msdyn_decisionruleset',
    { distinct: true },
    join(
      'msdyn_routingconfigurationstep',
      { from: 'msdyn_rulesetid', to: 'msdyn_decisionrulesetid', type: 'inner', alias: 'rs' },
      join(
        'msdyn_routingconfiguration',
        {
          from: 'msdyn_routingconfigurationid',
          to: 'msdyn_routingconfigurationid',
          type: 'inner',
          alias: 'rc',
        },
        anyOf(oneOf('msdyn_liveworkstreamid', workstreams)),
      ),
    ),
  );
}

function notThere(table: string, name: string, url: string): Finding {
  const what = table === 'queue' ? 'queue' : 'workstream';
  return {
    severity: 'error',
    code: 'URM1229',
    where: url,
    summary: `The environment has no ${what} '${name}'`,
    detail: '',
    remedy: 'Check the spelling: give a name or id as the source environment has it.',
  };
}
