import { InternalError } from '../errors/migration-error.ts';
import type { ServiceAnswer } from './service-answer.ts';
import { Session, type GetPart } from './session.ts';

interface Waiting extends GetPart {
  readonly resolve: (answer: ServiceAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** A batch answers when its last part is done: more parts would only make the first wait. */
const mostParts = 12;

/** Sends GETs that are asked for at the same time as one batch. For many small questions. */
export class GatheringSession extends Session {
  #waiting: Waiting[] = [];

  override get(
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<ServiceAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ path, headers, resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => void this.#sendAll(signal));
    });
  }

  async #sendAll(signal: AbortSignal): Promise<void> {
    const all = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < all.length; at += mostParts)
      await this.#send(all.slice(at, at + mostParts), signal);
  }

  async #send(parts: readonly Waiting[], signal: AbortSignal): Promise<void> {
    try {
      const [only, second] = parts;
      if (only !== undefined && second === undefined) {
        only.resolve(await super.get(only.path, only.headers ?? {}, signal));
        return;
      }
      const answers = await this.getBatch(
        parts.map(({ path, headers }) => ({ path, ...(headers === undefined ? {} : { headers }) })),
        signal,
      );
      for (const [at, { path, resolve, reject }] of parts.entries()) {
        const answer = answers[at];
        if (answer === undefined)
          reject(new InternalError('A part of a batch has no answer', path));
        else if (answer.status >= 400) reject(this.error(answer, path));
        else resolve(answer);
      }
    } catch (error) {
      for (const { reject } of parts) reject(error);
    }
  }
}
