import { setMaxListeners } from 'node:events';
import type { Clock } from '../host/clock.ts';
import { ServiceBudget } from './service-budget.ts';

const start = 4;
const fallbackCeiling = 4;
/** Concurrent requests a user may have: learn.microsoft.com/power-apps/developer/data-platform/api-limits. */
const hardCeiling = 52;
const calmMs = 30_000;
const successesPerStep = 5;

/**
 * How many requests of one identity to one environment may be under way: the limits of the service
 * hold for each user. The ceiling is the service's hint; a 429 halves the limit and stops everyone
 * until its `Retry-After`; success raises it again, quickly as long as no 429 has come.
 */
export class Throttle {
  readonly #clock: Clock;
  readonly #budget: ServiceBudget;
  readonly #waiting: (() => void)[] = [];
  #limit = start;
  #ceiling = fallbackCeiling;
  #underWay = 0;
  #successes = 0;
  #pausedUntil = 0;
  #lastThrottled: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#budget = new ServiceBudget(clock);
  }

  get limit(): number {
    return this.#limit;
  }

  /** How long nobody may send, whatever is under way. */
  get waitMs(): number {
    return Math.max(0, this.#pausedUntil - this.#clock.now(), this.#budget.waitMs());
  }

  /** Runs one request as soon as it may leave. */
  async run<Result>(send: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    await this.#enter(signal);
    const left = this.#clock.now();
    this.#budget.began();
    try {
      return await send();
    } finally {
      this.#budget.ended(this.#clock.now() - left);
      this.#underWay -= 1;
      this.#wakeNext();
    }
  }

  /** The service said how many requests it recommends: `x-ms-dop-hint`. */
  hinted(text: string | undefined): void {
    const hint = Number(text ?? '');
    if (!Number.isInteger(hint) || hint < 1) return;
    this.#ceiling = Math.min(hint, hardCeiling);
    this.#limit = Math.min(this.#limit, this.#ceiling);
  }

  /** What an answer says is left of the limits: the rate-limit headers. */
  told(seconds: string | undefined, requests: string | undefined): void {
    this.#budget.told(seconds, requests);
  }

  succeeded(): void {
    if (this.#limit >= this.#ceiling) return;
    this.#successes += 1;
    const calm =
      this.#lastThrottled === undefined || this.#clock.now() - this.#lastThrottled >= calmMs;
    const needed = this.#lastThrottled === undefined ? 1 : successesPerStep;
    if (!calm || this.#successes < needed) return;
    this.#successes = 0;
    this.#limit += 1;
    this.#wakeNext();
  }

  /** A 429 came: nobody sends before `waitMs` are over. Answers that come together count once. */
  throttled(waitMs: number): void {
    const now = this.#clock.now();
    if (now >= this.#pausedUntil) this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    this.#pausedUntil = Math.max(this.#pausedUntil, now + waitMs);
    this.#lastThrottled = now;
    this.#successes = 0;
  }

  async #enter(signal: AbortSignal): Promise<void> {
    // Every request that waits listens to the one signal of the run.
    setMaxListeners(0, signal);
    for (;;) {
      signal.throwIfAborted();
      const pauseMs = this.#pausedUntil - this.#clock.now();
      if (pauseMs > 0) await this.#clock.sleep(pauseMs, signal);
      else if (this.#underWay < this.#limit) {
        const paceMs = this.#budget.waitMs();
        if (paceMs === 0) {
          this.#underWay += 1;
          return;
        }
        await this.#clock.sleep(paceMs, signal);
      } else await this.#turn(signal);
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        const at = this.#waiting.indexOf(wake);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(signal.reason);
      };
      const wake = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      this.#waiting.push(wake);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  #wakeNext(): void {
    this.#waiting.shift()?.();
  }
}
