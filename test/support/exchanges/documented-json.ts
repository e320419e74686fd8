/** JSON as a page shows it, with what the page leaves out taken away. */
export interface DocumentedJson {
  readonly value: unknown;
  readonly abridged: boolean;
}

/** Reads a documented body; undefined where it is no JSON at all. */
export function documentedJson(body: string): DocumentedJson | undefined {
  const text = body.trim();
  if (!text.startsWith('{') && !text.startsWith('[')) return undefined;
  const whole = parse(text);
  if (whole !== undefined) {
    const abridged = /removed for brevity|truncated for brevity/i.test(text);
    return { value: whole, abridged };
  }
  const mended = text
    // `[97 records truncated for brevity]`, `[ Stack Trace … omitted for brevity]`
    .replaceAll(/,?\s*\[\s*\d*\s*[^\][{}"]*(?:truncated|omitted|ommitted)[^\][{}"]*\]/gi, '')
    // `"stacktrace": <stack trace removed for brevity>`
    .replaceAll(/:\s*"?\s*<[^<>"]*(?:removed|omitted)[^<>"]*>"?/gi, ': "…"')
    .replaceAll(/,\s*\. \. \./g, '')
    .replaceAll(/\. \. \.,?/g, '')
    .replaceAll(/,(\s*[}\]])/g, '$1');
  const value = parse(mended);
  return value === undefined ? undefined : { value, abridged: true };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export type JsonRow = Readonly<Record<string, unknown>>;

/** An object, not an array. */
export function isRow(value: unknown): value is JsonRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The rows of an answer: those of a collection, or the one that it is. */
export function rowsOf(value: unknown): readonly JsonRow[] {
  if (!isRow(value)) return [];
  const rows = value['value'];
  if (Array.isArray(rows)) return rows.filter((row: unknown) => isRow(row));
  return [value];
}
