import type { Connection } from '../../host/host.ts';

/** A part of a plan: what all slices need, a slice by its number, or what needs all slices. */
export type Part = 'first' | 'last' | number;

/** Which of how many slices of a plan is meant. */
export interface Slice {
  readonly part: Part;
  readonly of: number;
}

/** More jobs than anybody has agents. */
const most = 99;

/** Reads `2/4`, `first/4` or `last/4`; `undefined` where the text is none of them. */
export function parseSlice(text: string): Slice | undefined {
  const [, part = '', count = ''] = /^(first|last|\d+)\/(\d+)$/.exec(text.trim()) ?? [];
  const of = Number(count);
  if (count === '' || of < 1 || of > most) return undefined;
  if (part === 'first' || part === 'last') return { part, of };
  const number = Number(part);
  return number >= 1 && number <= of ? { part: number, of } : undefined;
}

/** The slice as people write it. */
export function sliceText({ part, of }: Slice): string {
  return `${part}/${of}`;
}

/**
 * The connection of one slice: of several principals every slice writes as its own, so that jobs side by
 * side share no limits. What comes before and after all slices is written by everybody.
 */
export function connectionOf(slice: Slice | undefined, connection: Connection): Connection {
  const { part, of } = slice ?? { part: 'first', of: 1 };
  const count = 1 + (connection.others?.length ?? 0);
  if (typeof part === 'string' || count === 1) return connection;
  const own = Array.from({ length: count }, (_, at) => at).filter((at) => at % of === part - 1);
  return { ...connection, writers: own.length === 0 ? [(part - 1) % count] : own };
}
