import { DataverseError } from './dataverse-error.ts';
import type { FindingCode } from '../errors/codes.ts';
import { shownUrl } from './origin.ts';

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
const untrusted: Kind = {
  code: 'URM1013',
  what: (host) => `The TLS certificate of ${host} is not trusted`,
  next: 'Check the URL; name the certificate of an inspecting proxy in NODE_EXTRA_CA_CERTS.',
  retryable: false,
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

const kinds: Readonly<Record<string, Kind>> = {
  ENOTFOUND: unknownHost,
  EAI_AGAIN: { ...unknownHost, retryable: true },
  ECONNREFUSED: noConnection,
  EHOSTUNREACH: noConnection,
  ENETUNREACH: noConnection,
  EPROTO: { ...untrusted, what: (host) => `No TLS connection to ${host} can be made` },
  ETIMEDOUT: late,
};

const tlsCode = /^(CERT_|ERR_TLS_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|ERR_SSL)/;

/** Turns what the HTTP library throws into one sentence; `cause` keeps the code of the system, never headers. */
export function transportFailure(
  error: unknown,
  request: { readonly method: string; readonly url: string },
  timedOut: boolean,
): DataverseError {
  const code = systemCode(error);
  const text = error instanceof Error ? error.message : String(error);
  const kind = timedOut
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
      what: kind.what(new URL(request.url).host),
      where: `${request.method} ${shownUrl(request.url)}`,
      next: kind.next,
    },
    { retryable: kind.retryable },
    { cause: new Error(code === '' ? text : `${code}: ${text}`) },
  );
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
