import assert from 'node:assert/strict';
import { DynamicsWebApi } from 'dynamics-web-api';
import { withEmulator } from '#support/emulator.ts';

type Row = Readonly<Record<string, unknown>>;

/** Labels as the client's users write them. */
function label(text: string): Row {
  const localized = {
    '@odata.type': 'Microsoft.Dynamics.CRM.LocalizedLabel',
    Label: text,
    LanguageCode: 1033,
  };
  return { '@odata.type': 'Microsoft.Dynamics.CRM.Label', LocalizedLabels: [localized] };
}

function textColumn(schemaName: string, primary = false): Row {
  return {
    '@odata.type': 'Microsoft.Dynamics.CRM.StringAttributeMetadata',
    SchemaName: schemaName,
    DisplayName: label(schemaName),
    MaxLength: 100,
    IsPrimaryName: primary,
  };
}

describe('the client dynamics-web-api', function () {
  this.timeout(60_000);
  const emulator = withEmulator({ seed: 'empty' });
  let client: DynamicsWebApi;

  before(() => {
    client = new DynamicsWebApi({
      serverUrl: emulator.url,
      dataApi: { version: '9.2' },
      onTokenRefresh: () => Promise.resolve('any token'),
    });
  });

  const newAccount = async (name: string): Promise<string> =>
    client.create<Row, string>({ collection: 'accounts', data: { name } });

  const rejectsWith = async (work: Promise<unknown>, status: number): Promise<void> => {
    await assert.rejects(work, (error: unknown) => {
      assert.ok(typeof error === 'object' && error !== null && 'status' in error);
      assert.equal(error.status, status);
      return true;
    });
  };

  it('creates, reads, changes and deletes rows', async () => {
    const made = await client.create<Row, Row>({
      collection: 'accounts',
      data: { name: 'Contoso', revenue: 5_000_000 },
      returnRepresentation: true,
      select: ['name', 'revenue'],
    });
    const key = String(made['accountid']);
    assert.equal(made['revenue'], 5_000_000);
    const updated = await client.update<Row, Row>({
      collection: 'accounts',
      key,
      data: { name: 'Contoso Ltd' },
      returnRepresentation: true,
      select: ['name'],
    });
    assert.equal(updated['name'], 'Contoso Ltd');
    await client.updateSingleProperty({
      collection: 'accounts',
      key,
      fieldValuePair: { telephone1: '555-0100' },
    });
    const read = await client.retrieve<Row>({
      collection: 'accounts',
      key,
      select: ['name', 'telephone1'],
      includeAnnotations: '*',
    });
    assert.equal(read['telephone1'], '555-0100');
    await client.deleteRecord({ collection: 'accounts', key, property: 'telephone1' });
    const without = await client.retrieve<Row>({
      collection: 'accounts',
      key,
      select: ['telephone1'],
    });
    assert.equal(without['telephone1'], null);
    await client.deleteRecord({ collection: 'accounts', key });
    await rejectsWith(client.retrieve({ collection: 'accounts', key, select: ['name'] }), 404);
  });

  it('guards rows by their version', async () => {
    const key = await newAccount('Guarded');
    const read = await client.retrieve<Row>({ collection: 'accounts', key, select: ['name'] });
    const etag = String(read['@odata.etag']);
    const unchanged = await client.retrieve<unknown>({
      collection: 'accounts',
      key,
      select: ['name'],
      ifnonematch: etag,
    });
    assert.equal(unchanged, undefined);
    await client.update({ collection: 'accounts', key, data: { name: 'Changed' }, ifmatch: etag });
    const refused = await client.update<Row, unknown>({
      collection: 'accounts',
      key,
      data: { name: 'Again' },
      ifmatch: etag,
    });
    assert.equal(refused, false);
  });

  it('writes rows whether they are there or not', async () => {
    const key = '6f0d3b0a-6a53-4c36-9a0e-0b6f6b1a7c11';
    await client.upsert({ collection: 'contacts', key, data: { lastname: 'New' } });
    await client.upsert({ collection: 'contacts', key, data: { lastname: 'Changed' } });
    const only = await client.upsert<Row, unknown>({
      collection: 'contacts',
      key,
      data: { lastname: 'Not written' },
      ifnonematch: '*',
    });
    assert.equal(only, null);
    const read = await client.retrieve<Row>({ collection: 'contacts', key, select: ['lastname'] });
    assert.equal(read['lastname'], 'Changed');
  });

  it('asks for many rows: filters, orders, counts and pages', async () => {
    for (const name of ['Page 1', 'Page 2', 'Page 3']) await newAccount(name);
    const filter = "startswith(name,'Page')";
    const first = await client.retrieveMultiple<Row>({
      collection: 'accounts',
      select: ['name'],
      filter,
      orderBy: ['name asc'],
      count: true,
      maxPageSize: 2,
    });
    assert.deepEqual(
      first.value.map((row) => row['name']),
      ['Page 1', 'Page 2'],
    );
    assert.equal(first.oDataCount, 3);
    const next = await client.retrieveMultiple<Row>(
      { collection: 'accounts', maxPageSize: 2 },
      first.oDataNextLink,
    );
    assert.deepEqual(
      next.value.map((row) => row['name']),
      ['Page 3'],
    );
    const all = await client.retrieveAll<Row>({
      collection: 'accounts',
      select: ['name'],
      filter,
      maxPageSize: 1,
    });
    assert.equal(all.value.length, 3);
    assert.equal(await client.count({ collection: 'accounts', filter }), 3);
    assert.equal(await client.countAll({ collection: 'accounts', filter, select: ['name'] }), 3);
    const grouped = await client.retrieveMultiple<Row>({
      collection: 'accounts',
      apply: `filter(${filter})/groupby((statuscode),aggregate($count as count))`,
    });
    assert.equal(grouped.value[0]?.['count'], 3);
  });

  it('fetches by FetchXML, page by page and in a batch when it is long', async () => {
    const xml = (more = ''): string =>
      `<fetch count="2"><entity name="account"><attribute name="name" /><order attribute="name" /><filter><condition attribute="name" operator="like" value="Page%" />${more}</filter></entity></fetch>`;
    const first = await client.fetch<Row>({
      collection: 'accounts',
      fetchXml: xml(),
      includeAnnotations: '*',
    });
    assert.equal(first.value.length, 2);
    const second = await client.fetch<Row>({
      collection: 'accounts',
      fetchXml: xml(),
      includeAnnotations: '*',
      pageNumber: 2,
      pagingCookie: first.PagingInfo?.cookie ?? '',
    });
    assert.deepEqual(
      second.value.map((row) => row['name']),
      ['Page 3'],
    );
    const all = await client.fetchAll<Row>({
      collection: 'accounts',
      fetchXml: xml(),
      includeAnnotations: '*',
    });
    assert.equal(all.value.length, 3);
    const values = Array.from({ length: 150 }, (_, at) => `<value>none ${at}</value>`).join('');
    const long = xml(`<condition attribute="description" operator="not-in">${values}</condition>`);
    const batched = await client.fetch<Row>({ collection: 'accounts', fetchXml: long });
    assert.equal(batched.value.length, 2);
  });

  it('ties and unties rows', async () => {
    const account = await newAccount('Tied');
    const contact = await client.create<Row, string>({
      collection: 'contacts',
      data: { lastname: 'Tied' },
    });
    const single = {
      collection: 'accounts',
      primaryKey: account,
      navigationProperty: 'primarycontactid',
    };
    await client.associateSingleValued({
      ...single,
      relatedCollection: 'contacts',
      relatedKey: contact,
    });
    const read = await client.retrieve<Row>({
      collection: 'accounts',
      key: account,
      select: ['name'],
      expand: [{ property: 'primarycontactid', select: ['lastname'] }],
    });
    assert.equal((read['primarycontactid'] as Row)['lastname'], 'Tied');
    await client.disassociateSingleValued(single);
    const many = {
      collection: 'accounts',
      primaryKey: account,
      relationshipName: 'contact_customer_accounts',
      relatedKey: contact,
    };
    await client.associate({ ...many, relatedCollection: 'contacts' });
    const tied = await client.retrieveMultiple<Row>({
      collection: `accounts(${account})/contact_customer_accounts`,
      select: ['lastname'],
    });
    assert.equal(tied.value.length, 1);
    await client.disassociate(many);
  });

  it('calls functions and actions, bound and unbound', async () => {
    const who = await client.callFunction<Row>({ name: 'WhoAmI' });
    const user = String(who['UserId']);
    const held = await client.callFunction<Row>({
      name: 'RetrieveUserPrivileges',
      collection: 'systemusers',
      key: user,
    });
    assert.ok(Array.isArray(held['RolePrivileges']));
    const code = await client.callFunction<Row>({
      name: 'GetTimeZoneCodeByLocalizedName',
      parameters: { LocalizedStandardName: 'Pacific Standard Time', LocaleId: 1033 },
    });
    assert.equal(code['TimeZoneCode'], 4);
    const opportunity = await client.create<Row, string>({
      collection: 'opportunities',
      data: { name: 'Won' },
    });
    await client.callAction({
      actionName: 'WinOpportunity',
      action: {
        Status: 3,
        OpportunityClose: {
          subject: 'Won',
          'opportunityid@odata.bind': `/opportunities(${opportunity})`,
        },
      },
    });
    const won = await client.retrieve<Row>({
      collection: 'opportunities',
      key: opportunity,
      select: ['statecode'],
    });
    assert.equal(won['statecode'], 1);
    const made = await client.callAction<Row>({
      collection: 'accounts',
      actionName: 'Microsoft.Dynamics.CRM.CreateMultiple',
      action: { Targets: [{ '@odata.type': 'Microsoft.Dynamics.CRM.account', name: 'Many' }] },
    });
    assert.equal((made['Ids'] as readonly string[]).length, 1);
  });

  it('lets operations run in the background and asks for them', async () => {
    const started = await client.callAction<Row>({
      actionName: 'BulkDelete',
      action: {
        QuerySet: [
          {
            EntityName: 'account',
            Criteria: {
              FilterOperator: 'And',
              Conditions: [
                {
                  AttributeName: 'name',
                  Operator: 'Equal',
                  Values: [{ Value: 'Many', Type: 'System.String' }],
                },
              ],
            },
          },
        ],
        JobName: 'Clean up',
        SendEmailNotification: false,
        ToRecipients: [],
        CCRecipients: [],
        RecurrencePattern: '',
        StartDateTime: '2030-01-01T00:00:00Z',
      },
      respondAsync: true,
    });
    const id = String(started['backgroundOperationId']);
    const status: unknown = await client.getBackgroundOperationStatus(id);
    assert.match(JSON.stringify(status), /"backgroundoperationstatecode":3/i);
    await client.cancelBackgroundOperation(id);
    assert.equal(await client.count({ collection: 'accounts', filter: "name eq 'Many'" }), 0);
  });

  it('acts as another user', async () => {
    const users = await client.retrieveMultiple<Row>({
      collection: 'systemusers',
      select: ['systemuserid', 'azureactivedirectoryobjectid'],
      filter: 'azureactivedirectoryobjectid ne null',
    });
    const user = users.value[0];
    assert.ok(user !== undefined);
    const who = await client.callFunction<Row>({
      name: 'WhoAmI',
      impersonateAAD: String(user['azureactivedirectoryobjectid']),
    });
    assert.equal(who['UserId'], user['systemuserid']);
  });

  it('finds duplicates only when it is asked to', async () => {
    await newAccount('Twice');
    await newAccount('Twice');
    await rejectsWith(
      client.create({ collection: 'accounts', data: { name: 'Twice' }, duplicateDetection: true }),
      412,
    );
  });

  it('sends batches: change sets with references, and parts on their own', async () => {
    client.startBatch();
    void client.create({ collection: 'accounts', data: { name: 'In a batch' }, contentId: '1' });
    void client.create({
      collection: 'contacts',
      data: { lastname: 'In a batch', 'parentcustomerid_account@odata.bind': '$1' },
    });
    const [account, contact] = (await client.executeBatch()) as readonly string[];
    const read = await client.retrieve<Row>({
      collection: 'contacts',
      key: contact ?? '',
      select: ['_parentcustomerid_value'],
    });
    assert.equal(read['_parentcustomerid_value'], account);
    client.startBatch();
    void client.retrieveMultiple({
      collection: 'accounts',
      select: ['name'],
      top: 1,
      inChangeSet: false,
    });
    void client.callFunction({ name: 'WhoAmI', inChangeSet: false });
    const [rows, who] = (await client.executeBatch({ continueOnError: true })) as readonly Row[];
    assert.ok(Array.isArray(rows?.['value']));
    assert.ok(who?.['UserId']);
  });

  it('makes tables, columns, relationships and choices, changes them and takes them away', async () => {
    const table = await client.createEntity<string>({
      data: {
        '@odata.type': 'Microsoft.Dynamics.CRM.EntityMetadata',
        SchemaName: 'new_Vehicle',
        DisplayName: label('Vehicle'),
        DisplayCollectionName: label('Vehicles'),
        OwnershipType: 'UserOwned',
        Attributes: [textColumn('new_Name', true)],
      },
    });
    const definition = await client.retrieveEntity<Row>({ key: table });
    await client.updateEntity({
      data: { ...definition, MetadataId: table, DisplayName: label('Car') },
    });
    const changed = await client.retrieveEntity<Row>({
      key: table,
      select: ['DisplayName', 'EntitySetName'],
    });
    assert.match(JSON.stringify(changed['DisplayName']), /"Label":"Car"/);
    const column = await client.createAttribute<string>({
      entityKey: table,
      data: textColumn('new_Plate'),
    });
    const read = await client.retrieveAttribute<Row>({
      entityKey: table,
      attributeKey: column,
      castType: 'Microsoft.Dynamics.CRM.StringAttributeMetadata',
      select: ['LogicalName', 'MaxLength'],
    });
    assert.deepEqual([read['LogicalName'], read['MaxLength']], ['new_plate', 100]);
    await client.updateAttribute({
      entityKey: table,
      data: { ...textColumn('new_Plate'), MetadataId: column, MaxLength: 20 },
      castType: 'Microsoft.Dynamics.CRM.StringAttributeMetadata',
    });
    const columns = await client.retrieveAttributes<Row>({
      entityKey: table,
      castType: 'Microsoft.Dynamics.CRM.StringAttributeMetadata',
      select: ['LogicalName', 'MaxLength'],
      filter: "LogicalName eq 'new_plate'",
    });
    assert.equal(columns.value[0]?.['MaxLength'], 20);
    const relationship = await client.createRelationship<string>({
      data: {
        '@odata.type': 'Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata',
        SchemaName: 'new_account_vehicle',
        ReferencedEntity: 'account',
        ReferencingEntity: 'new_vehicle',
        Lookup: { SchemaName: 'new_AccountId', DisplayName: label('Account') },
      },
    });
    const account = await newAccount('Owner');
    await client.create({
      collection: 'new_vehicles',
      data: {
        new_name: 'Van',
        new_plate: 'AB 1',
        'new_AccountId@odata.bind': `/accounts(${account})`,
      },
    });
    await rejectsWith(
      client.create({ collection: 'new_vehicles', data: { new_plate: 'x'.repeat(21) } }),
      400,
    );
    const found = await client.retrieveRelationship<Row>({
      key: relationship,
      castType: 'Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata',
      select: ['SchemaName'],
    });
    assert.equal(found['SchemaName'], 'new_account_vehicle');
    await client.updateRelationship({
      data: { ...found, MetadataId: relationship },
      castType: 'Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata',
    });
    const listed = await client.retrieveRelationships<Row>({
      castType: 'Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata',
      select: ['SchemaName'],
      filter: "ReferencedEntity eq 'account'",
    });
    assert.ok(listed.value.some((each) => each['SchemaName'] === 'new_account_vehicle'));
    await client.deleteRelationship({ key: relationship });
    const choice = await client.createGlobalOptionSet<string>({
      data: {
        '@odata.type': 'Microsoft.Dynamics.CRM.OptionSetMetadata',
        Name: 'new_colors',
        DisplayName: label('Colors'),
        Options: [{ Value: 727_000_000, Label: label('Red') }],
      },
    });
    await client.updateGlobalOptionSet({
      data: { MetadataId: choice, DisplayName: label('Colours') },
    });
    const set = await client.retrieveGlobalOptionSet<Row>({
      key: choice,
      castType: 'Microsoft.Dynamics.CRM.OptionSetMetadata',
    });
    assert.equal(set['Name'], 'new_colors');
    const sets = await client.retrieveGlobalOptionSets<Row>({ select: ['Name'] });
    assert.ok(sets.value.some((each) => each['Name'] === 'new_colors'));
    await client.deleteGlobalOptionSet({ key: choice });
    const tables = await client.retrieveEntities<Row>({
      select: ['LogicalName'],
      filter: "LogicalName eq 'new_vehicle'",
    });
    assert.equal(tables.value.length, 1);
  });

  it('reads the service as CSDL', async () => {
    const csdl = await client.retrieveCsdlMetadata();
    assert.match(csdl, /<EntityType Name="account"/);
  });

  it('sends files in chunks, reads them and takes them away', async () => {
    await client.createAttribute({
      entityKey: "LogicalName='account'",
      data: {
        '@odata.type': 'Microsoft.Dynamics.CRM.FileAttributeMetadata',
        SchemaName: 'new_Contract',
        DisplayName: label('Contract'),
        MaxSizeInKB: 30_720,
      },
    });
    const key = await newAccount('With a contract');
    const data = Buffer.alloc(5_000_000, 'contract ');
    await client.uploadFile({
      collection: 'accounts',
      key,
      property: 'new_contract',
      data,
      fileName: 'contract.txt',
    });
    const file = await client.downloadFile({
      collection: 'accounts',
      key,
      property: 'new_contract',
    });
    assert.equal(file.fileName, 'contract.txt');
    assert.ok(Buffer.from(file.data).equals(data));
    await client.deleteRecord({ collection: 'accounts', key, property: 'new_contract' });
  });

  it('is told that there is no search service', async () => {
    await rejectsWith(client.search({ query: { search: 'contoso' } }), 501);
    await rejectsWith(client.suggest({ query: { search: 'contoso' } }), 501);
    await rejectsWith(client.autocomplete({ query: { search: 'contoso' } }), 501);
    await rejectsWith(client.query({ query: { search: 'contoso' } }), 501);
  });
});
