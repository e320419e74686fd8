import type { RequestSender } from '../../dataverse/request-sender.ts';
import { isObject, parseJson, type JsonObject } from '../../dataverse/json.ts';

/** An answer as a check looks at it. */
export interface CheckAnswer {
  readonly status: number;
  /** `0x80040217`; empty for answers without an error. */
  readonly code: string;
  readonly body: JsonObject;
  /** `204`, or `404 0x80040217` with the beginning of the text. */
  readonly text: string;
}

/** Beginning of the names of all rows that checks make. */
export const ownName = 'URM self-check';

/** Requests of checks to one environment. What they make is remembered and taken away again. */
export class Sandbox {
  readonly #sender: RequestSender;
  readonly #signal: AbortSignal;
  readonly #made: string[] = [];
  /** Rows that could not be taken away. */
  readonly left: string[] = [];

  constructor(sender: RequestSender, signal: AbortSignal) {
    this.#sender = sender;
    this.#signal = signal;
  }

  async get(path: string): Promise<CheckAnswer> {
    return this.#send('GET', path);
  }

  async patch(path: string, body: JsonObject): Promise<CheckAnswer> {
    return this.#send('PATCH', path, body);
  }

  async put(path: string, body: JsonObject): Promise<CheckAnswer> {
    return this.#send('PUT', path, body);
  }

  /** Makes a row; `path` of what was made, or undefined where it was refused. */
  async make(
    set: string,
    body: JsonObject,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly answer: CheckAnswer; readonly path?: string; readonly id: string }> {
    const id = this.#sender.nextRequestId();
    const key = keyOf(set);
    const answer = await this.#send('POST', set, { ...body, [key]: id }, headers);
    if (answer.status >= 300) return { answer, id };
    const path = `${set}(${id})`;
    this.#made.push(path);
    return { answer, path, id };
  }

  /** A row that the server made along with one of ours: it goes, too, after ours. */
  adopt(path: string): void {
    this.#made.unshift(path);
  }

  /** Takes away everything that was made, the last first. */
  async clear(): Promise<void> {
    for (const path of this.#made.splice(0).reverse()) {
      const answer = await this.#send('DELETE', path);
      if (answer.status >= 300 && answer.status !== 404) this.left.push(`${path}: ${answer.text}`);
    }
  }

  async #send(
    method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
    path: string,
    body?: JsonObject,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<CheckAnswer> {
    const answer = await this.#sender.send(
      {
        method,
        path,
        headers: body === undefined ? {} : { 'Content-Type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        purpose: method === 'GET' ? 'read' : 'write',
        requestId: this.#sender.nextRequestId(),
      },
      this.#signal,
    );
    const json = parseJson(answer.body.toString('utf8'));
    const read = isObject(json) ? json : {};
    const error = isObject(read['error']) ? read['error'] : {};
    const code = typeof error['code'] === 'string' ? error['code'] : '';
    const message = typeof error['message'] === 'string' ? error['message'] : '';
    const text = `${answer.status} ${code} ${message}`.trim().slice(0, 160);
    return { status: answer.status, code, body: read, text };
  }
}

/** Columns of primary keys, by set. */
function keyOf(set: string): string {
  if (set === 'emails' || set === 'tasks') return 'activityid';
  return `${set.replace(/ies$/, 'y').replace(/s$/, '')}id`;
}

/** Rows of an answer with many. */
export function rowsIn({ body }: CheckAnswer): readonly JsonObject[] {
  const value = body['value'];
  return Array.isArray(value) ? value.filter((row: unknown) => isObject(row)) : [];
}

/** A text column of a row; empty where it holds none. */
export function textOf(row: JsonObject, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : '';
}
