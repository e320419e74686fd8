import type { BulkTables } from './bulk-tables.ts';
import type { BatchPart } from './batch-text.ts';
import type { Write, WriteOutcome } from './client.ts';
import { DataverseError } from './dataverse-error.ts';
import type { Guid } from '../model/guid.ts';
import type { WriteSession } from './session.ts';

/** Below this a bulk message gains nothing over a batch, which tells of each row. */
export const bulkWorth = 10;

export interface SentWrite {
  readonly write: Write;
  readonly part: BatchPart;
}

/** May these writes go as one bulk message: new rows of one table, sent the same way? */
export async function goInBulk(
  sent: readonly SentWrite[],
  tables: BulkTables,
  signal: AbortSignal,
): Promise<boolean> {
  const first = sent[0];
  if (first === undefined || sent.length < bulkWorth) return false;
  const isAlike = sent.every(
    ({ write, part }) =>
      write.kind === 'create' &&
      write.table === first.write.table &&
      (part.headers === undefined) === (first.part.headers === undefined),
  );
  return isAlike && (await tables.takes(first.write.table.name, signal));
}

/**
 * Creates rows by one `CreateMultiple`, all or none; `undefined` when it was refused: then none of them is
 * there, and a batch tells which ones are to blame.
 */
export async function createInBulk(
  session: WriteSession,
  sent: readonly SentWrite[],
  requestId: Guid,
  signal: AbortSignal,
): Promise<readonly WriteOutcome[] | undefined> {
  const first = sent[0];
  if (first === undefined) return [];
  const { table } = first.write;
  const type = JSON.stringify(`Microsoft.Dynamics.CRM.${table.name}`);
  const targets = sent.map(({ part }) => `{"@odata.type":${type},${(part.body ?? '{}').slice(1)}`);
  try {
    await session.writeBulk(
      {
        path: `${table.entitySet}/Microsoft.Dynamics.CRM.CreateMultiple`,
        headers: { 'Content-Type': 'application/json', ...first.part.headers },
        body: `{"Targets":[${targets.join(',')}]}`,
      },
      { requestId, rows: sent.length },
      signal,
    );
    return sent.map(() => ({ is: 'done' }));
  } catch (error) {
    if (!(error instanceof DataverseError)) throw error;
    if (error.status !== undefined && error.status < 500 && !error.retryable) return undefined;
    // Of rows that may be there it is looked up before they are sent again.
    const isKnown = error.status !== undefined && error.status < 500;
    return sent.map(() => ({ is: isKnown ? 'failed' : 'unknown', error }));
  }
}
