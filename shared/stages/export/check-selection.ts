import { participationOf } from '../../dataverse/parties.ts';
import type { Finding } from '../../errors/finding.ts';
import type { ColumnType, EnvironmentTable, SourceTable } from '../../model/table.ts';
import { elementsOf, readXml } from '../../routing/xml-tree.ts';

/** Everything in a schema that the environment cannot answer; each an error that names its place. */
export function checkSelection(
  tables: readonly SourceTable[],
  metadata: ReadonlyMap<string, EnvironmentTable>,
  environmentUrl: string,
  schemaPath: string,
): readonly Finding[] {
  return tables.flatMap((table) => {
    const environment = metadata.get(table.name);
    if (environment === undefined) return [missingTable(table.name, environmentUrl, schemaPath)];
    return [
      ...checkColumns(table, environment, environmentUrl, schemaPath),
      ...checkRelationships(table, environment, environmentUrl, schemaPath),
      ...checkFilter(table, schemaPath),
    ];
  });
}

function checkColumns(
  table: SourceTable,
  environment: EnvironmentTable,
  environmentUrl: string,
  schemaPath: string,
): readonly Finding[] {
  return [...table.columns.values()].flatMap(({ name, type, untyped }): readonly Finding[] => {
    const column = environment.columns.get(name);
    const where = `${schemaPath} ${table.name}.${name}`;
    if (column === undefined)
      return [
        {
          severity: 'error',
          code: 'URM1202',
          where,
          summary: `The environment has no column ${table.name}.${name}`,
          detail: `${environmentUrl}${nearest(name, environment)}`,
          remedy: 'Correct the name, take the field out of the schema, or add the column.',
        },
      ];
    if (type === 'party-list' && participationOf(name) === undefined)
      return [
        {
          severity: 'warning',
          code: 'URM1049',
          where,
          summary: `The parties of ${table.name}.${name} cannot be told from those of other columns: they stay out`,
          detail: environmentUrl,
          remedy: 'Take the column out of the schema.',
        },
      ];
    if (untyped === true || sameKind(type, column.type)) return [];
    return [
      {
        severity: 'error',
        code: 'URM1203',
        where,
        summary: `Column ${table.name}.${name} is ${type} in the schema and ${column.type} in the environment`,
        detail: environmentUrl,
        remedy: 'Correct the type in the schema, or generate the schema again.',
      },
    ];
  });
}

function checkRelationships(
  table: SourceTable,
  environment: EnvironmentTable,
  environmentUrl: string,
  schemaPath: string,
): readonly Finding[] {
  return table.manyToMany
    .filter(({ name }) => !environment.manyToMany.some((known) => known.name === name))
    .map(({ name }) => ({
      severity: 'error',
      code: 'URM1205',
      where: `${schemaPath} ${table.name}`,
      summary: `The environment has no many-to-many relationship ${name} on ${table.name}`,
      detail: environmentUrl,
      remedy: 'Take the relationship out of the schema, or import the solution that holds it.',
    }));
}

/** A filter that cannot even be read is told with its table, before anything is asked for. */
function checkFilter(table: SourceTable, schemaPath: string): readonly Finding[] {
  if (table.filter === undefined) return [];
  const reading = readXml(table.filter.trim());
  const problem = 'problem' in reading ? reading.problem : wrongTable(reading.root, table.name);
  if (problem === undefined) return [];
  return [
    {
      severity: 'error',
      code: 'URM1224',
      where: `${schemaPath} ${table.name}`,
      summary: `The filter of ${table.name} cannot be used: ${problem}`,
      detail: '',
      remedy: 'Correct the FetchXML in the <filter> of the table.',
    },
  ];
}

type Element = Parameters<typeof elementsOf>[0];

function wrongTable(root: Element, table: string): string | undefined {
  if (root.name === 'filter') return undefined;
  if (root.name !== 'fetch') return `it begins with <${root.name}> instead of <fetch> or <filter>`;
  const entity = elementsOf(root).find(({ name }) => name === 'entity');
  const asked = entity?.attributes.get('name')?.trim();
  if (entity === undefined) return 'its <fetch> has no <entity>';
  return asked === table ? undefined : `it asks for rows of '${asked ?? ''}'`;
}

export function missingTable(table: string, environmentUrl: string, where: string): Finding {
  return {
    severity: 'error',
    code: 'URM1201',
    where: `${where} ${table}`,
    summary: `The environment has no table ${table}`,
    detail: environmentUrl,
    remedy: 'Correct the name, or provision the channel that brings the table.',
  };
}

/** Types that the file format does not tell apart, or that differ by the behaviour of a date only. */
const kinds: Readonly<Partial<Record<ColumnType, string>>> = {
  text: 'text',
  memo: 'text',
  datetime: 'date',
  date: 'date',
  owner: 'lookup',
  lookup: 'lookup',
};

export function sameKind(left: ColumnType, right: ColumnType): boolean {
  return (kinds[left] ?? left) === (kinds[right] ?? right);
}

function nearest(name: string, environment: EnvironmentTable): string {
  const same = [...environment.columns.keys()].find(
    (known) => known.toLowerCase() === name.toLowerCase(),
  );
  return same === undefined ? '' : ` spells it ${same}`;
}
