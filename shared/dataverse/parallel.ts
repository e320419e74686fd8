/**
 * Runs `work` for each item, up to `limit()` at a time, and yields the results in the order of the
 * items. Only as many are started as the consumer keeps up with.
 */
export async function* inParallel<Item, Result>(
  items: Iterable<Item>,
  limit: () => number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const input = items[Symbol.iterator]();
  const started: Promise<Result>[] = [];
  for (let ended = false; ;) {
    while (!ended && started.length < Math.max(1, limit())) {
      const next = input.next();
      if (next.done === true) ended = true;
      else {
        const result = work(next.value);
        // A failure is reported when its turn comes; until then it must not count as unhandled.
        result.catch(() => undefined);
        started.push(result);
      }
    }
    const first = started.shift();
    if (first === undefined) return;
    yield await first;
  }
}
