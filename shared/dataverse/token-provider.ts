import type { Clock } from '../host/clock.ts';
import type { Credential, Host } from '../host/host.ts';

/** Access tokens for one environment. */
export interface TokenProvider {
  token(signal: AbortSignal): Promise<string>;
  /** A fresh one in place of `rejected`; `undefined` where no other can be had. */
  renew(rejected: string, signal: AbortSignal): Promise<string | undefined>;
}

export interface AccessToken {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** Asks for a token each time it is called. */
export type TokenSource = (signal: AbortSignal) => Promise<AccessToken>;

const refreshBeforeMs = 5 * 60_000;

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

/** Keeps a token until five minutes before it expires; whoever asks meanwhile shares one request. */
export function cachedTokens(
  source: TokenSource,
  clock: Clock,
  host: Pick<Host, 'maskSecret'>,
): TokenProvider {
  let current: AccessToken | undefined;
  let asked: Promise<AccessToken> | undefined;
  const ask = async (signal: AbortSignal): Promise<string> => {
    asked ??= source(signal).finally(() => (asked = undefined));
    current = await asked;
    hideSecret(host, current.text);
    return current.text;
  };
  return {
    token: (signal) =>
      current !== undefined && clock.now() < current.expires - refreshBeforeMs
        ? Promise.resolve(current.text)
        : ask(signal),
    renew: (rejected, signal) =>
      current !== undefined && current.text !== rejected
        ? Promise.resolve(current.text)
        : ask(signal),
  };
}
