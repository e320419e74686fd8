import type { NeverExported } from '#shared/routing/never-exported.ts';
import { withheldInEveryTable, type AreaView, type TableView } from '../cli/catalogue/view.ts';

const reasons = {
  secret: 'a secret',
  environment: 'true only in its environment',
  generated: 'made by the target itself',
  runtime: 'what happened, no configuration',
} as const;

/** The catalogue as a page, for those who know the domain and not the code. */
export function cataloguePage(areas: readonly AreaView[], never: readonly NeverExported[]): string {
  const lines = [
    '# Catalogue',
    '',
    '<!-- Generated from shared/routing by `npm run docs`. -->',
    '',
    'What moves, in the order in which it must arrive. Each area is a file in [shared/routing](../../shared/routing);',
    'each fact in it can be checked beside the page it names. `urm catalogue` prints the same.',
    '',
    'Filters are shown for everything that the channel has. When queues, workstreams or record types are named, only',
    'they and what they need move. “That moves” means: of the queues or workstreams that this catalogue selects for',
    'the channel. How generated schemas compare with those that Microsoft publishes, row by row, is on',
    '[a page of its own](published-schemas.md).',
    '',
    'After the rows of all steps come references that could not be set before, links, states and deletes; what switches',
    'live routing is last. “Carried by” says who brings the rows where the configuration has',
    '[`carriedBy: solution`](../guides/configuration.md#what-solutions-carry).',
    '',
    '| area | channels | steps |',
    '| --- | --- | --- |',
    ...areas.map(
      ({ area, title, channels, steps }) =>
        `| [${title}](#${area}) | ${channels.length === 0 ? 'all' : channels.join(', ')} | ${steps.map(({ step }) => `\`${step}\``).join(' ')} |`,
    ),
    '',
    ...areas.flatMap(areaLines),
    '## Withheld in every table',
    '',
    'These columns stay in the schemas, and their values never reach another environment:',
    '',
    ...withheldInEveryTable.map(({ column, reason }) => `- \`${column}\`: ${reasons[reason]}`),
    '',
    '## Never exported',
    '',
    'Whoever asks for these tables, by a schema or by name, gets the reason and no rows.',
    '',
    '| what | tables | why | instead |',
    '| --- | --- | --- | --- |',
    ...never.map(
      ({ what, tables, reason, instead }) =>
        `| ${what} | ${tables.map((table) => `\`${table}\``).join(', ')} | ${reason} | ${instead} |`,
    ),
    '',
  ];
  return lines.join('\n');
}

function areaLines(area: AreaView): readonly string[] {
  const { title, channels, includedBy, source, solutionStartsWith } = area;
  return [
    `<a id="${area.area}"></a>`,
    '',
    `## ${title}`,
    '',
    `For ${channels.length === 0 ? 'every channel' : channels.join(', ')}. Source: ${source}.`,
    ...(includedBy === undefined ? [] : [`Moves only when \`include\` names \`${includedBy}\`.`]),
    ...(solutionStartsWith === undefined
      ? []
      : [`A solution with it is begun with rows of \`${solutionStartsWith}\`.`]),
    '',
    ...area.steps.flatMap(({ step, title: name, tables }) => [
      `### ${step}: ${name}`,
      '',
      '| # | table | rows | recognized by | carried by |',
      '| --- | --- | --- | --- | --- |',
      ...tables.map(
        (table, at) =>
          `| ${at + 1} | \`${table.table}\` | ${table.why} Selects ${table.selects}. | ${table.recognizedBy} | ${table.carriedBy} |`,
      ),
      '',
      ...tables.flatMap(detailLines),
      '',
    ]),
    ...listOf(
      'Left out:',
      area.leftOut.map(
        ({ what, known, reason, instead }) =>
          `${what} (${known.map((name) => `\`${name}\``).join(', ')}). ${reason} ${instead}`,
      ),
    ),
    ...listOf('By hand afterwards:', area.manual),
  ];
}

function detailLines(table: TableView): readonly string[] {
  const parts = [
    `Columns: ${table.columns.join(', ')}.`,
    ...(table.newerColumns.length === 0
      ? []
      : [`Where the environment has them: ${table.newerColumns.join(', ')}.`]),
    ...(table.relationships.length === 0 ? [] : [`Links: ${table.relationships.join(', ')}.`]),
    ...(table.withheld.length === 0
      ? []
      : [
          `Withheld: ${table.withheld.map(({ column, reason }) => `${column} (${reasons[reason]})`).join(', ')}.`,
        ]),
    ...table.notes,
  ];
  return [`- \`${table.table}\`: ${parts.join(' ')}`];
}

function listOf(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [title, '', ...items.map((item) => `- ${item}`), ''];
}
