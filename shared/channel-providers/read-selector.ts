import type { App, Named } from './inventory.ts';

/**
 * Apps that the raw text of an app selector names. Its form is documented nowhere, so that nothing is
 * parsed: an app counts as named where its id, unique name or display name stands as a word of its own.
 */
export function appsNamedIn(selector: string, apps: readonly App[]): readonly App[] {
  return namedIn(selector, apps, (app) => [app.id, app.uniqueName, app.name]);
}

/** Roles that the raw text of a role selector names, by id or by name. */
export function rolesNamedIn<Item extends Named>(
  selector: string,
  roles: readonly Item[],
): readonly Item[] {
  return namedIn(selector, roles, (role) => [role.id, role.name]);
}

/** Whether a selector says nothing at all. */
export function isEmptySelector(selector: string): boolean {
  return selector.replaceAll(/[\s[\]{}"',;]|null/g, '') === '';
}

// Long words first, each taken out of the text once it was found: "Omnichannel agent" is not named by
// "Omnichannel agent supervisor".
function namedIn<Item>(
  text: string,
  items: readonly Item[],
  wordsOf: (item: Item) => readonly string[],
): readonly Item[] {
  const words = items
    .flatMap((item) => wordsOf(item).map((word) => ({ item, word: word.toLowerCase() })))
    .filter(({ word }) => word !== '')
    .sort((one, other) => other.word.length - one.word.length);
  const found = new Set<Item>();
  let rest = text.toLowerCase();
  let last = '';
  for (const { item, word } of words) {
    const at = placeOf(rest, word);
    // Two items of one name are both named.
    if (at < 0 && word !== last) continue;
    found.add(item);
    last = word;
    for (let next = at; next >= 0; next = placeOf(rest, word))
      rest = `${rest.slice(0, next)}\n${rest.slice(next + word.length)}`;
  }
  return items.filter((item) => found.has(item));
}

function placeOf(text: string, word: string): number {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + word.length] ?? ' ';
    if (!/[\p{L}\p{N}_]/u.test(before) && !/[\p{L}\p{N}_]/u.test(after)) return at;
  }
  return -1;
}
