import { readFileSync } from 'node:fs';
import { InputError } from '#shared/errors/migration-error.ts';
import { isLoopback } from '#shared/host/environment-url.ts';
import type { ConnectionRole, Credential } from '#shared/host/host.ts';

/** What a sign-in needs to know beside the variables. */
export interface SignIn {
  readonly role: ConnectionRole;
  readonly url: string;
  readonly deviceCode: boolean;
  show(message: string): void;
}

/** Microsoft's public client for trying Dataverse; only a person at a browser can use it. */
const publicClientId = '51f81489-12ee-4a9e-aaae-a2591f45987d';

/**
 * How to sign in, from environment variables: a role's own first, then the common ones. An
 * emulator on this machine takes any token, so it needs no variables.
 */
export function credentialFrom(
  variables: Readonly<Record<string, string | undefined>>,
  signIn: SignIn,
): Credential {
  const prefixes =
    signIn.role === 'environment'
      ? ['DATAVERSE_']
      : [`DATAVERSE_${signIn.role.toUpperCase()}_`, 'DATAVERSE_'];
  const find = (name: string): string | undefined =>
    prefixes.map((prefix) => variables[`${prefix}${name}`]).find((value) => (value ?? '') !== '');

  const token = find('ACCESS_TOKEN');
  if (token !== undefined) return { kind: 'token', token };
  const tenantId = find('TENANT_ID');
  const clientId = find('CLIENT_ID');
  const tenant = tenantId === undefined ? {} : { tenantId };
  if (signIn.deviceCode)
    return {
      kind: 'device-code',
      ...tenant,
      clientId: clientId ?? publicClientId,
      show: (message) => signIn.show(message),
    };
  const secret = find('CLIENT_SECRET');
  const certificate = find('CERTIFICATE_PATH');
  if (clientId !== undefined && secret !== undefined)
    return { kind: 'secret', ...tenant, clientId, clientSecret: secret };
  if (clientId !== undefined && certificate !== undefined)
    return { kind: 'certificate', ...tenant, clientId, pem: readPem(certificate) };
  if (isLoopback(new URL(signIn.url).hostname))
    return { kind: 'token', token: 'any-token-serves-an-emulator' };
  throw new InputError(
    signIn.role,
    `nothing says how to sign in to ${signIn.url}`,
    'Set DATAVERSE_TENANT_ID, DATAVERSE_CLIENT_ID and DATAVERSE_CLIENT_SECRET, or use --device-code.',
  );
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError(
      'DATAVERSE_CERTIFICATE_PATH',
      `the certificate file '${path}' cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'})`,
      'Name a PEM file that holds the certificate and its private key.',
    );
  }
}
