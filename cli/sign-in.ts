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

/** The variables of one principal of a role. */
type Find = (name: string) => string | undefined;

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
  const find = finder(variables, signIn);

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
  const application = applicationFrom(find);
  if (application !== undefined) return application;
  if (isLoopback(new URL(signIn.url).hostname))
    return { kind: 'token', token: 'any-token-serves-an-emulator' };
  throw new InputError(
    signIn.role,
    `nothing says how to sign in to ${signIn.url}`,
    'Set DATAVERSE_TENANT_ID, DATAVERSE_CLIENT_ID and DATAVERSE_CLIENT_SECRET, or use --device-code.',
  );
}

/**
 * The principals that write beside the first: the same variables with a number after their names, from 2 on,
 * without a gap.
 */
export function otherCredentialsFrom(
  variables: Readonly<Record<string, string | undefined>>,
  signIn: SignIn,
): readonly Credential[] {
  const others: Credential[] = [];
  for (let number = 2; ; number += 1) {
    const find = finder(variables, signIn, `_${number}`);
    const token = find('ACCESS_TOKEN');
    const clientId = find('CLIENT_ID');
    if (token === undefined && clientId === undefined) return others;
    const tenantId = find('TENANT_ID') ?? finder(variables, signIn)('TENANT_ID');
    const credential: Credential | undefined =
      token === undefined
        ? applicationFrom((name) => (name === 'TENANT_ID' ? tenantId : find(name)))
        : { kind: 'token', token };
    if (credential === undefined)
      throw new InputError(
        signIn.role,
        `DATAVERSE_CLIENT_ID_${number} has neither a secret nor a certificate`,
        `Set DATAVERSE_CLIENT_SECRET_${number} or DATAVERSE_CERTIFICATE_PATH_${number}.`,
      );
    others.push(credential);
  }
}

/** A role's own variables come first, one by one. */
function finder(
  variables: Readonly<Record<string, string | undefined>>,
  { role }: SignIn,
  ending = '',
): Find {
  const prefixes =
    role === 'environment' ? ['DATAVERSE_'] : [`DATAVERSE_${role.toUpperCase()}_`, 'DATAVERSE_'];
  return (name) =>
    prefixes
      .map((prefix) => variables[`${prefix}${name}${ending}`])
      .find((value) => (value ?? '') !== '');
}

/** An application with its secret or certificate. */
function applicationFrom(find: Find): Credential | undefined {
  const clientId = find('CLIENT_ID');
  const tenantId = find('TENANT_ID');
  const tenant = tenantId === undefined ? {} : { tenantId };
  const secret = find('CLIENT_SECRET');
  const certificate = find('CERTIFICATE_PATH');
  if (clientId === undefined) return undefined;
  if (secret !== undefined) return { kind: 'secret', ...tenant, clientId, clientSecret: secret };
  return certificate === undefined
    ? undefined
    : { kind: 'certificate', ...tenant, clientId, pem: readPem(certificate) };
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
