import { Emulator } from '#emulator/emulator.ts';
import type { Environment } from '#emulator/environment.ts';
import { listen } from '#emulator/protocol/listen.ts';
import type { EmulatorOptions } from '#emulator/server.ts';

/** One request as the emulator remembers it. */
export interface SeenRequest {
  readonly n: number;
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly status: number;
  readonly ms: number;
  readonly user?: string;
  readonly parts?: readonly {
    readonly method: string;
    readonly path: string;
    readonly status: number;
  }[];
}

/** An emulator on a free port, and its admin interface. */
export interface TestEmulator {
  /** `http://127.0.0.1:1234` */
  readonly url: string;
  /** For tests that break a target: take a table, a column or a choice away, plant rows. */
  readonly environment: Environment;
  requests(since?: number): Promise<readonly SeenRequest[]>;
  state(): Promise<{
    readonly name: string;
    readonly organizationId: string;
    readonly tenantId: string;
    readonly tables: Readonly<Record<string, number>>;
  }>;
  faults(text: string): Promise<void>;
  reset(): Promise<void>;
  /** Sends a request as the administrator; the path is relative to the API root. */
  send(method: string, path: string, options?: SendOptions): Promise<TestAnswer>;
  close(): Promise<void>;
}

export interface SendOptions {
  /** Objects go as JSON. */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; `{}` when there is none. */
  // oxlint-disable-next-line typescript/no-explicit-any -- answers of any shape, read by assertions
  readonly body: any;
}

/** Starts an emulator; the caller closes it. */
export async function openEmulator(options: Partial<EmulatorOptions> = {}): Promise<TestEmulator> {
  const emulator = await Emulator.open({ port: 0, ...options });
  const running = await listen(emulator, { port: 0, ...options });
  const admin = async (method: string, path: string, body?: string): Promise<Response> => {
    const answer = await fetch(`${running.url}/emulator/${path}`, {
      method,
      ...(body === undefined ? {} : { body }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };
  return {
    url: running.url,
    get environment() {
      return emulator.environment;
    },
    requests: async (since = 0) => {
      const answer = await admin('GET', `requests?since=${since}`);
      const { requests } = (await answer.json()) as { requests: SeenRequest[] };
      return requests;
    },
    state: async () =>
      (await (await admin('GET', 'state')).json()) as Awaited<ReturnType<TestEmulator['state']>>,
    faults: async (text) => void (await admin('PUT', 'faults', text)),
    reset: async () => void (await admin('POST', 'reset')),
    send: (method, path, sent) => sendTo(running.url, method, { path, ...sent }),
    close: () => running.close(),
  };
}

/** An emulator that lives as long as the surrounding `describe`. Its members answer inside tests only. */
export function withEmulator(options: Partial<EmulatorOptions> = {}): TestEmulator {
  let opened: TestEmulator | undefined;
  const current = (): TestEmulator => {
    if (opened === undefined) throw new Error('The emulator starts before the first test.');
    return opened;
  };
  before(async () => {
    opened = await openEmulator(options);
  });
  after(async () => {
    await opened?.close();
  });
  return {
    get url() {
      return current().url;
    },
    get environment() {
      return current().environment;
    },
    requests: (since) => current().requests(since),
    state: () => current().state(),
    faults: (text) => current().faults(text),
    reset: () => current().reset(),
    send: (method, path, sent) => current().send(method, path, sent),
    close: () => current().close(),
  };
}

/** Sends one request with any token; the path is relative to the API root. */
export async function sendTo(
  url: string,
  method: string,
  sent: SendOptions & { readonly path: string },
): Promise<TestAnswer> {
  const { body, path, headers } = sent;
  const answer = await fetch(`${url}/api/data/v9.2/${path}`, {
    method,
    headers: {
      Accept: 'application/json',
      Authorization: 'Bearer test',
      'OData-Version': '4.0',
      'OData-MaxVersion': '4.0',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') === true;
  const parsed: unknown = isJson && text !== '' ? JSON.parse(text) : {};
  return { status: answer.status, headers: answer.headers, text, body: parsed };
}
