import type { Finding } from '#shared/errors/finding.ts';
import { nodeFiles, randomIds, systemClock } from '#shared/host/node-ports.ts';
import {
  outcomeLine,
  renderActionTable,
  renderFindings,
  renderPlan,
} from '#shared/report/terminal.ts';
import { exitStatus, runStage, type StageEnd } from '#shared/stages/run-stage.ts';
import { optionName } from '#shared/stages/stage-options.ts';
import type { StageEntry } from '#shared/stages/stage-entry.ts';
import type { Command } from './command.ts';
import type { Flag } from './grammar.ts';
import { lookInBrowser } from './commands/browser-check.ts';
import { loadStage } from './stage-loaders.ts';
import { createTerminalHost } from './terminal-host.ts';
import type { Terminal } from './terminal.ts';
import { writeJson } from './write-json.ts';

/** The command of a stage: flags from the table, the stage's own code behind it. */
export function stageCommand(entry: StageEntry): Command {
  return {
    name: entry.name,
    summary: entry.summary,
    flags: stageFlags(entry),
    positionals: [],
    notes: [`Reads ${entry.reads}; writes ${entry.writes.replaceAll('`', '')}.`],
    run: async (given, terminal, signal) => {
      const host = createTerminalHost(entry, given, terminal, process.env);
      const ports = {
        host,
        clock: systemClock,
        files: nodeFiles,
        ids: randomIds,
        browser: { look: lookInBrowser },
      };
      const end = await runStage(entry, await loadStage(entry.name), ports, signal);
      const result = {
        ...end.result,
        findings: end.result.findings.map((finding) => withFlag(entry, finding)),
      };
      for (const line of planLines(end, terminal)) terminal.print(host.clean(line));
      for (const line of renderFindings(result.findings, terminal))
        terminal.complain(host.clean(line));
      terminal.print(outcomeLine(result, terminal));
      const json = given.value('json');
      if (json !== undefined)
        await writeJson(json, host.clean(JSON.stringify(result, undefined, 2)));
      return exitStatus({ ...end, result }, { detailed: given.has('detailed-exit-code') });
    },
  };
}

/** A plan is there to be read, action by action; after an import the counts tell enough. */
function planLines(end: StageEnd, terminal: Terminal): readonly string[] {
  const plan = end.report?.plan;
  if (plan === undefined) return [];
  const isOnlyMade = end.result.outputs['planPath'] !== undefined;
  return isOnlyMade ? renderPlan(plan, terminal) : renderActionTable(plan);
}

/** All flags of a stage's command. */
export function stageFlags(entry: StageEntry): readonly Flag[] {
  return [
    ...entry.connections.flatMap((connection) =>
      connection.flags.map((name, at) => ({
        name,
        hint: 'URL',
        help: at === 0 ? connection.help : `The same as --${connection.flags[0] ?? ''}.`,
      })),
    ),
    ...entry.options
      .filter((option) => option.only !== 'task')
      .map((option) => ({
        name: option.flag,
        ...(option.kind === 'switch' ? {} : { hint: option.hint ?? 'TEXT' }),
        help:
          option.default === undefined ? option.help : `${option.help} Default: ${option.default}.`,
      })),
    ...(entry.detailedExitCode
      ? [{ name: 'detailed-exit-code', help: 'Exit status 3 instead of 0 when there are changes.' }]
      : []),
    { name: 'json', hint: 'FILE', help: 'Writes the result as JSON.' },
    { name: 'device-code', help: 'Signs in with a code that is entered in a browser.' },
    {
      name: 'verbose',
      help: 'Shows what was done table by table, debug lines and output variables.',
    },
  ];
}

/** Stages know options by their own names; people at a terminal know flags. */
function withFlag(entry: StageEntry, finding: Finding): Finding {
  const option = entry.options.find(({ flag }) => optionName(flag) === finding.where);
  return finding.code === 'URM1001' && option !== undefined
    ? { ...finding, where: `--${option.flag}` }
    : finding;
}
