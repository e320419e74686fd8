import type { Ports } from './stage.ts';

/**
 * The ports for one part of a stage's work: how far the part is counts as a share of the whole, so that
 * what is told of the whole only grows. Shares are percentages.
 */
export function progressWithin(ports: Ports, from: number, to: number): Ports {
  const { host } = ports;
  return {
    ...ports,
    host: {
      ...host,
      progress: (label, done, total) => {
        const share = total <= 0 ? 1 : Math.min(1, done / total);
        host.progress(label, Math.floor(from + (to - from) * share), 100);
      },
    },
  };
}

/** How much of an import its plan is, when it is made on the way: reading is quicker than writing. */
export const planShare = 30;
