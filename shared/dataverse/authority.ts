import { notDataverse, webPageInstead } from './answer-errors.ts';
import { DataverseError } from './dataverse-error.ts';
import { isLoopback } from './origin.ts';
import { isWebPage } from './service-answer.ts';
import { apiRoot } from './request-sender.ts';
import type { Transport } from './transport.ts';

/** Who gives tokens for an environment. */
export interface Authority {
  /** `https://login.microsoftonline.com` */
  readonly origin: string;
  readonly tenantId: string;
}

/**
 * Microsoft's login hosts of all clouds; credentials go nowhere else, whatever a server says:
 * learn.microsoft.com/entra/identity-platform/authentication-national-cloud.
 */
const loginHosts: ReadonlySet<string> = new Set([
  'login.microsoftonline.com',
  'login.windows.net',
  'login.microsoft.com',
  'login.microsoftonline.us',
  'login.partner.microsoftonline.cn',
  'login.chinacloudapi.cn',
]);

/** Asks the environment itself: its answer to a request without a token names authority and tenant. */
export async function discoverAuthority(
  origin: string,
  transport: Transport,
  signal: AbortSignal,
): Promise<Authority> {
  const url = origin + apiRoot;
  const answer = await transport.send(
    { method: 'GET', url, headers: { Accept: 'application/json' }, timeoutMs: 60_000 },
    signal,
  );
  const challenge = authorizationUri(answer.headers.get('www-authenticate'));
  if (answer.status === 401 && challenge !== undefined) return trustedAuthority(challenge, origin);
  if (isWebPage(answer)) throw webPageInstead(answer, `GET ${url}`);
  throw notDataverse(
    `GET ${url}`,
    `: it answered ${answer.status} and does not say where to sign in`,
  );
}

/** `Bearer authorization_uri=https://…, resource_id=…`: names in any case, values quoted or not. */
export function authorizationUri(header: string | undefined): string | undefined {
  const found = /authorization_uri\s*=\s*(?:"([^"]*)"|([^\s,]+))/i.exec(header ?? '');
  return found?.[1] ?? found?.[2];
}

/** Refuses every authority that is not Microsoft's; on this machine, one of this machine is allowed. */
export function trustedAuthority(uri: string, environment: string): Authority {
  const parsed = URL.canParse(uri) ? new URL(uri) : undefined;
  const tenantId = parsed?.pathname.split('/').find((part) => part !== '');
  const isLocal =
    parsed !== undefined &&
    isLoopback(parsed.hostname) &&
    isLoopback(new URL(environment).hostname);
  const isMicrosoft = parsed?.protocol === 'https:' && loginHosts.has(parsed.host);
  if (parsed === undefined || tenantId === undefined || (!isLocal && !isMicrosoft))
    throw new DataverseError(
      'URM1021',
      {
        what: `The environment names ${parsed?.host ?? 'no readable address'} as the place to sign in, which is no login host of Microsoft; no credential was sent`,
        where: environment,
        next: 'Check the URL of the environment.',
      },
      {},
    );
  return {
    origin: parsed.origin,
    // An application signs in to its own tenant: `common` names none.
    tenantId: tenantId === 'common' ? 'organizations' : tenantId,
  };
}
