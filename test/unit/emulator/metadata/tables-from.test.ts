import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmulator, type TestEmulator } from '#support/emulator.ts';

const schema = `<entities>
  <entity name="new_machine" displayname="Machine" etc="10777" primaryidfield="new_machineid" primarynamefield="new_name" disableplugins="false">
    <fields>
      <field displayname="Machine" name="new_machineid" type="guid" primaryKey="true" />
      <field displayname="Name" name="new_name" type="string" customfield="true" />
      <field displayname="Notes" name="new_notes" type="string" customfield="true" />
      <field displayname="Kind" name="new_kind" type="optionsetvalue" customfield="true" />
      <field displayname="Built on" name="new_builton" type="datetime" customfield="true" />
      <field displayname="Queue" name="new_queueid" type="entityreference" lookupType="queue" customfield="true" />
      <field displayname="Maker" name="new_makerid" type="entityreference" lookupType="new_maker" customfield="true" />
    </fields>
    <relationships>
      <relationship name="new_machine_queue" manyToMany="true" isreflexive="false" relatedEntityName="new_machine_queue" m2mTargetEntity="queue" m2mTargetEntityPrimaryKey="queueid" />
    </relationships>
  </entity>
  <entity name="queue" displayname="Queue" etc="2020" primaryidfield="queueid" primarynamefield="name" disableplugins="false">
    <fields>
      <field displayname="Floor" name="new_floor" type="number" customfield="true" />
      <field displayname="Name" name="name" type="string" />
    </fields>
  </entity>
</entities>`;

describe('an emulator with the tables of a schema', () => {
  let folder = '';
  let emulator: TestEmulator;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tables-'));
    const path = join(folder, 'data_schema.xml');
    await writeFile(path, `\uFEFF${schema}`);
    emulator = await openEmulator({ seed: 'contoso', tablesFrom: path });
  });
  after(async () => {
    await emulator.close();
    await rm(folder, { recursive: true });
  });

  it('describes the new table with the type code of the schema', async () => {
    const { body } = await emulator.send(
      'GET',
      "EntityDefinitions(LogicalName='new_machine')?$select=EntitySetName,ObjectTypeCode,IsCustomEntity&$expand=Attributes($select=LogicalName;$filter=LogicalName eq 'new_notes')",
    );
    assert.equal(body.EntitySetName, 'new_machines');
    assert.equal(body.ObjectTypeCode, 10777);
    assert.equal(body.IsCustomEntity, true);
    assert.equal(
      body.Attributes[0]['@odata.type'],
      '#Microsoft.Dynamics.CRM.MemoAttributeMetadata',
    );
  });

  it('takes rows of it, with lookups to known and to guessed tables', async () => {
    const { body: queues } = await emulator.send('GET', 'queues?$select=name&$top=1');
    const maker = await emulator.send('POST', 'new_makers', { body: { new_name: 'La Contosa' } });
    assert.equal(maker.status, 204, maker.text);
    const makerUrl = maker.headers.get('OData-EntityId') ?? '';
    const made = await emulator.send('POST', 'new_machines', {
      headers: { Prefer: 'return=representation' },
      body: {
        new_name: 'ES500',
        new_notes: 'x'.repeat(5000),
        new_kind: 3,
        new_builton: '2024-05-06T07:08:09Z',
        'new_queueid@odata.bind': `/queues(${queues.value[0].queueid})`,
        'new_makerid@odata.bind': makerUrl,
      },
    });
    assert.equal(made.status, 201, made.text);
    assert.equal(made.body['_new_queueid_value'], queues.value[0].queueid);
    assert.equal(made.body.statecode, 0);
    const link = await emulator.send(
      'POST',
      `new_machines(${made.body.new_machineid})/new_machine_queue/$ref`,
      { body: { '@odata.id': `queues(${queues.value[0].queueid})` } },
    );
    assert.equal(link.status, 204, link.text);
  });

  it('adds columns to tables that are there and keeps theirs', async () => {
    const { body } = await emulator.send(
      'GET',
      "EntityDefinitions(LogicalName='queue')/Attributes?$select=LogicalName,AttributeType&$filter=LogicalName eq 'new_floor' or LogicalName eq 'name'",
    );
    const types = new Map(
      body.value.map((each: { LogicalName: string; AttributeType: string }) => [
        each.LogicalName,
        each.AttributeType,
      ]),
    );
    assert.equal(types.get('new_floor'), 'Integer');
    assert.equal(types.get('name'), 'String');
  });

  it('lets the administrator work with them', async () => {
    const { body } = await emulator.send('GET', 'WhoAmI');
    const names = encodeURIComponent('["prvCreatenew_machine"]');
    const { body: held } = await emulator.send(
      'GET',
      `systemusers(${body.UserId})/Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@p)?@p=${names}`,
    );
    assert.equal(held.RolePrivileges[0]?.Depth, 'Global');
  });

  it('keeps them after a reset', async () => {
    await emulator.reset();
    const { status } = await emulator.send('GET', 'new_machines?$top=1');
    assert.equal(status, 200);
  });

  it('says so when there is no such file', async () => {
    await assert.rejects(
      openEmulator({ tablesFrom: join(folder, 'nosuch.xml') }),
      /does not exist/,
    );
  });
});
