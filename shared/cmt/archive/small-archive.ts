import JSZip from 'jszip';

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
