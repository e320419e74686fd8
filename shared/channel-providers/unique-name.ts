import { createHash } from 'node:crypto';
import type { Guid } from '../model/guid.ts';

const maxLength = 128;
const prefixText = /^[a-z][a-z0-9]{2,7}$/i;

/** Whether a text may stand before the underscore of a unique name: 3 to 8 letters and digits. */
export function isPrefix(text: string): boolean {
  return prefixText.test(text);
}

/** Whether a text is a unique name as the provider's and the profile's forms accept it. */
export function isUniqueName(text: string): boolean {
  return /^[a-z][a-z0-9]{2,7}_\w+$/i.test(text) && text.length <= maxLength;
}

/**
 * A unique name made from what people call a row: the same name gives the same text in every run.
 * Letters lose their accents; a name without any Latin letter or digit gets a few digits of its hash.
 */
export function uniqueNameFor(prefix: string, name: string): string {
  const words = name
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll(/ß/g, 'ss')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '');
  const tail = words === '' ? digest(name).slice(0, 12) : words;
  return `${prefix}_${tail}`.slice(0, maxLength);
}

/** An id made from what identifies a row, so that a plan made twice creates the same row. */
export function stableRowId(organizationId: Guid, table: string, uniqueName: string): Guid {
  const hex = digest(`${organizationId} ${table} ${uniqueName.toLowerCase()}`);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    // Version 8 and its variant: an id of the maker's own making, RFC 9562.
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
