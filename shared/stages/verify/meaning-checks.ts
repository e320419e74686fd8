import type { MigrationPackage } from '../../cmt/package.ts';
import type { DataverseReader } from '../../dataverse/client.ts';
import { DataverseError } from '../../dataverse/dataverse-error.ts';
import type { Guid } from '../../model/guid.ts';
import { cell, nameOf, type Row, type RowRef } from '../../model/row.ts';
import type { BuiltPlan } from '../../plan/build-plan.ts';
import type { ComparedRow } from '../../plan/plan-input.ts';
import { placeOf } from '../../plan/row-finding.ts';
import type { Check } from '../../report/report.ts';
import { findGuids } from '../../routing/guid-occurrence.ts';
import { readRouting } from '../routing-state/read-routing.ts';
import { isInactive, type RoutingRows } from '../routing-state/routing-rows.ts';
import { routingTables } from '../routing-state/routing-tables.ts';
import { channelChecks, snippetOrganization } from './channel-checks.ts';
import type { CheckBook } from './check-book.ts';
import { placeOfRow } from './check-place.ts';
import { queueChecks } from './queue-checks.ts';
import { called, type RoutingScene } from './routing-check.ts';
import { rulesetChecks, skillChecks, tablesUsed } from './ruleset-checks.ts';
import { templatesNamed, workstreamChecks } from './workstream-checks.ts';

const routingColumns = new Set([
  'msdyn_queuetype',
  'msdyn_assignmentstrategy',
  'msdyn_operatinghourid',
  'msdyn_prequeueoverflowrulesetid',
  'msdyn_inqueueoverflowrulesetid',
]);

/** Texts of the target that hold ids, or where the package came from. */
interface SeenText {
  readonly ref: RowRef;
  readonly name: string;
  readonly column: string;
  readonly ids: readonly Guid[];
  readonly namesSource: boolean;
}

/** Asks of the rows of the target, as they pass by, whether routing will work with them. */
export class MeaningChecks {
  readonly #book: CheckBook;
  /** What texts must not hold: origin and organization of the source. */
  readonly #sourceWords: readonly string[];
  readonly #texts: SeenText[] = [];
  readonly #foreign = new Set<Guid>();
  readonly #queues: Check[] = [];
  /** The package came from this environment: what is switched off there was not said, and is no change. */
  readonly #isSource: boolean;
  /** Rows whose state the package does not say, as `table/id`. */
  readonly #stateless = new Set<string>();

  constructor(book: CheckBook, pkg: MigrationPackage, organizationId: Guid) {
    this.#book = book;
    const source = pkg.manifest?.source;
    this.#isSource = source?.organizationId === organizationId;
    this.#sourceWords =
      source === undefined || source.organizationId === organizationId
        ? []
        : [source.organizationId.toLowerCase(), hostOf(source.url)].filter((word) => word !== '');
  }

