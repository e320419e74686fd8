import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '#shared/host/clock.ts';

/** A clock that runs so many times faster, as an emulator with the same `--time-scale` does. */
export function createScaledClock(scale: number): Clock {
  const start = Date.now();
  const origin = performance.now();
  return {
    now: () => start + (performance.now() - origin) * scale,
    sleep: async (ms, signal) => {
      await sleep(ms / scale, undefined, { signal });
    },
  };
}
