/** Which of day and month comes first in the dates of old exports. */
export type DateOrder = 'day-first' | 'month-first' | 'year-first';

const iso = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,7}))?)?(Z|[+-]\d{2}:\d{2})?$/;
const cultural =
  /^(\d{1,4})([/.-])(\d{1,2})\2(\d{1,4})(?:[ T]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\s*([AaPp])\.?[Mm]\.?)?)?\s*$/;

/**
 * Reads a date in any generation's form: `2024-03-01T09:30:00Z` for a point in time,
 * `2024-03-01T09:30:00` for one without time zone, fractions only where they are not zero.
 * Dates of the exporter's culture are UTC. `undefined` where the text is no date.
 */
export function decodeDate(text: string, order: DateOrder): string | undefined {
  const trimmed = text.trim();
  const match = iso.exec(trimmed);
  if (match === null) return decodeCultural(trimmed, order);
  const [, day = '', time, fraction = '', zone = ''] = match;
  if (!isDay(day)) return undefined;
  if (time === undefined) return day;
  if (!isTime(time)) return undefined;
  const digits = fraction.replace(/(?<!0)0+$/, '');
  const value = `${day}T${time}${digits === '' ? '' : `.${digits}`}`;
  if (zone === '' || zone === 'Z') return value + zone;
  const utc = new Date(`${day}T${time}${zone}`);
  return `${utc.toISOString().slice(0, 19)}${digits === '' ? '' : `.${digits}`}Z`;
}

/** Writes a date as exports since 2020 do: seven digits of fraction, `Z` where it is a point in time. */
export function encodeDate(value: string): string {
  const match = iso.exec(value);
  if (match === null) return value;
  const [, day = '', time = '00:00:00', fraction = '', zone = ''] = match;
  return `${day}T${time}.${fraction.padEnd(7, '0')}${zone}`;
}

/** What a date of the exporter's culture tells of the order of day and month; `undefined` where nothing. */
export function orderToldBy(text: string): DateOrder | undefined {
  const match = cultural.exec(text.trim());
  if (match === null || iso.test(text.trim())) return undefined;
  const [, first = '', separator, second = '', , , , , half] = match;
  if (first.length === 4) return 'year-first';
  if (Number(first) > 12) return 'day-first';
  if (Number(second) > 12) return 'month-first';
  // The twelve-hour clock with slashes is the English of the United States.
  if (half !== undefined && separator === '/') return 'month-first';
  return separator === '.' ? 'day-first' : undefined;
}

/** Whether the text is a date of the exporter's culture. */
export function isCulturalDate(text: string): boolean {
  const trimmed = text.trim();
  return cultural.test(trimmed) && !iso.test(trimmed);
}

function decodeCultural(text: string, order: DateOrder): string | undefined {
  const match = cultural.exec(text);
  if (match === null) return undefined;
  const [
    ,
    first = '',
    ,
    second = '',
    third = '',
    hours = '0',
    minutes = '00',
    seconds = '00',
    half,
  ] = match;
  const [year, month, day] =
    first.length === 4
      ? [first, second, third]
      : order === 'day-first'
        ? [third, second, first]
        : [third, first, second];
  const date = `${fullYear(year)}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const hour = half === undefined ? Number(hours) : hourOfHalf(Number(hours), half);
  const time = `${String(hour).padStart(2, '0')}:${minutes}:${seconds}`;
  return isDay(date) && isTime(time) ? `${date}T${time}Z` : undefined;
}

function fullYear(year: string): string {
  return year.length === 2 ? `20${year}` : year.padStart(4, '0');
}

function hourOfHalf(hour: number, half: string): number {
  const evening = half.toLowerCase() === 'p';
  if (hour === 12) return evening ? 12 : 0;
  return evening ? hour + 12 : hour;
}

const daysOf = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Whether the calendar has the day `2024-02-29`. */
function isDay(text: string): boolean {
  const [year = Number.NaN, month = Number.NaN, day = Number.NaN] = text.split('-').map(Number);
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 && isLeap ? 29 : (daysOf[month - 1] ?? 0);
  return text.length === 10 && day >= 1 && day <= days;
}

function isTime(time: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(time);
}
