import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from '@azure/msal-node';
import type { Authority } from './authority.ts';
import { DataverseError } from './dataverse-error.ts';
import type { Clock } from '../host/clock.ts';
import { isObject, parseJson } from './json.ts';
import { shownUrl } from './origin.ts';
import { backoffMs, statedRetryAfterMs } from './retry-after.ts';
import { isWebPage } from './service-answer.ts';
import type { HttpAnswer, Transport } from './transport.ts';

/** Stands for a login host of this machine: the sign-in library takes no plain http. */
export const standInAuthority = 'https://login.microsoftonline.com';

const attempts = 3;
const timeoutMs = 60_000;
// The address of managed identities answers at once or, on other machines, never.
const managedIdentityTimeoutMs = 10_000;

/**
 * The network as the sign-in library sees it: over our transport, to the authority and nowhere else,
 * with three tries. What went wrong on the way is kept in `failure`, since the library replaces it.
 */
export class SignInNetwork implements INetworkModule {
  readonly #transport: Transport;
  readonly #clock: Clock;
  /** Where requests for the stand-in go; absent where any address of a managed identity is allowed. */
  readonly #authority: Authority | undefined;
  readonly #signal: AbortSignal;
  failure: unknown;

  constructor(
    transport: Transport,
    clock: Clock,
    authority: Authority | undefined,
    signal: AbortSignal,
  ) {
    this.#transport = transport;
    this.#clock = clock;
    this.#authority = authority;
    this.#signal = signal;
  }

  sendGetRequestAsync<Body>(
    url: string,
    options?: NetworkRequestOptions,
  ): Promise<NetworkResponse<Body>> {
    return this.#send<Body>('GET', url, options);
  }

  sendPostRequestAsync<Body>(
    url: string,
    options?: NetworkRequestOptions,
  ): Promise<NetworkResponse<Body>> {
    return this.#send<Body>('POST', url, options);
  }

  async #send<Body>(
    method: 'GET' | 'POST',
    url: string,
    options: NetworkRequestOptions | undefined,
  ): Promise<NetworkResponse<Body>> {
    try {
      const target = this.#target(url);
      const answer = await this.#repeated(method, target, options);
      const body = parseJson(answer.body.toString('utf8'));
      if (!isObject(body)) throw notJson(answer, method, target);
      return {
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: body as Body, // oxlint-disable-line typescript/no-unsafe-type-assertion -- the library's interface promises any type and checks the body itself
      };
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  async #repeated(
    method: 'GET' | 'POST',
    url: string,
    options: NetworkRequestOptions | undefined,
  ): Promise<HttpAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const isLast = attempt >= attempts;
      try {
        const answer = await this.#transport.send(
          {
            method,
            url,
            headers: options?.headers ?? {},
            timeoutMs: this.#authority === undefined ? managedIdentityTimeoutMs : timeoutMs,
            ...(options?.body === undefined ? {} : { body: options.body }),
          },
          this.#signal,
        );
        if (isLast || (answer.status !== 429 && answer.status < 500)) return answer;
        const stated = statedRetryAfterMs(answer.headers, this.#clock.now());
        await this.#clock.sleep(Math.min(stated ?? backoffMs(attempt, 1), 30_000), this.#signal);
      } catch (error) {
        if (isLast || !(error instanceof DataverseError) || !error.retryable) throw error;
        await this.#clock.sleep(backoffMs(attempt, 1), this.#signal);
      }
    }
  }

  #target(url: string): string {
    if (this.#authority === undefined) return url;
    const { origin, pathname, search } = new URL(url);
    if (origin === this.#authority.origin) return url;
    if (origin === standInAuthority) return this.#authority.origin + pathname + search;
    throw new DataverseError(
      'URM1021',
      {
        what: `A sign-in request to ${new URL(url).host} was refused: it is not the environment's login host`,
        where: shownUrl(url),
        next: 'Check the URL of the environment.',
      },
      {},
    );
  }
}

function notJson(answer: HttpAnswer, method: string, url: string): DataverseError {
  return new DataverseError(
    isWebPage(answer) ? 'URM1017' : 'URM1029',
    {
      what: `The login host answered ${answer.status} with ${isWebPage(answer) ? 'a web page' : 'something that is no token'}`,
      where: `${method} ${shownUrl(url)}`,
      next: 'Check whether the network or a proxy asks for a sign-in of its own.',
    },
    { status: answer.status },
  );
}
