/** A row's id: 36 characters, lower case, without braces. */
export type Guid = string;

const guidText = /^\s*\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?\s*$/i;

const keptGuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Reads a GUID with or without braces, in any case; `undefined` where the text is none. */
export function parseGuid(text: string): Guid | undefined {
  // Nearly all are written as they are kept.
  if (text.length === 36 && keptGuid.test(text)) return text;
  return guidText.exec(text)?.[1]?.toLowerCase();
}

/**
 * A text that sorts as SQL Server sorts `uniqueidentifier`, which is the order of rows in a Configuration
 * Migration data.xml and of default paging: bytes 10 to 15 first, then 8 to 9, 6 to 7, 4 to 5 and 0 to 3, the
 * last three groups with their bytes reversed.
 */
export function sqlServerSortKey(id: Guid): string {
  return (
    id.slice(24) +
    id.slice(19, 23) +
    bytesReversed(id.slice(14, 18)) +
    bytesReversed(id.slice(9, 13)) +
    bytesReversed(id.slice(0, 8))
  );
}

function bytesReversed(hex: string): string {
  let reversed = '';
  for (let at = hex.length - 2; at >= 0; at -= 2) reversed += hex.slice(at, at + 2);
  return reversed;
}
