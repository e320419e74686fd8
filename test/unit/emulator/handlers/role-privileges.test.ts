import assert from 'node:assert/strict';
import { withEmulator } from '#support/emulator.ts';

describe('what a role grants', () => {
  const emulator = withEmulator();
  let role = '';

  before(async () => {
    const made = await emulator.send('POST', 'roles', {
      body: {
        name: 'Clerk',
        'businessunitid@odata.bind': `/businessunits(${emulator.environment.rootBusinessUnitId})`,
      },
      headers: { Prefer: 'return=representation' },
    });
    role = (made.body as { roleid: string }).roleid;
  });

  const idOf = async (name: string): Promise<string> => {
    const { body } = await emulator.send(
      'GET',
      `privileges?$select=privilegeid&$filter=name eq '${name}'`,
    );
    return (body as { value: { privilegeid: string }[] }).value[0]?.privilegeid ?? '';
  };
  const act = (name: string, body: object) =>
    emulator.send('POST', `roles(${role})/Microsoft.Dynamics.CRM.${name}`, { body });
  const granted = async (): Promise<readonly string[]> => {
    const { body } = await emulator.send('GET', `RetrieveRolePrivilegesRole(RoleId=${role})`);
    const { RolePrivileges } = body as {
      RolePrivileges: { PrivilegeName: string; Depth: string }[];
    };
    return RolePrivileges.map((each) => `${each.PrivilegeName} ${each.Depth}`).sort();
  };

  it('is added to, with depths as names or as numbers', async () => {
    const answer = await act('AddPrivilegesRole', {
      Privileges: [
        { PrivilegeId: await idOf('prvReadQueue'), Depth: 'Local' },
        { PrivilegeId: await idOf('prvWriteQueue'), Depth: '3' },
      ],
    });
    assert.equal(answer.status, 204);
    assert.deepEqual(await granted(), ['prvReadQueue Local', 'prvWriteQueue Global']);
  });

  it('is taken away one by one, or replaced', async () => {
    await act('RemovePrivilegeRole', { PrivilegeId: await idOf('prvWriteQueue') });
    assert.deepEqual(await granted(), ['prvReadQueue Local']);
    await act('ReplacePrivilegesRole', {
      Privileges: [{ PrivilegeId: await idOf('prvReadTeam'), Depth: 'Global' }],
    });
    assert.deepEqual(await granted(), ['prvReadTeam Global']);
  });

  it('is left alone when a privilege or a depth is not known', async () => {
    for (const each of [
      { PrivilegeId: '00000000-0000-4000-8000-000000000000', Depth: 'Global' },
      { PrivilegeId: await idOf('prvReadQueue'), Depth: 'Everywhere' },
    ])
      assert.equal((await act('AddPrivilegesRole', { Privileges: [each] })).status, 400);
    assert.deepEqual(await granted(), ['prvReadTeam Global']);
  });
});
