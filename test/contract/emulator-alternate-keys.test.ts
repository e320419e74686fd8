import assert from 'node:assert/strict';
import { withEmulator } from '#support/emulator.ts';

describe('alternate keys', () => {
  const emulator = withEmulator();
  const send: typeof emulator.send = (method, path, options) =>
    emulator.send(method, path, options);

  before(() => {
    const { metadata } = emulator.environment;
    const account = metadata.entity('account');
    assert.ok(account);
    const keys = [
      { schemaName: 'AccountNumberKey', attributes: ['accountnumber'] },
      { schemaName: 'TwoPartKey', attributes: ['telephone1', 'primarycontactid'] },
    ];
    metadata.add({ entities: [{ ...account, keys }], manyToOne: [], manyToMany: [] });
  });

  it('create the missing row with the columns of the key, and echo the key', async () => {
    const path = "accounts(accountnumber='A''1')";
    const created = await send('PATCH', path, { body: { name: 'first' } });
    assert.equal(created.status, 204, created.text);
    assert.ok(created.headers.get('odata-entityid')?.endsWith(path));
    const row = await send('GET', `${path}?$select=name,accountnumber`);
    assert.equal(row.body.accountnumber, "A'1");
    const updated = await send('PATCH', path, {
      body: { name: 'second', accountnumber: 'ignored' },
    });
    assert.equal(updated.status, 204);
    const again = await send('GET', `${path}?$select=name,accountnumber`);
    assert.deepEqual([again.body.name, again.body.accountnumber], ['second', "A'1"]);
    assert.equal(again.body.accountid, row.body.accountid);
  });

  it('give way to what the body of a missing row says of their columns', async () => {
    const path = "accounts(accountnumber='K1')";
    const body = { name: 'other key', accountnumber: 'K2' };
    assert.equal((await send('PATCH', path, { body })).status, 204);
    assert.equal((await send('GET', path)).status, 404);
    const made = await send('GET', "accounts(accountnumber='K2')?$select=name");
    assert.equal(made.body.name, 'other key');
  });

  it('may have several columns, lookups among them', async () => {
    const contact = await send('POST', 'contacts?$select=contactid', {
      body: { lastname: 'Key' },
      headers: { Prefer: 'return=representation' },
    });
    const id: string = contact.body.contactid;
    const path = `accounts(telephone1='555',_primarycontactid_value=${id})`;
    assert.equal((await send('PATCH', path, { body: { name: 'x' } })).status, 204);
    const row = await send('GET', `${path}?$select=name,_primarycontactid_value`);
    assert.equal(row.body['_primarycontactid_value'], id, row.text);
  });

  it('stand for rows in binds', async () => {
    await send('PATCH', "accounts(accountnumber='B')", { body: { name: 'bound' } });
    const created = await send('POST', 'accounts?$select=_parentaccountid_value', {
      body: { name: 'child', 'parentaccountid@odata.bind': "/accounts(accountnumber='B')" },
      headers: { Prefer: 'return=representation' },
    });
    assert.match(created.body['_parentaccountid_value'], /^[0-9a-f-]{36}$/);
    const missing = await send('POST', 'accounts', {
      body: { name: 'child', 'parentaccountid@odata.bind': "/accounts(accountnumber='none')" },
    });
    assert.equal(missing.status, 404);
    assert.equal(missing.body.error.code, '0x80060891');
    assert.equal(
      missing.body.error.message,
      'A record with the specified key values does not exist in account entity',
    );
  });

  it('are unique, in any case', async () => {
    await send('POST', 'accounts', { body: { name: 'x', accountnumber: 'C1' } });
    const twice = await send('POST', 'accounts', { body: { name: 'y', accountnumber: 'c1' } });
    assert.equal(twice.status, 412);
    assert.equal(twice.body.error.code, '0x80060892');
    assert.match(twice.body.error.message, /The entity key AccountNumberKey requires/);
    for (const name of ['no key', 'no key']) {
      assert.equal((await send('POST', 'accounts', { body: { name } })).status, 204);
    }
  });

  it('are how principals are named: by `ownerid`, not by the key of their own table', async () => {
    const { UserId } = (await send('GET', 'WhoAmI')).body as { UserId: string };
    assert.equal((await send('GET', `systemusers(ownerid=${UserId})`)).status, 200);
    assert.equal((await send('GET', `systemusers(systemuserid=${UserId})`)).status, 400);
  });

  it('are refused when no key has these columns', async () => {
    const answer = await send('GET', "accounts(name='x')");
    assert.equal(answer.status, 400);
    assert.equal(answer.body.error.code, '0x80060888');
    assert.match(
      answer.body.error.message,
      /^The key in the request URI is not valid for resource/,
    );
  });

  it('name rows in UpsertMultiple', async () => {
    const target = (number: string): object => ({
      '@odata.type': 'Microsoft.Dynamics.CRM.account',
      '@odata.id': `accounts(accountnumber='${number}')`,
      name: `number ${number}`,
    });
    const path = 'accounts/Microsoft.Dynamics.CRM.UpsertMultiple';
    const answer = await send('POST', path, { body: { Targets: [target('U1'), target('U2')] } });
    assert.equal(answer.status, 204, answer.text);
    const twice = { Targets: [target('U3'), target('U3')] };
    assert.equal((await send('POST', path, { body: twice })).status, 412);
    assert.equal(
      (await send('GET', "accounts(accountnumber='U1')?$select=name")).body.name,
      'number U1',
    );
  });
});
