import { DeadlineReached } from '../errors/deadline-reached.ts';
import { InputError } from '../errors/migration-error.ts';
import type { Host } from '../host/host.ts';
import { deadline } from './stage-options.ts';

/** A stretch of time that ends the work in it; `clear` when the work was done before. */
export interface Deadline {
  /** Aborted by the caller's signal, or with a `DeadlineReached`. */
  readonly signal: AbortSignal;
  clear(): void;
}

// More does not fit a timer.
const mostMinutes = 35_000;

/** How many minutes a stage may take, or what is wrong with what was said. */
export function readDeadline(host: Pick<Host, 'input'>): number | InputError {
  const text = host.input(deadline.flag)?.trim() ?? '';
  const minutes = Number(text === '' ? deadline.default : text);
  if (minutes > 0 && minutes <= mostMinutes) return minutes;
  return new InputError(
    deadline.flag,
    `'${deadline.flag}' must be a number of minutes above 0, not '${text}'`,
    `Give minutes, such as ${deadline.default}.`,
  );
}

/** Starts the time of a stage. It is real time: what it bounds is how long this machine is kept. */
export function startDeadline(stage: string, minutes: number, signal: AbortSignal): Deadline {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DeadlineReached(stage, minutes)), minutes * 60_000);
  // A process whose work is done does not stay for its deadline.
  timer.unref();
  return { signal: AbortSignal.any([signal, late.signal]), clear: () => clearTimeout(timer) };
}
