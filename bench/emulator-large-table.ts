import { startEmulatorProcess } from './emulator-process.ts';
import type { Figure, Measured, Measurement } from './measurement.ts';

/** Rows of the tables that are measured in turn; growth is told from each to the last. */
const sizes = [10_000, 50_000, 100_000] as const;
const large = sizes[2];
const rounds = 9;

/**
 * Twice the rows may take twice as long, and a tenth more for what such timings differ by. Ten times: a fifth
 * more, since ten thousand rows stay in the processor's cache and a hundred thousand do not.
 */
const bars: ReadonlyMap<number, number> = new Map([
  [10_000, 12],
  [50_000, 2.2],
]);

/** What the emulator takes for one table of 10,000, 50,000 and 100,000 rows, and for single rows. */
export const emulatorLargeTable: Measurement = {
  name: 'emulator-large-table',
  title: 'The emulator with 100,000 rows in one table',
  run: measure,
};

async function measure(): Promise<Measured> {
  // A process for each, measured in turn, so that what else the machine does meets all.
  const emulators = await Promise.all(sizes.map(() => startEmulatorProcess(['--seed', 'empty'])));
  try {
    const tables: readonly Timed[][] = await Promise.all(
      emulators.map(async ({ url }, at) => {
        await makeTable(sender(url));
        return timed(sender(url), sizes[at] ?? 0);
      }),
    );
    let seconds = 0;
    for (const [at, { url }] of emulators.entries())
      seconds = await load(sender(url), sizes[at] ?? 0);
    const figures: Figure[] = [
      { name: 'load in bulk messages', value: Math.round(large / seconds), unit: 'rows/s' },
    ];
    const largest = tables.at(-1) ?? [];
    for (const [at, { name }] of largest.entries()) {
      const least = await leastOf(tables.map((table) => table[at]?.best));
      const time = least.at(-1) ?? 0;
      figures.push({ name, value: inHundredths(time), unit: 'ms' });
      for (const [size, atMost] of bars)
        figures.push({
          name: `${name}, growth over ${size} rows`,
          value: inHundredths(
            time / Math.max(least[sizes.findIndex((each) => each === size)] ?? 0, 0.1),
          ),
          unit: 'x',
          bar: { atMost },
        });
    }
    const url = emulators.at(-1)?.url ?? '';
    figures.push(...(await singleRows(sender(url), url)));
    return { conditions: 'seed empty, no latency, no write cost', figures };
  } finally {
    await Promise.all(emulators.map((emulator) => emulator.close()));
  }
}

/** The least of some rounds of each, one after the other in every round. */
async function leastOf(
  works: readonly ((() => Promise<number>) | undefined)[],
): Promise<readonly number[]> {
  const least = works.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round <= rounds; round += 1)
    for (const [at, work] of works.entries()) {
      const time = (await work?.()) ?? 0;
      // The first round is for what is made on first use: indexes, kept orders, compiled code.
      if (round > 0) least[at] = Math.min(least[at] ?? time, time);
    }
  return least;
}

type Send = (method: string, path: string, body?: object, prefer?: string) => Promise<string>;

