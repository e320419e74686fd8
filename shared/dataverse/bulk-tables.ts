import { DataverseError } from './dataverse-error.ts';
import { isObject, objectsIn, parseJson, textIn } from './json.ts';
import type { Session } from './session.ts';

/** Listed or not, their rows are refused: learn.microsoft.com/power-apps/developer/data-platform/bulk-operations. */
const neverInBulk: ReadonlySet<string> = new Set(['queue', 'team']);

const path =
  "sdkmessagefilters?$select=primaryobjecttypecode&$filter=sdkmessageid/name eq 'CreateMultiple'";

/** Which tables take their new rows in bulk messages: asked once, and only when many rows come. */
export class BulkTables {
  readonly #session: Session;
  readonly #log: (text: string) => void;
  #listed: Promise<ReadonlySet<string>> | undefined;
  readonly #refused = new Set<string>();
  readonly #taken = new Set<string>();
  readonly #told = new Set<string>();

  constructor(session: Session, log: (text: string) => void) {
    this.#session = session;
    this.#log = log;
  }

  async takes(table: string, signal: AbortSignal): Promise<boolean> {
    if (neverInBulk.has(table) || this.#refused.has(table)) return false;
    this.#listed ??= this.#ask(signal);
    const isTaken = (await this.#listed).has(table);
    if (isTaken) this.#taken.add(table);
    if (!this.#told.has(table)) {
      this.#told.add(table);
      this.#log(`New rows of ${table} go in ${isTaken ? 'bulk messages' : 'batches'}.`);
    }
    return isTaken;
  }

  /** Has it been found that the table takes bulk messages? */
  isKnown(table: string): boolean {
    return this.#taken.has(table) && !this.#refused.has(table);
  }

  /** The table is listed but took no rows that were fine one by one. */
  refuse(table: string): void {
    this.#refused.add(table);
    this.#log(`New rows of ${table} go in batches from now on: a bulk message was refused.`);
  }

  async #ask(signal: AbortSignal): Promise<ReadonlySet<string>> {
    try {
      const answer = await this.#session.get(path, {}, signal);
      const json = parseJson(answer.body.toString('utf8'));
      const filters = isObject(json) ? objectsIn(json['value']) : [];
      return new Set(filters.flatMap((filter) => textIn(filter['primaryobjecttypecode']) ?? []));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof DataverseError)) throw error;
      // Nobody needs bulk messages: without the privilege to ask, batches do.
      this.#log(`Bulk messages are not used: ${error.what}.`);
      return new Set();
    }
  }
}
