import assert from 'node:assert/strict';
import type { Caller, Environment } from '#emulator/environment.ts';
import { assertAccess, callerOf, type AccessVerb } from '#emulator/logic/access.ts';
import { applicationIds } from '#emulator/seeds/system-rows.ts';
import { ServiceError } from '#emulator/service-error.ts';
import { openEmulator, type TestEmulator } from '#support/emulator.ts';
import { seededEnvironment } from '#support/test-environment.ts';

function check(environment: Environment, caller: Caller, table: string, verb: AccessVerb): void {
  const entity = environment.metadata.entity(table);
  assert.ok(entity);
  assertAccess(environment, caller, entity, verb);
}

function caller(environment: Environment, token: string): Caller {
  const found = callerOf(environment, token);
  assert.ok(found);
  return found;
}

describe('access', () => {
  let environment: Environment;
  before(async () => {
    environment = await seededEnvironment('contoso');
  });

  it('lets the administrator do everything, in tables added later too', () => {
    const administrator = caller(environment, 'anything');
    assert.equal(administrator.userId, environment.administratorId);
    check(environment, administrator, 'queue', 'Delete');
    check(environment, caller(environment, applicationIds.releasePipeline), 'account', 'Assign');
  });

  it('knows a user by application id, domain name and the claims of a token', () => {
    const byId = caller(environment, applicationIds.routingReader);
    const row = environment.store.get('systemuser', byId.userId);
    assert.equal(row?.cells.get('fullname'), '# Routing reader');
    const claims = Buffer.from(JSON.stringify({ appid: applicationIds.routingReader }));
    const jwt = `e30.${claims.toString('base64url')}.x`;
    assert.deepEqual(caller(environment, jwt), byId);
    const domainName = row.cells.get('domainname');
    assert.ok(typeof domainName === 'string');
    assert.deepEqual(caller(environment, domainName.toUpperCase()), byId);
  });

  it('refuses in the words of the service, naming the privilege', () => {
    const reader = caller(environment, applicationIds.routingReader);
    check(environment, reader, 'queue', 'Read');
    assert.throws(
      () => {
        check(environment, reader, 'queue', 'Write');
      },
      (error) =>
        error instanceof ServiceError &&
        error.status === 403 &&
        error.code === '0x80040220' &&
        /^Principal user \(Id=[0-9a-f-]{36}, type=8, roleCount=1, privilegeCount=\d+, accessMode='4 Non-interactive', AADObjectId='[0-9a-f-]{36}', MetadataCachePrivilegesCount=\d+, businessUnitId=[0-9a-f-]{36}\), is missing prvWriteQueue privilege \(Id=[0-9a-f-]{36}\) on OTC=2020 for entity 'queue'\. context\.Caller=[0-9a-f-]{36}\.$/.test(
          error.message,
        ),
    );
  });

  it('counts roles that come through teams', () => {
    const reader = caller(environment, applicationIds.routingReader);
    const [team] = environment.store.rows('team');
    const [importer] = environment.store.find('role', 'name', 'Unified routing importer');
    assert.ok(team && importer);
    const { store } = environment;
    store.put(
      'teammembership',
      environment.newId(),
      new Map([
        ['teamid', team.id],
        ['systemuserid', reader.userId],
      ]),
    );
    store.put(
      'teamroles',
      environment.newId(),
      new Map([
        ['teamid', team.id],
        ['roleid', importer.id],
      ]),
    );
    check(environment, reader, 'queue', 'Write');
  });

  it('refuses a disabled user', async () => {
    const other = await seededEnvironment('empty');
    const { userId } = caller(other, applicationIds.routingReader);
    const row = other.store.get('systemuser', userId);
    assert.ok(row);
    other.store.put('systemuser', userId, new Map([...row.cells, ['isdisabled', true]]));
    assert.throws(() => callerOf(other, applicationIds.routingReader), /is disabled/);
  });
});

