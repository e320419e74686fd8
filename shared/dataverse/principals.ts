import type { Throttle } from './throttle.ts';
import type { TokenProvider } from './token-provider.ts';

/** Somebody who may send: how it signs in, and what the service allows it. */
export interface Principal {
  readonly tokens: TokenProvider;
  readonly throttle: Throttle;
}

/**
 * The principals of one connection. Reads go as the first, so that one user's view of the environment
 * counts; writes go as whoever may send soonest, because the service's limits hold for each user.
 */
export class Principals {
  readonly first: Principal;
  readonly all: readonly Principal[];
  readonly #writers: readonly Principal[];
  /** Requests that a principal was chosen for and that are not through. */
  readonly #open = new Map<Principal, number>();

  constructor(
    first: Principal,
    others: readonly Principal[] = [],
    /** Which of them write, by their place. */
    writers?: readonly number[],
  ) {
    this.first = first;
    this.all = [first, ...others];
    this.#writers =
      writers === undefined ? this.all : this.all.filter((_, at) => writers.includes(at));
  }

  /** How many requests all that write may together have under way. */
  get limit(): number {
    return this.#writers.reduce((sum, { throttle }) => sum + throttle.limit, 0);
  }

  /** Who sends the next request; whoever asks says with `left` that it is through. */
  chosen(as?: Principal): Principal {
    const principal = as ?? this.#soonest();
    this.#open.set(principal, this.#openOf(principal) + 1);
    return principal;
  }

  left(principal: Principal): void {
    this.#open.set(principal, this.#openOf(principal) - 1);
  }

  /** Of those that need not wait, the one with the most room. */
  #soonest(): Principal {
    let best = this.#writers[0] ?? this.first;
    for (const other of this.#writers) if (this.#isSooner(other, best)) best = other;
    return best;
  }

  #isSooner(one: Principal, other: Principal): boolean {
    const difference = one.throttle.waitMs - other.throttle.waitMs;
    return difference === 0 ? this.#loadOf(one) < this.#loadOf(other) : difference < 0;
  }

  /** Requests under way and in line, as a part of those that may be under way. */
  #loadOf(principal: Principal): number {
    return this.#openOf(principal) / principal.throttle.limit;
  }

  #openOf(principal: Principal): number {
    return this.#open.get(principal) ?? 0;
  }
}
