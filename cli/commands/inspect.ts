import { inspectPackage } from '#shared/cmt/inspect-package.ts';
import type { Inspection } from '#shared/cmt/inspect-package.ts';
import type { Files } from '#shared/host/files.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { stoppableFiles } from '#shared/host/stoppable-files.ts';
import { rowsRead } from '#shared/model/result.ts';
import type { StageResult } from '#shared/model/result.ts';
import { renderFindings, renderTable } from '#shared/report/terminal.ts';
import type { Command } from '../command.ts';
import { writeJson } from '../write-json.ts';
import { commandResult, orFailure } from './command-result.ts';
import { existingPath } from './existing-path.ts';

export interface InspectOptions {
  readonly path: string;
}

export type InspectResult = StageResult & Pick<Inspection, 'tables' | 'files'>;

/** Tells what is in a package: tables, columns, rows, links, files, and oddities as findings. */
export async function runInspect(
  options: InspectOptions,
  ports: { readonly files: Files },
  signal: AbortSignal,
): Promise<InspectResult> {
  const result = await orFailure('inspect', signal, async (): Promise<InspectResult> => {
    const stoppable = stoppableFiles(ports.files, signal);
    const { tables, files, findings } = await inspectPackage(options.path, stoppable, signal);
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    const links = tables.reduce((sum, table) => sum + table.links, 0);
    return {
      ...commandResult('inspect', findings),
      counts: rowsRead(rows),
      outputs: { tables: tables.length, rows, links },
      tables,
      files,
    };
  });
  return 'tables' in result ? result : { ...result, tables: [], files: [] };
}

/** `urm inspect PATH`. */
export const inspectCommand: Command = {
  name: 'inspect',
  summary: 'Tells what is in a package, zip, folder or schema, and what is odd about it.',
  flags: [{ name: 'json', hint: 'FILE', help: 'Writes what is in it as JSON.' }],
  positionals: ['PATH'],
  run: async (given, terminal, signal) => {
    const options = { path: await existingPath(given.positionals[0], 'urm inspect', nodeFiles) };
    const result = await runInspect(options, { files: nodeFiles }, signal);
    const severalSteps = new Set(result.tables.map(({ step }) => step)).size > 1;
    if (result.tables.length > 0)
      for (const line of renderTable([
        ['table', 'columns', 'rows', 'links'],
        ...result.tables.map(({ step, name, columns, rows, links }) => [
          severalSteps ? `${step}/${name}` : name,
          ...[columns.length, rows, links].map(String),
        ]),
      ]))
        terminal.print(line);
    for (const line of renderFindings(result.findings, terminal)) terminal.complain(line);
    const { tables, files, findings } = result;
    const json = given.value('json');
    if (json !== undefined)
      await writeJson(json, JSON.stringify({ tables, files, findings }, undefined, 2));
    return result.outcome === 'failed' ? 1 : 0;
  },
};
