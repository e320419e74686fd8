import assert from 'node:assert/strict';
import { openEmulator, withEmulator } from '#support/emulator.ts';
import { useTemporaryFolder } from '#support/temporary-folder.ts';

const type = 'Microsoft.Dynamics.CRM.';

function label(text: string): object {
  return { LocalizedLabels: [{ Label: text, LanguageCode: 1033 }] };
}

function table(schemaName: string, more: object = {}): object {
  return {
    '@odata.type': `${type}EntityMetadata`,
    SchemaName: schemaName,
    DisplayName: label('Book'),
    OwnershipType: 'UserOwned',
    Attributes: [
      {
        '@odata.type': `${type}StringAttributeMetadata`,
        SchemaName: 'new_Name',
        MaxLength: 50,
        IsPrimaryName: true,
      },
    ],
    ...more,
  };
}

describe('definitions written over the Web API', () => {
  const emulator = withEmulator();
  const folder = useTemporaryFolder();

  beforeEach(() => emulator.reset());

  it('make tables that rows can be written to at once', async () => {
    const made = await emulator.send('POST', 'EntityDefinitions', { body: table('new_Book') });
    assert.equal(made.status, 204);
    assert.match(made.headers.get('odata-entityid') ?? '', /EntityDefinitions\([0-9a-f-]{36}\)$/);
    assert.equal(
      (await emulator.send('POST', 'new_books', { body: { new_name: 'One' } })).status,
      204,
    );
    const tooLong = await emulator.send('POST', 'new_books', {
      body: { new_name: 'x'.repeat(51) },
    });
    assert.equal(tooLong.body.error.code, '0x80044331');
    const shown = await emulator.send(
      'GET',
      "EntityDefinitions(LogicalName='new_book')?$select=DisplayName,IsCustomEntity",
    );
    assert.equal(shown.body.DisplayName.UserLocalizedLabel.Label, 'Book');
    assert.equal(shown.body.IsCustomEntity, true);
    const messages = await emulator.send(
      'GET',
      "sdkmessagefilters?$filter=primaryobjecttypecode eq 'new_book' and sdkmessageid/name eq 'CreateMultiple'",
    );
    assert.equal(messages.body.value.length, 1);
  });

  it('are refused where the name is taken or has no prefix', async () => {
    await emulator.send('POST', 'EntityDefinitions', { body: table('new_Book') });
    const again = await emulator.send('POST', 'EntityDefinitions', { body: table('new_Book') });
    assert.deepEqual([again.status, again.body.error.code], [400, '0x8004700b']);
    const plain = await emulator.send('POST', 'EntityDefinitions', { body: table('Book') });
    assert.equal(plain.status, 400);
    assert.equal(
      (await emulator.send('PATCH', "EntityDefinitions(LogicalName='account')", { body: {} }))
        .status,
      405,
    );
    const system = await emulator.send('DELETE', "EntityDefinitions(LogicalName='account')");
    assert.equal(system.status, 400);
  });

  it('are taken back with a change set that fails', async () => {
    const definition = JSON.stringify(table('new_Book'));
    const column = JSON.stringify({
      '@odata.type': `${type}StringAttributeMetadata`,
      SchemaName: 'new_Extra',
      MaxLength: 10,
    });
    const parts = [
      ['POST', 'EntityDefinitions', definition],
      ['POST', "EntityDefinitions(LogicalName='account')/Attributes", column],
      ['POST', 'accounts', JSON.stringify({ name: 'x'.repeat(500) })],
    ].map(([method = '', path = '', body = ''], index) =>
      [
        '--set',
        'Content-Type: application/http',
        'Content-Transfer-Encoding: binary',
        `Content-ID: ${index + 1}`,
        '',
        `${method} /api/data/v9.2/${path} HTTP/1.1`,
        'Content-Type: application/json',
        '',
        body,
      ].join('\r\n'),
    );
    const failed = await emulator.send('POST', '$batch', {
      body: [
        '--all',
        'Content-Type: multipart/mixed; boundary=set',
        '',
        ...parts,
        '--set--',
        '--all--',
        '',
      ].join('\r\n'),
      headers: { 'Content-Type': 'multipart/mixed; boundary=all' },
    });
    assert.equal(failed.status, 400);
    const book = await emulator.send('GET', "EntityDefinitions(LogicalName='new_book')");
    assert.equal(book.status, 404);
    const extra = await emulator.send('GET', 'accounts?$select=new_extra');
    assert.equal(extra.status, 400);
    // Names that were taken back are free.
    const again = await emulator.send('POST', 'EntityDefinitions', { body: table('new_Book') });
    assert.equal(again.status, 204);
  });

  it('make columns that number themselves from their seed on', async () => {
    await emulator.send('POST', 'EntityDefinitions', { body: table('new_Book') });
    const column = {
      '@odata.type': `${type}StringAttributeMetadata`,
      SchemaName: 'new_Serial',
      MaxLength: 100,
      AutoNumberFormat: 'BK-{SEQNUM:6}-{RANDSTRING:4}-{DATETIMEUTC:yyyy}',
    };
    await emulator.send('POST', "EntityDefinitions(LogicalName='new_book')/Attributes", {
      body: column,
    });
    const seed = { EntityName: 'new_Book', AttributeName: 'new_Serial', Value: 42 };
    assert.equal((await emulator.send('POST', 'SetAutoNumberSeed', { body: seed })).status, 204);
    for (const body of [{ new_name: 'one' }, { new_name: 'own', new_serial: 'mine' }, {}]) {
      await emulator.send('POST', 'new_books', { body });
    }
    const rows = await emulator.send('GET', 'new_books?$select=new_serial');
    const serials = rows.body.value.map((row: { new_serial: string }) => row.new_serial);
    assert.match(serials[0], /^BK-000042-[A-Z0-9]{4}-\d{4}$/);
    assert.equal(serials[1], 'mine');
    assert.match(serials[2], /^BK-000043-/);
    const next = await emulator.send(
      'GET',
      "GetAutoNumberSeed(EntityName='new_book',AttributeName='new_serial')",
    );
    assert.equal(next.body.AutoNumberSeedValue, 44);
    const other = { ...seed, AttributeName: 'new_name' };
    assert.equal((await emulator.send('POST', 'SetAutoNumberSeed', { body: other })).status, 400);
  });

  it('make elastic tables whose rows are named with their partition', async () => {
    const definition = table('new_Reading', { TableType: 'Elastic' });
    await emulator.send('POST', 'EntityDefinitions', { body: definition });
    const made = await emulator.send('POST', 'new_readings', {
      body: { new_name: 'one', partitionid: 'device-1' },
    });
    const key = /new_readings\((.*)\)$/.exec(made.headers.get('odata-entityid') ?? '')?.[1] ?? '';
    assert.match(key, /^new_readingid=[0-9a-f-]{36},partitionid='device-1'$/);
    for (const named of [key, key.replace('partitionid', 'partitionId')]) {
      const read = await emulator.send('GET', `new_readings(${named})?$select=new_name`);
      assert.equal(read.body.new_name, 'one', read.text);
      assert.equal(read.body.partitionid, 'device-1');
      assert.match(read.body['@odata.etag'], /^W\/"[0-9a-f]{8}-0000-0200-0000-[0-9a-f]{12}"$/);
    }
    const written = await emulator.send(
      'PATCH',
      `new_readings(${key.replace('partitionid', 'partitionId')})`,
      { body: { new_name: 'two' } },
    );
    assert.ok(written.headers.get('odata-entityid')?.endsWith(`(${key})`));
    const ttl = { ttlinseconds: 60 };
    await emulator.send('PATCH', `new_readings(${key})`, {
      body: ttl,
      headers: { 'If-Match': '*' },
    });
    const updated = await emulator.send('GET', `new_readings(${key})`);
    assert.deepEqual([updated.body.new_name, updated.body.ttlinseconds], ['two', 60]);
    // Without the header it is an upsert, which replaces the row.
    await emulator.send('PATCH', `new_readings(${key})`, { body: { new_name: 'three' } });
    const replaced = await emulator.send('GET', `new_readings(${key})`);
    assert.deepEqual([replaced.body.new_name, replaced.body.ttlinseconds], ['three', null]);
    const alone = await emulator.send('POST', 'new_readings', { body: { new_name: 'two' } });
    assert.match(alone.headers.get('odata-entityid') ?? '', /new_readings\([0-9a-f-]{36}\)$/);
  });

  it('belong to no installed solution and show what they were given', async () => {
    await emulator.send('POST', 'EntityDefinitions', { body: table('new_Book') });
    const path = "EntityDefinitions(LogicalName='new_book')";
    const made = await emulator.send(
      'GET',
      `${path}?$select=IsManaged,CollectionSchemaName,ChangeTrackingEnabled`,
    );
    assert.equal(made.body.IsManaged, false);
    assert.equal(made.body.CollectionSchemaName, 'new_Books');
    assert.equal(made.body.ChangeTrackingEnabled, false);
    const column = await emulator.send(
      'GET',
      `${path}/Attributes(LogicalName='new_name')?$select=IsManaged`,
    );
    assert.equal(column.body.IsManaged, false);
    const link = await emulator.send('POST', 'RelationshipDefinitions', {
      body: {
        '@odata.type': `${type}ManyToManyRelationshipMetadata`,
        SchemaName: 'new_books_contacts',
        IntersectEntityName: 'new_books_contacts',
        Entity1LogicalName: 'new_book',
        Entity1AssociatedMenuConfiguration: {
          Behavior: 'UseLabel',
          Label: label('Books'),
          Order: 20000,
        },
        Entity2LogicalName: 'contact',
      },
    });
    const at = /RelationshipDefinitions\(.*\)$/.exec(link.headers.get('odata-entityid') ?? '');
    const { body } = await emulator.send('GET', `${at?.[0]}/${type}ManyToManyRelationshipMetadata`);
    assert.equal(body.IsManaged, false);
    const { Behavior, Group, Order, Label } = body.Entity1AssociatedMenuConfiguration;
    assert.deepEqual([Behavior, Group, Order], ['UseLabel', 'Details', 20000]);
    assert.equal(Label.UserLocalizedLabel.Label, 'Books');
    assert.equal(body.Entity2AssociatedMenuConfiguration.Behavior, 'UseCollectionName');
  });

  it('tell by actions whether a table can be related', async () => {
    for (const name of ['CanBeReferenced', 'CanBeReferencing', 'CanManyToMany']) {
      const answer = await emulator.send('POST', name, { body: { EntityName: 'contact' } });
      assert.equal(answer.body[name], true, answer.text);
      const pairs = await emulator.send('POST', name, { body: { EntityName: 'listmember' } });
      assert.equal(pairs.body[name], false);
    }
  });

  it('make alternate keys that rows are written by, each value once', async () => {
    await emulator.send('POST', 'EntityDefinitions', { body: table('new_Book') });
    const keys = "EntityDefinitions(LogicalName='new_book')/Keys";
    const key = { SchemaName: 'new_NameKey', KeyAttributes: ['new_name'] };
    assert.equal((await emulator.send('POST', keys, { body: key })).status, 204);
    for (const status of [204, 204]) {
      const answer = await emulator.send('PATCH', "new_books(new_name='One')", { body: {} });
      assert.equal(answer.status, status);
    }
    const second = await emulator.send('POST', 'new_books', { body: { new_name: 'one' } });
    assert.deepEqual([second.status, second.body.error.code], [412, '0x80060892']);
    assert.equal((await emulator.send('DELETE', `${keys}(LogicalName='new_namekey')`)).status, 204);
    assert.equal((await emulator.send('GET', "new_books(new_name='One')")).status, 400);
  });

  it('tie tables: lookups, lookups of many tables, pairs', async () => {
    await emulator.send('POST', 'EntityDefinitions', { body: table('new_Book') });
    const many = await emulator.send('POST', 'CreatePolymorphicLookupAttribute', {
      body: {
        OneToManyRelationships: ['account', 'contact'].map((target) => ({
          SchemaName: `new_book_${target}`,
          ReferencedEntity: target,
          ReferencingEntity: 'new_book',
        })),
        Lookup: { SchemaName: 'new_Reader', DisplayName: label('Reader') },
      },
    });
    assert.equal(many.body.RelationshipIds.length, 2);
    const pairs = {
      '@odata.type': `${type}ManyToManyRelationshipMetadata`,
      SchemaName: 'new_book_campaigns',
      IntersectEntityName: 'new_book_campaigns',
      Entity1LogicalName: 'new_book',
      Entity2LogicalName: 'campaign',
    };
    assert.equal(
      (await emulator.send('POST', 'RelationshipDefinitions', { body: pairs })).status,
      204,
    );
    const contact = '1b5d1e40-6d0c-4b6f-9a39-0b9d5f0f6f01';
    await emulator.send('PATCH', `contacts(${contact})`, { body: { lastname: 'Reader' } });
    const book = await emulator.send('POST', 'new_books', {
      body: { new_name: 'One', 'new_Reader_contact@odata.bind': `/contacts(${contact})` },
      headers: { Prefer: 'return=representation' },
    });
    assert.equal(book.body['_new_reader_value'], contact);
    const id = String(book.body.new_bookid);
    const campaign = await emulator.send('POST', 'campaigns', {
      body: { name: 'Fair' },
      headers: { Prefer: 'return=representation' },
    });
    const reference = {
      '@odata.id': `${emulator.url}/api/data/v9.2/campaigns(${String(campaign.body.campaignid)})`,
    };
    const path = `new_books(${id})/new_book_campaigns/$ref`;
    assert.equal((await emulator.send('POST', path, { body: reference })).status, 204);
    const found = await emulator.send('GET', `new_books(${id})/new_book_campaigns?$select=name`);
    assert.equal(found.body.value[0].name, 'Fair');
  });

  it('change the options of choices, those of a global one in all its columns', async () => {
    const choice = {
      '@odata.type': `${type}OptionSetMetadata`,
      Name: 'new_genres',
      DisplayName: label('Genres'),
      Options: [{ Value: 727_000_000, Label: label('Novel') }],
    };
    await emulator.send('POST', 'GlobalOptionSetDefinitions', { body: choice });
    await emulator.send('POST', 'EntityDefinitions', { body: table('new_Book') });
    const column = {
      '@odata.type': `${type}PicklistAttributeMetadata`,
      SchemaName: 'new_Genre',
      'GlobalOptionSet@odata.bind': "/GlobalOptionSetDefinitions(Name='new_genres')",
    };
    const columns = "EntityDefinitions(LogicalName='new_book')/Attributes";
    assert.equal((await emulator.send('POST', columns, { body: column })).status, 204);
    const inserted = await emulator.send('POST', 'InsertOptionValue', {
      body: { OptionSetName: 'new_genres', Label: label('Poem') },
    });
    const value = Number(inserted.body.NewOptionValue);
    const body = { new_name: 'One', new_genre: value };
    assert.equal((await emulator.send('POST', 'new_books', { body })).status, 204);
    const twice = await emulator.send('POST', 'InsertOptionValue', {
      body: { OptionSetName: 'new_genres', Value: value, Label: label('Poem') },
    });
    assert.equal(twice.body.error.code, '0x80044310');
    await emulator.send('POST', 'DeleteOptionValue', {
      body: { OptionSetName: 'new_genres', Value: value },
    });
    const refused = await emulator.send('POST', 'new_books', { body });
    assert.equal(refused.body.error.code, '0x8004431a');
  });

  it('are there again when a data file is opened again', async () => {
    const dataFile = folder('state.jsonl');
    const first = await openEmulator({ dataFile });
    await first.send('POST', 'EntityDefinitions', { body: table('new_Book') });
    await first.send('POST', 'new_books', { body: { new_name: 'Kept' } });
    const before = await first.send(
      'GET',
      "EntityDefinitions(LogicalName='new_book')?$select=MetadataId",
    );
    await first.close();
    const second = await openEmulator({ dataFile });
    try {
      const rows = await second.send('GET', 'new_books?$select=new_name');
      assert.deepEqual(
        rows.body.value.map((row: { new_name: string }) => row.new_name),
        ['Kept'],
      );
      const after = await second.send(
        'GET',
        "EntityDefinitions(LogicalName='new_book')?$select=MetadataId",
      );
      assert.equal(after.body.MetadataId, before.body.MetadataId);
    } finally {
      await second.close();
    }
  });
});
