import assert from 'node:assert/strict';
import { openReader, openWriter, type ClientPorts } from '#shared/dataverse/connect.ts';
import { DataverseError } from '#shared/dataverse/dataverse-error.ts';
import type { DataverseReader, DataverseWriter, Write } from '#shared/dataverse/client.ts';
import { randomIds } from '#shared/host/node-ports.ts';
import { createInstantClock, type InstantClock } from '#support/instant-clock.ts';
import { collect } from '#support/collect.ts';
import { aColumn, aTable } from '#support/environment-tables.ts';
import {
  batch,
  json,
  part,
  reset,
  stall,
  serviceError,
  throttled,
  truncated,
  truncatedGzip,
  webPage,
  withScriptedServer,
  type Step,
} from '#support/scripted-server.ts';

const { signal } = new AbortController();
const who = {
  UserId: '00000000-0000-4000-8000-000000000001',
  BusinessUnitId: '00000000-0000-4000-8000-000000000002',
  OrganizationId: '00000000-0000-4000-8000-000000000003',
};
const limited = {
  error: { code: '0x80072321', message: 'Combined execution time exceeded the limit.' },
};
const legacyLimited = { ErrorCode: -2147015902, Message: 'Number of requests exceeded the limit.' };
const queues = aTable('queue', [aColumn('name', 'text')]);
const tables = json(200, {
  value: [{ LogicalName: 'queue', EntitySetName: 'queues', PrimaryIdAttribute: 'queueid' }],
});

function create(digit: number): Extract<Write, { readonly kind: 'create' }> {
  return {
    kind: 'create',
    table: queues,
    id: `00000000-0000-4000-8000-00000000000${digit}`,
    cells: new Map([['name', `Queue ${digit}`]]),
  };
}

