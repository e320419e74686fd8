import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { Emulator } from '#emulator/emulator.ts';
import { listen } from '#emulator/protocol/listen.ts';
import type { Cell } from '#emulator/store/store.ts';
import { putRecordedRows } from '#support/recorded-queries.ts';

const recordings = '../shared/reference/webapi/exchanges.jsonl';

interface Exchange {
  readonly id: string;
  readonly era: string;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
  };
  readonly response?: { readonly status?: number; readonly body?: string | null };
}

type More = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Cell>>>>>>;

const late = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
/** Queries of the documentation, with rows that stood beyond the page that it shows. */
const queries: ReadonlyMap<string, More> = new Map<string, More>([
  ['join-tables#1', { account: { [late]: { name: 'next page' } } }],
  ['join-tables#3', {}],
  ['join-tables#4', {}],
  ['join-tables#8', {}],
  ['filter-rows#2', {}],
  ['select-columns#1', {}],
  ['select-columns#3', {}],
  ['overview#3', {}],
  ['page-results#1', { contact: { [late]: { fullname: 'Aaron' } } }],
  ['page-results#3', {}],
]);

function exchanges(): readonly Exchange[] {
  return readFileSync(recordings, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Exchange => JSON.parse(line))
    .filter(
      ({ request, era }) => request.method === 'GET' && (era === 'current' || era === 'recorded'),
    );
}

function normal(text: string): string {
  return JSON.stringify(JSON.parse(text))
    .replaceAll(/W\/\\"\d+\\"/g, 'version')
    .replaceAll(/"@Microsoft.Dynamics.CRM.globalmetadataversion":"\d+"/g, 'metadata version')
    .replaceAll(/(https?:\/\/[^/"]+|\[Organization U[Rr][Ii]\])\/api\/data\/v9\.\d/g, 'root');
}

async function replay(exchange: Exchange, more: More): Promise<string> {
  const emulator = await Emulator.open({ port: 0 });
  const { environment } = emulator;
  const path = /\/api\/data\/v9\.\d\/(.*)$/s.exec(exchange.request.url)?.[1] ?? '';
  const entity = environment.metadata.entityOfSet(/^\w+/.exec(path)?.[0] ?? '');
  assert.ok(entity, path);
  const body: unknown = JSON.parse(exchange.response?.body ?? '{}');
  const rows = typeof body === 'object' && body !== null && 'value' in body ? body.value : [];
  const ids = Array.from(environment.store.rows(entity.logicalName), ({ id }) => id);
  for (const id of ids) environment.store.delete(entity.logicalName, id);
  putRecordedRows(environment, entity, rows);
  for (const [table, added] of Object.entries(more)) {
    for (const [id, cells] of Object.entries(added)) {
      environment.store.put(table, id, new Map(Object.entries(cells)));
    }
  }
  const running = await listen(emulator, { port: 0 });
  try {
    const prefer = exchange.request.headers['Prefer'];
    const url = `${running.url}/api/data/v9.2/${path.includes('%') ? path : encodeURI(path)}`;
    const answer = await fetch(url, {
      headers: {
        Authorization: 'Bearer test',
        Accept: 'application/json',
        ...(prefer === undefined ? {} : { Prefer: prefer }),
      },
    });
    return await answer.text();
  } finally {
    await running.close();
  }
}

describe('queries of the documentation', () => {
  for (const [name, more] of queries) {
    it(`${name} is answered as documented`, async function () {
      if (!existsSync(recordings)) {
        this.skip();
      }
      const exchange = exchanges().find(
        ({ id }) =>
          id.endsWith(`/${name}`) && id.includes(name.startsWith('page') ? 'fetchxml/' : 'query/'),
      );
      assert.ok(exchange);
      assert.equal(
        decodeURI(normal(await replay(exchange, more))),
        decodeURI(normal(exchange.response?.body ?? '')),
      );
    });
  }

  it('selections of live environments come back as recorded', async function () {
    if (!existsSync(recordings)) {
      this.skip();
    }
    const differing: string[] = [];
    let asked = 0;
    for (const exchange of exchanges()) {
      const path = /\/api\/data\/v9\.\d\/(\w+)\?\$select=[\w,]+$/.exec(exchange.request.url)?.[1];
      if (exchange.era !== 'recorded' || path !== 'savedqueries') continue;
      asked++;
      const text = await replay(exchange, {});
      if (normal(text) !== normal(exchange.response?.body ?? '')) differing.push(exchange.id);
    }
    assert.deepEqual(differing, []);
    assert.ok(asked > 5);
  });
});
