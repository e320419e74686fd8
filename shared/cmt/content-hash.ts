import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';

/** The hash of a step: over the content of its two XML files, whatever holds them. */
export function stepHash(schemaSha256: string, dataSha256: string): string {
  return sha256(`data_schema.xml ${schemaSha256}\ndata.xml ${dataSha256}\n`);
}

/** The hash of a package: over its steps' hashes in their order. */
export function packageHash(steps: readonly string[]): string {
  return sha256(steps.map((hash) => `${hash}\n`).join(''));
}

/** SHA-256 in hexadecimal. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Passes bytes on and hashes them on the way. */
export async function* hashing(
  bytes: AsyncIterable<Uint8Array>,
  hash: Hash,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes) {
    hash.update(chunk);
    yield chunk;
  }
}

/** The SHA-256 and length of a stream. */
export async function digest(
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of bytes) {
    hash.update(chunk);
    length += chunk.length;
  }
  return { sha256: hash.digest('hex'), bytes: length };
}
