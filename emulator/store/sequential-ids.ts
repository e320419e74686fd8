import { randomBytes } from 'node:crypto';

/** Milliseconds from 1582 to 1970: times of version 1 ids begin with the Gregorian calendar. */
const gregorianMs = 12_219_292_800_000;

/**
 * Ids as the service gives them out: version 1 with the bytes of the time swapped, so that SQL Server
 * sorts later ones behind earlier ones and default paging follows the order of creation.
 */
export function sequentialIds(organizationId: string): () => string {
  const node = organizationId.slice(-12);
  const sequence = ((randomBytes(2).readUInt16BE() & 0x3fff) | 0x8000).toString(16);
  let last = 0n;
  return () => {
    const now = BigInt(Date.now() + gregorianMs) * 10_000n;
    last = now > last ? now : last + 1n;
    const time = last.toString(16).padStart(15, '0');
    const low = swapped(time.slice(-8));
    const middle = swapped(time.slice(-12, -8));
    const high = swapped(`1${time.slice(-15, -12)}`);
    return `${low}-${middle}-${high}-${sequence}-${node}`;
  };
}

function swapped(hex: string): string {
  return Buffer.from(hex, 'hex').reverse().toString('hex');
}
