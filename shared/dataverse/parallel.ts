/**
 * Runs `work` for each item, up to `limit()` at a time, and yields the results in the order of the
 * items. Only as many are started as the consumer keeps up with.
 */
export async function* inParallel<Item, Result>(
  items: readonly Item[],
  limit: () => number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const started: Promise<Result>[] = [];
  let next = 0;
  for (let at = 0; at < items.length; at += 1) {
    for (; next < items.length && next - at < Math.max(1, limit()); next += 1) {
      const item = items[next];
      if (item === undefined) continue;
      const result = work(item);
      // A failure is reported when its turn comes; until then it must not count as unhandled.
      result.catch(() => undefined);
      started.push(result);
    }
    const first = started.shift();
    if (first !== undefined) yield await first;
  }
}
