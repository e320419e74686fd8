import { crc32, deflateRawSync } from 'node:zlib';

/** A zip archive of texts, made at once: handlers do not wait. APPNOTE.TXT 6.3.3, without what is optional. */
export function zipArchive(files: ReadonlyMap<string, string>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of files) {
    const name = Buffer.from(path, 'utf8');
    const content = Buffer.from(text, 'utf8');
    const packed = deflateRawSync(content);
    const common = commonHeader({ name, content, packed });
    const local = Buffer.concat([numbers([0x04034b50, 4]), common, name, packed]);
    directory.push(
      // Made by version 2.0; no comment, one disk, no attributes.
      numbers([0x02014b50, 4], [20, 2]),
      common,
      numbers([0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]),
      name,
    );
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = numbers(
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [files.size, 2],
    [files.size, 2],
    [central.length, 4],
    [offset, 4],
    [0, 2],
  );
  return Buffer.concat([...parts, central, end]);
}

/** What the header of a file and its entry in the directory share. */
function commonHeader({
  name,
  content,
  packed,
}: {
  readonly name: Buffer;
  readonly content: Buffer;
  readonly packed: Buffer;
}): Buffer {
  return numbers(
    [20, 2],
    // Names are UTF-8; contents are deflated; the first of January 1980.
    [0x0800, 2],
    [8, 2],
    [0, 2],
    [0x0021, 2],
    [crc32(content), 4],
    [packed.length, 4],
    [content.length, 4],
    [name.length, 2],
    [0, 2],
  );
}

function numbers(...fields: readonly (readonly [value: number, bytes: 2 | 4])[]): Buffer {
  const buffer = Buffer.alloc(fields.reduce((sum, [, bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [value, bytes] of fields) at = buffer.writeUIntLE(value, at, bytes);
  return buffer;
}
