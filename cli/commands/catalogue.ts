import { neverExported } from '#shared/routing/never-exported.ts';
import { catalogueView, withheldInEveryTable, type TableView } from '../catalogue/view.ts';
import type { Command } from '../command.ts';
import { writeJson } from '../write-json.ts';

/** `urm catalogue`: what the product knows of unified routing, in the order it moves. */
export const catalogueCommand: Command = {
  name: 'catalogue',
  summary:
    'Lists what moves: areas, steps and tables in import order, which rows are selected and how they are recognized, what is withheld, left to hands and never exported.',
  flags: [
    { name: 'area', hint: 'NAME,…', help: 'Lists these areas only.' },
    { name: 'columns', help: 'Lists the columns of each table too.' },
    { name: 'json', hint: 'FILE', help: 'Writes the list as JSON.' },
  ],
  positionals: [],
  run: async (given, terminal) => {
    const all = catalogueView();
    const asked = given
      .value('area')
      ?.split(',')
      .map((name) => name.trim());
    const unknown = asked?.filter((name) => !all.some(({ area }) => area === name)) ?? [];
    if (unknown.length > 0) {
      terminal.complain(
        `There is no area ${unknown.join(', ')}. There are ${all.map(({ area }) => area).join(', ')}.`,
      );
      return 2;
    }
    const shown = all.filter(({ area }) => asked?.includes(area) ?? true);
    for (const area of shown) {
      const whose = area.channels.length === 0 ? 'every channel' : area.channels.join(', ');
      terminal.print(`${area.area}: ${area.title} (${whose})`);
      terminal.print(`  from ${area.source}`);
      if (area.includedBy !== undefined) terminal.print(`  only with include: ${area.includedBy}`);
      for (const { step, title, tables } of area.steps) {
        terminal.print(`  ${step}  ${title}`);
        for (const table of tables)
          for (const line of tableLines(table, { columns: given.has('columns') }))
            terminal.print(`    ${line}`);
      }
      for (const { what, reason, instead } of area.leftOut)
        terminal.print(`  left out: ${what}. ${reason} ${instead}`);
      for (const sentence of area.manual) terminal.print(`  by hand: ${sentence}`);
      terminal.print('');
    }
    terminal.print(
      `withheld in every table: ${withheldInEveryTable.map(({ column, reason }) => `${column} (${reason})`).join(', ')}`,
    );
    for (const { what, tables, reason, instead } of neverExported)
      terminal.print(`never exported: ${what} (${tables.join(', ')}). ${reason} ${instead}`);
    const json = given.value('json');
    if (json !== undefined) {
      const content = { areas: shown, withheldInEveryTable, neverExported };
      await writeJson(json, JSON.stringify(content, undefined, 2));
    }
    return 0;
  },
};

function tableLines(
  table: TableView,
  { columns }: { readonly columns: boolean },
): readonly string[] {
  const { withheld, relationships, newerColumns } = table;
  return [
    `${table.table}: ${table.why}`,
    `  selects ${table.selects}`,
    `  recognized by ${table.recognizedBy}; ${table.columns.length} columns; carried by ${table.carriedBy}`,
    ...(columns ? [`  columns ${table.columns.join(', ')}`] : []),
    ...(columns && newerColumns.length > 0 ? [`  newer columns ${newerColumns.join(', ')}`] : []),
    ...(relationships.length === 0 ? [] : [`  links ${relationships.join(', ')}`]),
    ...(withheld.length === 0
      ? []
      : [`  withheld ${withheld.map(({ column, reason }) => `${column} (${reason})`).join(', ')}`]),
    ...table.notes.map((note) => `  ${note}`),
  ];
}
