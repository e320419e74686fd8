import assert from 'node:assert/strict';
import { loadMetadata } from '#emulator/metadata/load-metadata.ts';
import { ServiceError } from '#emulator/service-error.ts';
import { askMetadata } from '#support/ask-metadata.ts';

describe('table definitions', () => {
  it('lists tables with the selected properties and always their id', () => {
    const answer = askMetadata(
      "EntityDefinitions?$select=LogicalName,EntitySetName&$filter=LogicalName eq 'queue' or LogicalName eq 'team'",
    );
    assert.equal(
      answer['@odata.context'],
      'http://127.0.0.1:1/api/data/v9.2/$metadata#EntityDefinitions(LogicalName,EntitySetName)',
    );
    const names = answer.value.map((each: Record<string, unknown>) => each['LogicalName']);
    assert.deepEqual(names.sort(), ['queue', 'team']);
    assert.deepEqual(Object.keys(answer.value[0]), ['LogicalName', 'EntitySetName', 'MetadataId']);
  });

  it('finds a table by name and by id', () => {
    const byName = askMetadata("EntityDefinitions(LogicalName='queue')?$select=LogicalName");
    const byId = askMetadata(`EntityDefinitions(${byName.MetadataId})?$select=LogicalName`);
    assert.equal(byId.LogicalName, 'queue');
  });

  it('answers 404 for a table that is not there', () => {
    assert.throws(
      () => askMetadata("EntityDefinitions(LogicalName='msdyn_nosuch')"),
      (error) => error instanceof ServiceError && error.status === 404,
    );
  });

  it('refuses a property that the type does not have', () => {
    assert.throws(
      () => askMetadata("EntityDefinitions(LogicalName='queue')?$select=Colour"),
      /Could not find a property named 'Colour' on type 'Microsoft.Dynamics.CRM.EntityMetadata'/,
    );
    assert.throws(
      () => askMetadata("EntityDefinitions(LogicalName='queue')/Attributes?$select=Targets"),
      /Could not find a property named 'Targets'/,
    );
  });

  it('expands columns, keys and relationships with their own options', () => {
    const answer = askMetadata(
      "EntityDefinitions(LogicalName='queue')?$select=LogicalName&$expand=Attributes($select=LogicalName,RequiredLevel;$filter=LogicalName eq 'msdyn_queuetype'),Keys($select=KeyAttributes),ManyToOneRelationships($select=SchemaName;$filter=ReferencingAttribute eq 'msdyn_assignmentinputcontractid'),ManyToManyRelationships($select=SchemaName)",
    );
    assert.equal(answer.Attributes.length, 1);
    assert.equal(
      answer.Attributes[0]['@odata.type'],
      '#Microsoft.Dynamics.CRM.PicklistAttributeMetadata',
    );
    assert.equal(answer.Attributes[0].RequiredLevel.Value, 'ApplicationRequired');
    assert.deepEqual(answer.Keys, []);
    assert.equal(answer.ManyToOneRelationships[0].SchemaName, 'msdyn_queue_decisioncontractid');
    assert.equal(answer.ManyToManyRelationships[0].SchemaName, 'queuemembership_association');
  });

  it('shows properties of a kind only under its cast', () => {
    const answer = askMetadata(
      "EntityDefinitions(LogicalName='queue')/Attributes/Microsoft.Dynamics.CRM.LookupAttributeMetadata?$select=LogicalName,Targets",
    );
    const contract = answer.value.find(
      (each: Record<string, unknown>) => each['LogicalName'] === 'msdyn_assignmentinputcontractid',
    );
    assert.deepEqual(contract.Targets, ['msdyn_decisioncontract']);
    assert.ok(!('@odata.type' in contract));
  });

  it('shows the choices of one column, and the shared choice it uses', () => {
    const answer = askMetadata(
      "EntityDefinitions(LogicalName='msdyn_liveworkstream')/Attributes(LogicalName='msdyn_streamsource')/Microsoft.Dynamics.CRM.PicklistAttributeMetadata?$select=LogicalName&$expand=OptionSet($select=Options),GlobalOptionSet($select=Name)",
    );
    const values = answer.OptionSet.Options.map((each: { Value: number }) => each.Value);
    assert.ok(values.includes(192440000));
    assert.equal(answer.GlobalOptionSet.Name, 'msdyn_streamsource');
    const shared = askMetadata("GlobalOptionSetDefinitions(Name='msdyn_streamsource')");
    assert.equal(shared['@odata.type'], '#Microsoft.Dynamics.CRM.OptionSetMetadata');
  });

  it('finds a relationship by its name', () => {
    const answer = askMetadata(
      "RelationshipDefinitions(SchemaName='msdyn_queue_decisioncontractid')/Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata?$select=ReferencingEntityNavigationPropertyName",
    );
    assert.equal(answer.ReferencingEntityNavigationPropertyName, 'msdyn_routingcontractid');
  });

  it('names privileges as the table does, not as a rule would', () => {
    const answer = askMetadata("EntityDefinitions(LogicalName='systemuser')?$select=Privileges");
    const names = answer.Privileges.map((each: { Name: string }) => each.Name);
    assert.ok(names.includes('prvReadUser'));
  });

  it('refuses functions in a filter', () => {
    assert.throws(
      () => askMetadata("EntityDefinitions?$filter=startswith(LogicalName,'msdyn_')"),
      (error) => error instanceof ServiceError && error.status === 501,
    );
  });
});

