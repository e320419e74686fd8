import type { CmtSchema } from '#shared/cmt/package.ts';
import type { SourceTable } from '#shared/model/table.ts';
import { elementsOf, readXml, type XmlElement } from '#shared/routing/xml-tree.ts';

/** One way in which a generated schema is not the published one. */
export interface SchemaDifference {
  readonly table: string;
  readonly what: string;
}

/** Everything in which a generated schema differs from a published one, but type codes and labels. */
export function schemaDifferences(
  published: CmtSchema,
  generated: CmtSchema,
): readonly SchemaDifference[] {
  const names = (schema: CmtSchema): readonly string[] => schema.tables.map(({ name }) => name);
  const before = names(published);
  const after = names(generated);
  const common = before.filter((name) => after.includes(name));
  const order = after.filter((name) => before.includes(name));
  return [
    ...before.filter((name) => !after.includes(name)).map((table) => ({ table, what: 'left out' })),
    ...after.filter((name) => !before.includes(name)).map((table) => ({ table, what: 'added' })),
    ...(common.join() === order.join() ? [] : [{ table: '*', what: `order: ${order.join(', ')}` }]),
    ...common.flatMap((name) => {
      const [one, other] = [published, generated].map((schema) =>
        schema.tables.find((table) => table.name === name),
      );
      return one === undefined || other === undefined
        ? []
        : tableDifferences(one, other).map((what) => ({ table: name, what }));
    }),
  ];
}

function tableDifferences(published: SourceTable, generated: SourceTable): readonly string[] {
  const [before, after] = [[...published.columns.keys()], [...generated.columns.keys()]];
  const flags = (table: SourceTable): string =>
    `skipupdate ${table.skipUpdate}, forcecreate ${table.forceCreate}, disableplugins ${table.disablePlugins}`;
  const links = (table: SourceTable): string =>
    table.manyToMany
      .map(({ name }) => name)
      .sort()
      .join();
  return [
    ...before.filter((name) => !after.includes(name)).map((name) => `column ${name} left out`),
    ...after.filter((name) => !before.includes(name)).map((name) => `column ${name} added`),
    ...before.flatMap((name) => {
      const [one, other] = [published, generated].map((table) => table.columns.get(name)?.type);
      return other === undefined || kindOf(one) === kindOf(other)
        ? []
        : [`column ${name}: type ${one} is ${other}`];
    }),
    ...(flags(published) === flags(generated) ? [] : [`flags: ${flags(generated)}`]),
    ...(links(published) === links(generated) ? [] : [`relationships: ${links(generated)}`]),
    ...(published.compareBy.join() === generated.compareBy.join()
      ? []
      : [`compared by ${generated.compareBy.join()}`]),
    ...filterDifference(published.filter, generated.filter),
  ];
}

/** Text columns of any length are one type in a schema. */
function kindOf(type: string | undefined): string | undefined {
  return type === 'memo' ? 'text' : type;
}

function filterDifference(
  published: string | undefined,
  generated: string | undefined,
): readonly string[] {
  if (published === undefined && generated === undefined) return [];
  if (published === undefined) return ['filter added'];
  if (generated === undefined) return ['filter left out'];
  return conditionsIn(published).join('\n') === conditionsIn(generated).join('\n')
    ? []
    : ['filter asks in another way'];
}

/** Conditions and links of a filter without what only people read. */
function conditionsIn(filter: string): readonly string[] {
  const reading = readXml(filter.trim());
  if ('problem' in reading) return [filter];
  return below(reading.root)
    .filter(({ name }) => name === 'condition' || name === 'link-entity')
    .map(({ name, attributes }) =>
      [
        name,
        ...['name', 'attribute', 'operator', 'value', 'from', 'to', 'link-type'].map(
          (key) => attributes.get(key)?.trim() ?? '',
        ),
      ].join(' '),
    );
}

function below(element: XmlElement): readonly XmlElement[] {
  return elementsOf(element).flatMap((child) => [child, ...below(child)]);
}
