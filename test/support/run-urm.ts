import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../dist/cli/urm.js', import.meta.url));

export interface UrmEnd {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a built command line in a folder, with no variables but those given. */
export async function runUrm(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<UrmEnd> {
  const { child, end } = startUrm(args, options);
  child.stdin?.end();
  return end;
}

/** Starts one that is told to stop later. */
export function startUrm(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): { readonly child: ChildProcess; readonly end: Promise<UrmEnd>; line(): Promise<string> } {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: options.cwd,
    env: { ...options.env },
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (out += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (err += part));
  const end = once(child, 'close').then(([status]) => ({
    status: status as number | null,
    out,
    err,
  }));
  return {
    child,
    end,
    line: async () => {
      let ended = false;
      void end.then(() => (ended = true));
      while (!out.includes('\n')) {
        if (ended) throw new Error(`it ended without a line: ${err}`);
        await Promise.race([once(child.stdout, 'data'), end]);
      }
      return out.slice(0, out.indexOf('\n'));
    },
  };
}
