import { Cancelled } from '#shared/errors/cancelled.ts';
import { InternalError, MigrationError } from '#shared/errors/migration-error.ts';
import { neutralize } from '#shared/host/neutralize.ts';
import { endSoon, onStopSignals } from '#shared/host/stop-signals.ts';
import { readArguments } from './arguments.ts';
import { closest } from './closest.ts';
import { commands } from './commands.ts';
import { processTerminal, type Terminal } from './terminal.ts';
import { overview, usage } from './usage.ts';
import { toolVersion } from './tool-version.ts';

/** Runs one command line and gives its exit status. */
async function urm(
  argv: readonly string[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === 'help') {
    for (const line of overview(commands)) terminal.print(line);
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    terminal.print(toolVersion);
    return 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const near = closest(
      name,
      commands.map((candidate) => candidate.name),
    );
    const hint = near === undefined ? 'See urm --help.' : `Did you mean ${near}? See urm --help.`;
    terminal.complain(neutralize(`There is no command '${name}'. ${hint}`));
    return 2;
  }
  if (rest.includes('--help')) {
    for (const line of usage(command)) terminal.print(line);
    return 0;
  }
  try {
    return await command.run(readArguments(command, rest), terminal, signal);
  } catch (error) {
    const known = signal.aborted ? new Cancelled(name, { cause: error }) : asKnown(error, name);
    terminal.complain(neutralize(`${known.code} ${known.message}`));
    return known.code === 'URM1001' ? 2 : 1;
  }
}

function asKnown(error: unknown, command: string): MigrationError {
  if (error instanceof MigrationError) return error;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new InternalError(what, `urm ${command}`, { cause: error });
}

const cancel = new AbortController();
const terminal = processTerminal();
const unlisten = onStopSignals({
  stop: (signal) => cancel.abort(new Error(`Stopped by ${signal}.`)),
  overdue: (signal) => {
    if (process.exitCode === undefined)
      terminal.complain(
        `${signal}: stopped at once, because something did not end in time. Run again.`,
      );
    process.exit(process.exitCode ?? 1);
  },
});
process.exitCode = await urm(process.argv.slice(2), terminal, cancel.signal);
unlisten();
endSoon();
