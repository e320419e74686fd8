import type { Credential, Host } from '../host/host.ts';

/** Access tokens for one environment. */
export interface TokenProvider {
  token(signal: AbortSignal): Promise<string>;
  /** A fresh one in place of `rejected`; `undefined` where no other can be had. */
  renew(rejected: string, signal: AbortSignal): Promise<string | undefined>;
}

/** Hides a secret in whatever is logged, also where it is sent as base64. */
export function hideSecret(host: Pick<Host, 'maskSecret'>, secret: string): void {
  if (secret === '') return;
  host.maskSecret(secret);
  host.maskSecret(Buffer.from(secret, 'utf8').toString('base64'));
}

/** A token that was given ready: nothing can renew it. */
export function readyToken(
  credential: Extract<Credential, { readonly kind: 'token' }>,
  host: Pick<Host, 'maskSecret'>,
): TokenProvider {
  hideSecret(host, credential.token);
  return {
    token: () => Promise.resolve(credential.token),
    renew: () => Promise.resolve(undefined),
  };
}