describe('RetrieveMetadataChanges', () => {
  const query = {
    Criteria: {
      FilterOperator: 'Or',
      Conditions: ['queue', 'characteristic', 'msdyn_nosuch'].map((name) => ({
        ConditionOperator: 'Equals',
        PropertyName: 'LogicalName',
        Value: { Type: 'System.String', Value: name },
      })),
    },
    Properties: { AllProperties: false, PropertyNames: ['SchemaName', 'Attributes', 'Privileges'] },
    AttributeQuery: {
      Criteria: {
        FilterOperator: 'And',
        Conditions: [
          {
            ConditionOperator: 'Equals',
            PropertyName: 'IsValidForCreate',
            Value: { Type: 'System.Boolean', Value: 'True' },
          },
        ],
      },
      Properties: { AllProperties: false, PropertyNames: ['OptionSet', 'MaxLength'] },
    },
  };
  const path = `RetrieveMetadataChanges(Query=@p1)?@p1=${encodeURIComponent(JSON.stringify(query))}`;

  it('answers for the tables that are there, in one go', () => {
    const answer = askMetadata(path);
    const names = answer.EntityMetadata.map((each: { LogicalName: string }) => each.LogicalName);
    assert.deepEqual(names.sort(), ['characteristic', 'queue']);
    assert.deepEqual(Object.keys(answer.EntityMetadata[0]), [
      'LogicalName',
      'SchemaName',
      'MetadataId',
      'HasChanged',
      'Privileges',
      'Attributes',
    ]);
    assert.match(answer.ServerVersionStamp, /^\d+!/);
  });

  it('shows columns as complex types with only what was asked for', () => {
    const answer = askMetadata(path);
    const queue = answer.EntityMetadata.find(
      (each: { LogicalName: string }) => each.LogicalName === 'queue',
    );
    const columns = new Map<string, Record<string, unknown>>(
      queue.Attributes.map((each: { LogicalName: string }) => [each.LogicalName, each]),
    );
    assert.equal(
      columns.get('name')?.['@odata.type'],
      '#Microsoft.Dynamics.CRM.ComplexStringAttributeMetadata',
    );
    assert.deepEqual(Object.keys(columns.get('name') ?? {}), [
      '@odata.type',
      'LogicalName',
      'MaxLength',
      'MetadataId',
      'HasChanged',
    ]);
    assert.ok('OptionSet' in (columns.get('msdyn_queuetype') ?? {}));
    assert.equal(columns.get('createdon'), undefined);
  });

  it('knows nothing new for the stamp it gave itself', () => {
    const metadata = loadMetadata({ typeCodeShift: 0 });
    const { ServerVersionStamp: stamp } = askMetadata(path, metadata);
    const again = askMetadata(
      `RetrieveMetadataChanges(Query=@p1,ClientVersionStamp=@p2)?@p1=${encodeURIComponent(JSON.stringify(query))}&@p2='${encodeURIComponent(stamp)}'`,
      metadata,
    );
    assert.deepEqual(again.EntityMetadata, []);
  });
});
