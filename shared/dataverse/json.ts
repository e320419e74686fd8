export type JsonObject = { readonly [name: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** The `Value` of a managed property or a constant: `{ "Value": "None", … }`. */
export function valueIn(value: unknown): unknown {
  return isObject(value) ? value['Value'] : value;
}

/** Parses an answer's text; `undefined` where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return value;
  } catch {
    return undefined;
  }
}

/**
 * Parses JSON and keeps numbers that a double cannot show as they were written — `12.5000000000`,
 * `9007199254740993` — as their text. Whole numbers up to 15 digits stay numbers.
 */
export function parseJsonExactly(text: string): unknown {
  return parseJson(text.replace(stringOrNumber, keepNumberText));
}

// Strings are matched first, so that digits inside them are never touched; one that an answer cut off does
// not close is matched to its end, lest it be read again from each of its quotes.
const stringOrNumber =
  /"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|-?\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)|-?\d{16,}/gs;

function keepNumberText(token: string): string {
  return token.startsWith('"') ? token : `"${token}"`;
}
