import { isFileValue, isLookup, type Value } from '../model/row.ts';
import type { EnvironmentColumn, EnvironmentTable } from '../model/table.ts';

/** Why the target would refuse a value of a column; `undefined` when it would not. */
export function problemWithValue(column: EnvironmentColumn, value: Value): string | undefined {
  if (value === null) return undefined;
  const { name } = column;
  switch (column.type) {
    case 'lookup':
    case 'owner':
      if (!isLookup(value)) return `${name} is a lookup in the target, and the package has a value`;
      if (column.targets.length > 0 && !column.targets.includes(value.table))
        return `${name} cannot refer to ${value.table} in the target, only to ${column.targets.join(', ')}`;
      return undefined;
    case 'choice':
    case 'state':
    case 'status':
    case 'choices': {
      const chosen: readonly unknown[] = Array.isArray(value) ? value : [value];
      const { options } = column;
      if (options === undefined) return undefined;
      const unknown = chosen.map(Number).filter((choice) => !options.has(choice));
      return unknown.length === 0
        ? undefined
        : `The target has no choice ${unknown.join(', ')} of ${name}`;
    }
    case 'text':
    case 'memo':
      if (typeof value !== 'string') return `${name} is a text in the target`;
      return column.maxLength !== undefined && value.length > column.maxLength
        ? `The value of ${name} has ${value.length} characters; the target allows ${column.maxLength}`
        : undefined;
    case 'integer':
    case 'bigint':
    case 'decimal':
    case 'double':
    case 'money':
      return problemWithNumber(column, Number(value));
    case 'boolean':
    case 'datetime':
    case 'date':
    case 'party-list':
    case 'guid':
    case 'image':
      return undefined;
    case 'file':
      if (!isFileValue(value)) return `${name} takes a file in the target`;
      return column.maxBytes !== undefined && value.bytes > column.maxBytes
        ? `The file of ${name} has ${value.bytes} bytes; the target allows ${column.maxBytes}`
        : undefined;
  }
}

function problemWithNumber(column: EnvironmentColumn, value: number): string | undefined {
  const { name, minValue, maxValue } = column;
  if (Number.isNaN(value)) return `${name} is a number in the target`;
  if (minValue !== undefined && value < minValue)
    return `The value ${value} of ${name} is below the target's minimum ${minValue}`;
  if (maxValue !== undefined && value > maxValue)
    return `The value ${value} of ${name} is above the target's maximum ${maxValue}`;
  return undefined;
}

// Teams and users of the caller's own business unit, teams led by the caller:
// learn.microsoft.com/power-apps/developer/data-platform/reference/entities/team
const filledByPlatform = new Set([
  'administratorid',
  'businessunitid',
  'organizationid',
  'ownerid',
]);

/** Whether a new row gets a value of the column from the platform when none is given. */
export function isFilledByPlatform({ name }: EnvironmentColumn): boolean {
  return filledByPlatform.has(name);
}

// Choices, states and owners have defaults; these types do not.
const typesWithoutDefault = new Set(['text', 'memo', 'lookup', 'datetime', 'date']);

/** Columns without which the target creates no row, and that are not among those given. */
export function missingRequired(
  table: EnvironmentTable,
  given: ReadonlySet<string>,
): readonly string[] {
  const missing: string[] = [];
  for (const column of table.columns.values())
    if (
      column.required === 'system' &&
      column.creatable &&
      typesWithoutDefault.has(column.type) &&
      !isFilledByPlatform(column) &&
      !given.has(column.name)
    )
      missing.push(column.name);
  return missing;
}
