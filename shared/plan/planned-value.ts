import { createHash } from 'node:crypto';
import type { PlannedValue } from '../model/plan.ts';
import { isLookup, type Lookup, type Row, type Value } from '../model/row.ts';
import type { ColumnType } from '../model/table.ts';
import { sameValue } from './values.ts';

/** A text that the plan shows by its hash. */
export interface LongText {
  readonly sha256: string;
  readonly chars: number;
}

const maxBytesInPlan = 4096;

/** Splits long texts off: the plan shows their hash, the text itself goes with the package. */
export function plannedValue(value: PlannedValue): {
  readonly planned: PlannedValue;
  readonly long?: { readonly sha256: string; readonly text: string };
} {
  if (typeof value !== 'string' || Buffer.byteLength(value) <= maxBytesInPlan)
    return { planned: value };
  const sha256 = hashOf(value);
  return { planned: { sha256, chars: value.length }, long: { sha256, text: value } };
}

export function isLongText(value: PlannedValue): value is LongText {
  return typeof value === 'object' && value !== null && 'chars' in value;
}

export function isVariable(value: PlannedValue): value is { readonly variable: string } {
  return typeof value === 'object' && value !== null && 'variable' in value;
}

/** SHA-256 of a text, in hexadecimal. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Whether the environment holds what the plan says. A value from a variable is never compared. */
export function holdsPlanned(planned: PlannedValue, held: Value, type: ColumnType): boolean {
  if (isVariable(planned)) return true;
  if (!isLongText(planned)) return sameValue(planned, held, type);
  if (typeof held !== 'string') return false;
  const unix = held.replaceAll('\r\n', '\n');
  return [held, unix, unix.replaceAll('\n', '\r\n')].some(
    (text) => hashOf(text) === planned.sha256,
  );
}

/** As JSON; parties become plain objects, everything else is plain already. */
export function encodeValue(value: PlannedValue): unknown {
  if (Array.isArray(value) && typeof value[0] === 'object')
    return {
      parties: value.map((party) => (typeof party === 'object' ? encodeParty(party) : party)),
    };
  if (!isLookupValue(value)) return value;
  const ref = { table: value.table, id: value.id };
  return value.name === undefined ? ref : { ...ref, name: value.name };
}

function encodeParty(party: Row): unknown {
  const cells = party.shape.columns.map((column, at): readonly [string, unknown] => [
    column,
    encodeValue(party.cells[at] ?? null),
  ]);
  return { table: party.shape.table.name, id: party.id, cells: Object.fromEntries<unknown>(cells) };
}

/** Reads what `encodeValue` wrote; `undefined` for anything else. */
export function decodeValue(json: unknown): PlannedValue | undefined {
  if (json === null || typeof json === 'boolean' || typeof json === 'number') return json;
  if (typeof json === 'string') return json;
  if (Array.isArray(json)) {
    const numbers = json.filter((item): item is number => typeof item === 'number');
    return numbers.length === json.length ? numbers : undefined;
  }
  if (!isRecord(json)) return undefined;
  const { table, id, name, sha256, chars, variable, parties, fileName, bytes } = json;
  if (Array.isArray(parties)) return decodeParties(parties);
  if (typeof variable === 'string') return { variable };
  if (typeof sha256 === 'string' && typeof chars === 'number') return { sha256, chars };
  if (typeof sha256 === 'string' && typeof fileName === 'string' && typeof bytes === 'number')
    return { fileName, sha256, bytes };
  if (typeof table !== 'string' || typeof id !== 'string') return undefined;
  return typeof name === 'string' ? { table, id, name } : { table, id };
}

function decodeParties(parties: readonly unknown[]): readonly Row[] | undefined {
  const rows: Row[] = [];
  for (const party of parties) {
    if (!isRecord(party) || !isRecord(party['cells'])) return undefined;
    const { table, id, cells } = party;
    if (typeof table !== 'string' || typeof id !== 'string') return undefined;
    const values: Value[] = [];
    for (const json of Object.values(cells)) {
      const value = decodeValue(json);
      if (value === undefined || isLongText(value) || isVariable(value)) return undefined;
      values.push(value);
    }
    rows.push({
      shape: {
        table: {
          name: table,
          displayName: table,
          idColumn: `${table}id`,
          columns: new Map(),
          manyToMany: [],
        },
        columns: Object.keys(cells),
      },
      id,
      cells: values,
    });
  }
  return rows;
}

/** An object whose properties are not known yet. */
export function isRecord(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function isLookupValue(value: PlannedValue): value is Lookup {
  return (
    typeof value === 'object' &&
    value !== null &&
    !('sha256' in value) &&
    !('variable' in value) &&
    isLookup(value)
  );
}
