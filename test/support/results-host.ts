import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const views = fileURLToPath(new URL('../../dist/extension/views', import.meta.url));

/** What a task attached to the run. */
export interface HostAttachment {
  readonly name: string;
  readonly content: string;
  /** Absent: where the stand-in serves it. */
  readonly href?: string;
}

/** A stand-in for the page of a run in Azure DevOps, with a tab of an extension in its frame. */
export interface ResultsHost {
  readonly url: string;
  /** Requests to Azure DevOps, with what they were authorized by. */
  readonly asked: readonly { readonly path: string; readonly authorization: string | undefined }[];
  attach(attachments: readonly HostAttachment[]): void;
  close(): void;
}

/**
 * Serves the run page and its programming interface on one origin and the extension's files on
 * another, as Azure DevOps does. The two talk as github.com/microsoft/azure-devops-extension-sdk says.
 */
export async function openResultsHost(): Promise<ResultsHost> {
  let attachments: readonly HostAttachment[] = [];
  const asked: { path: string; authorization: string | undefined }[] = [];
  const files = await serve(async (path) => {
    const type = path.endsWith('.js') ? 'text/javascript' : 'text/html';
    return { type, body: await readFile(join(views, path)) };
  });
  const devops = await serve((path, authorization) => {
    const [pathname = '', query = ''] = path.split('?');
    if (pathname === '/run') {
      const theme = new URLSearchParams(query).get('theme') ?? 'light';
      return Promise.resolve({ type: 'text/html', body: runPage(files.origin, theme) });
    }
    if (pathname === '/favicon.ico') return Promise.reject(new Error('no picture'));
    asked.push({ path, authorization });
    const at = Number(/^\/attachment\/(\d+)$/.exec(pathname)?.[1] ?? NaN);
    const attachment = attachments[at];
    if (attachment !== undefined)
      return Promise.resolve({ type: 'application/json', body: attachment.content });
    const value = attachments.map(({ name, href }, index) => ({
      name,
      _links: { self: { href: href ?? `${devops.origin}/attachment/${index}` } },
    }));
    return Promise.resolve({ type: 'application/json', body: JSON.stringify({ value }) });
  });
  return {
    url: `${devops.origin}/run`,
    asked,
    attach: (given) => {
      attachments = given;
      asked.length = 0;
    },
    close: () => {
      for (const { server } of [files, devops]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

interface Content {
  readonly type: string;
  readonly body: string | Uint8Array;
}

async function serve(
  answer: (path: string, authorization: string | undefined) => Promise<Content>,
): Promise<{ readonly server: Server; readonly origin: string }> {
  const server = createServer((request, response) => {
    const cors = {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': '*, Authorization',
    };
    if (request.method === 'OPTIONS') {
      response.writeHead(204, cors).end();
      return;
    }
    answer(request.url ?? '/', request.headers.authorization).then(
      ({ type, body }) =>
        response.writeHead(200, { ...cors, 'content-type': `${type}; charset=utf-8` }).end(body),
      () => response.writeHead(404, cors).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** The host's half of the conversation between the frames. */
function runPage(extension: string, theme: string): string {
  const colours =
    theme === 'dark'
      ? {
          'background-color': 'rgba(32, 31, 30, 1)',
          'text-primary-color': 'rgba(255, 255, 255, 1)',
        }
      : { 'background-color': 'rgba(255, 255, 255, 1)', 'text-primary-color': 'rgba(0, 0, 0, .9)' };
  return `<!doctype html><html><body style="margin:0">
<iframe src="${extension}/results/index.html" style="border:0;width:100%;height:95vh"></iframe>
<script>
const frame = document.querySelector('iframe');
const proxy = (id) => ({ __proxyFunctionId: id, _channelId: 1 });
addEventListener('message', ({ source, data }) => {
  if (source !== frame.contentWindow) return;
  const call = JSON.parse(data);
  const say = (message) => source.postMessage(JSON.stringify(message), '*');
  const reply = (result) => say({ id: call.id, result, handshakeToken: call.handshakeToken });
  if (call.methodName === 'initialHandshake')
    reply({
      contributionId: 'results-tab', themeData: ${JSON.stringify(colours)},
      initialConfig: { onBuildChanged: proxy(1) },
      context: { pageContext: { webContext: {} }, extension: { id: 'e' }, user: {}, host: { name: 'contoso' } },
    });
  else if (call.methodName === 'getAccessToken') reply({ token: 'token-of-who-looks' });
  else if (call.methodName === 'getService') reply({ getServiceLocation: proxy(2) });
  else if (call.methodName === 'proxy2') reply(location.origin + '/');
  else if (call.methodName === 'proxy1') {
    reply(null);
    say({ id: 1000, instanceId: '__proxyFunctions', methodName: 'proxy' + call.params[0].__proxyFunctionId,
      params: [{ id: 7, project: { id: 'routing' } }] });
  } else if (call.methodName !== undefined) reply(null);
});
</script></body></html>`;
}
