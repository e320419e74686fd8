/** Header names in lower case. */
type Headers = ReadonlyMap<string, string>;

const fallbackMs = 30_000;
const longestMs = 600_000;

/**
 * How long a 429 or 503 asks to wait: milliseconds, seconds or a date; half a minute where it does
 * not say, and never more than ten minutes at a time.
 */
export function retryAfterMs(headers: Headers, now: number): number {
  return Math.min(statedRetryAfterMs(headers, now) ?? fallbackMs, longestMs);
}

/** The same without the fallback: `undefined` where nothing readable is said. */
export function statedRetryAfterMs(headers: Headers, now: number): number | undefined {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const milliseconds = positive(headers.get(name));
    if (milliseconds !== undefined) return milliseconds;
  }
  const text = headers.get('retry-after');
  const seconds = positive(text);
  if (seconds !== undefined) return seconds * 1000;
  // Only HTTP dates, which name day and month: the parser takes almost any number for a year.
  const date = /[a-z]{3}/i.test(text ?? '') ? Date.parse(text ?? '') : NaN;
  return Number.isFinite(date) ? Math.max(0, date - now) : undefined;
}

function positive(text: string | undefined): number | undefined {
  const trimmed = text?.trim();
  return trimmed !== undefined && /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : undefined;
}

/**
 * The wait before a repeat, doubling from `baseMs` up to a minute. `jitter` in [0, 1) moves it within
 * its upper half, so that workers which failed together do not come back together.
 */
export function backoffMs(attempt: number, jitter: number, baseMs = 1000): number {
  const whole = Math.min(baseMs * 2 ** Math.max(0, attempt - 1), 60_000);
  return Math.round(whole / 2 + (whole / 2) * jitter);
}
