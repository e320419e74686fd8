import type { Clock } from '#shared/host/clock.ts';

/** A clock on which waiting takes no time but moves it. */
export interface InstantClock extends Clock {
  /** How long was slept, each time. */
  readonly slept: readonly number[];
  advance(ms: number): void;
}

export function createInstantClock(start = Date.UTC(2026, 0, 1)): InstantClock {
  let time = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => time,
    sleep: (ms, signal) => {
      if (signal.aborted) return Promise.reject(signal.reason as Error);
      slept.push(ms);
      time += ms;
      return Promise.resolve();
    },
    advance: (ms) => {
      time += ms;
    },
  };
}
