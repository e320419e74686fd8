import { withoutCommands } from '#shared/host/neutralize.ts';

/** Where a command writes for people. */
export interface Terminal {
  /** A line of the answer. */
  print(line: string): void;
  /** A line about the answer: problems, hints. */
  complain(line: string): void;
  /** Replaces the last status line where there is one. */
  status(line: string): void;
  readonly colours: boolean;
}

/**
 * This process's terminal. Colours only for people: no-color.org. Commands of a build agent are
 * broken wherever they come from, because scripts of pipelines run this program too.
 */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const colours = stdout.isTTY && (env['NO_COLOR'] ?? '') === '';
  let shown = false;
  // Whoever reads may stop reading, as `head` does: the work goes on, unheard.
  for (const stream of [stdout, stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  const clear = (): void => {
    if (shown) stderr.write('\r\u001B[K');
    shown = false;
  };
  return {
    colours,
    print: (line) => {
      clear();
      stdout.write(`${withoutCommands(line)}\n`);
    },
    complain: (line) => {
      clear();
      stderr.write(`${withoutCommands(line)}\n`);
    },
    status: (line) => {
      if (!stderr.isTTY) return;
      clear();
      stderr.write(withoutCommands(line).slice(0, Math.max(20, stderr.columns - 1)));
      shown = true;
    },
  };
}
