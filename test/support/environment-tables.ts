import type { ColumnType, EnvironmentColumn, EnvironmentTable } from '#shared/model/table.ts';

/** A column of an environment that can be read and written. */
export function aColumn(
  name: string,
  type: ColumnType,
  more: Partial<EnvironmentColumn> = {},
): EnvironmentColumn {
  return {
    name,
    displayName: name,
    type,
    targets: [],
    schemaName: name,
    required: 'none',
    creatable: true,
    updatable: true,
    readable: true,
    secured: false,
    custom: false,
    navigation: new Map(),
    ...more,
  };
}

/** A lookup column with the navigation property for each of its targets. */
export function aLookup(
  name: string,
  targets: Readonly<Record<string, string>>,
): EnvironmentColumn {
  return aColumn(name, 'lookup', {
    targets: Object.keys(targets),
    navigation: new Map(Object.entries(targets)),
  });
}

/** A table of an environment with the given columns; the id column is added. */
export function aTable(
  name: string,
  columns: readonly EnvironmentColumn[],
  more: Partial<EnvironmentTable> = {},
): EnvironmentTable {
  const idColumn = `${name}id`;
  return {
    name,
    displayName: name,
    idColumn,
    nameColumn: 'name',
    columns: new Map(
      [aColumn(idColumn, 'guid', { updatable: false }), ...columns].map((column) => [
        column.name,
        column,
      ]),
    ),
    manyToMany: [],
    entitySet: `${name}s`,
    schemaName: name,
    typeCode: 10_000,
    ownership: 'user',
    privileges: new Map(),
    optimisticConcurrency: true,
    alternateKeys: [],
    ...more,
  };
}
