import assert from 'node:assert/strict';
import { withEmulator, type SendOptions, type TestAnswer } from '#support/emulator.ts';

const type = 'Microsoft.Dynamics.CRM.';

function idOf(answer: TestAnswer): string {
  return /\(([0-9a-f-]{36})\)$/.exec(answer.headers.get('odata-entityid') ?? '')?.[1] ?? '';
}

describe('writes that the service refuses or understands in more than one way', () => {
  const emulator = withEmulator();
  let account = '';
  let contact = '';
  let user = '';

  beforeEach(async () => {
    await emulator.reset();
    account = idOf(await emulator.send('POST', 'accounts', { body: { name: 'Contoso' } }));
    contact = idOf(await emulator.send('POST', 'contacts', { body: { lastname: 'Yvonne' } }));
    user = (await emulator.send('GET', 'WhoAmI')).body.UserId;
  });

  async function refused(
    method: string,
    path: string,
    sent: SendOptions & { readonly status?: number },
  ): Promise<{ readonly code: string; readonly message: string }> {
    const { status = 400, ...options } = sent;
    const answer = await emulator.send(method, path, options);
    assert.equal(answer.status, status, answer.text);
    return answer.body.error;
  }

  it('keep a column that was changed in between, written on its own too', async () => {
    for (const method of ['PUT', 'DELETE']) {
      const error = await refused(method, `accounts(${account})/name`, {
        ...(method === 'PUT' ? { body: { value: 'Fabrikam' } } : {}),
        headers: { 'If-Match': 'W/"1"' },
        status: 412,
      });
      assert.equal(error.code, '0x80060882');
    }
    const { body } = await emulator.send('GET', `accounts(${account})?$select=name`);
    assert.equal(body.name, 'Contoso');
  });

  it('name days that are in the calendar, and images in Base64', async () => {
    for (const [column, value] of [
      ['lastonholdtime', '2024-02-30T00:00:00Z'],
      ['entityimage', 'not Base64!'],
    ] as const) {
      const error = await refused('PATCH', `accounts(${account})`, { body: { [column]: value } });
      assert.match(error.message, new RegExp(`Cannot convert the literal '${value}'`));
    }
    const leap = await emulator.send('PATCH', `accounts(${account})`, {
      body: { lastonholdtime: '2024-02-29T23:59:59Z' },
    });
    assert.equal(leap.status, 204);
  });

  it('say they are of their own table, or of a type it has', async () => {
    const post = (of: string): SendOptions => ({ body: { '@odata.type': of, subject: 'Call' } });
    const error = await refused('POST', 'tasks', post(`#${type}account`));
    assert.match(error.message, /is not assignable to the expected type '\S+\.task'/);
    const unknown = await refused('POST', 'tasks', post(`${type}nothing`));
    assert.match(unknown.message, /could not be resolved by the model/);
    for (const of of [`${type}task`, `#${type}task`, `${type}activitypointer`]) {
      assert.equal((await emulator.send('POST', 'tasks', post(of))).status, 204);
    }
  });

  it('leave nothing behind where the answer cannot be shown', async () => {
    const headers = { Prefer: 'return=representation' };
    await refused('POST', 'accounts?$select=nothing', { body: { name: 'Ghost' }, headers });
    await refused('PATCH', `accounts(${account})?$select=nothing`, {
      body: { name: 'Ghost' },
      headers,
    });
    const { body } = await emulator.send('GET', "accounts?$select=name&$filter=name eq 'Ghost'");
    assert.deepEqual(body.value, []);
  });

  it('make no activity without a kind and no party without an activity', async () => {
    for (const set of ['activitypointers', 'activityparties']) {
      const error = await refused('POST', set, { body: {} });
      assert.equal(error.code, '0x80040800');
    }
  });

  it('put parties in place of those before, in an update of the activity too', async () => {
    const email = idOf(
      await emulator.send('POST', 'emails', {
        body: {
          subject: 'Hello',
          email_activity_parties: [
            { 'partyid_systemuser@odata.bind': `/systemusers(${user})`, participationtypemask: 1 },
            { addressused: 'someone@example.com', participationtypemask: 2 },
          ],
        },
      }),
    );
    const changed = await emulator.send('PATCH', `emails(${email})`, {
      body: {
        subject: 'Hello again',
        email_activity_parties: [
          { 'partyid_contact@odata.bind': `/contacts(${contact})`, participationtypemask: 3 },
        ],
      },
    });
    assert.equal(changed.status, 204, changed.text);
    const { body } = await emulator.send(
      'GET',
      `emails(${email})?$select=subject&$expand=email_activity_parties($select=participationtypemask,_partyid_value)`,
    );
    assert.equal(body.subject, 'Hello again');
    assert.deepEqual(
      body.email_activity_parties.map((party: Record<string, unknown>) => [
        party['participationtypemask'],
        party['_partyid_value'],
      ]),
      [[3, contact]],
    );
  });

  it('name users and teams by the key that principals share', async () => {
    const team = idOf(await emulator.send('POST', 'teams', { body: { name: 'Support' } }));
    const add = (member: object): Promise<TestAnswer> =>
      emulator.send('POST', `teams(${team})/${type}AddMembersTeam`, {
        body: { Members: [member] },
      });
    const ambiguous = await add({ ownerid: user });
    assert.equal(ambiguous.status, 400);
    assert.match(ambiguous.body.error.message, /should have the key property value set/);
    assert.equal((await add({ '@odata.type': `${type}systemuser`, ownerid: user })).status, 204);
    const target = { '@odata.type': `${type}account`, accountid: account };
    const principal = { '@odata.type': `${type}team`, ownerid: team };
    const shared = await emulator.send('POST', 'GrantAccess', {
      body: {
        Target: target,
        PrincipalAccess: { AccessMask: 'ReadAccess', Principal: principal },
      },
    });
    assert.equal(shared.status, 204, shared.text);
    const { body } = await emulator.send(
      'GET',
      `RetrieveSharedPrincipalsAndAccess(Target=@t)?@t={'@odata.id':'accounts(${account})'}`,
    );
    assert.deepEqual(body.PrincipalAccesses, [
      { AccessMask: 'ReadAccess', Principal: { '@odata.type': `#${type}team`, ownerid: team } },
    ]);
  });

  it('publish what is XML', async () => {
    const publish = { ParameterXml: '<importexportxml><entities /></importexportxml>' };
    assert.equal((await emulator.send('POST', 'PublishXml', { body: publish })).status, 204);
    await refused('POST', 'PublishXml', { body: {} });
    const error = await refused('POST', 'PublishXml', { body: { ParameterXml: 'everything' } });
    assert.equal(error.code, '0x80040201');
  });

  it('let no program in as a file', async () => {
    const body = { subject: 'Setup', filename: 'setup.EXE', documentbody: 'AAAA' };
    assert.equal((await refused('POST', 'annotations', { body })).code, '0x80043e09');
    const note = await emulator.send('POST', 'annotations', {
      body: { ...body, filename: 'setup.exe.txt' },
    });
    assert.equal(note.status, 204);
    const renamed = { body: { filename: 'setup.bat' } };
    assert.equal(
      (await refused('PATCH', `annotations(${idOf(note)})`, renamed)).code,
      '0x80043e09',
    );
    const { body: me } = await emulator.send('GET', 'WhoAmI');
    await emulator.send('PATCH', `organizations(${me.OrganizationId})`, {
      body: { blockedattachments: 'com;bat' },
    });
    assert.equal((await emulator.send('POST', 'annotations', { body })).status, 204);
    await refused('PATCH', `annotations(${idOf(note)})`, renamed);
  });

  it('of many rows look for duplicates where the client asks for it', async () => {
    const headers = { 'MSCRM.SuppressDuplicateDetection': 'false' };
    const Targets = [{ '@odata.type': `${type}account`, name: 'Contoso' }];
    const error = await refused('POST', `accounts/${type}CreateMultiple`, {
      body: { Targets },
      headers,
      status: 412,
    });
    assert.equal(error.code, '0x80040333');
  });

  it('of a change set have ids of their own', async () => {
    const part =
      '--c\r\nContent-Type: application/http\r\nContent-ID: 1\r\n\r\n' +
      'POST contacts HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{"lastname":"Twice"}\r\n';
    const error = await refused('POST', '$batch', {
      body: `--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n${part}${part}--c--\r\n--b--\r\n`,
      headers: { 'Content-Type': 'multipart/mixed; boundary=b' },
    });
    assert.match(error.message, /content ID '1' was found more than once/);
  });

  it('of files give out ranges that are there', async () => {
    await emulator.send('PATCH', `accounts(${account})/entityimage`, {
      body: 'hello',
      headers: { 'Content-Type': 'application/octet-stream', 'x-ms-file-name': 'a.png' },
    });
    const path = `accounts(${account})/entityimage/$value`;
    const some = await emulator.send('GET', path, { headers: { Range: 'bytes=3-99' } });
    assert.equal(some.status, 206);
    assert.equal(some.headers.get('content-range'), 'bytes 3-4/5');
    await refused('GET', path, { headers: { Range: 'bytes=5-9' }, status: 416 });
  });
});
