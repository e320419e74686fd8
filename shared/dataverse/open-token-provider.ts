import type { Credential } from '../host/host.ts';
import type { ClientPorts } from './connect.ts';
import { readyToken, type TokenProvider } from './token-provider.ts';
import type { Transport } from './transport.ts';
import { DataverseError } from './dataverse-error.ts';

export function openTokenProvider(
  origin: string,
  credential: Credential,
  transport: Transport,
  ports: ClientPorts,
): TokenProvider {
  void transport;
  if (credential.kind === 'token') return readyToken(credential, ports.host);
  throw new DataverseError('URM1029', { what: 'Not yet', where: origin, next: '' }, {});
}
