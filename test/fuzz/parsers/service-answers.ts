import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { authorizationUri, trustedAuthority } from '#shared/dataverse/authority.ts';
import { boundaryOf, parseBatch } from '#shared/dataverse/batch-text.ts';
import type { DataverseReader } from '#shared/dataverse/client.ts';
import { openReader } from '#shared/dataverse/connect.ts';
import { DataverseError } from '#shared/dataverse/dataverse-error.ts';
import { statedRetryAfterMs } from '#shared/dataverse/retry-after.ts';
import { answerError, isThrottled } from '#shared/dataverse/service-answer.ts';
import { randomIds } from '#shared/host/node-ports.ts';
import type { EnvironmentManyToMany } from '#shared/model/table.ts';
import { createInstantClock } from '#support/instant-clock.ts';
import { anEnvironmentTable } from '#support/plan-builders.ts';
import { isProductError, textOf, type FuzzTarget } from '../fuzz-target.ts';
import { mutateJson } from '../mutate-json.ts';

const { signal } = new AbortController();
const origin = 'http://127.0.0.1:1';
const id = '11111111-2222-4333-8444-555555555555';

/** More than any honest exchange of so small answers takes. */
const maxRequests = 300;

const host = { log: () => undefined, maskSecret: () => undefined, variable: () => undefined };

/** A client whose service says the same to everything. */
async function clientOf(
  server: EchoServer,
  input: Uint8Array,
  type = 'application/json',
): Promise<DataverseReader> {
  const url = await server.answer(Buffer.from(input), type);
  const ports = { clock: createInstantClock(), ids: randomIds, host };
  return openReader({ url, credential: { kind: 'token', token: 't' } }, ports);
}

interface EchoServer {
  /** Answers every request so from now on; gives the address. */
  answer(body: Buffer, type: string): Promise<string>;
}

/** A service of this machine, opened with the first question; it does not keep the process alive. */
function createEchoServer(): EchoServer {
  let asked = 0;
  let said: { readonly body: Buffer; readonly type: string } | undefined;
  let opened: Promise<string> | undefined;
  const open = (): Promise<string> =>
    new Promise((resolve) => {
      const server = createServer((request, response) => {
        asked += 1;
        request.resume();
        if (asked > maxRequests) {
          response.writeHead(418, { 'Content-Type': 'text/plain' }).end(endless);
          return;
        }
        response.writeHead(200, { 'Content-Type': said?.type ?? '' }).end(said?.body);
      });
      server.unref();
      server.listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo;
        resolve(`http://127.0.0.1:${String(port)}`);
      });
    });
  return {
    answer: async (body, type) => {
      asked = 0;
      said = { body, type };
      opened ??= open();
      return opened;
    },
  };
}

const endless = 'the client asks without end';

const table = anEnvironmentTable('queue', {
  name: 'text',
  kind: 'choice',
  tags: 'choices',
  rate: 'decimal',
  big: 'bigint',
  since: 'datetime',
  day: 'date',
  isdefault: 'boolean',
  ownerid: 'owner',
  parentid: { type: 'lookup', to: ['queue'] },
  other: 'guid',
});

const columns = [...table.columns.keys()];

const relationship: EnvironmentManyToMany = {
  name: 'qm',
  target: 'systemuser',
  targetIdColumn: 'systemuserid',
  reflexive: false,
  schemaName: 'qm',
  navigation: 'qm',
  sourceColumn: 'queueid',
  targetColumn: 'systemuserid',
  intersectEntitySet: 'qms',
};

const server = createEchoServer();

const rowsPage = JSON.stringify({
  '@odata.context': `${origin}/api/data/v9.2/$metadata#queues`,
  '@Microsoft.Dynamics.CRM.morerecords': false,
  value: [
    {
      '@odata.etag': 'W/"1"',
      queueid: id,
      name: 'Billing',
      kind: 1,
      tags: '1,2',
      rate: 12.5,
      big: 9_007_199_254_740_991,
      since: '2024-03-01T09:30:00Z',
      day: '2024-03-01',
      isdefault: true,
      _ownerid_value: id,
      '_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname': 'systemuser',
      '_ownerid_value@OData.Community.Display.V1.FormattedValue': 'Ann',
      _parentid_value: null,
      other: id,
    },
  ],
});

const definitions = JSON.stringify({
  EntityMetadata: [
    {
      LogicalName: 'queue',
      EntitySetName: 'queues',
      SchemaName: 'Queue',
      PrimaryIdAttribute: 'queueid',
      PrimaryNameAttribute: 'name',
      ObjectTypeCode: 2020,
      OwnershipType: 'UserOwned',
      IsOptimisticConcurrencyEnabled: true,
      DisplayName: { UserLocalizedLabel: { Label: 'Queue' } },
      Privileges: [{ Name: 'prvReadQueue', PrivilegeType: 'Read', CanBeGlobal: true }],
      Keys: [{ LogicalName: 'k', KeyAttributes: ['name'], EntityKeyIndexStatus: 'Active' }],
      Attributes: [
        {
          LogicalName: 'kind',
          AttributeTypeName: { Value: 'PicklistType' },
          IsValidForRead: true,
          IsSecured: true,
          RequiredLevel: { Value: 'None' },
          OptionSet: { Options: [{ Value: 1, Label: { UserLocalizedLabel: { Label: 'A' } } }] },
        },
        { LogicalName: 'parentid', AttributeTypeName: { Value: 'LookupType' }, Targets: ['queue'] },
      ],
      ManyToOneRelationships: [
        {
          ReferencingAttribute: 'parentid',
          ReferencedEntity: 'queue',
          ReferencingEntityNavigationPropertyName: 'parentid',
        },
      ],
      ManyToManyRelationships: [
        {
          SchemaName: 'qm',
          IntersectEntityName: 'qm',
          Entity1LogicalName: 'queue',
          Entity2LogicalName: 'systemuser',
          Entity1IntersectAttribute: 'queueid',
          Entity2IntersectAttribute: 'systemuserid',
        },
      ],
    },
  ],
  value: [{ LogicalName: 'queue', EntitySetName: 'queues', LogicalCollectionName: 'queues' }],
});

