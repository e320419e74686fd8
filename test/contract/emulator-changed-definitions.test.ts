import assert from 'node:assert/strict';
import { openEmulator, withEmulator } from '#support/emulator.ts';
import { useTemporaryFolder } from '#support/temporary-folder.ts';

const type = 'Microsoft.Dynamics.CRM.';
const table = "EntityDefinitions(LogicalName='new_book')";

function label(...texts: readonly (readonly [number, string])[]): object {
  return {
    LocalizedLabels: texts.map(([LanguageCode, Label]) => ({ Label, LanguageCode })),
  };
}

const book = {
  '@odata.type': `${type}EntityMetadata`,
  SchemaName: 'new_Book',
  DisplayName: label([1033, 'Book'], [1031, 'Buch']),
  OwnershipType: 'UserOwned',
  Attributes: [
    {
      '@odata.type': `${type}StringAttributeMetadata`,
      SchemaName: 'new_Name',
      MaxLength: 50,
      IsPrimaryName: true,
    },
  ],
};

function choice(schemaName: string, options: readonly object[]): object {
  return {
    '@odata.type': `${type}PicklistAttributeMetadata`,
    SchemaName: schemaName,
    DisplayName: label([1033, 'Genre']),
    Description: label([1033, 'What it is about']),
    OptionSet: { '@odata.type': `${type}OptionSetMetadata`, Options: options },
  };
}

function languages(shown: { LocalizedLabels: { LanguageCode: number; Label: string }[] }): object {
  return Object.fromEntries(shown.LocalizedLabels.map((each) => [each.LanguageCode, each.Label]));
}

