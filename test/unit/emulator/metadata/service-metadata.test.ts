import assert from 'node:assert/strict';
import { SaxesParser } from 'saxes';
import { actions } from '#emulator/handlers/actions.ts';
import {
  functionsOfNothing,
  functionsOfRows,
  functionsOfSets,
} from '#emulator/handlers/composable-functions.ts';
import { definitionActions } from '#emulator/handlers/definition-writes.ts';
import { functions } from '#emulator/handlers/functions.ts';
import { documentedActions } from '#emulator/handlers/messages/documented-actions.ts';
import { openEmulator, type TestEmulator } from '#support/emulator.ts';

const xml = { headers: { Accept: 'application/xml' } };

describe('$metadata', () => {
  let emulator: TestEmulator;
  before(async () => {
    emulator = await openEmulator();
  });
  after(async () => {
    await emulator.close();
  });

  it('is well-formed XML with every table, lookup and set', async () => {
    const { status, text, headers } = await emulator.send('GET', '$metadata', xml);
    assert.equal(status, 200);
    assert.match(headers.get('content-type') ?? '', /^application\/xml/);
    let elements = 0;
    const parser = new SaxesParser();
    parser.on('error', (error) => {
      throw error;
    });
    parser.on('opentag', () => {
      elements += 1;
    });
    parser.write(text).close();
    assert.ok(elements > 10_000);
    assert.ok(
      text.includes(
        '<EntityType Name="queue" BaseType="mscrm.crmbaseentity"><Key><PropertyRef Name="queueid" /></Key>',
      ),
    );
    assert.ok(text.includes('<Property Name="_msdyn_operatinghourid_value" Type="Edm.Guid" />'));
    assert.ok(
      text.includes(
        '<NavigationProperty Name="msdyn_routingcontractid" Type="mscrm.msdyn_decisioncontract" Nullable="false" Partner="msdyn_queue_decisioncontractid"><ReferentialConstraint Property="_msdyn_assignmentinputcontractid_value" ReferencedProperty="msdyn_decisioncontractid" /></NavigationProperty>',
      ),
    );
    assert.ok(text.includes('<EntitySet Name="queues" EntityType="Microsoft.Dynamics.CRM.queue">'));
  });

  it('declares every operation that is answered, and every type it names', async () => {
    const { text } = await emulator.send('GET', '$metadata', xml);
    const declared = new Set(all(text, /<(?:Function|Action) Name="(\w+)"/g));
    const answered = [
      ...actions.keys(),
      ...documentedActions.keys(),
      ...definitionActions,
      ...functions.keys(),
      ...functionsOfNothing.keys(),
      ...functionsOfRows.keys(),
      ...functionsOfSets.keys(),
      'CreateMultiple',
      'UpdateMultiple',
      'UpsertMultiple',
      'DeleteMultiple',
    ];
    assert.deepEqual(
      answered.filter((name) => !declared.has(name)),
      [],
    );
    assert.deepEqual(
      [...declared].filter((name) => !answered.includes(name)),
      [],
    );
    const types = all(text, /<(?:Entity|Complex|Enum)Type Name="(\w+)"/g);
    assert.equal(new Set(types).size, types.length);
    const operations = text.slice(text.indexOf('<EnumType '), text.indexOf('<EntityContainer '));
    const named = all(operations, /Type="(?:Collection\()?mscrm\.(\w+)/g);
    assert.deepEqual(
      named.filter((name) => !types.includes(name)),
      [],
    );
  });

  it('is XML also for who asks for JSON: it is refused', async () => {
    const { status, body } = await emulator.send('GET', '$metadata');
    assert.deepEqual([status, body.error.code], [415, '0x80060888']);
  });

  it('tells which tables are tracked when annotations are asked for', async () => {
    const tracked =
      /<EntitySet Name="accounts"(?:(?!<\/EntitySet>).)*Term="Org\.OData\.Capabilities\.V1\.ChangeTracking"/;
    assert.match((await emulator.send('GET', '$metadata?annotations=true', xml)).text, tracked);
    assert.doesNotMatch((await emulator.send('GET', '$metadata', xml)).text, tracked);
  });

  it('declares operations as the documentation shows them', async () => {
    const { text } = await emulator.send('GET', '$metadata', xml);
    for (const shown of [
      '<ComplexType Name="WhoAmIResponse"><Property Name="BusinessUnitId" Type="Edm.Guid" Nullable="false" /><Property Name="UserId" Type="Edm.Guid" Nullable="false" /><Property Name="OrganizationId" Type="Edm.Guid" Nullable="false" /></ComplexType><Function Name="WhoAmI"><ReturnType Type="mscrm.WhoAmIResponse" Nullable="false" /></Function>',
      '<FunctionImport Name="WhoAmI" Function="Microsoft.Dynamics.CRM.WhoAmI" />',
      '<Action Name="Merge"><Parameter Name="Target" Type="mscrm.crmbaseentity" Nullable="false" /><Parameter Name="Subordinate" Type="mscrm.crmbaseentity" Nullable="false" /><Parameter Name="UpdateContent" Type="mscrm.crmbaseentity" /><Parameter Name="PerformParentingChecks" Type="Edm.Boolean" Nullable="false" /></Action>',
      '<Action Name="AddToQueue" IsBound="true"><Parameter Name="entity" Type="mscrm.queue" Nullable="false" /><Parameter Name="Target" Type="mscrm.crmbaseentity" Nullable="false" /><Parameter Name="SourceQueue" Type="mscrm.queue" /><Parameter Name="QueueItemProperties" Type="mscrm.queueitem" /><ReturnType Type="mscrm.AddToQueueResponse" Nullable="false" /></Action>',
    ]) {
      assert.ok(text.includes(shown), shown);
    }
  });
});

function all(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '');
}
