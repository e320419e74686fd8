/** What happens when somebody wants the process to stop. */
export interface Stopping {
  /** Everything under way is to end, and to say where it stands. */
  readonly stop: (signal: NodeJS.Signals) => void;
  /** It took too long: the process ends now. */
  readonly overdue: (signal: NodeJS.Signals) => void;
}

/**
 * How long a stage may take to end. An agent that cancels a job sends SIGINT, SIGTERM 7.5 seconds later,
 * and kills after 2.5 more: learn.microsoft.com/azure/devops/pipelines/process/runs.
 */
export const graceMs = 4500;

/**
 * Listens for SIGINT and SIGTERM until the returned function is called. Whatever comes after the first is
 * the same wish. The time goes on after that: what keeps a finished process alive must not keep it long.
 */
export function onStopSignals({ stop, overdue }: Stopping, ms = graceMs): () => void {
  let heard = false;
  const listen = (signal: NodeJS.Signals): void => {
    if (heard) return;
    heard = true;
    setTimeout(() => overdue(signal), ms).unref();
    stop(signal);
  };
  process.on('SIGINT', listen).on('SIGTERM', listen);
  return () => {
    process.off('SIGINT', listen).off('SIGTERM', listen);
  };
}

/**
 * Ends a process that is through but does not end: a proxy that took a connection and says no word
 * would keep it for as long as it likes.
 */
export function endSoon(ms = graceMs): void {
  setTimeout(() => process.exit(), ms).unref();
}
