import type { Sandbox } from './sandbox.ts';

/** What a check found. */
export interface Verdict {
  readonly outcome: 'holds' | 'differs' | 'cannot tell' | 'by hand';
  /** What was seen, or what to do by hand. */
  readonly seen: string;
}

/** A way to find out whether an assumption of docs/assumptions.md holds. */
export interface Check {
  /** As the document numbers it: `L1`. */
  readonly id: string;
  readonly title: string;
  run(sandbox: Sandbox): Promise<Verdict>;
}

export function verdict(holds: boolean, seen: string): Verdict {
  return { outcome: holds ? 'holds' : 'differs', seen };
}

export function cannotTell(seen: string): Verdict {
  return { outcome: 'cannot tell', seen };
}

/** A check that rows of its own cannot make: it tells what to do. */
export function byHand(id: string, title: string, how: string): Check {
  return { id, title, run: () => Promise.resolve({ outcome: 'by hand', seen: how }) };
}
