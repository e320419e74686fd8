import { createHash } from 'node:crypto';
import { InputError } from '../../errors/migration-error.ts';
import type { Files } from '../../host/files.ts';
import type { Difference, Drift } from '../../report/drift.ts';
import { encodeValue } from '../../plan/planned-value.ts';
import { readSmallFile } from '../../cmt/read-small.ts';

/** What tells a difference from all others: also what the row holds now, so that a further change is new. */
export function fingerprint({ kind, row, changes, link }: Difference): string {
  const values = changes
    .map(({ column, after }) => [column, encodeValue(after)])
    .toSorted(([one], [other]) => (String(one) < String(other) ? -1 : 1));
  const what = [kind, row.table, row.id, link?.relationship ?? '', link?.to.id ?? '', values];
  return createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 32);
}

/** Fingerprints of an earlier check: its drift.json, or its result as `--json` wrote it. */
export async function readKnown(
  path: string | undefined,
  files: Files,
): Promise<ReadonlySet<string>> {
  if (path === undefined) return new Set();
  if ((await files.stat(path))?.kind !== 'file')
    throw new InputError('since', `There is no file '${path}'`, 'Give the drift.json of a check.');
  const text = Buffer.from(await readSmallFile(path, files)).toString('utf8');
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    content = undefined;
  }
  const list: unknown =
    typeof content === 'object' && content !== null && 'drifts' in content
      ? content.drifts
      : undefined;
  if (!Array.isArray(list))
    throw new InputError(
      'since',
      `'${path}' is no result of a drift check`,
      'Give the drift.json that an earlier check wrote.',
    );
  return new Set(
    list.flatMap((drift: unknown) =>
      typeof drift === 'object' && drift !== null && 'fingerprint' in drift
        ? [drift.fingerprint].filter((text) => typeof text === 'string')
        : [],
    ),
  );
}

/** drift.json: what was found, for later checks and other tools. */
export function driftFile(
  drifts: readonly Drift[],
  { environment, checkedAt, tool }: { environment: string; checkedAt: string; tool: string },
): string {
  const lines = drifts.map((drift) => `  ${JSON.stringify(driftEntry(drift))}`).join(',\n');
  const head = JSON.stringify({ format: 1, tool, environment, checkedAt }).slice(0, -1);
  return `${head},"drifts":[\n${lines}\n]}\n`;
}

/** One difference as plain data. */
export function driftEntry(drift: Drift): Readonly<Record<string, unknown>> {
  const { kind, row, name, source, link, note, who, when, accepted, known } = drift;
  return {
    kind,
    table: row.table,
    id: row.id,
    name,
    ...(source === undefined ? {} : { source }),
    ...(link === undefined ? {} : { link }),
    columns: drift.changes.map(({ column, before, after }) => ({
      column,
      expected: encodeValue(before),
      found: encodeValue(after),
    })),
    ...(note === undefined ? {} : { note }),
    who,
    ...(when === undefined ? {} : { when }),
    ...(accepted === undefined ? {} : { accepted }),
    ...(known === undefined ? {} : { known }),
    fingerprint: fingerprint(drift),
  };
}
