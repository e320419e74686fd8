import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import JSZip from 'jszip';
import { ZipFile } from 'yazl';

/** A file of an archive. */
export interface FixedEntry {
  readonly name: string;
  readonly bytes: number;
}

/**
 * Writes an archive again with its entries sorted and without the times of the build, so that the
 * same content gives the same bytes.
 */
export async function fixZip(from: string, to: string): Promise<readonly FixedEntry[]> {
  const archive = await JSZip.loadAsync(await readFile(from), { checkCRC32: true });
  const fixed = new ZipFile();
  const names = Object.keys(archive.files).filter((name) => archive.files[name]?.dir === false);
  const entries: FixedEntry[] = [];
  for (const name of names.sort(byCodeUnits)) {
    const packed = await archive.file(name)?.async('nodebuffer');
    if (packed === undefined) continue;
    const content = name === '[Content_Types].xml' ? sortedTypes(packed) : packed;
    entries.push({ name, bytes: content.length });
    fixed.addBuffer(content, name, {
      // The first moment that a zip can tell, without a time zone.
      mtime: new Date(1980, 0, 1),
      mode: 0o100644,
      forceDosTimestamp: true,
    });
  }
  fixed.end();
  await pipeline(fixed.outputStream, createWriteStream(to));
  return entries;
}

/** The packer lists types in the order in which it happened to finish looking at files. */
function sortedTypes(content: Buffer): Buffer {
  const types: string[] = [];
  const text = content.toString('utf8').replaceAll(/<Default [^>]*\/>/g, (type) => {
    types.push(type);
    return '\u0000';
  });
  types.sort(byCodeUnits);
  return Buffer.from(text.replaceAll('\u0000', () => types.shift() ?? ''));
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
