import type { Finding } from '../../errors/finding.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import { areas } from '../../routing/catalogue.ts';
import { sameKind } from '../export/check-selection.ts';
import type { TableUse } from './inspect-rows.ts';
import type { NeededTable } from './needed-tables.ts';

export interface DefinitionCheck {
  readonly needed: readonly NeededTable[];
  readonly uses: ReadonlyMap<string, TableUse>;
  readonly target: ReadonlyMap<string, EnvironmentTable>;
  readonly targetUrl: string;
  /** Definitions of the source, where there is one: labels, and values that no row uses yet. */
  readonly source?: ReadonlyMap<string, EnvironmentTable>;
}

/** Tables, columns, types, choice values and relationships that the target lacks. */
export function checkDefinitions(check: DefinitionCheck): readonly Finding[] {
  return check.needed.flatMap((table) => {
    const target = check.target.get(table.name);
    if (target === undefined) return [missingTable(table, check.targetUrl)];
    return [
      ...[...table.columns.keys()].flatMap((column) => checkColumn(check, table, target, column)),
      ...table.relationships
        .filter(({ name }) => !target.manyToMany.some((known) => known.name === name))
        .map(({ name }) => missingRelationship(table.name, name, check.targetUrl)),
    ];
  });
}

function checkColumn(
  check: DefinitionCheck,
  table: NeededTable,
  target: EnvironmentTable,
  name: string,
): readonly Finding[] {
  const needed = table.columns.get(name);
  const column = target.columns.get(name);
  const where = `${check.targetUrl} ${table.name}.${name}`;
  if (needed === undefined) return [];
  if (column === undefined)
    return [
      {
        severity: 'error',
        code: 'URM1202',
        where,
        summary: `The target has no column ${table.name}.${name} (${needed.displayName})`,
        detail: `Its type is ${needed.type}.`,
        remedy:
          'Import the solution that holds the column into the target, or leave the column out of the schema.',
      },
    ];
  if (!sameKind(needed.type, column.type))
    return [
      {
        severity: 'error',
        code: 'URM1203',
        where,
        summary: `Column ${table.name}.${name} is ${needed.type} here and ${column.type} in the target`,
        detail: '',
        remedy: 'Make the column anew in the target with the type of the source.',
      },
    ];
  const used = check.uses.get(table.name);
  return [
    ...(column.secured ? [securedColumn(where, `${table.name}.${name}`)] : []),
    ...checkChoices(check, table, name, used?.choices.get(name) ?? new Set(), column.options),
    ...checkTargets(where, table.name, name, used?.lookups.get(name) ?? new Set(), column.targets),
  ];
}

/** An import leaves it alone: what is protected is to stand in no plan. */
function securedColumn(where: string, name: string): Finding {
  return {
    severity: 'warning',
    code: 'URM1237',
    where,
    summary: `The target protects ${name} by column security: its values do not come along`,
    detail: '',
    remedy:
      'Set them in the target by hand, or name a variable that holds the value in the configuration (environments, values).',
  };
}

function checkChoices(
  { source, targetUrl }: DefinitionCheck,
  table: NeededTable,
  column: string,
  used: ReadonlySet<number>,
  options: ReadonlyMap<number, string> | undefined,
): readonly Finding[] {
  if (options === undefined) return [];
  const type = table.columns.get(column)?.type;
  const defined =
    type === 'boolean' ? undefined : source?.get(table.name)?.columns.get(column)?.options;
  const values = [...new Set([...used, ...(defined?.keys() ?? [])])].sort((a, b) => a - b);
  return values
    .filter((value) => !options.has(value))
    .map((value): Finding => {
      const label = defined?.get(value);
      const severity = used.has(value) ? 'error' : 'warning';
      const told = label === undefined || label === '' ? String(value) : `${value} (${label})`;
      const where = `${targetUrl} ${table.name}.${column}`;
      if (table.name === 'queue' && column === 'msdyn_queuetype' && value === voiceQueue)
        return {
          severity,
          code: 'URM1213',
          where,
          summary: 'The target does not know voice queues: the voice channel is not provisioned',
          detail: `Queue type ${told}.`,
          remedy: 'Provision the voice channel in the target, or leave voice out with --channels.',
        };
      return {
        severity,
        code: 'URM1204',
        where,
        summary: `The choice ${table.name}.${column} has no value ${told} in the target`,
        detail: used.has(value) ? 'Rows use it.' : 'No row uses it yet.',
        remedy: 'Import the solution that holds the choice into the target, or add the value.',
      };
    });
}

/** `queue.msdyn_queuetype` 192350002, which the voice channel brings. */
const voiceQueue = 192350002;

function checkTargets(
  where: string,
  table: string,
  column: string,
  used: ReadonlySet<string>,
  targets: readonly string[],
): readonly Finding[] {
  if (targets.length === 0) return [];
  return [...used]
    .filter((each) => !targets.includes(each))
    .map((each) => ({
      severity: 'error',
      code: 'URM1203',
      where,
      summary: `The lookup ${table}.${column} cannot point to ${each} in the target`,
      detail: `It points to ${targets.join(', ')}.`,
      remedy: 'Make the lookup in the target like the one of the source.',
    }));
}

/** A table of one channel tells of that channel; one that no area has is a customization. */
function missingTable({ name, displayName }: NeededTable, targetUrl: string): Finding {
  const using = areas.filter((area) =>
    area.steps.some((step) => step.tables.some(({ table }) => table === name)),
  );
  const channels = [...new Set(using.flatMap((area) => area.channels))];
  const isOfChannels = using.length > 0 && using.every((area) => area.channels.length > 0);
  const why =
    using.length === 0
      ? 'its solution is missing'
      : isOfChannels && channels.length === 1
        ? `the channel ${channels.join()} is not provisioned`
        : 'unified routing is not provisioned, or in an older version';
  return {
    severity: 'error',
    code: 'URM1201',
    where: `${targetUrl} ${name}`,
    summary: `The target has no table ${name} (${displayName}): ${why}`,
    detail: using.length === 0 ? '' : `Needed for: ${using.map(({ title }) => title).join(', ')}.`,
    remedy:
      using.length === 0
        ? 'Import the solution with the table into the target first.'
        : isOfChannels && channels.length === 1
          ? `Provision ${channels.join()} in the target, or leave it out with --channels.`
          : 'Provision unified routing and its channels in the target, and bring it to the version of the source.',
  };
}

function missingRelationship(table: string, name: string, targetUrl: string): Finding {
  return {
    severity: 'error',
    code: 'URM1205',
    where: `${targetUrl} ${table}`,
    summary: `The target has no many-to-many relationship ${name} on ${table}`,
    detail: '',
    remedy: 'Import the solution that holds the relationship into the target.',
  };
}
