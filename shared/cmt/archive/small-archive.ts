import { Readable } from 'node:stream';
import JSZip from 'jszip';

/** An archive that is in memory as a whole, for what is small: jszip knows no other. */
export interface SmallArchive {
  /** Streams an entry. Whoever reads compares length and checksum: jszip looks at the length only. */
  read(name: string): AsyncIterable<Uint8Array>;
}

/** Opens the bytes of a zip whose directory was checked. */
export async function openSmallArchive(bytes: Uint8Array): Promise<SmallArchive> {
  const zip = await JSZip.loadAsync(bytes, { createFolders: false });
  return {
    read: (name) => {
      const file = zip.file(name);
      if (file === null) throw new Error(`its directory names '${name}', and it is not there`);
      // A stream and not a whole entry, so that what expands to more than it says ends early; wrapped,
      // because jszip's streams are of the kind that came before iteration.
      return new Readable().wrap(file.nodeStream('nodebuffer'));
    },
  };
}

/** The bytes of a zip: the same for the same parts on every version of Node, because jszip brings its own deflate. */
export async function smallArchive(
  parts: readonly { readonly name: string; readonly content: Uint8Array }[],
): Promise<Uint8Array> {
  const zip = new JSZip();
  for (const { name, content } of parts)
    zip.file(name, content, { date: firstMoment, createFolders: false, unixPermissions: null });
  return zip.generateAsync({
    type: 'nodebuffer',
    platform: 'DOS',
    compression: 'DEFLATE',
    compressionOptions: { level: 6 },
  });
}

/** The first moment a zip can name; jszip writes UTC. */
const firstMoment = new Date(Date.UTC(1980, 0, 1));
