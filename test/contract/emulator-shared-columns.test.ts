import assert from 'node:assert/strict';
import { sendTo, withEmulator, type TestAnswer } from '#support/emulator.ts';

const type = 'Microsoft.Dynamics.CRM.';
const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

function idOf(answer: TestAnswer): string {
  return /\(([0-9a-f-]{36})\)$/.exec(answer.headers.get('odata-entityid') ?? '')?.[1] ?? '';
}

describe('secured columns of single rows', () => {
  const emulator = withEmulator();
  let account = '';
  let user = '';
  let column = '';
  const token = '3f6d1c1e-0d57-4a3f-9d0e-5a0f8a1b2c3d';

  beforeEach(async () => {
    await emulator.reset();
    const path = "EntityDefinitions(LogicalName='account')/Attributes(LogicalName='tickersymbol')";
    const { body } = await emulator.send('GET', path);
    column = body.MetadataId;
    const secured = { ...body, '@odata.type': `${type}StringAttributeMetadata`, IsSecured: true };
    assert.equal((await emulator.send('PUT', path, { body: secured })).status, 204);
    const { body: me } = await emulator.send('GET', 'WhoAmI');
    user = idOf(
      await emulator.send('POST', 'systemusers', {
        body: {
          firstname: 'Some',
          lastname: 'Seller',
          domainname: 'seller@contoso.example',
          applicationid: token,
          'businessunitid@odata.bind': `businessunits(${me.BusinessUnitId})`,
        },
      }),
    );
    const role = idOf(
      await emulator.send('POST', 'roles', {
        body: {
          name: 'Seller',
          'businessunitid@odata.bind': `businessunits(${me.BusinessUnitId})`,
        },
      }),
    );
    const privileges = await emulator.send(
      'GET',
      "privileges?$select=name&$filter=name eq 'prvReadAccount' or name eq 'prvWriteAccount'",
    );
    await emulator.send('POST', `roles(${role})/${type}AddPrivilegesRole`, {
      body: {
        Privileges: privileges.body.value.map((each: { privilegeid: string }) => ({
          PrivilegeId: each.privilegeid,
          Depth: 'Global',
        })),
      },
    });
    await emulator.send('POST', `systemusers(${user})/systemuserroles_association/$ref`, {
      body: { '@odata.id': `${emulator.url}/api/data/v9.2/roles(${role})` },
    });
    account = idOf(
      await emulator.send('POST', 'accounts', { body: { name: 'Contoso', tickersymbol: 'CNT' } }),
    );
  });

  function asSeller(method: string, body?: object): Promise<TestAnswer> {
    return sendTo(emulator.url, method, {
      path: `accounts(${account})?$select=tickersymbol`,
      headers: { Authorization: `Bearer ${token}`, 'If-Match': '*' },
      ...(body === undefined ? {} : { body }),
    });
  }

  async function share(rights: object): Promise<string> {
    const answer = await emulator.send('POST', 'principalobjectattributeaccessset', {
      body: {
        '@odata.type': `${type}principalobjectattributeaccess`,
        'objectid_account@odata.bind': `/accounts(${account})`,
        'principalid_systemuser@odata.bind': `/systemusers(${user})`,
        attributeid: column,
        ...rights,
      },
    });
    assert.equal(answer.status, 204, answer.text);
    return `principalobjectattributeaccessset(${idOf(answer)})`;
  }

  it('can be read and written as far as they are shared', async () => {
    assert.equal((await asSeller('GET')).body.tickersymbol, null);
    const access = await share({ readaccess: true, updateaccess: false });
    assert.equal((await asSeller('GET')).body.tickersymbol, 'CNT');
    assert.equal((await asSeller('PATCH', { tickersymbol: 'NEW' })).status, 403);
    await emulator.send('PATCH', access, { body: { updateaccess: true } });
    assert.equal((await asSeller('PATCH', { tickersymbol: 'NEW' })).status, 204);
    await emulator.send('DELETE', access);
    assert.equal((await asSeller('GET')).body.tickersymbol, null);
  });
});

describe('images', () => {
  const emulator = withEmulator();

  beforeEach(async () => {
    await emulator.reset();
    await emulator.send('POST', "EntityDefinitions(LogicalName='account')/Attributes", {
      body: { '@odata.type': `${type}ImageAttributeMetadata`, SchemaName: 'new_Logo' },
    });
  });

  it('other than the primary one need a row that is there', async () => {
    const refused = await emulator.send('POST', 'accounts', {
      body: { name: 'Contoso', new_logo: pixel },
    });
    assert.equal(refused.body.error.code, '0x80090487');
    const body = { name: 'Contoso', entityimage: pixel };
    assert.equal((await emulator.send('POST', 'accounts', { body })).status, 204);
    const path = "EntityDefinitions(LogicalName='account')/Attributes(LogicalName='new_logo')";
    const primary = { '@odata.type': `${type}ImageAttributeMetadata`, IsPrimaryImage: true };
    await emulator.send('PUT', path, { body: primary });
    const now = await emulator.send('POST', 'accounts', {
      body: { name: 'Contoso', new_logo: pixel },
    });
    assert.equal(now.status, 204, now.text);
  });

  it('are put as a value, and taken away as none', async () => {
    const account = idOf(await emulator.send('POST', 'accounts', { body: { name: 'Contoso' } }));
    const path = `accounts(${account})/new_logo`;
    await emulator.send('PUT', path, { body: { value: pixel } });
    assert.equal((await emulator.send('GET', path)).body.value, pixel);
    await emulator.send('PUT', path, { body: { value: null } });
    assert.equal((await emulator.send('GET', path)).status, 204);
  });

  it('have full sizes where their column kept them when they came', async () => {
    const account = idOf(await emulator.send('POST', 'accounts', { body: { name: 'Contoso' } }));
    const path = `accounts(${account})/new_logo`;
    const write = () =>
      emulator.send('PATCH', `accounts(${account})`, { body: { new_logo: pixel } });
    const begin = () =>
      emulator.send('POST', 'InitializeFileBlocksDownload', {
        body: {
          Target: { '@odata.type': `${type}account`, accountid: account },
          FileAttributeName: 'new_logo',
        },
      });
    await write();
    assert.equal((await emulator.send('GET', `${path}/$value?size=full`)).status, 204);
    assert.equal((await emulator.send('GET', `${path}/$value`)).status, 200);
    const { body: shown } = await emulator.send(
      'GET',
      `accounts(${account})?$select=new_logoid,new_logo`,
    );
    assert.equal(shown.new_logo, pixel);
    const { body: refused } = await begin();
    assert.equal(refused.error.code, '0x80040217');
    assert.equal(
      refused.error.message,
      `No FileAttachment records found for imagedescriptorId: ${shown.new_logoid} for image attribute: new_logo of account record with id ${account}`,
    );
    const definition =
      "EntityDefinitions(LogicalName='account')/Attributes(LogicalName='new_logo')";
    const whole = { '@odata.type': `${type}ImageAttributeMetadata`, CanStoreFullImage: true };
    await emulator.send('PUT', definition, { body: whole });
    assert.equal((await emulator.send('GET', `${path}/$value?size=full`)).status, 204);
    await write();
    assert.equal((await emulator.send('GET', `${path}/$value?size=full`)).status, 200);
    assert.equal((await begin()).status, 200);
  });
});
