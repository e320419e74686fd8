/** A table with the lookups that matter for its place. */
export interface OrderedTable {
  readonly name: string;
  readonly lookups: readonly { readonly target: string; readonly required: boolean }[];
}

export interface OrderedStep<Table extends OrderedTable> {
  readonly step: string;
  readonly tables: readonly Table[];
}

export interface StepOrder<Step> {
  readonly steps: readonly Step[];
  /** `table.lookup target` pairs whose required lookup could not be made to point backwards. */
  readonly forward: readonly { readonly table: string; readonly target: string }[];
}

/**
 * Puts steps, and the tables inside each, into an order in which every required lookup points
 * backwards. The order given is the frame: nothing moves without need. Optional lookups point
 * backwards inside a step where that is possible; an import sets the others afterwards.
 */
export function orderSteps<Table extends OrderedTable, Step extends OrderedStep<Table>>(
  frame: readonly Step[],
): StepOrder<Omit<Step, 'tables'> & OrderedStep<Table>> {
  const firstStep = new Map<string, Step>();
  for (const step of frame)
    for (const { name } of step.tables) if (!firstStep.has(name)) firstStep.set(name, step);
  const needs = new Map(frame.map((step) => [step, neededSteps(step, firstStep)]));
  const steps = sortByNeed(frame, (step, placed) =>
    [...(needs.get(step) ?? [])].every((needed) => placed.has(needed)),
  ).map((step) => ({ ...step, tables: orderTables(step.tables) }));
  return { steps: renumbered(steps, frame), forward: forwardLookups(steps) };
}

/** Orders the tables of one step: all lookups first, only the required ones where that leads nowhere. */
export function orderTables<Table extends OrderedTable>(frame: readonly Table[]): readonly Table[] {
  const inside = new Set(frame.map(({ name }) => name));
  const ready = (table: Table, placed: ReadonlySet<string>, requiredOnly: boolean): boolean =>
    table.lookups.every(
      ({ target, required }) =>
        (requiredOnly && !required) ||
        target === table.name ||
        !inside.has(target) ||
        placed.has(target),
    );
  return sortByNeed(
    frame,
    (table, placed) => ready(table, names(placed), false),
    (table, placed) => ready(table, names(placed), true),
  );
}

function names(tables: ReadonlySet<OrderedTable>): ReadonlySet<string> {
  return new Set([...tables].map(({ name }) => name));
}

/** Takes, again and again, the first item that is ready by the strictest test that any item passes. */
function sortByNeed<Item>(
  frame: readonly Item[],
  ...tests: readonly ((item: Item, placed: ReadonlySet<Item>) => boolean)[]
): readonly Item[] {
  const placed = new Set<Item>();
  const left = [...frame];
  while (left.length > 0) {
    const test = tests.find((each) => left.some((item) => each(item, placed)));
    const at = test === undefined ? 0 : left.findIndex((item) => test(item, placed));
    for (const item of left.splice(at, 1)) placed.add(item);
  }
  return [...placed];
}

function neededSteps<Step extends OrderedStep<OrderedTable>>(
  step: Step,
  firstStep: ReadonlyMap<string, Step>,
): ReadonlySet<Step> {
  const own = new Set(step.tables.map(({ name }) => name));
  const needed = new Set<Step>();
  for (const { lookups } of step.tables)
    for (const { target, required } of lookups) {
      const other = firstStep.get(target);
      if (required && !own.has(target) && other !== undefined) needed.add(other);
    }
  return needed;
}

/** Keeps the numbers of step names in order when steps changed places. */
function renumbered<Step extends { readonly step: string }>(
  steps: readonly Step[],
  frame: readonly { readonly step: string }[],
): readonly Step[] {
  const numbers = frame.map(({ step }) => step.slice(0, step.indexOf('-')));
  return steps.map((step, at) => ({
    ...step,
    step: `${numbers[at] ?? ''}${step.step.slice(step.step.indexOf('-'))}`,
  }));
}

function forwardLookups(
  steps: readonly OrderedStep<OrderedTable>[],
): readonly { readonly table: string; readonly target: string }[] {
  const tables = steps.flatMap((step) => step.tables);
  const inPackage = new Set(tables.map(({ name }) => name));
  const before = new Set<string>();
  const forward: { table: string; target: string }[] = [];
  for (const { name, lookups } of tables) {
    for (const { target, required } of lookups)
      if (required && target !== name && inPackage.has(target) && !before.has(target))
        forward.push({ table: name, target });
    before.add(name);
  }
  return forward;
}