  see({ table, source, target, comparison }: ComparedRow): void {
    if (target === undefined) return;
    const ref = { table: table.name, id: target.id };
    const name = nameOf(target);
    for (const [column, references] of table.rules.textReferences) {
      const text = cell(source, column);
      if (typeof text === 'string' && references.find(text).problem !== undefined)
        this.#foreign.add(target.id);
    }
    if (!this.#isSource && cell(source, 'statecode') === undefined)
      this.#stateless.add(`${table.name}/${target.id}`);
    this.#seeTexts(ref, name, target);
    if (table.name === 'queue') {
      const changed = [...comparison.rows, ...comparison.references]
        .map(({ column }) => column)
        .filter((column) => routingColumns.has(column));
      const fixed = comparison.problem?.code === 'URM1318';
      this.#queues.push(this.#queueCheck(ref, name, fixed ? ['msdyn_queuetype'] : changed));
    }
  }

  /** All checks of meaning, and the rows they were asked of. */
  async checks(
    plan: BuiltPlan,
    reader: DataverseReader,
    signal: AbortSignal,
  ): Promise<{ readonly checks: readonly Check[]; readonly rows: RoutingRows }> {
    const roots = rootsOf(plan);
    const rows = await readRouting(reader, roots, signal);
    const scene = await this.#sceneOf(rows, roots, reader, signal);
    return {
      rows,
      checks: [
        ...this.#queues,
        ...this.#sourceChecks(plan, rows),
        ...this.#stateChecks(rows),
        ...rulesetChecks(scene),
        ...workstreamChecks(scene),
        ...queueChecks(scene),
        ...channelChecks(scene),
        ...skillChecks(scene),
      ],
    };
  }

  #seeTexts(ref: RowRef, name: string, target: Row): void {
    for (const [at, column] of target.shape.columns.entries()) {
      const text = target.cells[at];
      // Names are for people: overflow actions carry the queue's id in theirs, and it decides nothing.
      if (column === target.shape.table.nameColumn) continue;
      if (typeof text !== 'string' || text.length < 9) continue;
      const lower = text.toLowerCase();
      const namesSource = this.#sourceWords.some((word) => lower.includes(word));
      const ids = text.length < 36 ? [] : findGuids(text).map(({ id }) => id);
      if (ids.length > 0 || namesSource) this.#texts.push({ ref, name, column, ids, namesSource });
    }
  }

  #queueCheck(ref: RowRef, name: string, changed: readonly string[]): Check {
    return this.#book.asked(
      'queue-routing',
      `${name} keeps type, strategy, operating hours and overflow`,
      changed.length === 0
        ? undefined
        : {
            where: placeOf({ ref, name }, changed.join(', ')),
            summary: `The queue "${name}" routes differently from the package: ${changed.join(', ')}`,
            remedy: 'Import the package again, or correct the queue in the target.',
          },
    );
  }

  /** Ids that rows have in the source only, its organization, and its address. */
  #sourceChecks(plan: BuiltPlan, rows: RoutingRows): readonly Check[] {
    const left = sourceIds(plan);
    const checks = this.#texts.map(({ ref, name, column, ids, namesSource }) => {
      const found = ids.filter((id) => left.has(id));
      const what = [
        ...found.map((id) => `${left.get(id) ?? 'row'} ${id}`),
        ...(namesSource ? ['the organization or address of the source'] : []),
      ];
      return this.#book.asked(
        'source-reference',
        `${name}: ${column} does not point back to the source`,
        what.length === 0
          ? undefined
          : {
              where: placeOf({ ref, name }, column),
              summary: `The text still names what only the source has: ${what.join(', ')}`,
              // Texts that nobody can search for references move unchanged.
              mayBeMeant: this.#foreign.has(ref.id),
              remedy:
                'Import the package again so that it is rewritten, or correct it in the target.',
            },
      );
    });
    const source = this.#sourceWords[0];
    for (const widget of rows.all('msdyn_livechatconfig')) {
      const isForeign = source !== undefined && snippetOrganization(widget) === source;
      checks.push(
        this.#book.asked(
          'source-reference',
          `${nameOf(widget)}: its snippet is the target's own`,
          isForeign
            ? {
                where: placeOfRow(widget, 'msdyn_widgetsnippet'),
                summary: `The snippet of the chat widget "${nameOf(widget)}" leads customers to the source`,
                remedy: 'Save the widget again in the target so that it makes its own snippet.',
              }
            : undefined,
        ),
      );
    }
    return checks;
  }

  /** Rows that somebody switched off, where the package has nothing to compare with. */
  #stateChecks(rows: RoutingRows): readonly Check[] {
    return [...this.#stateless].flatMap((key) => {
      const [table = '', id = ''] = key.split('/');
      const row = rows.get(table, id);
      return row !== undefined && isInactive(row)
        ? [
            this.#book.asked('inactive-row', `${nameOf(row)} is switched on`, {
              where: placeOfRow(row, 'statecode'),
              summary: `The ${called(row)} is switched off`,
              // It may be so in the source, too: packages do not carry the state of all rows.
              mayBeMeant: true,
              remedy: 'Activate it in the target.',
            }),
          ]
        : [];
    });
  }

  async #sceneOf(
    rows: RoutingRows,
    roots: ReadonlyMap<string, ReadonlySet<Guid>>,
    reader: DataverseReader,
    signal: AbortSignal,
  ): Promise<RoutingScene> {
    const used = tablesUsed(rows.all('msdyn_decisionruleset'));
    const wanted = templatesNamed(rows.all('msdyn_liveworkstream'));
    const routes = [...roots.keys()].some((table) => table in routingTables);
    const names = routes ? [...Object.keys(routingTables), ...used, ...wanted.keys()] : [];
    const tables = names.length === 0 ? new Map() : await reader.tables(names, signal);
    return {
      rows,
      book: this.#book,
      url: reader.url,
      tables,
      isOurs: (table, id) => roots.get(table)?.has(id) === true,
      isForeign: (id) => this.#foreign.has(id),
      calendars: await existingCalendars(rows.all('msdyn_operatinghour'), reader, signal),
      templates: await existingTemplates(wanted, tables, reader, signal),
    };
  }
}

