import type { DataverseReader } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import { parseGuid, type Guid } from '../../model/guid.ts';
import { cell, nameOf, type Row } from '../../model/row.ts';
import { channels, type Channel, type HasColumn, type Scope } from '../../routing/area.ts';
import { areasFor } from '../../routing/catalogue.ts';
import { isOfChannels, isSimplified } from '../../routing/workstream-filter.ts';
import type { ChosenStep, ChosenTable } from './choose-tables.ts';
import { ScopeClosure, type ScopeRow } from './scope-closure.ts';

/** The rows of a limited scope, by step and table. */
export interface ResolvedScope {
  readonly rowsOf: (step: string, table: string) => ReadonlyMap<Guid, ScopeRow>;
  /** All rows of a table, in whichever step. */
  readonly idsOf: (table: string) => readonly Guid[];
  readonly findings: readonly Finding[];
}

/**
 * Which rows belong to the queues, workstreams and record types that were named; `undefined` where
 * nothing is named: then everything is in scope.
 */
export async function resolveScope(
  reader: DataverseReader,
  asked: Scope,
  steps: readonly ChosenStep[],
  signal: AbortSignal,
): Promise<ResolvedScope | undefined> {
  if (kinds.every(({ wanted }) => wanted(asked).length === 0)) return undefined;
  const closure = new ScopeClosure(reader, tablesOf(steps), signal);
  const rows: Row[] = [];
  const findings: Finding[] = [];
  for (const kind of kinds) {
    const named = await addNamed(closure, kind, asked, reader.url);
    rows.push(...named.rows);
    findings.push(...named.findings);
  }
  // A phone line has no quick replies, whatever the tables would allow.
  const areas = new Set(areasFor(channelsOf(rows, asked), asked.include).map(({ area }) => area));
  const own = steps.filter(({ area }) => areas.has(area));
  closure.limitTo(tablesOf(own));
  await closure.follow();
  const placed = await placeRows(reader, closure, own, asked, signal);
  const none: ReadonlyMap<Guid, ScopeRow> = new Map();
  return {
    rowsOf: (step, table) => placed.get(`${step} ${table}`) ?? none,
    idsOf: (table) => [...closure.rowsOf(table).keys()],
    findings,
  };
}

function tablesOf(steps: readonly ChosenStep[]): readonly ChosenTable[] {
  return steps.flatMap((step) => step.tables);
}

/** What can be named, and by which column beside its id. */
interface Kind {
  readonly table: 'queue' | 'msdyn_liveworkstream' | 'msdyn_masterentityroutingconfiguration';
  /** For people. */
  readonly what: string;
  readonly column: string;
  readonly wanted: (scope: Scope) => readonly string[];
}

const kinds: readonly Kind[] = [
  { table: 'queue', what: 'queue', column: 'name', wanted: ({ queues }) => queues },
  {
    table: 'msdyn_liveworkstream',
    what: 'workstream',
    column: 'msdyn_name',
    wanted: ({ workstreams }) => workstreams,
  },
  {
    table: 'msdyn_masterentityroutingconfiguration',
    what: 'record type',
    column: 'msdyn_entitylogicalname',
    wanted: ({ recordTypes = [] }) => recordTypes,
  },
];

/** The channels asked for; none named: those of the named workstreams and record types. */
function channelsOf(named: readonly Row[], asked: Scope): readonly Channel[] {
  if (asked.channels.length > 0) return asked.channels;
  const lines = named.filter((row) => row.shape.table.name !== 'queue');
  const found = channels.filter((channel) => lines.some((row) => isOf(row, [channel])));
  return lines.length === 0 || found.length > 0 ? found : channels;
}

/** Whether a workstream or record type is of one of the channels; none named means any that moves. */
function isOf(row: Row, named: readonly Channel[]): boolean {
  return row.shape.table.name === 'msdyn_masterentityroutingconfiguration'
    ? named.length === 0 || named.includes('record')
    : isOfChannels(cell(row, 'msdyn_streamsource'), named);
}

