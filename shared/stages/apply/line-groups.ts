import type { Action } from '../../model/plan.ts';
import type { Part } from './apply-frame.ts';
import { rowKey } from './row-reads.ts';

type Update = Extract<Action, { readonly kind: 'update' }>;

/** Whether the action changes how conversations are routed at the moment it is written. */
export function isLive(action: Action): action is Update {
  return action.kind === 'update' && action.phase === 'states' && action.level > 0;
}

interface Group {
  readonly keys: ReadonlySet<string>;
  readonly numbers: ReadonlySet<number>;
}

/** Puts changes of live routing together that decide about the same lines. */
export class LineGroups {
  #groups: readonly Group[] = [];

  add({ number, row, switches = [] }: Update): void {
    const own = [row, ...switches].map(rowKey);
    const isSame = (group: Group): boolean => own.some((key) => group.keys.has(key));
    // A ruleset of two lines makes one group of both.
    const same = this.#groups.filter(isSame);
    const joined: Group = {
      keys: new Set([...own, ...same.flatMap(({ keys }) => [...keys])]),
      numbers: new Set([number, ...same.flatMap(({ numbers }) => [...numbers])]),
    };
    this.#groups = [...this.#groups.filter((group) => !isSame(group)), joined];
  }

  parts(): readonly Part[] {
    return this.#groups.map(
      ({ numbers }) =>
        ({ number }) =>
          numbers.has(number),
    );
  }
}
