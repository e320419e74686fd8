import assert from 'node:assert/strict';
import { withEmulator } from '#support/emulator.ts';

const unknownId = '11111111-2222-3333-4444-555555555555';

describe('writing rows', () => {
  const emulator = withEmulator();
  const { send } = {
    send: (...given: Parameters<typeof emulator.send>) => emulator.send(...given),
  };

  async function create(set: string, body: object): Promise<string> {
    const answer = await send('POST', set, { body });
    assert.equal(answer.status, 204, answer.text);
    const id = /\(([0-9a-f-]{36})\)$/.exec(answer.headers.get('odata-entityid') ?? '')?.[1];
    assert.ok(id);
    return id;
  }

  describe('creating', () => {
    it('answers 204 with the URL of the row and no body', async () => {
      const answer = await send('POST', 'accounts', { body: { name: 'Contoso' } });
      assert.equal(answer.status, 204);
      assert.equal(answer.text, '');
      const url = answer.headers.get('odata-entityid');
      assert.match(
        url ?? '',
        /^http:\/\/127\.0\.0\.1:\d+\/api\/data\/v9\.2\/accounts\([0-9a-f-]{36}\)$/,
      );
      assert.equal(answer.headers.get('odata-version'), '4.0');
    });

    it('answers 201 with the row when the representation is asked for', async () => {
      const answer = await send('POST', 'accounts?$select=name', {
        body: { name: 'Contoso' },
        headers: { Prefer: 'return=representation' },
      });
      assert.equal(answer.status, 201);
      assert.equal(answer.headers.get('preference-applied'), 'return=representation');
      assert.equal(answer.body.name, 'Contoso');
      assert.match(answer.body['@odata.etag'], /^W\/"\d+"$/);
      assert.equal(answer.headers.get('etag'), answer.body['@odata.etag']);
    });

    it('takes the id a client chooses and refuses it the second time', async () => {
      const body = { name: 'Chosen', accountid: 'aaaaaaaa-0000-4000-8000-00000000000a' };
      assert.equal((await send('POST', 'accounts', { body })).status, 204);
      const again = await send('POST', 'accounts', { body });
      assert.equal(again.status, 412);
      assert.equal(again.body.error.code, '0x80040237');
      assert.equal(again.body.error.message, 'A record with matching key values already exists.');
    });

    it('fills who created the row and when, its owner, state and defaults', async () => {
      const who = await send('GET', 'WhoAmI');
      const id = await create('accounts', { name: 'Filled' });
      const { body } = await send('GET', `accounts(${id})`);
      assert.equal(body['_createdby_value'], who.body.UserId);
      assert.equal(body['_modifiedby_value'], who.body.UserId);
      assert.equal(body['_ownerid_value'], who.body.UserId);
      assert.equal(body['_owningbusinessunit_value'], who.body.BusinessUnitId);
      assert.equal(body.statecode, 0);
      assert.equal(body.statuscode, 1);
      assert.match(body.createdon, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    });

    it('swaps createdon and overriddencreatedon', async () => {
      const id = await create('accounts', {
        name: 'Old',
        overriddencreatedon: '2020-02-03T00:00:00Z',
      });
      const { body } = await send('GET', `accounts(${id})?$select=createdon,overriddencreatedon`);
      assert.equal(body.createdon, '2020-02-03T00:00:00Z');
      assert.notEqual(body.overriddencreatedon.slice(0, 4), '2020');
    });

    it('makes nested rows in both directions, or none of them', async () => {
      const before = await emulator.state();
      const body = {
        name: 'Deep',
        primarycontactid: { lastname: 'Parent' },
        Account_Tasks: [{ subject: 'one' }, { subject: 'two' }],
      };
      const id = await create('accounts', body);
      const tasks = await send('GET', `accounts(${id})/Account_Tasks?$select=subject`);
      assert.deepEqual(tasks.body.value.map((task: { subject: string }) => task.subject).sort(), [
        'one',
        'two',
      ]);
      const contact = await send('GET', `accounts(${id})/primarycontactid?$select=lastname`);
      assert.equal(contact.body.lastname, 'Parent');
      const broken = { ...body, Account_Tasks: [{ subject: 'x'.repeat(201) }] };
      assert.equal((await send('POST', 'accounts', { body: broken })).status, 400);
      const after = await emulator.state();
      assert.equal(after.tables['contact'], (before.tables['contact'] ?? 0) + 1);
    });

    it('ignores columns that cannot be created, such as statecode', async () => {
      const id = await create('accounts', {
        name: 'Active',
        statecode: 1,
        createdon: '2001-01-01T00:00:00Z',
      });
      const { body } = await send('GET', `accounts(${id})?$select=statecode,createdon`);
      assert.equal(body.statecode, 0);
      assert.notEqual(body.createdon.slice(0, 4), '2001');
    });

    it('refuses a status that belongs to another state', async () => {
      const answer = await send('POST', 'accounts', { body: { name: 'x', statuscode: 2 } });
      assert.equal(answer.status, 400);
      assert.equal(answer.body.error.code, '0x80048408');
      assert.match(
        answer.body.error.message,
        /^2 is not a valid status code for state code AccountState\.Active on account with Id /,
      );
    });
  });

  describe('checking values', () => {
    const refusals: readonly (readonly [string, string, object, number, string, RegExp])[] = [
      [
        'an unknown property',
        'accounts',
        { nope: 1 },
        400,
        '0x80048d19',
        /The property 'nope' does not exist on type 'Microsoft\.Dynamics\.CRM\.account'/,
      ],
      [
        'a navigation property in the wrong case',
        'contacts',
        { 'ParentCustomerId_Account@odata.bind': `/accounts(${unknownId})` },
        400,
        '0x80048d19',
        /An undeclared property 'ParentCustomerId_Account' which only has property annotations/,
      ],
      [
        'text for a number',
        'accounts',
        { numberofemployees: 'many' },
        400,
        '0x80048d19',
        /Cannot convert the literal 'many' to the expected type 'Edm\.Int32'/,
      ],
      [
        'text that is too long',
        'tasks',
        { subject: 'x'.repeat(201) },
        400,
        '0x80044331',
        /^A validation error occurred\. {2}The length of the 'subject' attribute of the 'task' entity exceeded the maximum allowed length of '200'\.$/,
      ],
      [
        'a choice value that is none',
        'accounts',
        { name: 'x', accountcategorycode: 77 },
        400,
        '0x8004431a',
        /The value 77 of 'accountcategorycode' on record of type 'account' is outside the valid range\. Accepted Values: 1,2/,
      ],
      [
        'a number out of range',
        'accounts',
        { name: 'x', numberofemployees: -1 },
        400,
        '0x8004432f',
        /The value -1 of 'numberofemployees'/,
      ],
      [
        'a date that is none',
        'tasks',
        { subject: 'x', scheduledend: 'soon' },
        400,
        '0x80048d19',
        /'soon' to the expected type 'Edm\.DateTimeOffset'/,
      ],
      [
        'an id with braces',
        'accounts',
        { name: 'x', accountid: 'nonsense' },
        400,
        '0x80048d19',
        /'nonsense' to the expected type 'Edm\.Guid'/,
      ],
      [
        'a lookup written as its value',
        'accounts',
        { _primarycontactid_value: unknownId },
        400,
        '0x80048d19',
        /do not support direct update of Entity Reference properties/,
      ],
      [
        'a lookup to a row that is not there',
        'accounts',
        { name: 'x', 'primarycontactid@odata.bind': `/contacts(${unknownId})` },
        404,
        '0x80040217',
        /^contact With Id = 11111111-2222-3333-4444-555555555555 Does Not Exist$/,
      ],
      [
        'control characters',
        'accounts',
        { name: 'a\u0001' },
        400,
        '0x80040278',
        /'name' contains one or more invalid characters/,
      ],
    ];
    for (const [title, set, body, status, code, message] of refusals) {
      it(`refuses ${title}`, async () => {
        const answer = await send('POST', set, { body });
        assert.equal(answer.status, status, answer.text);
        assert.equal(answer.body.error.code, code);
        assert.match(answer.body.error.message, message);
      });
    }

    it('refuses a body that is no JSON', async () => {
      const answer = await send('POST', 'accounts', { body: '{"name":' });
      assert.equal(answer.status, 400);
      assert.equal(answer.body.error.code, '0x80048d19');
    });

    it('takes an empty text as null', async () => {
      const id = await create('accounts', { name: 'x', description: '' });
      const { body } = await send('GET', `accounts(${id})?$select=description`);
      assert.equal(body.description, null);
    });
  });

  describe('updating', () => {
    it('answers 204, moves the version and keeps other columns', async () => {
      const id = await create('accounts', { name: 'Before', description: 'kept' });
      const before = await send('GET', `accounts(${id})?$select=name`);
      const answer = await send('PATCH', `accounts(${id})`, {
        body: { name: 'After' },
        headers: { 'If-Match': '*' },
      });
      assert.equal(answer.status, 204);
      const after = await send('GET', `accounts(${id})?$select=name,description`);
      assert.equal(after.body.name, 'After');
      assert.equal(after.body.description, 'kept');
      assert.notEqual(after.body['@odata.etag'], before.body['@odata.etag']);
    });

    it('creates a missing row unless If-Match forbids it', async () => {
      const forbidden = await send('PATCH', `accounts(${unknownId})`, {
        body: { name: 'x' },
        headers: { 'If-Match': '*' },
      });
      assert.equal(forbidden.status, 404);
      assert.equal(forbidden.body.error.code, '0x80040217');
      const created = await send('PATCH', `accounts(${unknownId})`, { body: { name: 'x' } });
      assert.equal(created.status, 204);
      const exists = await send('PATCH', `accounts(${unknownId})`, {
        body: { name: 'y' },
        headers: { 'If-None-Match': '*' },
      });
      assert.equal(exists.status, 412);
      assert.equal(exists.body.error.code, '0x80040237');
      assert.equal((await send('DELETE', `accounts(${unknownId})`)).status, 204);
    });

    it('tells created from updated by 201 and 200 where the representation is asked for', async () => {
      const headers = { Prefer: 'return=representation' };
      const path = 'accounts(22222222-2222-4222-8222-222222222222)?$select=name';
      assert.equal((await send('PATCH', path, { body: { name: 'x' }, headers })).status, 201);
      assert.equal((await send('PATCH', path, { body: { name: 'y' }, headers })).status, 200);
    });

    it('writes by the version it was read with only', async () => {
      const id = await create('accounts', { name: 'x' });
      const { body } = await send('GET', `accounts(${id})?$select=name`);
      const headers = { 'If-Match': body['@odata.etag'] };
      assert.equal(
        (await send('PATCH', `accounts(${id})`, { body: { name: 'y' }, headers })).status,
        204,
      );
      const stale = await send('PATCH', `accounts(${id})`, { body: { name: 'z' }, headers });
      assert.equal(stale.status, 412);
      assert.equal(stale.body.error.code, '0x80060882');
      assert.equal((await send('DELETE', `accounts(${id})`, { headers })).status, 412);
    });

    it('pairs state and status', async () => {
      const id = await create('accounts', { name: 'x' });
      assert.equal(
        (await send('PATCH', `accounts(${id})`, { body: { statecode: 1 } })).status,
        204,
      );
      const inactive = await send('GET', `accounts(${id})?$select=statecode,statuscode`);
      assert.deepEqual([inactive.body.statecode, inactive.body.statuscode], [1, 2]);
      const wrong = await send('PATCH', `accounts(${id})`, { body: { statuscode: 1 } });
      assert.equal(wrong.body.error.code, '0x80048408');
      const both = await send('PATCH', `accounts(${id})`, {
        body: { statecode: 0, statuscode: 1 },
      });
      assert.equal(both.status, 204);
    });

    it('writes, reads and empties one property', async () => {
      const id = await create('accounts', { name: 'x' });
      const put = await send('PUT', `accounts(${id})/telephone1`, { body: { value: '555' } });
      assert.equal(put.status, 204, put.text);
      const read = await send('GET', `accounts(${id})/telephone1`);
      assert.equal(read.body.value, '555');
      assert.match(
        read.body['@odata.context'],
        new RegExp(String.raw`\$metadata#accounts\(${id}\)/telephone1$`),
      );
      const raw = await send('GET', `accounts(${id})/telephone1/$value`);
      assert.equal(raw.text, '555');
      assert.equal((await send('DELETE', `accounts(${id})/telephone1`)).status, 204);
      assert.equal((await send('GET', `accounts(${id})/telephone1`)).status, 204);
    });
  });

  describe('deleting', () => {
    it('answers 204, then 404', async () => {
      const id = await create('accounts', { name: 'x' });
      assert.equal((await send('DELETE', `accounts(${id})`)).status, 204);
      const again = await send('DELETE', `accounts(${id})`);
      assert.equal(again.status, 404);
      assert.equal(again.body.error.message, `account With Id = ${id} Does Not Exist`);
    });

    it('takes children along, cuts links, or refuses, as the relationships say', async () => {
      const account = await create('accounts', { name: 'parent' });
      const bind = { 'parentcustomerid_account@odata.bind': `/accounts(${account})` };
      const contact = await create('contacts', { lastname: 'goes along', ...bind });
      const child = await create('accounts', {
        name: 'stays',
        'parentaccountid@odata.bind': `/accounts(${account})`,
      });
      assert.equal((await send('DELETE', `accounts(${account})`)).status, 204);
      assert.equal((await send('GET', `contacts(${contact})`)).status, 404);
      const kept = await send('GET', `accounts(${child})?$select=_parentaccountid_value`);
      assert.equal(kept.body['_parentaccountid_value'], null);
      const skill = await create('characteristics', { name: 'Spanish', characteristictype: 1 });
      const resource = await create('bookableresources', { name: 'Ann', resourcetype: 1 });
      const link = await create('bookableresourcecharacteristics', {
        'Characteristic@odata.bind': `/characteristics(${skill})`,
        'Resource@odata.bind': `/bookableresources(${resource})`,
      });
      const refused = await send('DELETE', `characteristics(${skill})`);
      assert.equal(refused.status, 405, refused.text);
      assert.equal(refused.body.error.code, '0x80040227');
      assert.equal((await send('DELETE', `bookableresourcecharacteristics(${link})`)).status, 204);
      assert.equal((await send('DELETE', `characteristics(${skill})`)).status, 204);
    });
  });

  describe('associating', () => {
    it('binds and clears a lookup by $ref', async () => {
      const account = await create('accounts', { name: 'x' });
      const contact = await create('contacts', { lastname: 'y' });
      const body = { '@odata.id': `${emulator.url}/api/data/v9.2/contacts(${contact})` };
      assert.equal(
        (await send('PUT', `accounts(${account})/primarycontactid/$ref`, { body })).status,
        204,
      );
      const read = await send('GET', `accounts(${account})?$select=_primarycontactid_value`);
      assert.equal(read.body['_primarycontactid_value'], contact);
      const ref = await send('GET', `accounts(${account})/primarycontactid/$ref`);
      assert.equal(ref.body['@odata.id'], body['@odata.id']);
      assert.equal(
        (await send('DELETE', `accounts(${account})/primarycontactid/$ref`)).status,
        204,
      );
      assert.equal((await send('GET', `accounts(${account})/primarycontactid`)).status, 204);
    });

    it('ties and unties pairs, refusing a pair that is there', async () => {
      const queue = await create('queues', { name: 'Pairs' });
      const who = await send('GET', 'WhoAmI');
      const body = { '@odata.id': `systemusers(${who.body.UserId})` };
      const path = `queues(${queue})/queuemembership_association`;
      assert.equal((await send('POST', `${path}/$ref`, { body })).status, 204);
      const twice = await send('POST', `${path}/$ref`, { body });
      assert.equal(twice.status, 412);
      assert.equal(twice.body.error.code, '0x80040237');
      assert.equal(twice.body.error.message, 'Cannot insert duplicate key.');
      const members = await send('GET', `${path}?$select=fullname`);
      assert.equal(members.body.value.length, 1);
      assert.equal((await send('DELETE', `${path}(${who.body.UserId})/$ref`)).status, 204);
      assert.equal((await send('GET', `${path}?$select=fullname`)).body.value.length, 0);
      const byId = `${path}/$ref?$id=${emulator.url}/api/data/v9.2/systemusers(${who.body.UserId})`;
      assert.equal((await send('POST', `${path}/$ref`, { body })).status, 204);
      assert.equal((await send('DELETE', byId)).status, 204);
    });
  });

  describe('bulk messages', () => {
    const target = (name: string, more: object = {}): object => ({
      '@odata.type': 'Microsoft.Dynamics.CRM.account',
      name,
      ...more,
    });

    it('create rows in the order asked for, all or none', async () => {
      const path = 'accounts/Microsoft.Dynamics.CRM.CreateMultiple';
      const good = await send('POST', path, { body: { Targets: [target('a'), target('b')] } });
      assert.equal(good.status, 200);
      const names = await Promise.all(
        good.body.Ids.map(
          async (id: string) => (await send('GET', `accounts(${id})?$select=name`)).body.name,
        ),
      );
      assert.deepEqual(names, ['a', 'b']);
      const before = (await emulator.state()).tables['account'];
      const bad = await send('POST', path, {
        body: { Targets: [target('c'), target('x'.repeat(500))] },
      });
      assert.equal(bad.status, 400);
      assert.equal((await emulator.state()).tables['account'], before);
    });

    it('need @odata.type and are refused for queue and team', async () => {
      const path = 'accounts/Microsoft.Dynamics.CRM.CreateMultiple';
      assert.equal((await send('POST', path, { body: { Targets: [{ name: 'a' }] } })).status, 400);
      const queue = await send('POST', 'queues/Microsoft.Dynamics.CRM.CreateMultiple', {
        body: { Targets: [{ '@odata.type': 'Microsoft.Dynamics.CRM.queue', name: 'q' }] },
      });
      assert.equal(queue.status, 400);
      assert.match(queue.body.error.message, /is not enabled on the entity/);
    });

    it('update and upsert rows', async () => {
      const id = await create('accounts', { name: 'x' });
      const update = await send('POST', 'accounts/Microsoft.Dynamics.CRM.UpdateMultiple', {
        body: { Targets: [target('y', { accountid: id })] },
      });
      assert.equal(update.status, 204, update.text);
      const upsert = await send('POST', 'accounts/Microsoft.Dynamics.CRM.UpsertMultiple', {
        body: {
          Targets: [
            target('z', { accountid: id }),
            target('new', { '@odata.id': 'accounts(33333333-3333-4333-8333-333333333333)' }),
          ],
        },
      });
      assert.equal(upsert.status, 204, upsert.text);
      assert.equal((await send('GET', `accounts(${id})?$select=name`)).body.name, 'z');
      assert.equal(
        (await send('GET', 'accounts(33333333-3333-4333-8333-333333333333)?$select=name')).body
          .name,
        'new',
      );
    });
  });

  describe('computing columns', () => {
    it('names people by first and last name, also after one of them changed', async () => {
      const id = await create('contacts', { firstname: 'Ann', lastname: 'Weiler' });
      const name = async (): Promise<string> =>
        (await send('GET', `contacts(${id})?$select=fullname`)).body.fullname;
      assert.equal(await name(), 'Ann Weiler');
      await send('PATCH', `contacts(${id})`, { body: { lastname: 'Berg' } });
      assert.equal(await name(), 'Ann Berg');
    });

    it('brings a currency with an amount', async () => {
      const id = await create('accounts', { name: 'x', revenue: 20000 });
      const { text, body } = await send('GET', `accounts(${id})?$select=revenue,revenue_base`);
      assert.match(text, /"revenue":20000\.0+,/);
      assert.equal(body.revenue_base, 20000);
      assert.match(body['_transactioncurrencyid_value'], /^[0-9a-f-]{36}$/);
    });
  });

  describe('answering what it does not know', () => {
    it('refuses rows of intersect tables, which associating makes', async () => {
      const answer = await send('POST', 'queuememberships', { body: {} });
      assert.equal(answer.status, 400, answer.text);
    });

    it('refuses URLs that are too long, as the gateway does', async () => {
      const answer = await send(
        'GET',
        `accounts?$select=name&$filter=name eq '${'x'.repeat(33_000)}'`,
      );
      assert.equal(answer.status, 414);
      assert.match(answer.headers.get('content-type') ?? '', /^text\/html/);
    });

    it('says 404 for unknown sets and rows, 405 for wrong methods, 501 for operations', async () => {
      const set = await send('GET', 'nothings');
      assert.equal(set.status, 404);
      assert.equal(set.body.error.code, '0x80060888');
      assert.equal(set.body.error.message, "Resource not found for the segment 'nothings'.");
      assert.equal((await send('GET', `accounts(${unknownId})`)).status, 404);
      const verb = await send('PUT', `accounts(${unknownId})`, { body: {} });
      assert.equal(verb.status, 405);
      assert.equal(
        verb.body.error.message,
        "The requested resource does not support http method 'PUT'.",
      );
      const operation = await send('POST', 'ImportSolution', { body: {} });
      assert.equal(operation.status, 501);
      assert.match(operation.body.error.message, /'ImportSolution'/);
    });

    it('refuses a key in braces as a syntax error', async () => {
      const answer = await send('GET', `accounts({${unknownId}})`);
      assert.equal(answer.status, 400);
      assert.equal(answer.body.error.message, 'Bad Request - Error in query syntax.');
    });
  });
});
