import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { isObject, objectsIn, type JsonObject } from '#shared/dataverse/json.ts';
import { readTable } from '#shared/dataverse/metadata-table.ts';

const label = (text: string): JsonObject => ({ UserLocalizedLabel: { Label: text } });
const attribute = (name: string, typeName: string, more: JsonObject = {}): JsonObject => ({
  LogicalName: name,
  SchemaName: name,
  AttributeTypeName: { Value: typeName },
  IsValidForCreate: true,
  IsValidForUpdate: true,
  IsValidForRead: true,
  ...more,
});
const entitySets = new Map([
  ['team', { entitySet: 'teams', idColumn: 'teamid' }],
  ['queue_team', { entitySet: 'queueteams', idColumn: 'queueteamid' }],
]);
const read = (more: JsonObject) => readTable({ LogicalName: 'queue', ...more }, entitySets);

describe('the metadata of a table', () => {
  it('names every kind of column', () => {
    const { columns } = read({
      Attributes: [
        attribute('a', 'MultiSelectPicklistType', { AttributeType: 'Virtual' }),
        attribute('b', 'CustomerType', { Targets: ['account', 'contact'] }),
        attribute('c', 'DateTimeType', { DateTimeBehavior: { Value: 'DateOnly' } }),
        attribute('d', 'DateTimeType', { DateTimeBehavior: { Value: 'UserLocal' } }),
        attribute('e', 'ImageType', { AttributeOf: 'eid' }),
        attribute('f', 'FileType'),
        attribute('g', 'PartyListType', { IsValidODataAttribute: false }),
        attribute('h', 'UniqueidentifierType'),
      ],
    });
    assert.deepEqual(
      [...columns.values()].map(({ name, type }) => `${name} ${type}`),
      [
        'a choices',
        'b lookup',
        'c date',
        'd datetime',
        'e image',
        'f file',
        'g party-list',
        'h guid',
      ],
    );
    assert.deepEqual(columns.get('b')?.targets, ['account', 'contact']);
  });

  it('knows how large files and images may be, which image is kept whole, and which a create takes', () => {
    const { columns, imageColumn } = read({
      PrimaryImageAttribute: 'photo',
      Attributes: [
        attribute('photo', 'ImageType', { MaxSizeInKB: 10, CanStoreFullImage: true }),
        attribute('badge', 'ImageType', { MaxSizeInKB: 20, CanStoreFullImage: false }),
        attribute('paper', 'FileType', { MaxSizeInKB: 30 }),
      ],
    });
    assert.equal(imageColumn, 'photo');
    assert.deepEqual(
      [...columns.values()].map(({ maxBytes, fullImage }) => [maxBytes, fullImage]),
      [
        [10_240, true],
        [20_480, undefined],
        [30_720, undefined],
      ],
    );
  });

  it('leaves out mirrors, virtual columns and what nobody may read or write', () => {
    const { columns } = read({
      Attributes: [
        attribute('owneridname', 'StringType', { AttributeOf: 'ownerid' }),
        attribute('owneridtype', 'EntityNameType', { IsValidODataAttribute: false }),
        attribute('v', 'VirtualType'),
        attribute('n', 'StringType', {
          IsValidForCreate: false,
          IsValidForUpdate: false,
          IsValidForRead: false,
        }),
      ],
    });
    assert.deepEqual([...columns.keys()], []);
  });

  it('binds each target of a lookup by its own property, and owners by the column', () => {
    const relationship = (target: string, property: string): JsonObject => ({
      ReferencingAttribute: 'customerid',
      ReferencedEntity: target,
      ReferencingEntityNavigationPropertyName: property,
    });
    const { columns } = read({
      Attributes: [attribute('customerid', 'CustomerType'), attribute('ownerid', 'OwnerType')],
      ManyToOneRelationships: [
        relationship('account', 'customerid_account'),
        relationship('contact', 'customerid_contact'),
      ],
    });
    assert.deepEqual(
      [...(columns.get('customerid')?.navigation ?? [])],
      [
        ['account', 'customerid_account'],
        ['contact', 'customerid_contact'],
      ],
    );
    assert.deepEqual(columns.get('customerid')?.targets, ['account', 'contact']);
    assert.deepEqual(columns.get('ownerid')?.targets, []);
    assert.equal(columns.get('ownerid')?.navigation.get('team'), 'ownerid');
  });

  it('knows the labels of choices and the state of each status', () => {
    const { columns } = read({
      Attributes: [
        attribute('statuscode', 'StatusType', {
          OptionSet: {
            Options: [
              { Value: 1, State: 0, Label: label('Active') },
              { Value: 2, State: 1, Label: label('Inactive') },
            ],
          },
        }),
        attribute('yes', 'BooleanType', {
          OptionSet: {
            TrueOption: { Value: 1, Label: label('Yes') },
            FalseOption: { Value: 0, Label: label('No') },
          },
        }),
      ],
    });
    assert.deepEqual(
      [...(columns.get('statuscode')?.stateOfStatus ?? [])],
      [
        [1, 0],
        [2, 1],
      ],
    );
    assert.deepEqual(
      [...(columns.get('yes')?.options ?? [])],
      [
        [0, 'No'],
        [1, 'Yes'],
      ],
    );
  });

  it('sees a many-to-many relationship from its own side', () => {
    const relationship = (first: string, second: string): JsonObject => ({
      SchemaName: 'queue_team_association',
      IntersectEntityName: 'queue_team',
      Entity1LogicalName: first,
      Entity1IntersectAttribute: `${first}id1`,
      Entity1NavigationPropertyName: 'one',
      Entity2LogicalName: second,
      Entity2IntersectAttribute: `${second}id2`,
      Entity2NavigationPropertyName: 'two',
    });
    const [second] = read({ ManyToManyRelationships: [relationship('team', 'queue')] }).manyToMany;
    assert.deepEqual(second, {
      name: 'queue_team',
      target: 'team',
      targetIdColumn: 'teamid',
      reflexive: false,
      schemaName: 'queue_team_association',
      navigation: 'two',
      sourceColumn: 'queueid2',
      targetColumn: 'teamid1',
      intersectEntitySet: 'queueteams',
    });
    const [own] = read({ ManyToManyRelationships: [relationship('queue', 'queue')] }).manyToMany;
    assert.equal(own?.reflexive, true);
    assert.deepEqual([own.sourceColumn, own.targetColumn], ['queueid1', 'queueid2']);
  });

  it('keeps alternate keys that work', () => {
    const { alternateKeys } = read({
      Keys: [
        { KeyAttributes: ['a', 'b'], EntityKeyIndexStatus: 'Active' },
        { KeyAttributes: ['c'], EntityKeyIndexStatus: 'Failed' },
      ],
    });
    assert.deepEqual(alternateKeys, [['a', 'b']]);
  });

  const recorded = '../shared/reference/webapi/fixtures/tables/account.json';

  it('is read from what a live environment answered', function () {
    // Recorded answers are no part of the project.
    if (!existsSync(recorded)) this.skip();
    const file: unknown = JSON.parse(readFileSync(recorded, 'utf8'));
    assert.ok(isObject(file));
    const definition = objectsIn(file['exchanges'])
      .map((exchange) => exchange['response'])
      .find((response) => isObject(response) && Array.isArray(response['ManyToOneRelationships']));
    assert.ok(isObject(definition));
    const account = readTable(definition, entitySets);
    assert.equal(account.name, 'account');
    assert.equal(account.entitySet, 'accounts');
    assert.equal(account.idColumn, 'accountid');
    assert.equal(account.nameColumn, 'name');
    assert.equal(account.typeCode, 1);
    assert.equal(account.ownership, 'user');
    assert.equal(account.privileges.get('appendTo')?.name, 'prvAppendToAccount');
    const type = (name: string): string | undefined => account.columns.get(name)?.type;
    assert.equal(type('revenue'), 'money');
    assert.equal(type('entityimage'), 'image');
    assert.equal(type('ownerid'), 'owner');
    assert.equal(type('statecode'), 'state');
    assert.equal(type('primarycontactid'), 'lookup');
    assert.equal(type('primarycontactidname'), undefined);
    assert.equal(
      account.columns.get('primarycontactid')?.navigation.get('contact'),
      'primarycontactid',
    );
    assert.ok(account.manyToMany.length > 0);
    assert.ok(account.columns.size > 100 && account.columns.size < 217);
  });
});