describe('definitions changed over the Web API', () => {
  const emulator = withEmulator();
  const folder = useTemporaryFolder();

  beforeEach(async () => {
    await emulator.reset();
    await emulator.send('POST', 'EntityDefinitions', { body: book });
  });

  async function put(path: string, body: object, merge?: boolean): Promise<Headers> {
    const answer = await emulator.send('PUT', path, {
      body,
      ...(merge === undefined ? {} : { headers: { 'MSCRM.MergeLabels': String(merge) } }),
    });
    assert.equal(answer.status, 204, answer.text);
    return answer.headers;
  }

  it('are named as the client named them', async () => {
    const column = `${table}/Attributes(LogicalName='new_name')`;
    for (const path of [table, column]) {
      const kind = path === table ? 'EntityMetadata' : 'StringAttributeMetadata';
      const headers = await put(path, { '@odata.type': `${type}${kind}` });
      assert.equal(headers.get('odata-entityid'), `${emulator.url}/api/data/v9.2/${path}`);
    }
  });

  it('lose labels of other languages, unless they are merged', async () => {
    const read = async (): Promise<object> =>
      languages((await emulator.send('GET', `${table}?$select=DisplayName`)).body.DisplayName);
    await put(table, { DisplayName: label([1033, 'Volume']) }, true);
    assert.deepEqual(await read(), { 1033: 'Volume', 1031: 'Buch' });
    await put(table, { DisplayName: label([1033, 'Tome']) });
    assert.deepEqual(await read(), { 1033: 'Tome' });
  });

  it('of columns merge labels too, and tell when they were made and changed', async () => {
    const path = `${table}/Attributes(LogicalName='new_name')`;
    const names = label([1033, 'Name'], [1036, 'Nom']);
    const kind = { '@odata.type': `${type}StringAttributeMetadata` };
    await put(path, { ...kind, DisplayName: names });
    const { body: before } = await emulator.send('GET', path);
    await put(path, { ...before, ...kind, DisplayName: label([1033, 'Title']) }, true);
    const { body: after } = await emulator.send('GET', path);
    assert.deepEqual(languages(after.DisplayName), { 1033: 'Title', 1036: 'Nom' });
    assert.equal(after.CreatedOn, before.CreatedOn);
    assert.ok(after.ModifiedOn >= before.CreatedOn && before.CreatedOn > '2020');
  });

  it('are shown as what was made in the environment: it can be changed', async () => {
    const { body } = await emulator.send('GET', table);
    assert.equal(body.IsCustomizable.CanBeChanged, true);
    assert.equal(body.IsMappable.CanBeChanged, false);
    const names = Object.keys(body);
    assert.equal(names[1], 'ActivityTypeMask');
    assert.ok(names.indexOf('MetadataId') > names.indexOf('OwningBusinessUnit'));
    assert.ok(names.indexOf('MetadataId') < names.indexOf('Description'));
  });

  it('give a choice the names of its column, and its options what they were given', async () => {
    const made = await emulator.send('POST', `${table}/Attributes`, {
      body: choice('new_Genre', [
        {
          Value: 1,
          Label: label([1033, 'Crime']),
          Description: label([1033, 'With a body']),
          Color: '#0000ff',
          ExternalValue: 'C',
        },
        { Value: 2, Label: label([1033, 'Poetry']) },
      ]),
    });
    assert.equal(made.status, 204, made.text);
    const path = `${table}/Attributes(LogicalName='new_genre')/${type}PicklistAttributeMetadata`;
    const { body } = await emulator.send('GET', `${path}?$select=LogicalName&$expand=OptionSet`);
    const { OptionSet: set } = body;
    assert.equal(set.Description.UserLocalizedLabel.Label, 'What it is about');
    assert.equal(set.DisplayName.UserLocalizedLabel.IsManaged, false);
    const [crime, poetry] = set.Options;
    assert.equal(crime.Color, '#0000ff');
    assert.equal(crime.ExternalValue, 'C');
    assert.equal(crime.Description.UserLocalizedLabel.Label, 'With a body');
    assert.equal(crime.Label.UserLocalizedLabel.IsManaged, false);
    assert.equal(poetry.ExternalValue, '');
  });

  it('number options from the prefix of the publisher of their solution on', async () => {
    const publisher = await emulator.send('POST', 'publishers', {
      body: {
        uniquename: 'library',
        friendlyname: 'Library',
        customizationprefix: 'lib',
        customizationoptionvalueprefix: 31_415,
      },
    });
    const id = /publishers\([^)]*\)$/.exec(publisher.headers.get('odata-entityid') ?? '')?.[0];
    await emulator.send('POST', 'solutions', {
      body: {
        uniquename: 'books',
        friendlyname: 'Books',
        version: '1.0.0.0',
        'publisherid@odata.bind': id,
      },
    });
    const options = [{ Label: label([1033, 'Crime']) }, { Label: label([1033, 'Poetry']) }];
    await emulator.send('POST', `${table}/Attributes`, {
      body: choice('new_Genre', options),
      headers: { 'MSCRM.SolutionUniqueName': 'books' },
    });
    const of = { EntityLogicalName: 'new_book', Label: label([1033, 'Another']) };
    const inserted = await emulator.send('POST', 'InsertOptionValue', {
      body: { ...of, AttributeLogicalName: 'new_genre', SolutionUniqueName: 'books' },
    });
    assert.equal(inserted.body.NewOptionValue, 314_150_002);
    const status = await emulator.send('POST', 'InsertStatusValue', {
      body: {
        ...of,
        AttributeLogicalName: 'statuscode',
        StateCode: 1,
        SolutionUniqueName: 'books',
      },
    });
    assert.equal(status.body.NewOptionValue, 314_150_000);
    const unowned = await emulator.send('POST', 'InsertOptionValue', {
      body: { ...of, AttributeLogicalName: 'new_genre' },
    });
    assert.equal(unowned.body.NewOptionValue, 100_000_000);
  });

  it('of a global choice are those of its columns', async () => {
    const made = await emulator.send('POST', 'GlobalOptionSetDefinitions', {
      body: {
        '@odata.type': `${type}OptionSetMetadata`,
        Name: 'new_colors',
        DisplayName: label([1033, 'Colors']),
        OptionSetType: 'Picklist',
        Options: [{ Value: 1, Label: label([1033, 'Red']) }],
      },
    });
    const id = /\(([^)]*)\)$/.exec(made.headers.get('odata-entityid') ?? '')?.[1] ?? '';
    await emulator.send('POST', `${table}/Attributes`, {
      body: {
        '@odata.type': `${type}PicklistAttributeMetadata`,
        SchemaName: 'new_Color',
        DisplayName: label([1033, 'Color of the cover']),
        'GlobalOptionSet@odata.bind': `/GlobalOptionSetDefinitions(${id})`,
      },
    });
    await put(`GlobalOptionSetDefinitions(${id})`, {
      '@odata.type': `${type}OptionSetMetadata`,
      DisplayName: label([1033, 'Colours']),
    });
    const path = `${table}/Attributes(LogicalName='new_color')/${type}PicklistAttributeMetadata`;
    const { body } = await emulator.send(
      'GET',
      `${path}?$select=LogicalName&$expand=GlobalOptionSet`,
    );
    assert.equal(body.GlobalOptionSet.MetadataId, id);
    assert.equal(body.GlobalOptionSet.DisplayName.UserLocalizedLabel.Label, 'Colours');
  });

  it('of relationships take effect: what was deleted along is kept from being deleted', async () => {
    const made = await emulator.send('POST', 'RelationshipDefinitions', {
      body: {
        '@odata.type': `${type}OneToManyRelationshipMetadata`,
        SchemaName: 'new_account_book',
        ReferencedEntity: 'account',
        ReferencingEntity: 'new_book',
        CascadeConfiguration: { Delete: 'Cascade' },
        Lookup: { '@odata.type': `${type}LookupAttributeMetadata`, SchemaName: 'new_Publisher' },
      },
    });
    const id = /\(([^)]*)\)$/.exec(made.headers.get('odata-entityid') ?? '')?.[1] ?? '';
    const path = `RelationshipDefinitions(${id})`;
    const { body } = await emulator.send('GET', `${path}/${type}OneToManyRelationshipMetadata`);
    assert.equal(Object.keys(body)[1], 'ReferencedAttribute');
    assert.equal(body.CascadeConfiguration.Merge, 'Cascade');
    await put(path, {
      ...body,
      '@odata.type': `${type}OneToManyRelationshipMetadata`,
      CascadeConfiguration: { ...body.CascadeConfiguration, Delete: 'Restrict' },
    });
    await emulator.send('POST', 'new_books', {
      body: { new_name: 'One', new_Publisher: { name: 'Contoso' } },
    });
    const accounts = await emulator.send('GET', "accounts?$filter=name eq 'Contoso'");
    const account = `accounts(${accounts.body.value[0].accountid})`;
    const refused = await emulator.send('DELETE', account);
    assert.equal(refused.body.error.code, '0x80040227');
  });

  it('are there again when a data file is opened again', async () => {
    const dataFile = folder('changed.jsonl');
    const first = await openEmulator({ dataFile });
    await first.send('POST', 'EntityDefinitions', { body: book });
    await first.send('PUT', table, {
      body: { DisplayName: label([1033, 'Volume']) },
      headers: { 'MSCRM.MergeLabels': 'true' },
    });
    const { body: before } = await first.send('GET', table);
    await first.close();
    const second = await openEmulator({ dataFile });
    const { body: after } = await second.send('GET', table);
    await second.close();
    assert.deepEqual(languages(after.DisplayName), { 1033: 'Volume', 1031: 'Buch' });
    assert.equal(after.CreatedOn, before.CreatedOn);
  });
});
