import { ServiceError } from '../service-error.ts';

/** What a user may use of the service within the window. */
export interface Limits {
  readonly requests: number;
  readonly executionMs: number;
  readonly concurrent: number;
}

/** learn.microsoft.com/power-apps/developer/data-platform/api-limits */
export const documentedLimits: Limits = {
  requests: 6000,
  executionMs: 1_200_000,
  concurrent: 52,
};

const windowMs = 300_000;

/** `1,200.00` */
const secondsFormat = new Intl.NumberFormat('en-US', {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});

interface Use {
  /** Start times and durations within the window, oldest first; `start` skips what has left it. */
  readonly times: number[];
  readonly durations: number[];
  start: number;
  executionMs: number;
  running: number;
  refused: number;
}

/** Counts requests, execution time and concurrency per user over a sliding window. */
export class ServiceProtection {
  readonly #uses = new Map<string, Use>();
  readonly #limits: Limits;
  readonly #enforced: boolean;

  constructor(limits: Limits, options: { readonly enforced: boolean }) {
    this.#limits = limits;
    this.#enforced = options.enforced;
  }

  /** Lets a request in, or throws the service's 429. Every admitted request must be finished. */
  admit(user: string, now: number): void {
    const use = this.#useOf(user, now);
    if (this.#enforced) this.#assertWithin(use, now);
    use.refused = 0;
    use.running += 1;
  }

  finish(user: string, now: number, durationMs: number): void {
    const use = this.#useOf(user, now);
    use.running -= 1;
    use.times.push(now);
    use.durations.push(durationMs);
    use.executionMs += durationMs;
  }

  /** What is left, in the service's own odd formats. */
  headers(user: string, now: number): Readonly<Record<string, string>> {
    const use = this.#useOf(user, now);
    const seconds = Math.max(0, this.#limits.executionMs - use.executionMs) / 1000;
    const burst = this.#limits.requests - (use.times.length - use.start) - use.running;
    return {
      'x-ms-ratelimit-time-remaining-xrm-requests': secondsFormat.format(seconds),
      'x-ms-ratelimit-burst-remaining-xrm-requests': String(Math.max(0, burst)),
    };
  }

  #assertWithin(use: Use, now: number): void {
    const { requests, executionMs, concurrent } = this.#limits;
    const windowSeconds = windowMs / 1000;
    if (use.running >= concurrent) {
      throw tooMany(
        '0x80072326',
        `Number of concurrent requests exceeded the limit of ${concurrent}.`,
        this.#wait(use, now, undefined),
      );
    }
    if (use.times.length - use.start + use.running >= requests) {
      const message = `Number of requests exceeded the limit of ${requests} over time window of ${windowSeconds} seconds.`;
      throw tooMany('0x80072322', message, this.#wait(use, now, use.times[use.start]));
    }
    if (use.executionMs >= executionMs) {
      const limit = executionMs.toLocaleString('en-US');
      const message = `Combined execution time of incoming requests exceeded limit of ${limit} milliseconds over time window of ${windowSeconds} seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later.`;
      throw tooMany('0x80072321', message, this.#wait(use, now, use.times[use.start]));
    }
  }

  /** Seconds until the oldest request leaves the window; longer for who keeps pushing. */
  #wait(use: Use, now: number, oldest: number | undefined): number {
    use.refused += 1;
    const untilFree = oldest === undefined ? 1000 : oldest + windowMs - now;
    const pushing = Math.floor(use.refused / 10);
    return Math.min(windowMs / 1000, Math.max(1, Math.ceil(untilFree / 1000) + pushing));
  }

  #useOf(user: string, now: number): Use {
    let use = this.#uses.get(user);
    if (use === undefined) {
      use = { times: [], durations: [], start: 0, executionMs: 0, running: 0, refused: 0 };
      this.#uses.set(user, use);
    }
    for (
      let oldest = use.times[use.start];
      oldest !== undefined && oldest <= now - windowMs;
      oldest = use.times[use.start]
    ) {
      use.executionMs -= use.durations[use.start] ?? 0;
      use.start += 1;
    }
    if (use.start > 10_000) {
      use.times.splice(0, use.start);
      use.durations.splice(0, use.start);
      use.start = 0;
    }
    return use;
  }
}

function tooMany(code: string, message: string, seconds: number): ServiceError {
  return new ServiceError(429, code, message, { 'Retry-After': String(seconds) });
}
