import type { Action, Plan } from '../../model/plan.ts';
import type { RuleBook } from '../../model/rules.ts';
import { Dependencies } from '../apply/dependencies.ts';
import { isLive } from '../apply/line-groups.ts';
import { rowKey } from '../apply/row-reads.ts';
import type { TextStore } from '../planning/file-spool.ts';
import type { Part } from './slice.ts';

/** Which part of the plan each action belongs to. */
export type Division = (action: Pick<Action, 'number'>) => Part;

/** What dividing needs to know beside the plan. */
export interface DivideFrame {
  readonly book: RuleBook;
  readonly texts: TextStore;
  /** Names of the tables that the plan may write. */
  readonly tables: Iterable<string>;
}

/** What decides where an action may stand. */
interface Item {
  readonly number: number;
  /** Items that must be done before, by their place. */
  readonly needs: readonly number[];
  /** It takes effect on, or takes away, what others build on: it waits for all slices. */
  isLast: boolean;
  readonly isState: boolean;
  /** It may be done before all slices, and everything it needs too. */
  readonly isMovable: boolean;
}

/**
 * Divides a plan into slices that need nothing of each other: actions that need each other stay together.
 * Rows that many others need would tie everything into one: they come first, before all slices, as far
 * as that makes the whole end sooner. Deletes, changes of live routing, and states of rows that others
 * may build on come last, after all slices. The same plan is always divided in the same way.
 */
export async function dividePlan(
  plan: Plan,
  slices: number,
  { book, texts, tables }: DivideFrame,
  signal: AbortSignal,
): Promise<Division> {
  const dependencies = new Dependencies(book, texts);
  dependencies.prepare(tables);
  const items = await itemsOf(plan, dependencies, signal);
  const best = bestDivision(items, slices);
  const parts = new Map<number, Part>();
  for (const [at, { number }] of items.entries()) parts.set(number, best.parts[at] ?? 'last');
  return ({ number }) => parts.get(number) ?? 'last';
}

async function itemsOf(
  plan: Plan,
  dependencies: Dependencies,
  signal: AbortSignal,
): Promise<readonly Item[]> {
  // All rows are created before any state is set.
  const created = new Set<string>();
  const items: Item[] = [];
  const places = new Map<number, number>();
  for await (const action of plan.actions(signal)) {
    const { kind, number, phase, row } = action;
    const isWritten = kind !== 'blocked' && kind !== 'manual';
    if (kind === 'create') created.add(rowKey(row));
    const numbers = isWritten ? await dependencies.of(action) : [];
    const needs = numbers.flatMap((needed) => places.get(needed) ?? []);
    const isState = phase === 'states';
    places.set(number, items.length);
    items.push({
      number,
      needs,
      isState,
      isLast:
        !isWritten ||
        phase === 'deletes' ||
        isLive(action) ||
        // Whoever refers to a row that was there before is not known from the plan.
        (isState && !created.has(rowKey(row))) ||
        needs.some((place) => items[place]?.isLast === true),
      // Which id a row has that the server makes by itself, only the job knows that looked for it.
      isMovable:
        phase === 'rows' &&
        !(kind === 'create' && action.serverMade !== undefined) &&
        needs.every((place) => items[place]?.isMovable === true),
    });
  }
  return items;
}

interface Candidate {
  readonly parts: readonly Part[];
  /** Actions one after the other: those before all slices, and those of the largest slice. */
  readonly length: number;
}

/** Tries, from none to all, to move rows before all slices that so many others need. */
function bestDivision(items: readonly Item[], slices: number): Candidate {
  const dependents = items.map(() => 0);
  for (const { needs, isLast } of items)
    if (!isLast) for (const place of needs) dependents[place] = (dependents[place] ?? 0) + 1;
  let best = divisionWith(items, new Set(), slices);
  const highest = dependents.reduce((most, count) => Math.max(most, count), 0);
  for (let least = highest; least >= 2; least = Math.floor(least / 2)) {
    const moved = closureOf(items, (place) => (dependents[place] ?? 0) >= least);
    const candidate = divisionWith(items, moved, slices);
    if (candidate.length < best.length) best = candidate;
  }
  return best;
}

/** The rows that fit, with everything they need. */
function closureOf(items: readonly Item[], isWanted: (place: number) => boolean): Set<number> {
  const closure = new Set<number>();
  // What an action needs stands before it.
  for (let place = items.length - 1; place >= 0; place -= 1) {
    const item = items[place];
    if (item === undefined || item.isLast || !item.isMovable) continue;
    if (!closure.has(place) && !isWanted(place)) continue;
    closure.add(place);
    for (const needed of item.needs) closure.add(needed);
  }
  return closure;
}

function divisionWith(
  items: readonly Item[],
  first: ReadonlySet<number>,
  slices: number,
): Candidate {
  const last = new Set<number>();
  const groups = new Groups(items.length);
  for (const [place, { needs, isLast, isState }] of items.entries()) {
    if (first.has(place)) continue;
    // The state of a row that all slices build on: some of them may not be there yet.
    const isTooEarly = isState && needs.some((needed) => first.has(needed));
    if (isLast || isTooEarly || needs.some((needed) => last.has(needed))) last.add(place);
    else for (const needed of needs) if (!first.has(needed)) groups.join(place, needed);
  }
  const members = new Map<number, number>();
  for (const place of items.keys())
    if (!first.has(place) && !last.has(place)) {
      const group = groups.of(place);
      members.set(group, (members.get(group) ?? 0) + 1);
    }
  const { sliceOf, largest } = packed(members, slices);
  const parts = items.map((_, place): Part => {
    if (first.has(place)) return 'first';
    return last.has(place) ? 'last' : (sliceOf.get(groups.of(place)) ?? 'last');
  });
  return { parts, length: first.size + largest };
}

/** The largest groups first, each to the slice that has the least. */
function packed(
  members: ReadonlyMap<number, number>,
  slices: number,
): { readonly sliceOf: ReadonlyMap<number, number>; readonly largest: number } {
  const sizes = Array.from({ length: slices }, () => 0);
  const sliceOf = new Map<number, number>();
  const ordered = [...members].sort(
    ([one, size], [other, otherSize]) => otherSize - size || one - other,
  );
  for (const [group, size] of ordered) {
    const least = sizes.indexOf(Math.min(...sizes));
    sizes[least] = (sizes[least] ?? 0) + size;
    sliceOf.set(group, least + 1);
  }
  return { sliceOf, largest: Math.max(...sizes) };
}

/** Which items belong together, each group named by its first. */
class Groups {
  readonly #above: number[];

  constructor(count: number) {
    this.#above = Array.from({ length: count }, (_, at) => at);
  }

  of(item: number): number {
    let top = item;
    for (let next = this.#above[top] ?? top; next !== top; next = this.#above[top] ?? top)
      top = next;
    for (let at = item; at !== top;) {
      const next = this.#above[at] ?? top;
      this.#above[at] = top;
      at = next;
    }
    return top;
  }

  join(one: number, other: number): void {
    const tops = [this.of(one), this.of(other)] as const;
    this.#above[Math.max(...tops)] = Math.min(...tops);
  }
}
