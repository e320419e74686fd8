import type { BatchPartLog } from './batch.ts';

/** One answered request, as `/emulator/requests` lists it. */
export interface LoggedRequest {
  readonly n: number;
  readonly method: string;
  /** From the host's root, without the query. */
  readonly path: string;
  readonly query?: string;
  /** 0 when the connection was dropped instead of answered. */
  readonly status: number;
  readonly ms: number;
  /** systemuserid; absent when no one was signed in. */
  readonly user?: string;
  readonly parts?: readonly BatchPartLog[];
}

/** Remembers the requests of an emulator, oldest forgotten first. */
export class RequestLog {
  readonly #kept: LoggedRequest[] = [];
  #next = 1;

  add(request: Omit<LoggedRequest, 'n'>): void {
    this.#kept.push({ n: this.#next, ...request });
    this.#next += 1;
    // Forgetting in large steps keeps adding cheap.
    if (this.#kept.length > 2 * maxKept) this.#kept.splice(0, maxKept);
  }

  /** Requests numbered `since` or later, and the number to ask from next time. */
  since(first: number): { readonly next: number; readonly requests: readonly LoggedRequest[] } {
    const start = this.#kept.findIndex((request) => request.n >= first);
    return { next: this.#next, requests: start < 0 ? [] : this.#kept.slice(start) };
  }

  clear(): void {
    this.#kept.length = 0;
  }
}

const maxKept = 100_000;