describe('functions about privileges', () => {
  let emulator: TestEmulator;
  before(async () => {
    emulator = await openEmulator({ seed: 'contoso' });
  });
  after(async () => {
    await emulator.close();
  });

  async function userId(token?: string): Promise<string> {
    const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const { body } = await emulator.send('GET', 'WhoAmI', { headers });
    return body.UserId;
  }

  it('list only the privileges that are held, with name, id and depth', async () => {
    const id = await userId(applicationIds.routingReader);
    const names = encodeURIComponent('["prvReadQueue","prvCreateQueue","prvReadNothing"]');
    const { body } = await emulator.send(
      'GET',
      `systemusers(${id})/Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@p)?@p=${names}`,
    );
    assert.match(
      body['@odata.context'],
      /#Microsoft\.Dynamics\.CRM\.RetrieveUserSetOfPrivilegesByNamesResponse$/,
    );
    assert.equal(body.RolePrivileges.length, 1);
    const [held] = body.RolePrivileges;
    assert.deepEqual(Object.keys(held), [
      'Depth',
      'PrivilegeId',
      'BusinessUnitId',
      'PrivilegeName',
    ]);
    assert.equal(held.Depth, 'Global');
    assert.equal(held.PrivilegeName, 'prvReadQueue');
  });

  it('answer for one privilege by name and by id', async () => {
    const id = await userId();
    const { body: named } = await emulator.send(
      'GET',
      `systemusers(${id})/Microsoft.Dynamics.CRM.RetrieveUserPrivilegeByPrivilegeName(PrivilegeName='prvWriteQueue')`,
    );
    const { PrivilegeId: privilege } = named.RolePrivileges[0];
    const { body: byId } = await emulator.send(
      'GET',
      `systemusers(${id})/Microsoft.Dynamics.CRM.RetrieveUserPrivilegeByPrivilegeId(PrivilegeId=${privilege})`,
    );
    assert.deepEqual(byId.RolePrivileges, named.RolePrivileges);
  });

  it('list all a user has, and all a role has', async () => {
    const id = await userId(applicationIds.routingReader);
    const { body } = await emulator.send(
      'GET',
      `systemusers(${id})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()`,
    );
    const { body: roles } = await emulator.send(
      'GET',
      "roles?$select=roleid&$filter=name eq 'Unified routing reader'",
    );
    const { body: ofRole } = await emulator.send(
      'GET',
      `RetrieveRolePrivilegesRole(RoleId=${roles.value[0].roleid})`,
    );
    assert.equal(ofRole.RolePrivileges.length, body.RolePrivileges.length);
  });

  it('tell the rights to one row', async () => {
    const id = await userId(applicationIds.routingReader);
    const { body: queues } = await emulator.send('GET', 'queues?$select=queueid&$top=1');
    const target = encodeURIComponent(`{'@odata.id':'queues(${queues.value[0].queueid})'}`);
    const { body } = await emulator.send(
      'GET',
      `systemusers(${id})/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@p1)?@p1=${target}`,
    );
    assert.equal(body.AccessRights, 'ReadAccess');
  });

  it('match what the service then does', async () => {
    const headers = { Authorization: `Bearer ${applicationIds.routingReader}` };
    const read = await emulator.send('GET', 'queues?$select=name&$top=1', { headers });
    assert.equal(read.status, 200);
    const write = await emulator.send('POST', 'queues', { headers, body: { name: 'New' } });
    assert.equal(write.status, 403);
    assert.match(write.body.error.message, /missing prvCreateQueue privilege/);
  });
});

describe('privileges that do not reach all rows', () => {
  let emulator: TestEmulator;
  before(async () => {
    emulator = await openEmulator({ seed: 'contoso' });
  });
  after(async () => {
    await emulator.close();
  });

  it('show own rows only, without a word, and refuse tables without any', async () => {
    const headers = { Authorization: 'Bearer ann@contoso.example' };
    const { body: before } = await emulator.send('GET', 'queues?$select=name', { headers });
    assert.deepEqual(before.value, []);
    const { body: me } = await emulator.send('GET', 'WhoAmI', { headers });
    const { body: all } = await emulator.send('GET', 'queues?$select=name&$top=1');
    const { queueid: id, name } = all.value[0];
    await emulator.send('PATCH', `queues(${id})`, {
      body: { 'ownerid@odata.bind': `/systemusers(${me.UserId})` },
    });
    const { body: after } = await emulator.send('GET', 'queues?$select=name', { headers });
    assert.deepEqual(
      after.value.map((row: { name: string }) => row.name),
      [name],
    );
    const accounts = await emulator.send('GET', 'accounts?$select=name', { headers });
    assert.equal(accounts.status, 403);
  });

  it('show all rows where they are global', async () => {
    const headers = { Authorization: `Bearer ${applicationIds.routingReader}` };
    const { body: mine } = await emulator.send('GET', 'queues?$select=name', { headers });
    const { body: all } = await emulator.send('GET', 'queues?$select=name');
    assert.equal(mine.value.length, all.value.length);
  });
});

describe('columns under column security', () => {
  let emulator: TestEmulator;
  before(async () => {
    emulator = await openEmulator({ seed: 'contoso' });
  });
  after(async () => {
    await emulator.close();
  });

  /** A user who may write workstreams but has no profile. */
  async function importer(): Promise<Readonly<Record<string, string>>> {
    const { body: roles } = await emulator.send(
      'GET',
      "roles?$select=roleid&$filter=name eq 'Unified routing importer'",
    );
    const headers = { Authorization: 'Bearer luis@contoso.example' };
    const { body: me } = await emulator.send('GET', 'WhoAmI', { headers });
    await emulator.send('POST', `systemusers(${me.UserId})/systemuserroles_association/$ref`, {
      body: { '@odata.id': `roles(${roles.value[0].roleid})` },
    });
    return headers;
  }

  it('read as nothing and refuse writes without a profile', async () => {
    const headers = await importer();
    const path =
      "msdyn_liveworkstreams?$select=msdyn_name,msdyn_secureapikey&$filter=msdyn_name eq 'SMS'";
    const { body: secret } = await emulator.send('GET', path);
    assert.match(secret.value[0].msdyn_secureapikey, /^S3CR3T-/);
    const { body: hidden } = await emulator.send('GET', path, { headers });
    assert.equal(hidden.value[0].msdyn_secureapikey ?? null, null);
    const url = `msdyn_liveworkstreams(${secret.value[0].msdyn_liveworkstreamid})`;
    const renamed = await emulator.send('PATCH', url, { headers, body: { msdyn_name: 'SMS!' } });
    assert.equal(renamed.status, 204, renamed.text);
    const refused = await emulator.send('PATCH', url, {
      headers,
      body: { msdyn_secureapikey: 'mine' },
    });
    assert.equal(refused.status, 403);
    assert.equal(refused.body.error.code, '0x8004f507');
  });
});
