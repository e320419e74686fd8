const maxSlug = 60;

/** A name as part of a file name: lower case letters, digits and hyphens, at most 60. */
export function slug(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, maxSlug)
    .replace(/^-|-$/g, '');
}

/** Gives each row of a folder a file name of its own: slug and 8 digits of the id, 32 on a clash. */
export function createFileNames(): (name: string, id: string) => string {
  const taken = new Set<string>();
  return (name, id) => {
    const digits = id.toLowerCase().replace(/[^a-z0-9]/g, '') || 'none';
    const start = slug(name) || 'row';
    const named = (tail: string): string => `${start}.${tail}`;
    const candidates = [named(digits.slice(0, 8)), named(digits.slice(0, 32))];
    let chosen = candidates.find((candidate) => !taken.has(candidate));
    // Rows may share even their id: exports of 2017 wrote zeros.
    for (let copy = 2; chosen === undefined; copy++) {
      const candidate = named(`${digits.slice(0, 32)}-${String(copy)}`);
      if (!taken.has(candidate)) chosen = candidate;
    }
    taken.add(chosen);
    return chosen;
  };
}

/** A row's file has three parts, the name, the id and the ending; a text beside it has four. */
export function isRowFile(fileName: string): boolean {
  const parts = fileName.split('.');
  return parts.length === 3 && parts[2] === 'json' && !fileName.startsWith('_');
}

/** A text, or another content, that a row's file names. */
export function isContentFile(fileName: string): boolean {
  return fileName.split('.').length === 4;
}

/** Whether a table's, column's or relationship's name may stand in a file name as it is. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_]{0,99}$/.test(name) && !reserved.test(name);
}

/** Names that Windows keeps for devices. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)$/i;
