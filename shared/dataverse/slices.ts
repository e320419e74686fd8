/** Cuts a list into pieces of at most `size` items. */
export function slices<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const found: (readonly Item[])[] = [];
  for (let at = 0; at < items.length; at += size) found.push(items.slice(at, at + size));
  return found;
}
