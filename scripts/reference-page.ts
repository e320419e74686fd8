import { inputName, type StageOption } from '#shared/stages/stage-options.ts';
import { connectionInput, connectionTypes } from '#shared/stages/connection-types.ts';
import type { StageConnection, StageEntry } from '#shared/stages/stage-entry.ts';
import { additionalHelp } from '#shared/stages/stage-entry-parts.ts';
import type { Area } from '#shared/routing/area.ts';
import type { Command } from '../cli/command.ts';
import { usage } from '../cli/usage.ts';

/** The page of a stage: what it does, its inputs and flags, its outputs. */
export function referencePage(entry: StageEntry, command: Command): string {
  return page([
    `# ${entry.task}`,
    '',
    '<!-- Generated from shared/stages/entries by `npm run docs`. -->',
    '',
    entry.summary,
    '',
    `Reads ${entry.reads}. Writes ${entry.writes}.`,
    '',
    '## In a pipeline',
    '',
    '```yaml',
    entry.example,
    '```',
    '',
    '| input | flag | required | what |',
    '| --- | --- | --- | --- |',
    ...entry.connections.flatMap((connection) => [
      `| \`${connection.serviceConnection}\` | | ${yes(connection.required)} | ${cell(`${connection.help} A service connection of type Power Platform; instead ${others(connection)}.`)} |`,
      `| \`${connection.environmentUrl}\` | \`--${connection.flags[0] ?? ''}\` | | ${cell(`${connection.label}: URL. Absent: the URL of the service connection.`)} |`,
      ...(connection.additional === undefined
        ? []
        : [`| \`${connection.additional}\` | | | ${cell(additionalHelp)} |`]),
    ]),
    ...entry.options.map(optionRow),
    '',
    ...outputTable(entry),
    '## At a terminal',
    '',
    '```text',
    ...usage(command),
    '```',
  ]);
}

/** The README beside a task: short, for people who look into the extension. */
export function taskReadme(entry: StageEntry): string {
  return page([
    `# ${entry.task}`,
    '',
    '<!-- Generated from shared/stages/entries by `npm run docs`. -->',
    '',
    entry.summary,
    '',
    '```yaml',
    entry.example,
    '```',
    '',
    `Inputs and outputs: [docs/reference/${entry.name}.md](../../docs/reference/${entry.name}.md). The code: [shared/stages/${entry.name}.ts](../../shared/stages/${entry.name}.ts).`,
  ]);
}

/** The list of tasks, as the README shows it. */
export function taskTable(entries: readonly StageEntry[]): string {
  return [
    '| task | command | reads | writes |',
    '| --- | --- | --- | --- |',
    ...entries.map(
      (entry) =>
        `| [\`${entry.task}@${entry.major}\`](docs/reference/${entry.name}.md) | \`urm ${entry.name}\` | ${entry.reads} | ${entry.writes} |`,
    ),
  ].join('\n');
}

/** What moves, as the README shows it. */
export function areaTable(areas: readonly Area[]): string {
  return [
    '| area | channels | steps |',
    '| --- | --- | --- |',
    ...areas.map(({ title, channels, steps }) => {
      const whose = channels.length === 0 ? 'all' : channels.join(', ');
      return `| ${cell(title)} | ${whose} | ${steps.map(({ step }) => `\`${step}\``).join(' ')} |`;
    }),
  ].join('\n');
}

/** The page of the commands that are no stages. */
export function commandPage(commands: readonly Command[]): string {
  return page([
    '# Other commands',
    '',
    '<!-- Generated from cli/commands by `npm run docs`. -->',
    '',
    ...commands.flatMap((command) => [
      `## urm ${command.name}`,
      '',
      '```text',
      ...usage(command),
      '```',
      '',
    ]),
  ]);
}

function optionRow(option: StageOption): string {
  const name = option.only === 'cli' ? '' : `\`${inputName(option)}\``;
  const flag = option.only === 'task' ? '' : `\`--${option.flag}\``;
  const rest = option.default === undefined ? '' : ` Default: \`${option.default}\`.`;
  return `| ${name} | ${flag} | ${yes(option.required ?? false)} | ${cell(option.help)}${rest} |`;
}

/** Inputs for the other kinds of service connection. */
function others(connection: StageConnection): string {
  return connectionTypes
    .slice(1)
    .map((type) => `\`${connectionInput(connection, type)}\` for one of type ${type.label}`)
    .join(', ');
}

function outputTable(entry: StageEntry): readonly string[] {
  if (entry.outputs.length === 0) return [];
  return [
    '| output variable | what |',
    '| --- | --- |',
    ...entry.outputs.map(({ name, help }) => `| \`${name}\` | ${cell(help)} |`),
    '',
  ];
}

function yes(value: boolean): string {
  return value ? 'yes' : '';
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function page(lines: readonly string[]): string {
  return `${lines.join('\n').trimEnd()}\n`;
}
