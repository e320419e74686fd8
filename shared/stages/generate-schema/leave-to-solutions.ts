import type { Finding } from '../../errors/finding.ts';
import type { Area } from '../../routing/area.ts';
import { areas } from '../../routing/catalogue.ts';
import {
  anchorColumns,
  isCarriedBySolution,
  solutionRouteOf,
} from '../../routing/solution-route.ts';
import type { ChosenStep, ChosenTable } from './choose-tables.ts';

/** What of the steps moves as data where solutions carry the rest. */
export interface DataShare {
  readonly steps: readonly ChosenStep[];
  /** Tables whose rows a solution carries, where rows that move refer to them. */
  readonly parents: readonly ChosenTable[];
  readonly findings: readonly Finding[];
}

/** Takes out of each step what solutions carry. Workstreams that links lead to stay, by their key only. */
export function leaveToSolutions(steps: readonly ChosenStep[], environmentUrl: string): DataShare {
  const carried = new Map<string, ChosenTable>();
  const needed = new Set<string>();
  // Operating hours, contracts and rulesets of queues are data: whatever refers to them finds them there.
  const moving = new Set<string>();
  const findings: Finding[] = [];
  const kept = steps.flatMap((step) => {
    const area = areas.find((each) => each.area === step.area);
    const own = step.tables.filter(
      ({ name }) => area === undefined || !isCarriedBySolution(area, name),
    );
    const gone = step.tables.filter((table) => !own.includes(table));
    for (const table of gone) carried.set(`${step.step} ${table.name}`, table);
    for (const table of own) {
      moving.add(table.name);
      for (const name of neededBy(table)) needed.add(name);
    }
    if (area !== undefined && gone.length > 0) findings.push(leftTo(area, gone, environmentUrl));
    if (own.length === 0) return [];
    const anchors = gone.flatMap((table) =>
      own.some((each) => neededBy(each).has(table.name)) ? anchorOf(table) : [],
    );
    return [{ ...step, tables: [...anchors, ...own] }];
  });
  return {
    steps: kept,
    parents: [...carried.values()].filter(({ name }) => needed.has(name) && !moving.has(name)),
    findings,
  };
}

/** Tables of the rows that a table's rows refer to, in lookups, links and texts. */
function neededBy({ lookups, entry }: ChosenTable): ReadonlySet<string> {
  return new Set([
    ...lookups.map(({ target }) => target),
    ...(entry.belongsTo ?? []).flatMap((each) => (each.by === 'text' ? each.tables : [])),
  ]);
}

function anchorOf(table: ChosenTable): readonly ChosenTable[] {
  const wanted = anchorColumns[table.name];
  if (wanted === undefined) return [];
  const columns = table.columns.filter(({ name }) => wanted.includes(name));
  const { optionalColumns: _, relationships: __, ...entry } = table.entry;
  const thin = { ...entry, columns: wanted, skipUpdate: true } as const;
  return [{ ...table, columns, lookups: [], entry: thin, isAnchor: true }];
}

function leftTo(area: Area, tables: readonly ChosenTable[], environmentUrl: string): Finding {
  const start = area.channels.map((channel) => solutionRouteOf(channel).startsWith);
  return {
    severity: 'info',
    code: 'URM1240',
    where: environmentUrl,
    summary: `${area.title}: ${tables.length} of the tables are left to a solution`,
    detail: tables.map(({ name }) => name).join(', '),
    remedy:
      start.length === 0
        ? 'Add the rows to a solution, and import it before the data.'
        : `Add rows of ${[...new Set(start)].join(', ')} to a solution (the rest comes along), and import it after queues and before what remains.`,
  };
}
