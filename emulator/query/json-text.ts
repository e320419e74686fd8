/**
 * A number whose JSON text is already known: decimals and money keep their stored scale
 * (`20000.0000`), and 64-bit integers keep their digits.
 */
export class RawNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** For code that serializes with `JSON.stringify`: the value without its scale. */
  toJSON(): number {
    return Number(this.text);
  }
}

/** JSON of any body. Members that are undefined are left out, as `JSON.stringify` does. */
export function toJson(value: unknown): string {
  const parts: string[] = [];
  write(value, parts);
  return parts.join('');
}

function write(value: unknown, parts: string[]): void {
  if (value instanceof RawNumber) {
    parts.push(value.text);
  } else if (Array.isArray(value)) {
    parts.push('[');
    let first = true;
    for (const item of value as readonly unknown[]) {
      if (!first) parts.push(',');
      first = false;
      write(item === undefined ? null : item, parts);
    }
    parts.push(']');
  } else if (typeof value === 'object' && value !== null && !('toJSON' in value)) {
    parts.push('{');
    let first = true;
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined) continue;
      parts.push(first ? '' : ',', JSON.stringify(name), ':');
      first = false;
      write(member, parts);
    }
    parts.push('}');
  } else if (typeof value === 'bigint') {
    parts.push(value.toString());
  } else {
    parts.push(JSON.stringify(value) ?? 'null');
  }
}
