import { X509Certificate } from 'node:crypto';
import type {
  AuthenticationResult,
  NodeAuthOptions,
  PublicClientApplication,
} from '@azure/msal-node';
import { discoverAuthority, type Authority } from './authority.ts';
import { DataverseError } from './dataverse-error.ts';
import type { Clock } from '../host/clock.ts';
import type { Credential, Host } from '../host/host.ts';
import { isLoopback } from './origin.ts';
import { signInFailure, type SignInPlace } from './sign-in-failure.ts';
import { SignInNetwork, standInAuthority } from './sign-in-network.ts';
import {
  cachedTokens,
  hideSecret,
  readyToken,
  type AccessToken,
  type TokenProvider,
  type TokenSource,
} from './token-provider.ts';
import type { Transport } from './transport.ts';

interface SignInPorts {
  readonly clock: Clock;
  readonly host: Pick<Host, 'maskSecret'>;
}

/** Tokens for the environment by the credential; the sign-in library is loaded only where it is needed. */
export function openTokenProvider(
  environment: string,
  credential: Credential,
  transport: Transport,
  ports: SignInPorts,
): TokenProvider {
  const { clock, host } = ports;
  switch (credential.kind) {
    case 'token':
      return readyToken(credential, host);
    case 'managed-identity':
      return cachedTokens(managedIdentity(environment, credential, transport, clock), clock, host);
    case 'device-code':
      return cachedTokens(deviceCode(environment, credential, transport, clock), clock, host);
    case 'secret':
      hideSecret(host, credential.clientSecret);
      return cachedTokens(application(environment, credential, transport, ports), clock, host);
    case 'certificate':
      // Masks are matched line by line.
      for (const line of credential.pem.split(/\r?\n/))
        if (!line.startsWith('-----')) hideSecret(host, line.trim());
      return cachedTokens(application(environment, credential, transport, ports), clock, host);
    case 'assertion':
      return cachedTokens(application(environment, credential, transport, ports), clock, host);
  }
}

type ApplicationCredential = Extract<
  Credential,
  { readonly kind: 'secret' | 'certificate' | 'assertion' }
>;

/** The client credentials flow, with the tenant and authority that the environment names. */
function application(
  environment: string,
  credential: ApplicationCredential,
  transport: Transport,
  ports: SignInPorts,
): TokenSource {
  let discovered: Authority | undefined;
  return async (signal) => {
    discovered ??= await discoverAuthority(environment, transport, signal);
    const authority = { ...discovered, tenantId: credential.tenantId ?? discovered.tenantId };
    const network = new SignInNetwork(transport, ports.clock, authority, signal);
    const proof = await proofOf(credential, environment, ports.host, signal);
    const place: SignInPlace = {
      environment,
      authority: authority.origin,
      tenantId: authority.tenantId,
      clientId: credential.clientId,
      ...(typeof proof.clientAssertion === 'string' ? { assertion: proof.clientAssertion } : {}),
    };
    const { ConfidentialClientApplication } = await import('@azure/msal-node');
    return attempt(network, place, () =>
      new ConfidentialClientApplication({
        auth: { ...proof, clientId: credential.clientId, authority: authorityUrl(authority) },
        system: { networkClient: network },
      }).acquireTokenByClientCredential({
        scopes: [`${environment}/.default`],
        skipCache: true,
      }),
    );
  };
}

/** What proves to the authority that it is the application. */
async function proofOf(
  credential: ApplicationCredential,
  environment: string,
  host: Pick<Host, 'maskSecret'>,
  signal: AbortSignal,
): Promise<Pick<NodeAuthOptions, 'clientSecret' | 'clientCertificate' | 'clientAssertion'>> {
  switch (credential.kind) {
    case 'secret':
      return { clientSecret: credential.clientSecret };
    case 'certificate':
      return { clientCertificate: certificateOf(credential.pem, environment) };
    case 'assertion': {
      const assertion = await credential.assertion(signal);
      hideSecret(host, assertion);
      return { clientAssertion: assertion };
    }
  }
}

