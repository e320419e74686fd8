import assert from 'node:assert/strict';
import { SaxesParser } from 'saxes';
import { openEmulator, type TestEmulator } from '#support/emulator.ts';

describe('$metadata', () => {
  let emulator: TestEmulator;
  before(async () => {
    emulator = await openEmulator();
  });
  after(async () => {
    await emulator.close();
  });

  it('is well-formed XML with every table, lookup and set', async () => {
    const { status, text, headers } = await emulator.send('GET', '$metadata');
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
});
