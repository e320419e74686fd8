import assert from 'node:assert/strict';
import { withEmulator, type TestAnswer } from '#support/emulator.ts';

const reader = '5d3c2d0e-8f0a-4f0e-9a54-0c1f7c1d2b01';

describe('how deep privileges reach', () => {
  const emulator = withEmulator();

  const as = (method: string, path: string, body?: object): Promise<TestAnswer> =>
    emulator.send(method, path, {
      headers: { Authorization: `Bearer ${reader}` },
      ...(body === undefined ? {} : { body }),
    });

  /** A user whose role grants some privileges on accounts for own rows only. */
  const plantReader = async (verbs: readonly string[]): Promise<void> => {
    const { environment } = emulator;
    const { store, rootBusinessUnitId } = environment;
    const unit = { table: 'businessunit', id: rootBusinessUnitId };
    await emulator.send('PATCH', `systemusers(${reader})`, {
      body: { applicationid: reader, 'businessunitid@odata.bind': `/businessunits(${unit.id})` },
    });
    const role = environment.newId();
    store.put('role', role, new Map([['businessunitid', unit]]));
    store.put(
      'systemuserroles',
      environment.newId(),
      new Map([
        ['systemuserid', reader],
        ['roleid', role],
      ]),
    );
    for (const { type, id } of environment.metadata.entity('account')?.privileges ?? []) {
      if (!verbs.includes(type)) continue;
      const cells: readonly [string, string | number][] = [
        ['roleid', role],
        ['privilegeid', id],
        ['privilegedepthmask', 1],
      ];
      store.put('roleprivileges', environment.newId(), new Map(cells));
    }
  };

  beforeEach(() => emulator.reset());

  const account = async (): Promise<string> => {
    const made = await emulator.send('POST', 'accounts', {
      body: { name: 'Of the administrator' },
      headers: { Prefer: 'return=representation' },
    });
    return String(made.body.accountid);
  };

  it('shows and lets change own rows, and others only where they are shared', async () => {
    await plantReader(['Create', 'Read', 'Write', 'Append', 'AppendTo']);
    const foreign = await account();
    const own = await as('POST', 'accounts', { name: 'Own' });
    assert.equal(own.status, 204, own.text);
    const listed = await as('GET', 'accounts?$select=name');
    assert.deepEqual(
      listed.body.value.map((row: { name: string }) => row.name),
      ['Own'],
    );
    const read = await as('GET', `accounts(${foreign})?$select=name`);
    assert.deepEqual([read.status, read.body.error.code], [403, '0x80040220']);
    assert.match(String(read.body.error.message), /AccessRights: ReadAccess/);
    const written = await as('PATCH', `accounts(${foreign})`, { name: 'Taken' });
    assert.equal(written.status, 403);
    await emulator.send('POST', 'GrantAccess', {
      body: {
        Target: { '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid: foreign },
        PrincipalAccess: {
          AccessMask: 'ReadAccess',
          Principal: { '@odata.type': 'Microsoft.Dynamics.CRM.systemuser', systemuserid: reader },
        },
      },
    });
    assert.equal((await as('GET', `accounts(${foreign})?$select=name`)).status, 200);
    assert.equal((await as('GET', 'accounts?$select=name')).body.value.length, 2);
    assert.equal((await as('PATCH', `accounts(${foreign})`, { name: 'Taken' })).status, 403);
  });

  it('gives rows only to owners who may read them', async () => {
    await plantReader([]);
    const foreign = await account();
    const body = { 'ownerid@odata.bind': `/systemusers(${reader})` };
    const refused = await emulator.send('PATCH', `accounts(${foreign})`, { body });
    assert.deepEqual([refused.status, refused.body.error.code], [403, '0x80040220']);
    assert.match(String(refused.body.error.message), /missing prvReadAccount/);
  });
});
