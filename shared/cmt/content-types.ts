import { parseStringPromise } from 'xml2js';
import type { Finding } from '../errors/finding.ts';
import { contentTypes } from './data-layout.ts';
import { isJsonObject } from './json.ts';
import { readSmall } from './read-small.ts';
import type { StepSource } from './step-source.ts';
import { findName, listed } from './step-source.ts';
import { decodeWhole } from './xml/decode-text.ts';

export const contentTypesName = '[Content_Types].xml';

/**
 * `[Content_Types].xml` for these entries: the 191 bytes of every genuine export, and where there are
 * payloads their extension too, because the format's container shows no part of an undeclared one.
 */
export function contentTypesFor(names: readonly string[]): Uint8Array {
  if (!names.some((name) => extensionOf(name) === 'bin')) return contentTypes;
  const text = Buffer.from(contentTypes).toString('utf8');
  const bin = '<Default Extension="bin" ContentType="application/octet-stream" />';
  return Buffer.from(text.replace('</Types>', `${bin}</Types>`));
}

/** What the stock tool would not see of a zip, because its list of content types does not tell of it. */
export async function checkContentTypes(
  source: StepSource,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  if (source.form !== 'zip') return [];
  const name = findName(source, contentTypesName);
  if (name === undefined) return [invisible(source, `The zip has no ${contentTypesName}`)];
  const path = `${source.path} ${name}`;
  const text = decodeWhole(await readSmall(source.read(name, signal), path), path);
  const types = await readTypes(text).catch(() => undefined);
  if (types === undefined)
    return [invisible(source, `${contentTypesName} is not the list of content types it should be`)];
  const missing = source.names.filter(
    (part) =>
      part !== name &&
      !types.extensions.has(extensionOf(part)) &&
      !types.parts.has(`/${part}`.toLowerCase()),
  );
  return missing.length === 0
    ? []
    : [invisible(source, `${contentTypesName} does not declare ${listed(missing)}`)];
}

interface ContentTypes {
  readonly extensions: ReadonlySet<string>;
  readonly parts: ReadonlySet<string>;
}

/** A few hundred bytes, of which nobody needs to know the place: the DOM of them is what is wanted. */
async function readTypes(text: string): Promise<ContentTypes | undefined> {
  const document: unknown = await parseStringPromise(text);
  const types = isJsonObject(document) ? document['Types'] : undefined;
  if (!isJsonObject(types)) return undefined;
  return {
    extensions: new Set(attributesOf(types['Default'], 'Extension')),
    parts: new Set(attributesOf(types['Override'], 'PartName')),
  };
}

function attributesOf(elements: unknown, attribute: string): readonly string[] {
  if (!Array.isArray(elements)) return [];
  return elements.flatMap((element: unknown) => {
    const attributes = isJsonObject(element) ? element['$'] : undefined;
    const value = isJsonObject(attributes) ? attributes[attribute] : undefined;
    return typeof value === 'string' ? [value.toLowerCase()] : [];
  });
}

function extensionOf(name: string): string {
  return /\.([^./]*)$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

function invisible(source: StepSource, summary: string): Finding {
  return {
    severity: 'info',
    code: 'URM1133',
    where: source.path,
    summary,
    detail: 'The stock tool sees only parts of a zip that are declared there.',
    remedy: 'Nothing for this product; unpack and pack the zip again for the stock tool.',
  };
}