function certificateOf(
  pem: string,
  environment: string,
): { readonly thumbprintSha256: string; readonly privateKey: string; readonly x5c: string } {
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  const key = /-----BEGIN (?:RSA |EC )?PRIVATE KEY-----[^-]+-----END [A-Z ]{0,20}KEY-----/.exec(
    pem,
  )?.[0];
  const [own] = certificates ?? [];
  try {
    if (own !== undefined && key !== undefined)
      return {
        thumbprintSha256: new X509Certificate(own).fingerprint256.replaceAll(':', ''),
        privateKey: key,
        x5c: (certificates ?? []).join('\n'),
      };
  } catch (error) {
    throw badCertificate(environment, { cause: error });
  }
  throw badCertificate(environment, {});
}

function badCertificate(environment: string, options: ErrorOptions): DataverseError {
  return new DataverseError(
    'URM1022',
    {
      what: 'The certificate cannot be read: PEM text with a certificate and its private key, without a password, is needed',
      where: environment,
      next: 'Convert it, for example with openssl pkcs12 -nodes.',
    },
    {},
    options,
  );
}

/** The identity of the machine: Azure answers on an address of this machine only. */
function managedIdentity(
  environment: string,
  credential: Extract<Credential, { readonly kind: 'managed-identity' }>,
  transport: Transport,
  clock: Clock,
): TokenSource {
  return async (signal) => {
    const { ManagedIdentityApplication } = await import('@azure/msal-node');
    const network = new SignInNetwork(transport, clock, undefined, signal);
    try {
      return await attempt(network, { environment }, () =>
        new ManagedIdentityApplication({
          system: { networkClient: network, disableInternalRetries: true },
          ...(credential.clientId === undefined
            ? {}
            : { managedIdentityIdParams: { userAssignedClientId: credential.clientId } }),
        }).acquireToken({ resource: environment, forceRefresh: true }),
      );
    } catch (error) {
      signal.throwIfAborted();
      throw new DataverseError(
        'URM1027',
        {
          what: 'This machine gives no token of a managed identity',
          where: environment,
          next: 'Assign the identity to the machine of the agent, or use another way to sign in.',
        },
        {},
        { cause: error },
      );
    }
  };
}

/** A person signs in once with a code; later tokens come silently. */
function deviceCode(
  environment: string,
  credential: Extract<Credential, { readonly kind: 'device-code' }>,
  transport: Transport,
  clock: Clock,
): TokenSource {
  let known:
    | { readonly authority: Authority; readonly client: PublicClientApplication }
    | undefined;
  let network: SignInNetwork | undefined;
  return async (signal) => {
    const { PublicClientApplication } = await import('@azure/msal-node');
    const discovered =
      known?.authority ?? (await discoverAuthority(environment, transport, signal));
    const authority = { ...discovered, tenantId: credential.tenantId ?? discovered.tenantId };
    const current = new SignInNetwork(transport, clock, authority, signal);
    network = current;
    known ??= {
      authority: discovered,
      client: new PublicClientApplication({
        auth: { clientId: credential.clientId, authority: authorityUrl(authority) },
        system: {
          // The client lives on, the signal of each sign-in does not.
          networkClient: {
            sendGetRequestAsync: (url, options) =>
              (network ?? current).sendGetRequestAsync(url, options),
            sendPostRequestAsync: (url, options) =>
              (network ?? current).sendPostRequestAsync(url, options),
          },
        },
      }),
    };
    const { client } = known;
    const scopes = [`${environment}/user_impersonation`];
    const [account] = await client.getTokenCache().getAllAccounts();
    const place = {
      environment,
      authority: authority.origin,
      tenantId: authority.tenantId,
      clientId: credential.clientId,
    };
    return attempt(current, place, () =>
      account === undefined
        ? client.acquireTokenByDeviceCode({
            scopes,
            deviceCodeCallback: (code) => credential.show(code.message),
          })
        : client.acquireTokenSilent({ scopes, account, forceRefresh: true }),
    );
  };
}

/** The library refuses plain http: a login host of this machine is reached under another name. */
function authorityUrl(authority: Authority): string {
  const origin = isLoopback(new URL(authority.origin).hostname)
    ? standInAuthority
    : authority.origin;
  return `${origin}/${authority.tenantId}`;
}

async function attempt(
  network: SignInNetwork,
  place: SignInPlace,
  acquire: () => Promise<AuthenticationResult | null>,
): Promise<AccessToken> {
  try {
    const result = await acquire();
    if (result?.accessToken === undefined || result.accessToken === '')
      throw new Error('The login host gave no token');
    return { text: result.accessToken, expires: result.expiresOn?.getTime() ?? 0 };
  } catch (error) {
    throw signInFailure(network.failure ?? error, place);
  }
}
