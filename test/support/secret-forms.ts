import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { withheldColumns } from '#shared/routing/withheld-columns.ts';
import type { TestEmulator } from './emulator.ts';
import { rowsIn } from './routing-rows.ts';

/** The secret as it is, and as encodings would hide it. */
export function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  // Inside longer base64 text a secret has one of three alignments.
  const inside = [0, 1, 2].flatMap((shift) => {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes]);
    const cut = (text: string): string => text.slice(shift === 0 ? 0 : 4, -4);
    return [cut(padded.toString('base64')), cut(padded.toString('base64url').padEnd(4))];
  });
  return [
    ...new Set([
      secret,
      ...inside.filter(({ length }) => length >= 8),
      encodeURIComponent(secret),
      encodeURIComponent(encodeURIComponent(secret)),
      bytes.toString('hex'),
      JSON.stringify(secret).slice(1, -1),
      secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
    ]),
  ];
}

/** All files below a folder; of archives what is inside, too. */
export async function filesBelow(path: string): Promise<readonly Buffer[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const contents: Buffer[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    contents.push(bytes, ...(entry.name.endsWith('.zip') ? insideZip(bytes) : []));
  }
  return contents;
}

const centralEntry = Buffer.from([0x50, 0x4b, 0x01, 0x02]);

/** The entries of an archive, found by its directory and unpacked without the product's own reader. */
function insideZip(zip: Buffer): readonly Buffer[] {
  const entries: Buffer[] = [];
  for (let at = zip.indexOf(centralEntry); at >= 0; at = zip.indexOf(centralEntry, at + 4)) {
    const method = zip.readUInt16LE(at + 10);
    const size = zip.readUInt32LE(at + 20);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(start, start + size);
    entries.push(method === 0 ? packed : inflateRawSync(packed));
  }
  assert.ok(entries.length > 0, 'the archive has entries');
  return entries;
}

/** Values that the environment holds in secret columns of any table. */
export async function filledSecrets(emulator: TestEmulator): Promise<readonly string[]> {
  const secrets: string[] = [];
  for (const [table, columns] of Object.entries(withheldColumns)) {
    const entity = emulator.environment.metadata.entity(table);
    for (const [column, reason] of Object.entries(columns)) {
      if (reason !== 'secret' || entity?.attributes.has(column) !== true) continue;
      for (const row of await rowsIn(emulator, `${entity.entitySetName}?$select=${column}`)) {
        const value = row[column];
        if (typeof value === 'string' && value !== '') secrets.push(value);
      }
    }
  }
  return secrets;
}
