import { startEmulatorProcess } from './emulator-process.ts';
import type { Figure, Measured, Measurement } from './measurement.ts';

const small = 10_000;
const large = 100_000;
/** Ten times the rows may take ten times as long; a tenth more is what such timings differ by. */
const linear = (large / small) * 1.1;

/** What the emulator takes for one table of 10,000 and of 100,000 rows, and for single rows. */
export const emulatorLargeTable: Measurement = {
  name: 'emulator-large-table',
  title: 'The emulator with 100,000 rows in one table',
  run: measure,
};

async function measure(): Promise<Measured> {
  const emulator = await startEmulatorProcess(['--seed', 'empty']);
  try {
    const send = sender(emulator.url);
    await makeTable(send);
    const figures: Figure[] = [];
    await load(send, 0, small);
    const before = await timesOf(send, small);
    const seconds = await load(send, small, large);
    const after = await timesOf(send, large);
    figures.push({
      name: 'load in bulk messages',
      value: Math.round((large - small) / seconds),
      unit: 'rows/s',
    });
    for (const [name, time] of Object.entries(after)) {
      figures.push({ name, value: round(time), unit: 'ms' });
      const growth = time / Math.max(before[name] ?? 0, 0.1);
      figures.push({
        name: `${name}, growth over ${small} rows`,
        value: round(growth),
        unit: 'x',
        bar: { atMost: linear },
      });
    }
    figures.push(...(await singleRows(send, emulator.url)));
    return { conditions: 'seed empty, no latency, no write cost', figures };
  } finally {
    await emulator.close();
  }
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

/** Seconds to create the rows from one number to another. */
async function load(send: Send, from: number, to: number): Promise<number> {
  const started = performance.now();
  for (let at = from; at < to; at += 1000) {
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

async function timesOf(send: Send, rows: number): Promise<Readonly<Record<string, number>>> {
  const middle = Math.floor(rows / 2);
  return {
    'all pages, default order': await best(() => allPages(send, 'new_items?$select=new_name')),
    'all pages, ordered by another column': await best(() =>
      allPages(send, 'new_items?$select=new_name&$orderby=new_rank desc'),
    ),
    'filter on an indexed column': await fastest(() =>
      send('GET', `new_items?$select=new_name&$filter=new_code eq 'C${middle}'`),
    ),
    'filter on an unindexed column': await fastest(() =>
      send('GET', `new_items?$select=new_name&$filter=endswith(new_name,' ${middle}')`),
    ),
    'upsert by alternate key that updates': await fastest((at) =>
      send('PATCH', `new_items(new_code='C${middle + at}')`, { new_rank: at }),
    ),
    'upsert by alternate key that creates': await fastest((at) =>
      send('PATCH', `new_items(new_code='New ${rows} ${at}')`, { new_rank: at }),
    ),
  };
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

/** The best of five: neighbours on the machine only ever add. */
async function best(work: () => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < 5; at += 1) least = Math.min(least, await once(work));
  return least;
}

async function once(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function fastest(work: (at: number) => Promise<unknown>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < 25; at += 1) least = Math.min(least, await once(() => work(at)));
  return least;
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
    { name: 'single reads, part of that', value: round(read / empty), unit: 'x' },
    { name: 'single creates, part of that', value: round(create / empty), unit: 'x' },
  ];
}

async function perSecond(work: () => Promise<unknown>): Promise<number> {
  for (let at = 0; at < 200; at += 1) await work();
  const count = 1500;
  const started = performance.now();
  for (let at = 0; at < count; at += 1) await work();
  return (count / (performance.now() - started)) * 1000;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
