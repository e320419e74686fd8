import type { Clock } from '../host/clock.ts';

/**
 * What one user may use of one web server within the window, a little less than the documented 6,000
 * requests and 1,200 seconds: learn.microsoft.com/power-apps/developer/data-platform/api-limits.
 */
const windowMs = 300_000;
const mostRequests = 5_950;
const mostExecutionMs = 1_190_000;
// An environment with several servers has the limits once for each of them: what answers tell of the
// one they come from then stays far from its end.
const plentyOfRequests = 600;
const plentyOfExecutionMs = 120_000;
const answersLookedAt = 20;
// Room for the few durations that are not known yet.
const leastWaitMs = 250;

interface Told {
  readonly requests: number;
  readonly executionMs: number;
}

/**
 * Counts what the requests of one identity used of the service, so that the next one waits for its
 * turn instead of running into a 429, after which everything would have to wait longer.
 */
export class ServiceBudget {
  readonly #clock: Clock;
  /** Ends and durations within the window, oldest first; `#first` skips what has left it. */
  readonly #ends: number[] = [];
  readonly #durations: number[] = [];
  #first = 0;
  #executionMs = 0;
  #underWay = 0;
  readonly #told: Told[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How long the next request has to wait for the window to move on; 0 when it may leave. */
  waitMs(): number {
    const now = this.#clock.now();
    this.#forget(now);
    const requests = this.#ends.length - this.#first + this.#underWay;
    const isSpent = requests >= mostRequests || this.#executionMs >= mostExecutionMs;
    if (!isSpent || this.#isPlentyTold()) return 0;
    const free = (this.#ends[this.#first] ?? now) + windowMs - now;
    return Math.max(leastWaitMs, free);
  }

  began(): void {
    this.#underWay += 1;
  }

  ended(tookMs: number): void {
    this.#underWay -= 1;
    this.#ends.push(this.#clock.now());
    this.#durations.push(tookMs);
    this.#executionMs += tookMs;
  }

  /** What an answer says is left: `1,187.42` seconds and a number of requests. */
  told(seconds: string | undefined, requests: string | undefined): void {
    const left = {
      executionMs: Number((seconds ?? '').replaceAll(',', '')) * 1000,
      requests: Number(requests ?? ''),
    };
    const isReadable = seconds !== undefined && requests !== undefined;
    if (!isReadable || Number.isNaN(left.executionMs) || Number.isNaN(left.requests)) return;
    this.#told.push(left);
    if (this.#told.length > answersLookedAt) this.#told.shift();
  }

  #isPlentyTold(): boolean {
    return (
      this.#told.length > 0 &&
      this.#told.every(
        ({ requests, executionMs }) =>
          requests > plentyOfRequests && executionMs > plentyOfExecutionMs,
      )
    );
  }

  #forget(now: number): void {
    for (
      let oldest = this.#ends[this.#first];
      oldest !== undefined && oldest <= now - windowMs;
      oldest = this.#ends[this.#first]
    ) {
      this.#executionMs -= this.#durations[this.#first] ?? 0;
      this.#first += 1;
    }
    if (this.#first < 10_000) return;
    this.#ends.splice(0, this.#first);
    this.#durations.splice(0, this.#first);
    this.#first = 0;
  }
}