function sender(url: string): Send {
  return async (method, path, body, prefer) => {
    const answer = await fetch(`${url}/api/data/v9.2/${path}`, {
      method,
      headers: {
        Authorization: 'Bearer bench',
        'Content-Type': 'application/json',
        ...(prefer === undefined ? {} : { Prefer: prefer }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok)
      throw new Error(`${method} ${path.slice(0, 80)}: ${answer.status} ${text.slice(0, 300)}`);
    return text;
  };
}

async function makeTable(send: Send): Promise<void> {
  const type = 'Microsoft.Dynamics.CRM.';
  const text = (name: string, isPrimaryName: boolean): object => ({
    '@odata.type': `${type}StringAttributeMetadata`,
    SchemaName: name,
    MaxLength: 100,
    IsPrimaryName: isPrimaryName,
  });
  await send('POST', 'EntityDefinitions', {
    '@odata.type': `${type}EntityMetadata`,
    SchemaName: 'new_Item',
    OwnershipType: 'OrganizationOwned',
    Attributes: [text('new_Name', true), text('new_Code', false)],
  });
  const table = "EntityDefinitions(LogicalName='new_item')";
  await send('POST', `${table}/Attributes`, {
    '@odata.type': `${type}IntegerAttributeMetadata`,
    SchemaName: 'new_Rank',
  });
  await send('POST', `${table}/Keys`, { SchemaName: 'new_CodeKey', KeyAttributes: ['new_code'] });
}

/** Seconds to create so many rows. */
async function load(send: Send, rows: number): Promise<number> {
  const started = performance.now();
  for (let at = 0; at < rows; at += 1000) {
    const targets = Array.from({ length: 1000 }, (_, index) => rowOf(at + index));
    await send('POST', 'new_items/Microsoft.Dynamics.CRM.CreateMultiple', { Targets: targets });
  }
  return (performance.now() - started) / 1000;
}

function rowOf(number: number): object {
  return {
    '@odata.type': 'Microsoft.Dynamics.CRM.new_item',
    new_name: `Item ${number}`,
    new_code: `C${number}`,
    // Scattered, so that this order is not that of creation.
    new_rank: (number * 7919) % 1_000_003,
  };
}

interface Timed {
  readonly name: string;
  /** Milliseconds, the least of a few tries: neighbours on the machine only ever add. */
  readonly best: () => Promise<number>;
}

function timed(send: Send, rows: number): Timed[] {
  const middle = Math.floor(rows / 2);
  let made = 0;
  // A small table is read as often as makes the same number of rows: in a shorter time fewer collections
  // of garbage fall, in the least of several none.
  const pages = (query: string) => async (): Promise<number> => {
    const times = large / rows;
    return (await repeated(times, () => allPages(send, query))) / times;
  };
  const single = (work: () => Promise<unknown>) => async (): Promise<number> => {
    let least = Number.POSITIVE_INFINITY;
    for (let at = 0; at < 10; at += 1) least = Math.min(least, await repeated(1, work));
    return least;
  };
  return [
    { name: 'all pages, default order', best: pages('new_items?$select=new_name') },
    {
      name: 'all pages, ordered by another column',
      best: pages('new_items?$select=new_name&$orderby=new_rank desc'),
    },
    {
      name: 'filter on an indexed column',
      best: single(() =>
        send('GET', `new_items?$select=new_name&$filter=new_code eq 'C${middle}'`),
      ),
    },
    {
      name: 'filter on an unindexed column',
      best: single(() =>
        send('GET', `new_items?$select=new_name&$filter=endswith(new_name,' ${middle}')`),
      ),
    },
    {
      name: 'upsert by alternate key that updates',
      best: single(() =>
        send('PATCH', `new_items(new_code='C${middle + (made += 1)}')`, { new_rank: made }),
      ),
    },
    {
      name: 'upsert by alternate key that creates',
      best: single(() =>
        send('PATCH', `new_items(new_code='New ${(made += 1)}')`, { new_rank: made }),
      ),
    },
  ];
}

async function allPages(send: Send, query: string): Promise<void> {
  let next: string | undefined = query;
  while (next !== undefined) {
    const text = await send('GET', next, undefined, 'odata.maxpagesize=1000');
    const link = /"@odata\.nextLink":"([^"]*(?:\\"[^"]*)*)"/.exec(text)?.[1];
    next = link === undefined ? undefined : /\/api\/data\/v9\.2\/(.*)$/.exec(unescaped(link))?.[1];
  }
}

function unescaped(text: string): string {
  return text.replaceAll('\\"', '"').replaceAll('\\/', '/');
}

/** Milliseconds for so many times the work. */
async function repeated(times: number, work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  for (let at = 0; at < times; at += 1) await work();
  return performance.now() - started;
}

/** Requests per second one after the other, held against an answer of the same server that is empty. */
async function singleRows(send: Send, url: string): Promise<readonly Figure[]> {
  const empty = await perSecond(async () => {
    await (await fetch(`${url}/emulator/faults`)).text();
  });
  const read = await perSecond(() => send('GET', "new_items(new_code='C5')?$select=new_name"));
  let made = 0;
  const create = await perSecond(() =>
    send('POST', 'new_items', { new_code: `single ${(made += 1)}` }),
  );
  return [
    { name: 'empty answers', value: Math.round(empty), unit: 'rows/s' },
    { name: 'single reads, part of that', value: inHundredths(read / empty), unit: 'x' },
    { name: 'single creates, part of that', value: inHundredths(create / empty), unit: 'x' },
  ];
}

async function perSecond(work: () => Promise<unknown>): Promise<number> {
  for (let at = 0; at < 200; at += 1) await work();
  const count = 1500;
  const started = performance.now();
  for (let at = 0; at < count; at += 1) await work();
  return (count / (performance.now() - started)) * 1000;
}

function inHundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
