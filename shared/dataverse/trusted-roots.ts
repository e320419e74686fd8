import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { DataverseError } from './dataverse-error.ts';

/**
 * Node's own roots and those that the agent was configured with (`--sslcacert`); `undefined`: Node's
 * own, to which `NODE_EXTRA_CA_CERTS` adds: learn.microsoft.com/azure/devops/pipelines/agents/certificate.
 */
export function trustedRoots(
  variable: (name: string) => string | undefined,
): readonly string[] | undefined {
  const files = [variable('Agent.CAInfo'), variable('NODE_EXTRA_CA_CERTS')].flatMap((file) => {
    const path = file?.trim() ?? '';
    return path === '' ? [] : [path];
  });
  if ((variable('Agent.CAInfo')?.trim() ?? '') === '') return undefined;
  return [...rootCertificates, ...files.map(readRoot)];
}

function readRoot(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new DataverseError(
      'URM1013',
      {
        what: 'The file of trusted certificates cannot be read',
        where: path,
        next: 'Check Agent.CAInfo, which the agent sets from --sslcacert, and NODE_EXTRA_CA_CERTS.',
      },
      {},
      { cause: error },
    );
  }
}
