import { areas } from '#shared/routing/catalogue.ts';
import type { Command } from '../command.ts';
import { writeJson } from '../write-json.ts';

/** `urm catalogue`: what the product knows of unified routing, in the order it moves. */
export const catalogueCommand: Command = {
  name: 'catalogue',
  summary: 'Lists what moves: areas, steps, tables and columns, in import order.',
  flags: [
    { name: 'columns', help: 'Lists the columns of each table too.' },
    { name: 'json', hint: 'FILE', help: 'Writes the list as JSON.' },
  ],
  positionals: [],
  run: async (given, terminal) => {
    for (const area of areas) {
      const whose = area.channels.length === 0 ? 'every channel' : area.channels.join(', ');
      terminal.print(`${area.area}: ${area.title} (${whose})`);
      for (const { step, title, tables } of area.steps) {
        terminal.print(`  ${step}  ${title}`);
        for (const { table, columns, relationships } of tables) {
          terminal.print(`    ${table}  ${columns.length} columns`);
          if (given.has('columns')) terminal.print(`      ${columns.join(', ')}`);
          for (const relationship of relationships ?? [])
            terminal.print(`      links ${relationship}`);
        }
      }
      if (area.includedBy !== undefined) terminal.print(`  only with include: ${area.includedBy}`);
      for (const { what, reason } of area.leftOut ?? [])
        terminal.print(`  left out: ${what}. ${reason}`);
      for (const sentence of area.manual) terminal.print(`  by hand: ${sentence}`);
    }
    const json = given.value('json');
    if (json !== undefined) await writeJson(json, JSON.stringify(catalogueData(), undefined, 2));
    return 0;
  },
};

/** The literal part of the catalogue: functions and rules are code. */
function catalogueData(): unknown {
  return areas.map(({ area, title, channels, includedBy, leftOut, source, steps, manual }) => ({
    area,
    title,
    channels,
    ...(includedBy === undefined ? {} : { includedBy }),
    source,
    manual,
    leftOut: leftOut ?? [],
    steps: steps.map((step) => ({
      step: step.step,
      title: step.title,
      tables: step.tables.map(({ table, columns, optionalColumns, relationships, skipUpdate }) => ({
        table,
        columns,
        optionalColumns: optionalColumns ?? [],
        relationships: relationships ?? [],
        skipUpdate: skipUpdate ?? false,
      })),
    })),
  }));
}
