/** A span of time, the end excluded; either end may be open. Milliseconds since 1970. */
export interface DateRange {
  readonly from?: number;
  readonly before?: number;
}

const hour = 3_600_000;
const day = 24 * hour;

/** The relative date operators without a number: what they mean at a moment. Times are UTC, weeks start on Sunday. */
export const relativeRanges: ReadonlyMap<string, (now: number) => DateRange> = new Map([
  ['today', (now: number) => days(now, 0, 1)],
  ['yesterday', (now: number) => days(now, -1, 1)],
  ['tomorrow', (now: number) => days(now, 1, 1)],
  ['last-seven-days', (now: number) => ({ from: midnight(now) - 7 * day, before: now + 1 })],
  ['next-seven-days', (now: number) => ({ from: now, before: midnight(now) + 8 * day })],
  ['this-week', (now: number) => days(sunday(now), 0, 7)],
  ['last-week', (now: number) => days(sunday(now), -7, 7)],
  ['next-week', (now: number) => days(sunday(now), 7, 7)],
  ['this-month', (now: number) => months(now, 0)],
  ['last-month', (now: number) => months(now, -1)],
  ['next-month', (now: number) => months(now, 1)],
  ['this-year', (now: number) => years(now, 0)],
  ['last-year', (now: number) => years(now, -1)],
  ['next-year', (now: number) => years(now, 1)],
  ['this-fiscal-year', (now: number) => years(now, 0)],
  ['last-fiscal-year', (now: number) => years(now, -1)],
  ['next-fiscal-year', (now: number) => years(now, 1)],
  ['this-fiscal-period', (now: number) => quarters(now, 0)],
  ['last-fiscal-period', (now: number) => quarters(now, -1)],
  ['next-fiscal-period', (now: number) => quarters(now, 1)],
]);

/** The relative date operators that take a number. */
export const countedRanges: ReadonlyMap<string, (now: number, count: number) => DateRange> =
  new Map([
    [
      'last-x-hours',
      (now: number, count: number) => ({ from: now - count * hour, before: now + 1 }),
    ],
    [
      'next-x-hours',
      (now: number, count: number) => ({ from: now, before: now + count * hour + 1 }),
    ],
    ['last-x-days', (now: number, count: number) => lastDays(now, count)],
    ['next-x-days', (now: number, count: number) => nextDays(now, count)],
    ['last-x-weeks', (now: number, count: number) => lastDays(now, count * 7)],
    ['next-x-weeks', (now: number, count: number) => nextDays(now, count * 7)],
    ['last-x-months', (now: number, count: number) => lastMonths(now, count)],
    ['next-x-months', (now: number, count: number) => nextMonths(now, count)],
    ['last-x-years', (now: number, count: number) => lastMonths(now, count * 12)],
    ['next-x-years', (now: number, count: number) => nextMonths(now, count * 12)],
    [
      'last-x-fiscal-years',
      (now: number, count: number) => span(years(now, -count), years(now, -1)),
    ],
    ['next-x-fiscal-years', (now: number, count: number) => span(years(now, 1), years(now, count))],
    [
      'last-x-fiscal-periods',
      (now: number, count: number) => span(quarters(now, -count), quarters(now, -1)),
    ],
    [
      'next-x-fiscal-periods',
      (now: number, count: number) => span(quarters(now, 1), quarters(now, count)),
    ],
    ['olderthan-x-minutes', (now: number, count: number) => ({ before: now - count * 60_000 })],
    ['olderthan-x-hours', (now: number, count: number) => ({ before: now - count * hour })],
    ['olderthan-x-days', (now: number, count: number) => ({ before: midnight(now) - count * day })],
    [
      'olderthan-x-weeks',
      (now: number, count: number) => ({ before: midnight(now) - count * 7 * day }),
    ],
    ['olderthan-x-months', (now: number, count: number) => ({ before: addMonths(now, -count) })],
    [
      'olderthan-x-years',
      (now: number, count: number) => ({ before: addMonths(now, -count * 12) }),
    ],
  ]);

/** The day a moment lies in. */
export function dayOf(time: number): DateRange {
  return days(time, 0, 1);
}

/** A fiscal year: the calendar's, as organizations start with. */
export function fiscalYear(year: number): DateRange {
  return { from: Date.UTC(year, 0, 1), before: Date.UTC(year + 1, 0, 1) };
}

/** A fiscal period: quarters, as organizations start with. */
export function fiscalPeriod(period: number, year: number): DateRange {
  return { from: Date.UTC(year, (period - 1) * 3, 1), before: Date.UTC(year, period * 3, 1) };
}

/** Number of the fiscal period a moment lies in. */
export function fiscalPeriodOf(time: number): number {
  return Math.floor(new Date(time).getUTCMonth() / 3) + 1;
}

/** Does a moment lie in the span? */
export function isWithin(range: DateRange, time: number): boolean {
  return (
    (range.from === undefined || time >= range.from) &&
    (range.before === undefined || time < range.before)
  );
}

function midnight(time: number): number {
  return Math.floor(time / day) * day;
}

function sunday(time: number): number {
  return midnight(time) - new Date(time).getUTCDay() * day;
}

function days(time: number, offset: number, length: number): DateRange {
  const from = midnight(time) + offset * day;
  return { from, before: from + length * day };
}

function months(time: number, offset: number): DateRange {
  const date = new Date(time);
  const month = date.getUTCMonth() + offset;
  return {
    from: Date.UTC(date.getUTCFullYear(), month, 1),
    before: Date.UTC(date.getUTCFullYear(), month + 1, 1),
  };
}

function quarters(time: number, offset: number): DateRange {
  return fiscalPeriod(fiscalPeriodOf(time) + offset, new Date(time).getUTCFullYear());
}

function years(time: number, offset: number): DateRange {
  return fiscalYear(new Date(time).getUTCFullYear() + offset);
}

function span(first: DateRange, last: DateRange): DateRange {
  return {
    ...(first.from === undefined ? {} : { from: first.from }),
    ...(last.before === undefined ? {} : { before: last.before }),
  };
}

/** Midnight of the same day of another month; the last day where the month is shorter. */
function addMonths(time: number, count: number): number {
  const date = new Date(time);
  const first = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + count, 1));
  const lastDay = new Date(
    Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0),
  ).getUTCDate();
  return Date.UTC(
    first.getUTCFullYear(),
    first.getUTCMonth(),
    Math.min(date.getUTCDate(), lastDay),
  );
}

function lastDays(now: number, count: number): DateRange {
  return { from: midnight(now) - count * day, before: now + 1 };
}

function nextDays(now: number, count: number): DateRange {
  return { from: now, before: midnight(now) + (count + 1) * day };
}

function lastMonths(now: number, count: number): DateRange {
  return { from: addMonths(now, -count), before: now + 1 };
}

function nextMonths(now: number, count: number): DateRange {
  return { from: now, before: addMonths(now, count) + day };
}
