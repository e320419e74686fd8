import assert from 'node:assert/strict';
import { request } from 'node:http';
import fc from 'fast-check';
import { withEmulator } from '#support/emulator.ts';

const id = '11111111-2222-3333-4444-555555555555';
const segment = fc.constantFrom(
  'accounts',
  'contacts',
  'queues',
  'nothings',
  `accounts(${id})`,
  "accounts(name='x')",
  'accounts()',
  'accounts(',
  "queues('",
  `queues(queueid=${id})`,
  'primarycontactid',
  'contact_customer_accounts',
  `queuemembership_association(${id})`,
  '$ref',
  '$count',
  '$value',
  '$batch',
  '$metadata',
  'name',
  'entityimage',
  '_primarycontactid_value',
  'WhoAmI',
  'WhoAmI()',
  'RetrieveTotalRecordCount(EntityNames=@p)',
  'EntityDefinitions',
  "EntityDefinitions(LogicalName='x')",
  'Microsoft.Dynamics.CRM.CreateMultiple',
  'Microsoft.Dynamics.CRM.RetrieveUserPrivileges()',
  '$1',
  '%',
  '%zz',
  "'",
  '(((',
  'ä',
  'EntityDefinitions(',
  'UploadBlock',
  'CommitFileBlocksUpload',
);
const option = fc.constantFrom(
  '$select=name',
  '$select=',
  '$filter=name eq',
  "$filter=name eq 'x'",
  '$filter=((',
  '$expand=primarycontactid',
  '$expand=x(',
  '$top=-1',
  '$orderby=,',
  '$apply=x',
  'fetchXml=<fetch',
  'fetchXml=<fetch><entity name="account"/></fetch>',
  '@p=[',
  '@p=["account"]',
  '$id=x',
  `$id=accounts(${id})`,
  '$skiptoken=%3Ccookie',
  'savedQuery=x',
  `userQuery=${id}`,
  '=',
  '&&',
  'sessiontoken=x',
  '%zz=1',
);
const body = fc.oneof(
  fc.json(),
  fc.constantFrom(
    '',
    '{',
    '[]',
    'null',
    '"x"',
    '{"@odata.id":1}',
    '{"@odata.id":"$1"}',
    '{"primarycontactid@odata.bind":["x"]}',
    '{"primarycontactid":{"lastname":"x"}}',
    '{"Account_Tasks":[1]}',
    '{"Targets":[{}]}',
    '{"Targets":[{"@odata.type":"Microsoft.Dynamics.CRM.account","accountid":5}]}',
    '{"value":{}}',
    '--b\r\n--b--',
  ),
);
const method = fc.constantFrom('GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'HEAD', 'OPTIONS');
const contentType = fc.constantFrom(
  'application/json',
  'multipart/mixed;boundary=b',
  'text/plain',
  'multipart/mixed',
);

describe('garbage', () => {
  const emulator = withEmulator();

  /** Sent as it is: `fetch` would tidy the path up. */
  function sendRaw(sent: {
    method: string;
    path: string;
    body: string;
    type: string;
  }): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const { port } = new URL(emulator.url);
      const headers = {
        Authorization: 'Bearer x',
        'Content-Type': sent.type,
        'Content-Length': String(Buffer.byteLength(sent.body)),
      };
      const path = `/api/data/v9.2/${encodeURI(sent.path)}`.replaceAll('%25', '%');
      const outgoing = request(
        { host: '127.0.0.1', port, method: sent.method, path, headers },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
          );
        },
      );
      outgoing.once('error', reject);
      outgoing.end(sent.body);
    });
  }

  it('is answered by the service, never by a fault of the emulator', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(
        method,
        fc.array(segment, { minLength: 1, maxLength: 4 }),
        fc.array(option, { maxLength: 3 }),
        body,
        contentType,
        async (method, segments, options, body, type) => {
          const path = `${segments.join('/')}?${options.join('&')}`;
          const answer = await sendRaw({ method, path, body, type });
          assert.ok(answer.status > 0 && answer.status !== 500, `${answer.status} ${answer.text}`);
        },
      ),
      { numRuns: 1500 },
    );
  });
});
