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
  write(value, { parts, names: new Map() });
  return parts.join('');
}

interface Output {
  readonly parts: string[];
  /** `"name":` by name: the same few stand in every row. */
  readonly names: Map<string, string>;
}

function write(value: unknown, output: Output): void {
  const { parts } = output;
  if (value instanceof RawNumber) {
    parts.push(value.text);
  } else if (Array.isArray(value)) {
    parts.push('[');
    let first = true;
    for (const item of value as readonly unknown[]) {
      if (!first) parts.push(',');
      first = false;
      write(item === undefined ? null : item, output);
    }
    parts.push(']');
  } else if (typeof value === 'object' && value !== null && !('toJSON' in value)) {
    parts.push('{');
    let first = true;
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined) continue;
      if (!first) parts.push(',');
      first = false;
      parts.push(quotedName(name, output.names));
      write(member, output);
    }
    parts.push('}');
  } else if (typeof value === 'bigint') {
    parts.push(value.toString());
  } else {
    parts.push(JSON.stringify(value) ?? 'null');
  }
}

function quotedName(name: string, names: Map<string, string>): string {
  let quoted = names.get(name);
  if (quoted === undefined) {
    quoted = `${JSON.stringify(name)}:`;
    names.set(name, quoted);
  }
  return quoted;
}