describe('the client against a server that misbehaves', () => {
  const server = withScriptedServer();
  let clock: InstantClock;

  const ports = (): ClientPorts => {
    clock = createInstantClock();
    return {
      clock,
      ids: randomIds,
      host: { log: () => {}, maskSecret: () => {}, variable: () => undefined },
    };
  };
  const reader = (): DataverseReader =>
    openReader({ url: server.url, credential: { kind: 'token', token: 'secret-token' } }, ports());
  const writer = (): DataverseWriter =>
    openWriter({ url: server.url, credential: { kind: 'token', token: 'secret-token' } }, ports());
  const rejects = async (work: Promise<unknown>): Promise<DataverseError> => {
    try {
      await work;
    } catch (error) {
      assert.ok(error instanceof DataverseError, String(error));
      assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /secret-token/);
      return error;
    }
    return assert.fail('It was expected to fail.');
  };

  describe('reading', () => {
    it('waits for as long as a 429 says, in seconds, as a date or without a word', async () => {
      const client = reader();
      const date = new Date(clock.now() + 60_000).toUTCString();
      server.script([throttled('3'), throttled(date), throttled()], json(200, who));
      const started = clock.now();
      assert.deepEqual(await client.whoAmI(signal), {
        userId: who.UserId,
        businessUnitId: who.BusinessUnitId,
        organizationId: who.OrganizationId,
      });
      const waited = clock.now() - started;
      assert.ok(waited >= 60_000 + 30_000 && waited < 3000 + 60_000 + 30_000 + 3000, `${waited}`);
      assert.deepEqual(client.requests, { read: 4, write: 0, throttled: 3 });
    });

    it('gives up after half an hour of refusals', async () => {
      server.script([], throttled('120'));
      const error = await rejects(reader().whoAmI(signal));
      assert.equal(error.code, 'URM1046');
      assert.ok(server.requests.length < 20);
    });

    it('can be stopped while it waits', async () => {
      const controller = new AbortController();
      server.script(
        [
          (request, response) => {
            throttled('600')(request, response);
            controller.abort(new Error('stopped'));
          },
        ],
        json(200, who),
      );
      await assert.rejects(reader().whoAmI(controller.signal), /stopped/);
    });

    for (const [name, step] of [
      ['a reset connection', reset],
      ['an answer cut off', truncated],
      ['a gzip stream cut off', truncatedGzip],
      ['a 503', serviceError(503, '')],
      ['a web page of a gateway', webPage(502)],
      ['a deadlock', serviceError(400, '0x80044150', 'Generic SQL error.')],
      ['a SQL timeout with a signed number', serviceError(500, '-2147204783')],
    ] as const)
      it(`repeats after ${name}`, async () => {
        server.script([step, step], json(200, who));
        await reader().whoAmI(signal);
        assert.equal(server.requests.length, 3);
      });

    it('repeats after a web page where the Web API has answered before', async () => {
      server.script([json(200, who), webPage(200), webPage(404)], json(200, who));
      const client = reader();
      await client.whoAmI(signal);
      await client.whoAmI(signal);
      assert.equal(server.requests.length, 4);
    });

    it('gives up after five attempts and says why', async () => {
      server.script([], reset);
      const error = await rejects(reader().whoAmI(signal));
      assert.equal(error.code, 'URM1015');
      assert.match(error.message, /WhoAmI/);
      assert.equal(server.requests.length, 5);
    });

    it('tells whoever waits that the description of several tables cannot be had, and ends nothing else', async () => {
      const unhandled: unknown[] = [];
      const listen = (reason: unknown): void => void unhandled.push(reason);
      process.on('unhandledRejection', listen);
      try {
        server.script([tables], reset);
        await rejects(reader().tables(['queue', 'team', 'account'], signal));
        const both = json(200, {
          value: ['queue', 'team'].map((name) => ({
            LogicalName: name,
            EntitySetName: `${name}s`,
            PrimaryIdAttribute: `${name}id`,
          })),
        });
        server.script([both], reset);
        assert.equal((await rejects(reader().tables(['queue', 'team'], signal))).code, 'URM1015');
        await new Promise((resolve) => setImmediate(resolve));
        assert.deepEqual(unhandled, []);
      } finally {
        process.off('unhandledRejection', listen);
      }
    });

    it('does not wait for an answer that never comes', async () => {
      server.script([], stall);
      const timeouts = { getMs: 50, batchMs: 50 };
      const client = openReader(
        { url: server.url, credential: { kind: 'token', token: 'secret-token' } },
        { ...ports(), timeouts },
      );
      assert.equal((await rejects(client.whoAmI(signal))).code, 'URM1014');
      assert.equal(server.requests.length, 5);
    });

    it('does not wait for the rest of an answer that stops coming', async () => {
      const half: Step = (_, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
        response.write('{"UserId":');
      };
      server.script([], half);
      const client = openReader(
        { url: server.url, credential: { kind: 'token', token: 'secret-token' } },
        { ...ports(), timeouts: { getMs: 50, batchMs: 50 } },
      );
      assert.equal((await rejects(client.whoAmI(signal))).code, 'URM1014');
      assert.equal(server.requests.length, 5);
    });

    it('does not repeat what the service refuses', async () => {
      server.script([
        serviceError(
          403,
          '0x80040220',
          'Principal user (Id=1), is missing prvReadQueue privilege (Id=2) on OTC=2020.',
        ),
      ]);
      const error = await rejects(reader().get('queues', signal));
      assert.equal(error.code, 'URM1040');
      assert.match(error.message, /prvReadQueue/);
      assert.equal(server.requests.length, 1);
    });

    it('names a token that is not accepted', async () => {
      server.script([], json(401, ''));
      assert.equal((await rejects(reader().whoAmI(signal))).code, 'URM1030');
      assert.equal(server.requests.length, 1);
    });

    it('names an application that is no user', async () => {
      server.script(
        [],
        serviceError(403, '0x80072560', 'The user is not a member of the organization.'),
      );
      assert.equal((await rejects(reader().whoAmI(signal))).code, 'URM1031');
    });

    it('recognizes a web page in place of the Web API', async () => {
      server.script([], webPage(200));
      assert.equal((await rejects(reader().whoAmI(signal))).code, 'URM1017');
    });

    it('refuses a redirect, and takes no token there', async () => {
      server.script([], json(302, '', { Location: 'https://evil.example/api/data/v9.2/WhoAmI' }));
      const error = await rejects(reader().whoAmI(signal));
      assert.equal(error.code, 'URM1016');
      assert.match(error.message, /evil\.example/);
    });

    it('refuses a next page on another host', async () => {
      server.script([
        json(200, { value: [], '@odata.nextLink': 'https://evil.example/api/data/v9.2/queues?x' }),
      ]);
      const error = await rejects(
        collect(reader().rows({ table: queues, columns: ['name'] }, signal)),
      );
      assert.equal(error.code, 'URM1016');
    });

    it('names a server that is no Dataverse', async () => {
      server.script([], json(200, { hello: 'world' }));
      assert.equal((await rejects(reader().whoAmI(signal))).code, 'URM1019');
    });

    it('says that nothing listens there', async () => {
      const client = openReader(
        { url: 'http://127.0.0.1:9', credential: { kind: 'token', token: 'x' } },
        ports(),
      );
      assert.equal((await rejects(client.whoAmI(signal))).code, 'URM1012');
    });

    it('refuses plain http on another machine, and what is no URL, before anything is sent', () => {
      for (const url of ['http://contoso.crm4.dynamics.com', 'contoso', 'ftp://x'])
        assert.throws(
          () => openReader({ url, credential: { kind: 'token', token: 'x' } }, ports()),
          { code: 'URM1010' },
        );
    });
  });

  describe('writing', () => {
    it('answers for each write in the order given', async () => {
      server.script([
        tables,
        batch([
          part('204 No Content'),
          part('412 Precondition Failed', {
            error: {
              code: '0x80040237',
              message: 'A record with matching key values already exists.',
            },
          }),
          part('400 Bad Request', {
            error: { code: '0x80044331', message: "The length of the 'name' attribute exceeded." },
          }),
        ]),
      ]);
      const client = writer();
      const outcomes = await client.write(
        [create(1), create(2), create(3)],
        randomIds.next(),
        signal,
      );
      assert.deepEqual(
        outcomes.map(({ is }) => is),
        ['done', 'done', 'failed'],
      );
      assert.ok(outcomes[1]?.is === 'done' && outcomes[1].already === true);
      assert.ok(outcomes[2]?.is === 'failed');
      assert.equal(outcomes[2].error.code, 'URM1044');
      assert.match(outcomes[2].error.message, /queue 00000000-0000-4000-8000-000000000003/);
      assert.deepEqual(client.requests, { read: 1, write: 1, throttled: 0 });
    });

    it('sends again only the parts that were limited, in the old shape and the new', async () => {
      server.script([
        tables,
        batch([
          part('204 No Content'),
          part('429 Unknown Status Code', legacyLimited),
          part('429 Too Many Requests', limited),
        ]),
        batch([part('204 No Content'), part('204 No Content')]),
      ]);
      const outcomes = await writer().write(
        [create(1), create(2), create(3)],
        randomIds.next(),
        signal,
      );
      assert.deepEqual(
        outcomes.map(({ is }) => is),
        ['done', 'done', 'done'],
      );
      const again = server.requests[2]?.body ?? '';
      assert.ok(
        !again.includes('Queue 1') && again.includes('Queue 2') && again.includes('Queue 3'),
      );
    });

    it('waits when the batch as a whole is limited', async () => {
      server.script([tables, throttled('2'), batch([part('204 No Content')])]);
      const outcomes = await writer().write([create(1)], randomIds.next(), signal);
      assert.equal(outcomes[0]?.is, 'done');
    });

    it('does not repeat a batch that may have taken effect', async () => {
      for (const step of [reset, truncated, serviceError(503, ''), webPage(502)]) {
        server.script([tables, step]);
        const outcomes = await writer().write([create(1), create(2)], randomIds.next(), signal);
        assert.deepEqual(
          outcomes.map(({ is }) => is),
          ['unknown', 'unknown'],
        );
        assert.equal(server.requests.length, 2);
      }
    });

    it('takes a web page in place of a part for no answer', async () => {
      const page = '200 OK\r\nContent-Type: text/html\r\n\r\n<html>Sign in</html>';
      server.script([tables, batch([part('204 No Content'), page])]);
      const outcomes = await writer().write([create(1), create(2)], randomIds.next(), signal);
      assert.deepEqual(
        outcomes.map(({ is }) => is),
        ['done', 'unknown'],
      );
      for (const answers of [batch([page, page]), batch([])]) {
        server.script([tables, answers]);
        const client = writer();
        const together = await client.writeTogether?.(
          [create(1), create(2)],
          randomIds.next(),
          signal,
        );
        assert.deepEqual(
          together?.map(({ is }) => is),
          ['unknown', 'unknown'],
        );
      }
    });

    it('does not know what became of a change set when a gateway answers for the service', async () => {
      for (const step of [reset, webPage(502), serviceError(503, '')]) {
        server.script([tables, step]);
        const outcomes = await writer().writeTogether?.([create(1)], randomIds.next(), signal);
        assert.deepEqual(
          outcomes?.map(({ is }) => is),
          ['unknown'],
        );
      }
    });

    it('does not lose writes whose parts are missing', async () => {
      server.script([tables, batch([part('204 No Content')], 400)]);
      const outcomes = await writer().write([create(1), create(2)], randomIds.next(), signal);
      assert.deepEqual(
        outcomes.map(({ is }) => is),
        ['done', 'unknown'],
      );
    });

    it('fails every write of a batch that is refused as a whole', async () => {
      server.script([tables, serviceError(403, '0x80072560', 'The user is not a member.')]);
      const outcomes = await writer().write([create(1)], randomIds.next(), signal);
      assert.ok(outcomes[0]?.is === 'failed');
      assert.equal(outcomes[0].error.code, 'URM1031');
    });

    it('sends nothing for a value that cannot be written', async () => {
      server.script([tables]);
      const bad: Write = { ...create(1), cells: new Map([['colour', 'red']]) };
      const outcomes = await writer().write([bad], randomIds.next(), signal);
      assert.ok(outcomes[0]?.is === 'failed');
      assert.equal(outcomes[0].error.code, 'URM1053');
      assert.equal(server.requests.length, 1);
    });
  });
});
