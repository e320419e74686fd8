import { differInSpaceOnly, readLexemes } from './lexemes.ts';

/**
 * Where a text differs from the one the folder form gives: at piece `at`, `remove` pieces become
 * those of `insert`. With `space`, `count` pieces end in that white space instead of their own.
 */
export type LayoutEdit =
  | { readonly at: number; readonly remove: number; readonly insert: readonly string[] }
  | { readonly at: number; readonly count: number; readonly space: string };

/** How far the comparison looks for the next place where both texts agree. */
const horizon = 200;
/** It looks less far where pieces are long. */
const horizonChars = 1024 * 1024;
/** Agreement counts when this many pieces in a row are equal. */
const agreement = 3;
const maxEditChars = 4 * 1024 * 1024;

/** The edits that turn `rendered` into `original`; `undefined` when they are too many to be kept. */
export async function findLayoutEdits(
  original: AsyncIterable<string>,
  rendered: AsyncIterable<string>,
): Promise<readonly LayoutEdit[] | undefined> {
  const wanted = createWindow(original);
  const given = createWindow(rendered);
  const edits: LayoutEdit[] = [];
  let at = 0;
  let chars = 0;
  for (;;) {
    await wanted.fill();
    await given.fill();
    const left = wanted.pieces();
    const right = given.pieces();
    if (left.length === 0 && right.length === 0) return edits;
    let same = 0;
    while (same < left.length && same < right.length && left[same] === right[same]) same++;
    if (same > 0) {
      wanted.drop(same);
      given.drop(same);
      at += same;
      continue;
    }
    const [first] = left;
    const [second] = right;
    if (first !== undefined && second !== undefined && differInSpaceOnly(first, second)) {
      addSpace(edits, at, first.slice(first.trimEnd().length));
      wanted.drop(1);
      given.drop(1);
      at++;
    } else {
      const step = nextAgreement(left, right, wanted.ended() && given.ended());
      if (step === undefined) return undefined;
      const insert = left.slice(0, step.wanted);
      edits.push({ at, remove: step.given, insert });
      chars += insert.reduce((sum, piece) => sum + piece.length, 0);
      wanted.drop(step.wanted);
      given.drop(step.given);
      at += step.given;
    }
    if (chars + edits.length * 40 > maxEditChars) return undefined;
  }
}

function addSpace(edits: LayoutEdit[], at: number, space: string): void {
  const last = edits.at(-1);
  if (last !== undefined && 'space' in last && last.space === space && last.at + last.count === at)
    edits[edits.length - 1] = { ...last, count: last.count + 1 };
  else edits.push({ at, count: 1, space });
}

function nextAgreement(
  left: readonly string[],
  right: readonly string[],
  complete: boolean,
): { readonly wanted: number; readonly given: number } | undefined {
  const furthest = Math.min(left.length + right.length, 2 * horizon);
  for (let distance = 1; distance <= furthest; distance++)
    for (
      let wanted = Math.max(0, distance - right.length);
      wanted <= Math.min(distance, left.length);
      wanted++
    ) {
      const given = distance - wanted;
      if (agrees(left, wanted, right, given, complete)) return { wanted, given };
    }
  return undefined;
}

function agrees(
  left: readonly string[],
  from: number,
  right: readonly string[],
  to: number,
  complete: boolean,
): boolean {
  // At the end of both texts there is nothing left to agree on.
  if (from === left.length && to === right.length) return complete;
  for (let offset = 0; offset < agreement; offset++) {
    if (left[from + offset] !== right[to + offset]) return false;
    if (left[from + offset] === undefined) return complete && offset > 0;
  }
  return true;
}

interface Window {
  fill(): Promise<void>;
  pieces(): readonly string[];
  drop(count: number): void;
  /** Nothing comes after the pieces at hand. */
  ended(): boolean;
}

function createWindow(text: AsyncIterable<string>): Window {
  const batches = readLexemes(text);
  let pieces: string[] = [];
  let ended = false;
  const chars = (): number => pieces.reduce((sum, piece) => sum + piece.length, 0);
  return {
    fill: async () => {
      while (
        !ended &&
        (pieces.length < agreement || chars() < horizonChars) &&
        pieces.length < horizon
      ) {
        const next = await batches.next();
        if (next.done === true) ended = true;
        else pieces = pieces.length === 0 ? [...next.value] : pieces.concat(next.value);
      }
    },
    pieces: () => pieces,
    ended: () => ended,
    drop: (count) => {
      pieces = pieces.slice(count);
    },
  };
}

/** Applies edits found by `findLayoutEdits`. */
export async function* applyLayoutEdits(
  rendered: AsyncIterable<string>,
  edits: readonly LayoutEdit[],
): AsyncGenerator<string> {
  let at = 0;
  let next = 0;
  let removed = 0;
  for await (const batch of readLexemes(rendered)) {
    let text = '';
    for (const piece of batch) {
      // Insertions without a removal stand before the piece; several may stand at one place.
      for (
        let edit = edits[next];
        edit?.at === at && 'insert' in edit && removed === 0;
        edit = edits[next]
      ) {
        text += edit.insert.join('');
        if (edit.remove > 0) {
          removed = edit.remove;
          next++;
          break;
        }
        next++;
      }
      const edit = edits[next];
      if (removed > 0) removed--;
      else if (
        edit !== undefined &&
        'space' in edit &&
        at >= edit.at &&
        at < edit.at + edit.count
      ) {
        text += piece.trimEnd() + edit.space;
        if (at + 1 === edit.at + edit.count) next++;
      } else text += piece;
      at++;
    }
    yield text;
  }
  for (let edit = edits[next]; edit !== undefined; edit = edits[next]) {
    if ('insert' in edit) yield edit.insert.join('');
    next++;
  }
}
