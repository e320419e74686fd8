import type { Attribute, AttributeType, Option } from './metadata.ts';
import type { RawColumn } from './raw-tables.ts';

/** A column's data: shared ones are named by a text, `{table}` in them stands for the table. */
export function rawColumn(
  entry: string | RawColumn,
  table: string,
  standard: Readonly<Record<string, RawColumn>>,
): RawColumn {
  if (typeof entry !== 'string') return entry;
  const column = standard[entry];
  if (column === undefined) throw new Error(`table '${table}' names no standard column '${entry}'`);
  if (column.to === undefined) return column;
  return {
    ...column,
    to: Object.fromEntries(
      Object.entries(column.to).map(([target, to]) => [
        target,
        typeof to === 'string' ? to.replace('{table}', table) : to,
      ]),
    ),
  };
}

const attributeTypes = [
  'BigInt',
  'Boolean',
  'Customer',
  'DateTime',
  'Decimal',
  'Double',
  'EntityName',
  'Integer',
  'Lookup',
  'ManagedProperty',
  'Memo',
  'Money',
  'Owner',
  'PartyList',
  'Picklist',
  'State',
  'Status',
  'String',
  'Uniqueidentifier',
  'Virtual',
] as const;
const requiredLevels = ['None', 'Recommended', 'ApplicationRequired', 'SystemRequired'] as const;
const behaviors = ['UserLocal', 'DateOnly', 'TimeZoneIndependent'] as const;

/** The data's text as one of the words allowed there. */
export function oneOf<Word extends string>(
  words: readonly Word[],
  text: string,
  where: string,
): Word {
  const word = words.find((each) => each === text);
  if (word === undefined)
    throw new Error(`'${where}' of the table data has no such value: ${text}`);
  return word;
}

/** Prefixes of publishers who add columns to tables that are not their own. */
const publishers = /^(adx|li|msa|msdyn|msdynce|msdyncrm|msdynmkt|msevtmgt|msfp|msft|mspp|new)_/;

/** `prefix` is that of a custom table's publisher: its columns begin with it, the platform's do not. */
export function buildAttribute(column: RawColumn, prefix: string | undefined): Attribute {
  const type = oneOf(attributeTypes, column.type, column.name);
  const options = column.options?.map((each) => optionOf(each, type));
  return {
    logicalName: column.name,
    schemaName: column.schema ?? column.name,
    displayName: column.display ?? '',
    type,
    typeName: column.typeName ?? `${type}Type`,
    requiredLevel: oneOf(requiredLevels, column.required ?? 'None', column.name),
    validForCreate: column.write === undefined || column.write === 'create',
    validForUpdate: column.write === undefined || column.write === 'update',
    validForRead: column.read ?? true,
    secured: column.secured ?? false,
    custom:
      publishers.test(column.name) || (prefix !== undefined && column.name.startsWith(prefix)),
    targets: type === 'Owner' ? ['systemuser', 'team'] : Object.keys(column.to ?? {}),
    ...(options === undefined ? {} : { options }),
    ...(column.global === undefined ? {} : { globalChoice: column.global }),
    ...(column.length === undefined ? {} : { maxLength: column.length }),
    ...(column.min === undefined ? {} : { minValue: column.min }),
    ...(column.max === undefined ? {} : { maxValue: column.max }),
    ...(column.precision === undefined ? {} : { precision: column.precision }),
    ...(column.format === undefined ? {} : { format: column.format }),
    ...(type === 'DateTime'
      ? { dateTimeBehavior: oneOf(behaviors, column.behavior ?? 'UserLocal', column.name) }
      : {}),
    ...(column.default === undefined ? {} : { defaultValue: column.default }),
    ...(column.of === undefined ? {} : { attributeOf: column.of }),
    validODataAttribute: column.odata ?? column.of === undefined,
  };
}

function optionOf(raw: readonly (string | number)[], type: AttributeType): Option {
  const [value, label, extra] = raw;
  return {
    value: Number(value),
    label: String(label),
    ...(type === 'Status' && extra !== undefined ? { state: Number(extra) } : {}),
    ...(type === 'State' && extra !== undefined ? { defaultStatus: Number(extra) } : {}),
  };
}
