import { InputError } from '#shared/errors/migration-error.ts';
import type { Credential } from '#shared/host/host.ts';
import { wholePem } from './pem-text.ts';

/** A service connection as the agent hands it to a task. */
export interface ServiceConnection {
  readonly id: string;
  /** `None`, `ServicePrincipal`, `Certificate`, `WorkloadIdentityFederation`, `ManagedServiceIdentity`. */
  readonly scheme: string;
  readonly url: string | undefined;
  /** Parameter by name; the letter case differs between schemes. */
  parameter(name: string): string | undefined;
  /** A fresh token of the pipeline's own identity provider. */
  idToken(signal: AbortSignal): Promise<string>;
}

/** Parameters whose values are secrets, over all schemes. */
export const secretParameters = [
  'clientSecret',
  'serviceprincipalkey',
  'servicePrincipalCertificate',
  'certificate',
] as const;

/**
 * How to sign in with a service connection. Parameter names as the contributions declare them:
 * github.com/microsoft/powerplatform-build-tools for `powerplatform-spn`,
 * learn.microsoft.com/azure/devops/pipelines/library/service-endpoints for `AzureRM`, and this
 * extension's own manifest.
 */
export function credentialOf(
  connection: ServiceConnection,
  input: string,
  managedIdentityClientId: string | undefined,
): Credential {
  const need = (name: string): string => {
    const value = connection.parameter(name);
    if (value !== undefined && value !== '') return value;
    throw new InputError(
      input,
      `the service connection of '${input}' has no ${name}`,
      'Complete it under Project settings › Service connections.',
    );
  };
  switch (connection.scheme.toLowerCase()) {
    case 'none':
      return {
        kind: 'secret',
        tenantId: need('tenantId'),
        clientId: need('applicationId'),
        clientSecret: need('clientSecret'),
      };
    case 'certificate':
      return {
        kind: 'certificate',
        tenantId: need('tenantId'),
        clientId: need('applicationId'),
        pem: wholePem(need('certificate')),
      };
    case 'serviceprincipal':
      return connection.parameter('authenticationType')?.toLowerCase() === 'spncertificate'
        ? {
            kind: 'certificate',
            tenantId: need('tenantid'),
            clientId: need('serviceprincipalid'),
            pem: wholePem(need('servicePrincipalCertificate')),
          }
        : {
            kind: 'secret',
            tenantId: need('tenantid'),
            clientId: need('serviceprincipalid'),
            clientSecret: need('serviceprincipalkey'),
          };
    case 'workloadidentityfederation':
      return {
        kind: 'assertion',
        tenantId: need('tenantid'),
        clientId: need('serviceprincipalid'),
        assertion: (signal) => connection.idToken(signal),
      };
    case 'managedserviceidentity':
      return managedIdentityClientId === undefined
        ? { kind: 'managed-identity' }
        : { kind: 'managed-identity', clientId: managedIdentityClientId };
    default:
      throw new InputError(
        input,
        `the service connection of '${input}' signs in by '${connection.scheme}', which this task does not know`,
        'Use a service connection with a client secret, a certificate, workload identity federation or a managed identity.',
      );
  }
}