async function addNamed(
  closure: ScopeClosure,
  { table, what, column, wanted: wantedOf }: Kind,
  asked: Scope,
  url: string,
): Promise<{ readonly rows: readonly Row[]; readonly findings: readonly Finding[] }> {
  const wanted = wantedOf(asked);
  if (wanted.length === 0) return { rows: [], findings: [] };
  if (what === 'record type' && asked.channels.length > 0 && !asked.channels.includes('record'))
    return {
      rows: [],
      findings: wanted.map((name) =>
        cannotMove(
          what,
          name,
          `records are none of the channels ${asked.channels.join(', ')}`,
          url,
        ),
      ),
    };
  const ids = wanted.map(parseGuid).filter((id) => id !== undefined);
  const names = wanted.filter((each) => parseGuid(each) === undefined);
  const rows = await closure.addNamed(table, { ids, names, column });
  const known = new Set(rows.flatMap((row) => [row.id, textIn(row, column).toLowerCase()]));
  const findings = [
    ...wanted
      .filter((each) => !known.has(parseGuid(each) ?? each.toLowerCase()))
      .map((each) => notThere(what, each, url)),
    ...(table === 'queue' ? [] : rows.flatMap((row) => doesNotMove(row, what, asked, url))),
  ];
  return { rows, findings };
}

function textIn(row: Row, column: string): string {
  const value = cell(row, column);
  return typeof value === 'string' ? value : '';
}

/** Each row in the steps that move it: a ruleset of a queue has another place than one of a line. */
async function placeRows(
  reader: DataverseReader,
  closure: ScopeClosure,
  steps: readonly ChosenStep[],
  asked: Scope,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ReadonlyMap<Guid, ScopeRow>>> {
  const gathered = reader.gathered?.() ?? reader;
  const limited: Scope = {
    channels: asked.channels,
    queues: idsOrNone(closure.rowsOf('queue')),
    workstreams: idsOrNone(closure.rowsOf('msdyn_liveworkstream')),
  };
  const placed = new Map<string, ReadonlyMap<Guid, ScopeRow>>();
  const environments = new Map(tablesOf(steps).map(({ name, environment }) => [name, environment]));
  const has: HasColumn = (table, column) => environments.get(table)?.columns.has(column) ?? false;
  const places = steps.flatMap(({ step, tables }) => tables.map((table) => ({ step, table })));
  await Promise.all(
    places.map(async ({ step, table }) => {
      const rows = closure.rowsOf(table.name);
      const isShared = places.filter((other) => other.table.name === table.name).length > 1;
      const fetchXml = isShared ? table.entry.filter?.(limited, has) : undefined;
      const own =
        fetchXml === undefined ? undefined : await idsOf(gathered, table, fetchXml, signal);
      placed.set(
        `${step} ${table.name}`,
        own === undefined ? rows : new Map([...rows].filter(([id]) => own.has(id))),
      );
    }),
  );
  return placed;
}

const noRow = '00000000-0000-0000-0000-000000000000';

/** An id that is no row's keeps a filter limited when nothing of its kind is in scope. */
function idsOrNone(rows: ReadonlyMap<Guid, ScopeRow>): readonly Guid[] {
  return rows.size === 0 ? [noRow] : [...rows.keys()].sort();
}

async function idsOf(
  reader: DataverseReader,
  table: ChosenTable,
  fetchXml: string,
  signal: AbortSignal,
): Promise<ReadonlySet<Guid>> {
  const ids = new Set<Guid>();
  const query = {
    table: table.environment,
    columns: [],
    where: { by: 'fetch', fetchXml },
  } as const;
  for await (const row of reader.rows(query, signal)) ids.add(row.id);
  return ids;
}

function notThere(what: string, name: string, url: string): Finding {
  return {
    severity: 'error',
    code: 'URM1229',
    where: url,
    summary: `The environment has no ${what} '${name}'`,
    detail: '',
    remedy:
      what === 'record type'
        ? 'Give the logical name of a table that is set up for routing in the source environment.'
        : 'Check the spelling: give a name or id as the source environment has it.',
  };
}

function doesNotMove(
  row: Row,
  what: string,
  { channels: asked }: Scope,
  url: string,
): readonly Finding[] {
  const reason = !isOf(row, asked)
    ? asked.length === 0
      ? 'it is of a channel that does not move'
      : `it is of none of the channels ${asked.join(', ')}`
    : what !== 'workstream' || isSimplified(cell(row, 'msdyn_mode'))
      ? undefined
      : 'it is in legacy mode';
  return reason === undefined ? [] : [cannotMove(what, nameOf(row), reason, url)];
}

function cannotMove(what: string, name: string, reason: string, url: string): Finding {
  return {
    severity: 'error',
    code: 'URM1229',
    where: url,
    summary: `The ${what} '${name}' cannot move: ${reason}`,
    detail: '',
    remedy: `Name another ${what}, or leave the channels out.`,
  };
}
