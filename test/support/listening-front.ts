import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Secrets that pass through a front. */
export interface FrontSecrets {
  readonly clientSecret: string;
  /** What the front answers with when the client secret is right. */
  readonly token: string;
}

/** A host in front of an emulator with a sign-in of its own. */
export interface Front {
  readonly url: string;
  /** Requests that carried the token. */
  readonly signed: number;
  /** From now on every answer of the Web API is this refusal; `undefined`: the emulator's again. */
  refuse(text: string | undefined, type?: 'json' | 'html'): void;
  close(): Promise<void>;
}

/** Opens a front: it takes one client secret, gives one token, and lets nobody through without it. */
export async function openFront(emulatorUrl: string, secrets: FrontSecrets): Promise<Front> {
  let signed = 0;
  let refusal: { readonly text: string; readonly type: 'json' | 'html' } | undefined;
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming);
    const path = incoming.url ?? '';
    if (path.split('?')[0]?.endsWith('/token') === true) {
      const given = new URLSearchParams(body.toString('utf8')).get('client_secret');
      const isRight = given === secrets.clientSecret;
      response.writeHead(isRight ? 200 : 401, { 'Content-Type': 'application/json' });
      response.end(
        JSON.stringify(
          isRight
            ? { token_type: 'Bearer', expires_in: 3599, access_token: secrets.token }
            : { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid secret.' },
        ),
      );
      return;
    }
    const { authorization } = incoming.headers;
    if (authorization !== undefined && authorization !== `Bearer ${secrets.token}`) {
      response.writeHead(401).end();
      return;
    }
    if (authorization !== undefined) signed += 1;
    if (authorization !== undefined && refusal !== undefined) {
      const { text, type } = refusal;
      response.writeHead(400, {
        'Content-Type': type === 'json' ? 'application/json' : 'text/html',
      });
      response.end(
        type === 'json'
          ? JSON.stringify({ error: { code: '0x80040203', message: text } })
          : `<!DOCTYPE html><html><body>${text}</body></html>`,
      );
      return;
    }
    forward(emulatorUrl, incoming, body, response);
  };
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    get signed() {
      return signed;
    },
    refuse: (text, type = 'json') => {
      refusal = text === undefined ? undefined : { text, type };
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The emulator takes any token, and names the front in its answers, because the host stays. */
function forward(
  emulatorUrl: string,
  incoming: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): void {
  const { hostname, port } = new URL(emulatorUrl);
  const { authorization, ...headers } = incoming.headers;
  const outgoing = request(
    {
      hostname,
      port,
      method: incoming.method,
      path: incoming.url,
      headers: {
        ...headers,
        ...(authorization === undefined ? {} : { authorization: 'Bearer x' }),
      },
    },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  outgoing.on('error', () => response.destroy());
  outgoing.end(body);
}