const answerWords = [
  '"@odata.nextLink":"http://127.0.0.1:1/api/data/v9.2/queues?x"',
  '"@odata.nextLink":"http://evil.example/"',
  '"@Microsoft.Dynamics.CRM.morerecords":true',
  '"@Microsoft.Dynamics.CRM.fetchxmlpagingcookie":"<cookie pagingcookie=\\"%25\\"/>"',
  '"value":',
  '"queueid":',
  'null',
  '[]',
  '{}',
  id,
];

const part = (status: string, body: string): string =>
  `--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nHTTP/1.1 ${status}\r\nContent-Type: application/json\r\n\r\n${body}\r\n`;

/** What a Dataverse, or whoever answers in its place, sends. */
export const answerTargets: readonly FuzzTarget[] = [
  {
    name: 'rows-answer',
    reads: 'JSON answers: rows of a query in every type, pages, links',
    seeds: [rowsPage, rowsPage.replace('false', 'true'), '{"value":[]}', '\ufeff{"value":[{}]}'],
    words: answerWords,
    change: (input, random) => Buffer.from(mutateJson(textOf(input), random)),
    read: async (input) => {
      const client = await clientOf(server, input);
      const where = { by: 'fetch', fetchXml: '<filter/>' } as const;
      await settled([
        () => drained(client.rows({ table, columns }, signal)),
        () => drained(client.rows({ table, columns, where }, signal)),
        () => drained(client.links(table, relationship, [id], signal)),
      ]);
    },
  },
  {
    name: 'metadata-answer',
    reads: 'JSON answers: tables, columns, relationships, privileges',
    seeds: [
      definitions,
      '{"EntityMetadata":[],"value":[]}',
      '{"RolePrivileges":[{"PrivilegeName":"prvReadQueue","Depth":"Global"}]}',
    ],
    words: [
      '"LogicalName":',
      '"Attributes":',
      '"Value":',
      '"Options":',
      '"Targets":',
      'null',
      '[]',
    ],
    change: (input, random) => Buffer.from(mutateJson(textOf(input), random)),
    read: async (input) => {
      const client = await clientOf(server, input);
      await settled([
        () => client.tables(['queue'], signal),
        () => client.privileges(['prvReadQueue'], signal),
        () => client.whoAmI(signal),
      ]);
    },
  },
  {
    name: 'batch-answer',
    reads: 'multipart answers of $batch',
    seeds: [
      `${part('200 OK', '{"value":[]}')}${part('404 Not Found', '{"error":{"code":"0x80040217","message":"x"}}')}--b--\r\n`,
      `--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n${part('204 No Content', '').replaceAll('--b', '--c')}--c--\r\n--b--`,
      part('429 Too Many Requests', '{}'),
    ],
    words: [
      '--b',
      '--b--',
      '\r\n',
      'HTTP/1.1 200',
      'boundary=b',
      'boundary="',
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n',
      ': ',
    ],
    read: async (input) => {
      boundaryOf(textOf(input).slice(0, 10_000));
      for (const answer of parseBatch(Buffer.from(input), 'b')) isThrottled(answer);
      const client = await clientOf(server, input, 'multipart/mixed; boundary=b');
      // So many names that they are asked for in a batch.
      const names = Array.from({ length: 45 }, (_, at) => `prvRead${String(at)}`);
      await settled([() => client.privileges(names, signal)]);
    },
  },
  {
    name: 'error-answer',
    reads: 'error answers, their headers, and what they say of signing in',
    seeds: [
      '{"error":{"code":"0x80040220","message":"Principal user is missing prvReadQueue privilege"}}',
      '{"ErrorCode":-2147220960,"Message":"x"}',
      'Bearer authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", resource_id=https://x/',
      '<!DOCTYPE html><html>',
      '120',
      'Fri, 31 Dec 1999 23:59:59 GMT',
    ],
    words: [
      '"error":',
      '"code":',
      '"message":',
      'authorization_uri=',
      'InnerException : ',
      '0x',
      '-',
    ],
    read: (input) => {
      const text = textOf(input);
      const head = text.slice(0, 10_000);
      for (const status of [400, 401, 403, 404, 412, 429, 500, 503]) {
        const headers = new Map([
          ['content-type', status === 400 ? 'application/json' : head],
          ['retry-after', head],
          ['x-ms-service-request-id', head],
        ]);
        const error = answerError({ status, headers, body: Buffer.from(input) }, 'GET x', 0);
        if (error.message.length > 2000) throw new Error('the message repeats the whole answer');
        statedRetryAfterMs(headers, 0);
      }
      trustedAuthority(authorizationUri(head) ?? head, origin);
    },
  },
];

/** One after the other, so that a refusal of the first does not hide the others; then the first failure. */
async function settled(readings: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: Error[] = [];
  for (const read of readings)
    await read().catch((reason: unknown) => {
      failures.push(reason instanceof Error ? reason : new Error(String(reason)));
    });
  const fault = failures.find((reason) => !isProductError(reason) || isEndless(reason));
  if (fault !== undefined) throw isEndless(fault) ? new Error(endless) : fault;
  const [first] = failures;
  if (first !== undefined) throw first;
}

function isEndless(reason: unknown): boolean {
  return reason instanceof DataverseError && reason.message.includes(endless);
}

async function drained(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}
