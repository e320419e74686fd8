import type { Identity } from '#shared/model/identity.ts';
import type { WithheldReason } from '#shared/model/rules.ts';
import type { Area, AreaTable, LeftOut } from '#shared/routing/area.ts';
import { areas } from '#shared/routing/catalogue.ts';
import { filterWords, type Movers } from '#shared/routing/filter-words.ts';
import { ruleBook } from '#shared/routing/rule-book.ts';
import { isCarriedBySolution, solutionRouteOf } from '#shared/routing/solution-route.ts';
import { withheldEverywhere } from '#shared/routing/withheld-columns.ts';

/** What the catalogue says of a table of a step, in words. */
export interface TableView {
  readonly table: string;
  readonly why: string;
  readonly selects: string;
  readonly recognizedBy: string;
  /** Who carries its rows where the configuration says `carriedBy: solution`. */
  readonly carriedBy: 'data' | 'solution';
  readonly columns: readonly string[];
  readonly newerColumns: readonly string[];
  readonly relationships: readonly string[];
  readonly withheld: readonly { readonly column: string; readonly reason: WithheldReason }[];
  /** What an import does with its rows beyond creating and updating. */
  readonly notes: readonly string[];
}

export interface AreaView {
  readonly area: string;
  readonly title: string;
  readonly channels: readonly string[];
  readonly includedBy?: string;
  readonly source: string;
  /** The table one adds to a solution; the others come along. */
  readonly solutionStartsWith?: string;
  readonly steps: readonly {
    readonly step: string;
    readonly title: string;
    readonly tables: readonly TableView[];
  }[];
  readonly leftOut: readonly LeftOut[];
  readonly manual: readonly string[];
}

/** The whole catalogue in words, in import order. */
export function catalogueView(): readonly AreaView[] {
  return areas.map((area) => {
    const movers = moversOf(area);
    const [channel] = area.channels;
    return {
      area: area.area,
      title: area.title,
      channels: area.channels,
      ...(area.includedBy === undefined ? {} : { includedBy: area.includedBy }),
      source: area.source,
      ...(channel === undefined ? {} : { solutionStartsWith: solutionRouteOf(channel).startsWith }),
      steps: area.steps.map(({ step, title, tables }) => ({
        step,
        title,
        tables: tables.map((table) => tableView(area, table, movers)),
      })),
      leftOut: area.leftOut ?? [],
      manual: area.manual,
    };
  });
}

/** Columns whose values are withheld wherever they stand. */
export const withheldInEveryTable = Object.entries(withheldEverywhere).map(([column, reason]) => ({
  column,
  reason,
}));

/** Columns of newer versions count as there: the page shows the whole filter. */
function filterOf({ filter }: AreaTable, area: Area): string | undefined {
  return filter?.({ channels: area.channels, queues: [], workstreams: [] }, () => true);
}

/** What is said of workstreams and queues by themselves, in the areas of the same channel. */
function moversOf(area: Area): Movers {
  const related = areas.filter(
    (each) =>
      each.includedBy === undefined &&
      (each === area || each.channels.join() === area.channels.join()),
  );
  return new Map(
    related.flatMap((each) =>
      each.steps.flatMap(({ tables }) =>
        tables.flatMap((table) => {
          const own = ['queue', 'msdyn_liveworkstream'].includes(table.table);
          const fetchXml = own ? filterOf(table, each) : undefined;
          return fetchXml === undefined ? [] : [[table.table, filterWords(fetchXml)] as const];
        }),
      ),
    ),
  );
}

function tableView(area: Area, table: AreaTable, movers: Movers): TableView {
  const rules = ruleBook.of(table.table);
  const named = new Set([...table.columns, ...(table.optionalColumns ?? [])]);
  const notes = [
    ...(table.skipUpdate === true ? ['Rows that exist are left alone.'] : []),
    ...(rules.systemRows === undefined
      ? []
      : [
          `Rows with the names that every environment has of its own (${rules.systemRows.column}) are found there by name, never created and never updated.`,
        ]),
    ...(rules.createOnly.size === 0
      ? []
      : [`Sent when a row is created, never afterwards: ${[...rules.createOnly].join(', ')}.`]),
    ...(rules.textReferences.size === 0
      ? []
      : [
          `Ids inside these texts are rewritten to those of the target: ${[...rules.textReferences.keys()].join(', ')}.`,
        ]),
    ...(rules.liveColumns === undefined
      ? []
      : [
          `Switches live routing, so it is changed last of all: ${[...rules.liveColumns].sort().join(', ')}.`,
        ]),
  ];
  return {
    table: table.table,
    why: table.why,
    selects: selects(table, area, movers),
    recognizedBy: rules.identities.map(identityWords).join(', then '),
    carriedBy: isCarriedBySolution(area, table.table) ? 'solution' : 'data',
    columns: table.columns,
    newerColumns: table.optionalColumns ?? [],
    relationships: table.relationships ?? [],
    withheld: [...rules.withheld]
      .filter(([column]) => named.has(column) && !(column in withheldEverywhere))
      .map(([column, reason]) => ({ column, reason })),
    notes,
  };
}

function selects(table: AreaTable, area: Area, movers: Movers): string {
  if (table.namedIn !== undefined)
    return `rows that ${table.namedIn.map((text) => `${text.column} of a ${text.table} of this step`).join(' or ')} names`;
  const fetchXml = filterOf(table, area);
  if (fetchXml === undefined) return 'all rows';
  const isOwn = ['queue', 'msdyn_liveworkstream'].includes(table.table);
  const words = filterWords(fetchXml, isOwn ? new Map() : movers);
  return /^(?:of|named by) a /.test(words) ? `rows ${words}` : `rows where ${words}`;
}

function identityWords(identity: Identity): string {
  switch (identity.by) {
    case 'id':
      return 'id';
    case 'unique-name':
      return `unique name (${identity.column})`;
    case 'key':
      return identity.columns.join(' and ');
    case 'map':
      return 'map file';
  }
}