/** Rows of the package as the target has them, by table. */
export function rootsOf({ index, identities }: BuiltPlan): ReadonlyMap<string, ReadonlySet<Guid>> {
  const roots = new Map<string, Set<Guid>>();
  for (const node of index.rows) {
    const target = identities.targetOf(node);
    if (target !== undefined && target.table in routingTables)
      roots.set(target.table, (roots.get(target.table) ?? new Set()).add(target.id));
  }
  return roots;
}

/** Ids that rows of the package have in the source and not in the target, with their tables. */
function sourceIds({ index, identities }: BuiltPlan): ReadonlyMap<Guid, string> {
  const ids = new Map<Guid, string>();
  const targets = new Set<Guid>();
  for (const node of index.rows) {
    const target = identities.targetOf(node);
    const { table, id } = index.refOf(node);
    if (target === undefined) continue;
    targets.add(target.id);
    if (target.id !== id) ids.set(id, table);
  }
  for (const id of targets) ids.delete(id);
  return ids;
}

async function existingCalendars(
  hours: readonly Row[],
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<ReadonlySet<Guid> | undefined> {
  const ids = hours.flatMap((row) => {
    const text = cell(row, 'msdyn_calendarid');
    return typeof text === 'string' ? findGuids(text).map(({ id }) => id) : [];
  });
  if (ids.length === 0) return new Set();
  const table = (await reader.tables(['calendar'], signal)).get('calendar');
  if (table === undefined) return undefined;
  const found = new Set<Guid>();
  try {
    const query = { table, columns: [], where: { by: 'ids', ids } } as const;
    for await (const row of reader.rows(query, signal)) found.add(row.id);
    return found;
  } catch (error) {
    if (!(error instanceof DataverseError) || error.status !== 403) throw error;
    return undefined;
  }
}

async function existingTemplates(
  wanted: ReadonlyMap<string, ReadonlySet<string>>,
  tables: RoutingScene['tables'],
  reader: DataverseReader,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = new Map<string, ReadonlySet<string>>();
  const columns = ['msdyn_uniquename'];
  for (const [name, uniqueNames] of wanted) {
    const table = tables.get(name);
    if (table?.columns.has('msdyn_uniquename') !== true) continue;
    const keys = [...uniqueNames].map((each) => [each]);
    const existing = new Set<string>();
    const query = { table, columns, where: { by: 'keys', columns, keys } } as const;
    for await (const row of reader.rows(query, signal)) {
      const unique = cell(row, 'msdyn_uniquename');
      if (typeof unique === 'string') existing.add(unique.toLowerCase());
    }
    found.set(name, existing);
  }
  return found;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host.toLowerCase() : '';
}
