import { convertPackage } from '#shared/cmt/convert-package.ts';
import type { Files } from '#shared/host/files.ts';
import { stoppableFiles } from '#shared/host/stoppable-files.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { rowsRead } from '#shared/model/result.ts';
import type { StageResult } from '#shared/model/result.ts';
import { renderFindings } from '#shared/report/terminal.ts';
import { claimPaths } from '#shared/stages/claim-outputs.ts';
import type { Arguments } from '../arguments.ts';
import type { Terminal } from '../terminal.ts';
import { writeJson } from '../write-json.ts';
import { commandResult, orFailure } from './command-result.ts';
import { existingPath } from './existing-path.ts';

export interface ConvertOptions {
  readonly path: string;
  readonly out: string;
}

/** Writes a package in another form; what is wrong with it is in the result. */
export async function runConvert(
  stage: 'pack' | 'unpack',
  options: ConvertOptions,
  ports: { readonly files: Files },
  signal: AbortSignal,
): Promise<StageResult> {
  const to = {
    path: options.out,
    form: stage === 'pack' ? 'zip' : 'folder',
    files: stoppableFiles(ports.files, signal),
  } as const;
  return orFailure(stage, signal, async () => {
    const claim = await claimPaths([options.out], ports.files);
    try {
      const { rows, links, findings } = await convertPackage(options.path, to, signal);
      return {
        ...commandResult(stage, findings),
        counts: rowsRead(rows),
        outputs: { out: options.out, rows, links },
      };
    } finally {
      await claim.release();
    }
  });
}

/** Runs `pack` or `unpack` for a terminal. */
export async function convertAtTerminal(
  stage: 'pack' | 'unpack',
  given: Arguments,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const path = await existingPath(given.positionals[0], `urm ${stage}`, nodeFiles);
  const options = { path, out: given.value('out') ?? '' };
  const result = await runConvert(stage, options, { files: nodeFiles }, signal);
  for (const line of renderFindings(result.findings, terminal)) terminal.complain(line);
  const { rows, links } = result.outputs;
  if (result.outcome !== 'failed')
    terminal.print(`${options.out}: ${String(rows)} rows and ${String(links)} links`);
  const json = given.value('json');
  if (json !== undefined) await writeJson(json, JSON.stringify(result, undefined, 2));
  return result.outcome === 'failed' ? 1 : 0;
}
