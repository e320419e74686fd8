import type { TextReference } from '../model/rules.ts';
import type { Guid } from '../model/guid.ts';

/** A reference with its 36 characters' place in the text. */
export interface PlacedReference {
  readonly reference: TextReference;
  readonly start: number;
}

const guid =
  /(?<![0-9a-z-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-z-])/gi;

/** Every GUID that stands by itself, with or without braces, in any case. */
export function findGuids(text: string): readonly { readonly id: Guid; readonly start: number }[] {
  return [...text.matchAll(guid)].map((found) => ({
    id: found[0].toLowerCase(),
    start: found.index,
  }));
}

/** Puts other ids in the places of references; upper case stays upper case, braces and all else stay. */
export function replaceReferences(
  text: string,
  references: readonly PlacedReference[],
  replace: (reference: TextReference) => Guid | undefined,
): string {
  let written = '';
  let from = 0;
  for (const { start, reference } of references) {
    const id = replace(reference);
    if (id === undefined) continue;
    const found = text.slice(start, start + 36);
    const upper = found === found.toUpperCase() && found !== found.toLowerCase();
    written += text.slice(from, start) + (upper ? id.toUpperCase() : id.toLowerCase());
    from = start + 36;
  }
  return written + text.slice(from);
}

/** How far before an id its key may begin. Keys are names of columns: a long text is not searched from its start for each id. */
export const keyReach = 400;

/** The key whose value stands at the end of a piece of JSON: `characteristicid` of `[{"characteristicid":"`. */
export function keyBefore(json: string): string | undefined {
  return /"([^"]+)"\s*:\s*(?:\[\s*)?"?\{?$/.exec(json.slice(-keyReach))?.[1];
}
