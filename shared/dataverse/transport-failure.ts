import { DataverseError } from './dataverse-error.ts';
import type { FindingCode } from '../errors/codes.ts';
import { shownUrl } from './origin.ts';
import type { Proxy } from './proxy.ts';

interface Kind {
  readonly code: FindingCode;
  readonly what: (host: string) => string;
  readonly next: string;
  readonly retryable: boolean;
}

const unknownHost: Kind = {
  code: 'URM1011',
  what: (host) => `The name service does not know the host ${host}`,
  next: 'Check the spelling of the URL, and whether this machine reaches the name service.',
  retryable: false,
};
const noConnection: Kind = {
  code: 'URM1012',
  what: (host) => `${host} does not accept a connection`,
  next: 'Check the URL, the network and the proxy (HTTPS_PROXY, NO_PROXY).',
  retryable: true,
};
const unanswered: Kind = {
  ...noConnection,
  what: (host) => `No connection to ${host} came about in time: nothing there answers`,
  next: 'Check the URL, and whether a firewall lets this machine reach the host; where the way leads through a proxy, name it in HTTPS_PROXY.',
};
const untrusted: Kind = {
  code: 'URM1013',
  what: (host) => `The TLS certificate of ${host} is not trusted`,
  next: 'Check the URL; name the certificate of an inspecting proxy in NODE_EXTRA_CA_CERTS.',
  retryable: false,
};
const selfSigned: Kind = {
  ...untrusted,
  what: (host) =>
    `The TLS certificate of ${host} is not trusted: it, or the one above it, is signed by itself and not known on this machine`,
  next: 'Check the URL. Where a proxy inspects connections, name its root certificate in NODE_EXTRA_CA_CERTS, or configure the agent with --sslcacert; checks cannot be switched off.',
};
const noIssuer: Kind = {
  ...untrusted,
  what: (host) =>
    `The TLS certificate of ${host} is not trusted: who issued it is not known on this machine`,
  next: 'Name the root certificate of the issuer, or of a proxy that inspects connections, in NODE_EXTRA_CA_CERTS, or configure the agent with --sslcacert.',
};
const outOfTime: Kind = {
  ...untrusted,
  what: (host) => `The TLS certificate of ${host} is not valid at this time`,
  next: 'Check the clock of this machine; if it is right, whoever runs the host or the proxy has to renew the certificate.',
};
const otherName: Kind = {
  ...untrusted,
  what: (host) => `The TLS certificate that ${host} shows is for another host`,
  next: 'Check the URL, the name service and the proxy: something else answers under this name.',
};
const revoked: Kind = {
  ...untrusted,
  what: (host) => `The TLS certificate of ${host} was revoked`,
  next: 'Do not go on: ask whoever runs the host.',
};
const late: Kind = {
  code: 'URM1014',
  what: (host) => `${host} did not answer in time`,
  next: 'Run again; when it repeats, look at the health of the environment.',
  retryable: true,
};
const broken: Kind = {
  code: 'URM1015',
  what: (host) => `The connection to ${host} broke before the whole answer had come`,
  next: 'Run again; when it repeats, look at the network and the proxy.',
  retryable: true,
};
const tooLarge: Kind = {
  code: 'URM1018',
  what: (host) => `${host} answered with more than a page of Dataverse can hold`,
  next: 'Check that the URL is that of a Dataverse environment.',
  retryable: false,
};

const noTls: Kind = {
  ...untrusted,
  what: (host) => `No TLS connection to ${host} can be made`,
  next: 'Check the URL and its port: what answers there speaks no TLS, or none that is new enough.',
};

/** The code of a connection that was given up because it did not come about. */
export const connectTimeout = 'ERR_CONNECT_TIMEOUT';

const kinds: Readonly<Record<string, Kind>> = {
  ENOTFOUND: unknownHost,
  EAI_AGAIN: { ...unknownHost, retryable: true },
  ECONNREFUSED: noConnection,
  [connectTimeout]: unanswered,
  EHOSTUNREACH: noConnection,
  ENETUNREACH: noConnection,
  EPROTO: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: selfSigned,
  UNABLE_TO_GET_ISSUER_CERT: noIssuer,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: noIssuer,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: noIssuer,
  CERT_UNTRUSTED: noIssuer,
  CERT_HAS_EXPIRED: outOfTime,
  CERT_NOT_YET_VALID: outOfTime,
  ERR_TLS_CERT_ALTNAME_INVALID: otherName,
  HOSTNAME_MISMATCH: otherName,
  CERT_REVOKED: revoked,
  ETIMEDOUT: late,
};

const tlsCode = /^(CERT_|ERR_TLS_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|ERR_SSL)/;

/** Turns what the HTTP library throws into one sentence; `cause` keeps the code of the system, never headers. */
export function transportFailure(
  error: unknown,
  request: { readonly method: string; readonly url: string },
  way: { readonly timedOut: boolean; readonly proxy: Proxy | undefined },
): DataverseError {
  const code = systemCode(error);
  const text = error instanceof Error ? error.message : String(error);
  const kind = way.timedOut
    ? late
    : (kinds[code] ??
      (tlsCode.test(code) || /certificate/i.test(text)
        ? untrusted
        : /maxContentLength/.test(text)
          ? tooLarge
          : broken));
  return new DataverseError(
    kind.code,
    {
      what: kind.what(whoFailed(kind, new URL(request.url).host, way.proxy)),
      where: `${request.method} ${shownUrl(request.url)}`,
      next: kind.next,
    },
    { retryable: kind.retryable },
    { cause: new Error(code === '' ? text : `${code}: ${text}`) },
  );
}

/** Whom a message blames: what a proxy did is no fault of the environment. */
function whoFailed(kind: Kind, host: string, proxy: Proxy | undefined): string {
  if (proxy === undefined) return host;
  const name = `${proxy.host}:${String(proxy.port)}`;
  if (kind === late) return `${host}, asked through the proxy ${name},`;
  const isFirstStep = kind.code === unknownHost.code || kind.code === noConnection.code;
  return isFirstStep ? `${name} (the proxy on the way to ${host})` : host;
}

/** Did the request never leave this machine? Then any request may be repeated. */
export function neverSent(error: DataverseError): boolean {
  return (
    error.status === undefined &&
    (error.code === 'URM1011' || error.code === 'URM1012' || error.code === 'URM1013')
  );
}

function systemCode(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string' && !at.code.startsWith('ERR_BAD'))
      return at.code;
    // Node collects the attempts for each address of a host name.
    if (at instanceof AggregateError) return systemCode(at.errors[0]);
  }
  return '';
}
