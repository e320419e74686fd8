import { parseGuid } from '../model/guid.ts';
import type { Value } from '../model/row.ts';
import type { EnvironmentColumn } from '../model/table.ts';

/** A value of the configuration as the column takes it. */
export function overlayValue(
  value: string | number | boolean | null,
  column: EnvironmentColumn,
): Value {
  if (value === null) return null;
  switch (column.type) {
    case 'lookup':
    case 'owner':
      return { table: column.targets[0] ?? 'systemuser', id: parseGuid(String(value)) ?? '' };
    case 'boolean':
      return typeof value === 'boolean' ? value : String(value).toLowerCase() === 'true';
    case 'integer':
    case 'double':
    case 'choice':
    case 'state':
    case 'status':
      return Number(value);
    case 'choices':
      return String(value).split(',').map(Number);
    case 'text':
    case 'memo':
    case 'bigint':
    case 'decimal':
    case 'money':
    case 'datetime':
    case 'date':
    case 'party-list':
    case 'guid':
    case 'image':
    case 'file':
      return String(value);
  }
}
