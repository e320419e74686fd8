import { isLoopback, managedIdentityHost } from './origin.ts';

/** Where requests go through, in the form the HTTP library takes. */
export interface Proxy {
  /** With its colon: `http:`. */
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
  readonly auth?: { readonly username: string; readonly password: string };
}

type Variable = (name: string) => string | undefined;

/**
 * The proxy for a URL: `HTTPS_PROXY` and `NO_PROXY` first, as everywhere; then what the pipeline
 * agent was configured with (learn.microsoft.com/azure/devops/pipelines/agents/proxy). `undefined`:
 * straight ahead.
 */
export function proxyFor(url: URL, variable: Variable): Proxy | undefined {
  if (isLoopback(url.hostname) || url.hostname === managedIdentityHost) return undefined;
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const general = firstOf(variable, [name, name.toLowerCase()]);
  if (general !== undefined)
    return isInNoProxy(url, variable) ? undefined : readProxy(general, undefined);
  const agents = firstOf(variable, ['Agent.ProxyUrl']);
  if (agents === undefined || isInNoProxy(url, variable) || isBypassedByAgent(url, variable))
    return undefined;
  const username = firstOf(variable, ['Agent.ProxyUsername']);
  return readProxy(
    agents,
    username === undefined
      ? undefined
      : { username, password: firstOf(variable, ['Agent.ProxyPassword']) ?? '' },
  );
}

function readProxy(text: string, auth: Proxy['auth']): Proxy | undefined {
  // `proxy.contoso.com:8080` is common, and means http.
  const address = /^https?:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(address)) return undefined;
  const { protocol, hostname, port, username, password } = new URL(address);
  const own =
    username === ''
      ? auth
      : { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  return {
    protocol,
    host: hostname,
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    ...(own === undefined ? {} : { auth: own }),
  };
}

function isInNoProxy(url: URL, variable: Variable): boolean {
  const host = url.hostname.toLowerCase();
  const listed = firstOf(variable, ['NO_PROXY', 'no_proxy']) ?? '';
  return listed
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      const name = entry.replace(/:\d+$/, '').replace(/^\*?\./, '');
      return entry === '*' || (name !== '' && (host === name || host.endsWith(`.${name}`)));
    });
}

/** The agent hands its list on as JSON: regular expressions for whole URLs. */
function isBypassedByAgent(url: URL, variable: Variable): boolean {
  try {
    const list: unknown = JSON.parse(firstOf(variable, ['Agent.ProxyBypassList']) ?? '[]');
    return (
      Array.isArray(list) &&
      list.some((entry) => typeof entry === 'string' && new RegExp(entry, 'i').test(url.href))
    );
  } catch {
    return false;
  }
}

function firstOf(variable: Variable, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = variable(name)?.trim();
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}
