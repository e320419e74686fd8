import type { Files } from '../../host/files.ts';
import { FileFormatError } from '../file-format-error.ts';
import { isJsonObject } from '../json.ts';
import { readSmallFile, readSmallText } from '../read-small.ts';
import { maxTokenChars } from '../xml/parse-xml.ts';
import { isPlainName } from './file-names.ts';
import { isLongText, plainText, textFileOf } from './long-text.ts';
import type { RowJson } from './row-json.ts';

/** Where a long value went: a text as it is, a text laid out for reading, or bytes for base64. */
export interface ContentRef {
  readonly file: string;
  readonly as?: 'pretty' | 'base64';
}

/** Moves long texts of a row into files beside it; `base` is the row's file name without its ending. */
export async function moveLongTexts(
  row: RowJson,
  place: { readonly folder: string; readonly base: string },
  files: Files,
): Promise<RowJson> {
  const moved: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(row)) {
    moved[column] =
      typeof value === 'string' && isLongText(value) && isPlainName(column)
        ? await moveText(column, value, place, files)
        : value;
  }
  return moved;
}

async function moveText(
  column: string,
  value: string,
  place: { readonly folder: string; readonly base: string },
  files: Files,
): Promise<ContentRef> {
  const named = (extension: string): string => `${place.base}.${column}.${extension}`;
  const bytes = base64Bytes(value);
  if (bytes !== undefined) {
    const file = named(imageExtension(bytes));
    await files.write(`${place.folder}/${file}`, bytes, 'staged');
    return { file, as: 'base64' };
  }
  const { extension, content, pretty } = textFileOf(value);
  const file = named(extension);
  await files.write(`${place.folder}/${file}`, content, 'staged');
  return pretty ? { file, as: 'pretty' } : { file };
}

/** The bytes of a base64 text that encode to exactly the same text again. */
function base64Bytes(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]{64}/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

function imageExtension(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (head.startsWith('\u0089PNG')) return 'png';
  if (head.startsWith('\u00ff\u00d8\u00ff')) return 'jpg';
  if (head.startsWith('GIF8')) return 'gif';
  if (head.startsWith('%PDF')) return 'pdf';
  if (head.startsWith('RIFF') && head.endsWith('WEBP')) return 'webp';
  return 'bin';
}

/** Puts the contents of the files that a row names back into the row. */
export async function takeLongTexts(
  row: RowJson,
  place: { readonly folder: string; readonly path: string },
  files: Files,
): Promise<RowJson> {
  const whole: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(row))
    whole[column] =
      isJsonObject(value) && typeof value['file'] === 'string'
        ? await readContent(value['file'], value['as'], place, files)
        : value;
  return whole;
}

async function readContent(
  file: string,
  as: unknown,
  place: { readonly folder: string; readonly path: string },
  files: Files,
): Promise<string> {
  // A row names files beside it, and nothing else.
  if (!/^[\w-][\w.-]*$/.test(file))
    throw new FileFormatError(
      'URM1105',
      { path: place.path },
      {
        what: `The row names the file '${file}', which is not beside it`,
        next: 'Correct the name.',
      },
    );
  const path = `${place.folder}/${file}`;
  if ((await files.stat(path)) === undefined)
    throw new FileFormatError(
      'URM1101',
      { path },
      {
        what: `A file that a row names is missing`,
        next: `Restore it, or take it out of ${place.path}.`,
      },
    );
  if (as === 'base64') {
    const bytes = await readSmallFile(path, files, Math.floor((maxTokenChars / 4) * 3));
    return Buffer.from(bytes).toString('base64');
  }
  const content = await readSmallText(path, files, maxTokenChars);
  if (as !== 'pretty') return content;
  try {
    return plainText(content, file.endsWith('.json') ? 'json' : 'xml');
  } catch (error) {
    throw new FileFormatError(
      'URM1109',
      { path },
      {
        what: `The text is not valid JSON: ${error instanceof Error ? error.message : ''}`,
        next: 'Correct it there.',
      },
      { cause: error },
    );
  }
}
