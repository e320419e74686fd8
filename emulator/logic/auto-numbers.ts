import { createHash } from 'node:crypto';
import type { Environment } from '../environment.ts';
import type { Attribute, Entity } from '../metadata/metadata.ts';
import type { Cell } from '../store/store.ts';

/** The table, unseen from outside, that holds the next number of each column that numbers itself. */
const table = '#autonumbers';

/** Where a column starts until a seed is set: learn.microsoft.com/power-apps/developer/data-platform/create-auto-number-attributes */
const firstNumber = 1000;

/** `WID-{SEQNUM:5}-{RANDSTRING:6}-{DATETIMEUTC:yyyyMMdd}` of a column; undefined where it does not number itself. */
export function autoNumberFormat(attribute: Attribute): string | undefined {
  const format = attribute.given?.['AutoNumberFormat'];
  return typeof format === 'string' && format !== '' ? format : undefined;
}

/** Gives columns that number themselves their next value; a value that the client sent stands. */
export function fillAutoNumbers(
  environment: Environment,
  entity: Entity,
  cells: Map<string, Cell>,
): void {
  for (const [name, attribute] of entity.attributes) {
    const format = autoNumberFormat(attribute);
    if (format === undefined || (cells.get(name) ?? null) !== null) continue;
    const number = nextNumber(environment, entity.logicalName, name);
    if (/\{SEQNUM:/i.test(format)) {
      setNextNumber(environment, { table: entity.logicalName, column: name, number: number + 1 });
    }
    cells.set(name, composed(environment, format, number));
  }
}

/** The number that the next row gets. */
export function nextNumber(environment: Environment, entity: string, column: string): number {
  const kept = environment.store.get(table, `${entity}.${column}`)?.cells.get('next');
  return typeof kept === 'number' ? kept : firstNumber;
}

/** The number from which the next rows are counted. */
export function setNextNumber(
  { store }: Environment,
  seed: { readonly table: string; readonly column: string; readonly number: number },
): void {
  store.put(table, `${seed.table}.${seed.column}`, new Map([['next', seed.number]]));
}

function composed(environment: Environment, format: string, number: number): string {
  return format.replaceAll(/\{(SEQNUM|RANDSTRING|DATETIMEUTC):([^{}]*)\}/gi, (_, kind, size) => {
    switch (String(kind).toUpperCase()) {
      case 'SEQNUM':
        return String(number).padStart(Number(size), '0');
      case 'RANDSTRING':
        return randomText(environment, Number(size));
      default:
        return dateText(new Date(environment.now()), String(size));
    }
  });
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

function randomText(environment: Environment, length: number): string {
  const bytes = createHash('sha256').update(environment.newId()).digest();
  return [...bytes.subarray(0, length)].map((byte) => letters[byte % letters.length]).join('');
}

/** Parts of .NET's date formats. */
function dateText(date: Date, format: string): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const parts: Readonly<Record<string, string>> = {
    yyyy: String(date.getUTCFullYear()),
    yy: two(date.getUTCFullYear() % 100),
    MM: two(date.getUTCMonth() + 1),
    dd: two(date.getUTCDate()),
    HH: two(date.getUTCHours()),
    hh: two(date.getUTCHours() % 12 === 0 ? 12 : date.getUTCHours() % 12),
    mm: two(date.getUTCMinutes()),
    ss: two(date.getUTCSeconds()),
  };
  return format.replaceAll(/yyyy|yy|MM|dd|HH|hh|mm|ss/g, (part) => parts[part] ?? part);
}
