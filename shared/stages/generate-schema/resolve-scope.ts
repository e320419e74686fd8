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
  readonly findings: readonly Finding[];
}

/**
 * Which rows belong to the queues and workstreams that were named; `undefined` where nothing is named:
 * then everything is in scope.
 */
export async function resolveScope(
  reader: DataverseReader,
  asked: Scope,
  steps: readonly ChosenStep[],
  signal: AbortSignal,
): Promise<ResolvedScope | undefined> {
  if (asked.queues.length === 0 && asked.workstreams.length === 0) return undefined;
  const closure = new ScopeClosure(reader, tablesOf(steps), signal);
  const queues = await addNamed(closure, 'queue', asked, reader.url);
  const workstreams = await addNamed(closure, 'msdyn_liveworkstream', asked, reader.url);
  const findings = [...queues.findings, ...workstreams.findings];
  // A phone line has no quick replies, whatever the tables would allow.
  const areas = new Set(
    areasFor(channelsOf(workstreams.rows, asked), asked.include).map(({ area }) => area),
  );
  const own = steps.filter(({ area }) => areas.has(area));
  closure.limitTo(tablesOf(own));
  await closure.follow();
  const placed = await placeRows(reader, closure, own, asked, signal);
  const none: ReadonlyMap<Guid, ScopeRow> = new Map();
  return { rowsOf: (step, table) => placed.get(`${step} ${table}`) ?? none, findings };
}

function tablesOf(steps: readonly ChosenStep[]): readonly ChosenTable[] {
  return steps.flatMap((step) => step.tables);
}

/** The channels asked for; none named: those of the named workstreams. */
function channelsOf(workstreams: readonly Row[], asked: Scope): readonly Channel[] {
  if (asked.channels.length > 0) return asked.channels;
  const found = channels.filter((channel) =>
    workstreams.some((row) => isOfChannels(cell(row, 'msdyn_streamsource'), [channel])),
  );
  return workstreams.length === 0 || found.length > 0 ? found : channels;
}

async function addNamed(
  closure: ScopeClosure,
  table: 'queue' | 'msdyn_liveworkstream',
  asked: Scope,
  url: string,
): Promise<{ readonly rows: readonly Row[]; readonly findings: readonly Finding[] }> {
  const wanted = table === 'queue' ? asked.queues : asked.workstreams;
  if (wanted.length === 0) return { rows: [], findings: [] };
  const ids = wanted.map(parseGuid).filter((id) => id !== undefined);
  const names = wanted.filter((each) => parseGuid(each) === undefined);
  const rows = await closure.addNamed(table, { ids, names });
  const known = new Set(rows.flatMap((row) => [row.id, nameOf(row).toLowerCase()]));
  const findings = [
    ...wanted
      .filter((each) => !known.has(parseGuid(each) ?? each.toLowerCase()))
      .map((each) => notThere(table, each, url)),
    ...(table === 'queue' ? [] : rows.flatMap((row) => doesNotMove(row, asked, url))),
  ];
  return { rows, findings };
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

function doesNotMove(row: Row, { channels: asked }: Scope, url: string): readonly Finding[] {
  const reason = !isOfChannels(cell(row, 'msdyn_streamsource'), asked)
    ? asked.length === 0
      ? 'it is of a channel that does not move'
      : `it is of none of the channels ${asked.join(', ')}`
    : isSimplified(cell(row, 'msdyn_mode'))
      ? undefined
      : 'it is in legacy mode';
  if (reason === undefined) return [];
  return [
    {
      severity: 'error',
      code: 'URM1229',
      where: url,
      summary: `The workstream '${nameOf(row)}' cannot move: ${reason}`,
      detail: row.id,
      remedy: 'Name another workstream, or leave the channels out.',
    },
  ];
}
