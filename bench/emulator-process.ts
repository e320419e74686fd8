import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isObject, objectsIn, parseJson, textIn } from '#shared/dataverse/json.ts';

/** One request as the emulator lists it. */
export interface ListedRequest {
  readonly method: string;
  readonly path: string;
}

/** An emulator in a process of its own, so that client and server do not share a thread. */
export interface EmulatorProcess {
  readonly url: string;
  requests(since: number): Promise<readonly ListedRequest[]>;
  close(): Promise<void>;
}

/** Starts `urm emulator` with flags, as it is built: sources that are translated while they run are slower. */
export async function startEmulatorProcess(flags: readonly string[]): Promise<EmulatorProcess> {
  const program = fileURLToPath(new URL('../dist/cli/urm.js', import.meta.url));
  const child = spawn(process.execPath, [program, 'emulator', '--port', '0', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let url: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    url = /^listening on (\S+)/.exec(line)?.[1];
    if (url !== undefined) break;
  }
  if (url === undefined) throw new Error('The emulator did not start.');
  const origin = url;
  return {
    url: origin,
    requests: async (since) => {
      const answer = await fetch(`${origin}/emulator/requests?since=${since}`);
      const json = parseJson(await answer.text());
      return objectsIn(isObject(json) ? json['requests'] : []).map((request) => ({
        method: textIn(request['method']) ?? '',
        path: textIn(request['path']) ?? '',
      }));
    },
    close: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
