import assert from 'node:assert/strict';
import { withEmulator, type TestAnswer } from '#support/emulator.ts';

const account = (number: number): string => `10000000-0000-0000-0000-00000000000${number}`;
const formatted = 'OData.Community.Display.V1.FormattedValue';

describe('what the documentation says of reading', () => {
  const emulator = withEmulator({ seed: 'empty' });

  before(async () => {
    const rows = [
      { name: 'Litware', revenue: 10, accountcategorycode: 2 },
      { name: 'Adventure', revenue: 20, parent: 1, accountcategorycode: 1 },
      { name: 'Fabrikam', parent: 1, accountcategorycode: 1 },
      { name: 'Contoso', parent: 2 },
    ];
    for (const [index, { parent, ...columns }] of rows.entries()) {
      const made = await emulator.send('POST', 'accounts', {
        body: {
          accountid: account(index + 1),
          ...columns,
          ...(parent === undefined
            ? {}
            : { 'parentaccountid@odata.bind': `accounts(${account(parent)})` }),
        },
      });
      assert.equal(made.status, 204, made.text);
    }
  });

  const fetched = (fetchXml: string, options: { query?: string; prefer?: string } = {}) =>
    emulator.send(
      'GET',
      `accounts?fetchXml=${encodeURIComponent(fetchXml)}${options.query ?? ''}`,
      {
        headers: options.prefer === undefined ? {} : { Prefer: options.prefer },
      },
    );
  const namesOf = ({ status, text, body }: TestAnswer): readonly string[] => {
    assert.equal(status, 200, text);
    return body.value.map(({ name }: { readonly name: string }) => name);
  };
  const refusal = ({ status, body }: TestAnswer): readonly unknown[] => [status, body.error?.code];

  it('takes an alias that has no value for null', async () => {
    const answer = await emulator.send(
      'GET',
      'accounts?$select=name&$orderby=@p1 asc&$filter=@p1 ne @p2&@p1=revenue',
    );
    assert.deepEqual(namesOf(answer), ['Litware', 'Adventure']);
    const none = await emulator.send('GET', 'accounts?$select=name&$filter=revenue eq @nothing');
    assert.deepEqual(namesOf(none), ['Fabrikam', 'Contoso']);
  });

  it('refuses a query option that comes twice', async () => {
    const answer = await emulator.send('GET', 'accounts?$select=name&$select=revenue');
    assert.deepEqual(refusal(answer), [400, '0x80060888']);
  });

  it('names users and teams by their ownerid too', async () => {
    const { body } = await emulator.send('GET', 'systemusers?$select=ownerid&$top=1');
    const [{ ownerid, systemuserid }] = body.value;
    assert.equal(ownerid, systemuserid);
    const answer = await emulator.send(
      'GET',
      `systemusers?$select=systemuserid&$filter=ownerid eq ${ownerid}`,
    );
    assert.deepEqual(
      answer.body.value.map((row: { readonly systemuserid: string }) => row.systemuserid),
      [systemuserid],
    );
  });

  it('counts the rows of several tables, quoted either way', async () => {
    for (const names of [`['account','contact']`, `["account","contact"]`]) {
      const { body } = await emulator.send(
        'GET',
        `RetrieveTotalRecordCount(EntityNames=@p)?@p=${names}`,
      );
      const { Keys, Values } = body.EntityRecordCountCollection;
      assert.deepEqual(
        [Keys, Values],
        [
          ['account', 'contact'],
          [4, 0],
        ],
      );
    }
  });

  it('tells the total of a FetchXML query that asks for it, beside its pages only', async () => {
    const entity = '<entity name="account"><attribute name="name"/></entity>';
    const page = await fetched(
      `<fetch count="1" page="1" returntotalrecordcount="true">${entity}</fetch>`,
      { prefer: 'odata.include-annotations="*"' },
    );
    assert.equal(page.body['@odata.count'], 4);
    assert.equal(page.body['@Microsoft.Dynamics.CRM.totalrecordcount'], 4);
    const counted = await fetched(`<fetch count="1">${entity}</fetch>`, { query: '&$count=true' });
    assert.equal(counted.body['@odata.count'], 4);
    assert.equal(
      (await fetched(`<fetch count="1">${entity}</fetch>`)).body['@odata.count'],
      undefined,
    );
    for (const other of ['returntotalrecordcount="true"', 'page="1"', 'count="2"']) {
      const answer = await fetched(`<fetch top="1" ${other}>${entity}</fetch>`);
      assert.deepEqual(refusal(answer), [400, '0x80040201'], other);
    }
  });

  it('counts the children of a row in its hierarchy', async () => {
    const { body } = await fetched(
      '<fetch><entity name="account"><attribute name="name"/><attribute name="accountid" alias="children" rowaggregate="CountChildren"/><order attribute="accountid"/></entity></fetch>',
    );
    assert.deepEqual(
      body.value.map((row: Readonly<Record<string, unknown>>) => [
        row['name'],
        row['children'],
        row['accountid'],
      ]),
      [
        ['Litware', 2, account(1)],
        ['Adventure', 1, account(2)],
        ['Fabrikam', 0, account(3)],
        ['Contoso', 0, account(4)],
      ],
    );
    const wrong = await fetched(
      '<fetch><entity name="account"><attribute name="name" alias="n" rowaggregate="CountChildren"/></entity></fetch>',
    );
    assert.equal(wrong.status, 400);
  });

  it('aggregates no more rows than the query allows', async () => {
    const query = (limit: number): string =>
      `<fetch aggregate="true" aggregatelimit="${limit}"><entity name="account"><attribute name="name" alias="n" aggregate="count"/></entity></fetch>`;
    assert.deepEqual(refusal(await fetched(query(3))), [400, '0x8004e023']);
    assert.deepEqual((await fetched(query(4))).body.value, [{ n: 4 }]);
  });

  it('groups by parts of dates only, and names fiscal periods and years', async () => {
    const grouped = (column: string, part: string): string =>
      `<fetch aggregate="true"><entity name="account"><attribute name="name" alias="n" aggregate="count"/><attribute name="${column}" alias="part" groupby="true" dategrouping="${part}"/></entity></fetch>`;
    assert.deepEqual(refusal(await fetched(grouped('name', 'day'))), [400, '0x80041135']);
    const label = async (part: string): Promise<unknown> => {
      const { body } = await fetched(grouped('createdon', part), {
        prefer: `odata.include-annotations="${formatted}"`,
      });
      return body.value[0][`part@${formatted}`];
    };
    assert.match(String(await label('fiscal-period')), /^Quarter [1-4] FY\d{4}$/);
    assert.match(String(await label('fiscal-year')), /^FY\d{4}$/);
  });

  it("orders by a link's columns after the table's own, unless the link is named", async () => {
    const link = (order: string): string =>
      `<link-entity name="account" from="accountid" to="parentaccountid" alias="parent">${order}</link-entity>`;
    const fetch = (inner: string): string =>
      `<fetch><entity name="account"><attribute name="name"/>${inner}</entity></fetch>`;
    const after = `${link('<order attribute="name" descending="true"/>')}<order attribute="accountcategorycode"/>`;
    assert.deepEqual(namesOf(await fetched(fetch(after))), ['Contoso', 'Adventure', 'Fabrikam']);
    const first = `${link('')}<order entityname="parent" attribute="name" descending="true"/><order attribute="name"/>`;
    assert.deepEqual(namesOf(await fetched(fetch(first))), ['Adventure', 'Fabrikam', 'Contoso']);
  });

  it('compares columns of one type only', async () => {
    const answer = await fetched(
      '<fetch><entity name="account"><filter><condition attribute="name" operator="eq" valueof="revenue"/></filter></entity></fetch>',
    );
    assert.equal(answer.status, 400);
  });

  it('casts columns, relationships and choices to their own kinds only', async () => {
    const namespace = 'Microsoft.Dynamics.CRM';
    for (const path of [
      `EntityDefinitions(LogicalName='account')/Attributes/${namespace}.EnumAttributeMetadata`,
      `RelationshipDefinitions/${namespace}.RelationshipMetadataBase`,
      `GlobalOptionSetDefinitions/${namespace}.NoSuchMetadata`,
    ]) {
      assert.equal((await emulator.send('GET', path)).status, 404, path);
    }
    const namesUnder = async (kind: string): Promise<ReadonlySet<string>> => {
      const { body } = await emulator.send(
        'GET',
        `GlobalOptionSetDefinitions/${namespace}.${kind}?$select=Name`,
      );
      return new Set(body.value.map(({ Name }: { readonly Name: string }) => Name));
    };
    const many = await namesUnder('OptionSetMetadata');
    const two = await namesUnder('BooleanOptionSetMetadata');
    assert.deepEqual([many.has('componentstate'), many.has('ismanaged')], [true, false]);
    assert.deepEqual([two.has('componentstate'), two.has('ismanaged')], [false, true]);
  });

  it('filters no definitions by a label', async () => {
    const answer = await emulator.send(
      'GET',
      "EntityDefinitions?$select=LogicalName&$filter=DisplayName/UserLocalizedLabel/Label eq 'Account'",
    );
    assert.deepEqual(refusal(answer), [400, '0x80060888']);
  });

  it('expands no options of choices, which are values', async () => {
    const answer = await emulator.send(
      'GET',
      "GlobalOptionSetDefinitions(Name='componentstate')?$expand=Options",
    );
    assert.deepEqual(refusal(answer), [400, '0x80060888']);
  });

  it('follows all changes of a table or none', async () => {
    const headers = { Prefer: 'odata.track-changes' };
    for (const option of ["$filter=name eq 'x'", '$orderby=name', '$top=1', '$expand=ownerid']) {
      const answer = await emulator.send('GET', `accounts?$select=name&${option}`, { headers });
      assert.deepEqual(refusal(answer), [400, '0x80060888'], option);
    }
    const all = await emulator.send('GET', 'accounts?$select=name', { headers });
    assert.match(all.body['@odata.deltaLink'], /\$deltatoken=/);
  });

  it('calls functions only where they are bound', async () => {
    for (const path of [
      `accounts(${account(1)})/WhoAmI`,
      'accounts/WhoAmI',
      'RetrieveUserPrivileges()',
      `accounts(${account(1)})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()`,
    ]) {
      assert.equal((await emulator.send('GET', path)).status, 404, path);
    }
  });

  it('takes query options for functions that answer with rows', async () => {
    const idOf = (answer: TestAnswer): string =>
      /\(([^)]+)\)$/.exec(answer.headers.get('odata-entityid') ?? '')?.[1] ?? '';
    const { body } = await emulator.send('GET', 'WhoAmI');
    const child = idOf(
      await emulator.send('POST', 'businessunits', {
        body: {
          name: 'Child',
          'parentbusinessunitid@odata.bind': `businessunits(${body.BusinessUnitId})`,
        },
      }),
    );
    const hierarchy = await emulator.send(
      'GET',
      `businessunits(${body.BusinessUnitId})/Microsoft.Dynamics.CRM.RetrieveBusinessHierarchyBusinessUnit()?$select=name&$filter=name eq 'Child'`,
    );
    assert.deepEqual(
      hierarchy.body.value.map((row: { readonly businessunitid: string }) => row.businessunitid),
      [child],
    );
    const view = await emulator.send('POST', 'savedqueries', {
      body: { name: 'View', returnedtypecode: 'account', querytype: 0, fetchxml: '<fetch/>' },
    });
    assert.equal(view.status, 204, view.text);
    const unpublished = await emulator.send(
      'GET',
      "savedqueries/Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple()?$select=name&$filter=name eq 'View'",
    );
    assert.deepEqual(namesOf(unpublished), ['View']);
  });

  it('tells roles and privileges of who is known by an id of the directory', async () => {
    const objectId = 'e1341054-98ed-489b-a522-15e9e277b737';
    const { body } = await emulator.send('GET', 'WhoAmI');
    const { store } = emulator.environment;
    const cells = new Map(store.get('systemuser', body.UserId)?.cells);
    store.put('systemuser', body.UserId, cells.set('azureactivedirectoryobjectid', objectId));
    const roles = await emulator.send(
      'GET',
      `RetrieveAadUserRoles(DirectoryObjectId=${objectId})?$select=name`,
    );
    assert.ok(namesOf(roles).includes('System Administrator'));
    const held = await emulator.send(
      'GET',
      `RetrieveAadUserPrivileges(DirectoryObjectId=${objectId})`,
    );
    const names = held.body.RolePrivileges.map(
      (each: { readonly PrivilegeName: string }) => each.PrivilegeName,
    );
    assert.ok(names.includes('prvReadAccount'));
    const own = await emulator.send(
      'GET',
      `systemusers(${body.UserId})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges`,
    );
    assert.ok(
      own.body.RolePrivileges.every(
        (each: { readonly PrivilegeName?: string }) => typeof each.PrivilegeName === 'string',
      ),
    );
  });

  it('refuses a function without one of its parameters', async () => {
    const answer = await emulator.send('GET', 'FormatAddress(Line1=@p1)?@p1=x');
    assert.deepEqual(refusal(answer), [400, '0x80040203']);
    assert.equal(
      answer.body.error.message,
      "Required field 'City' is missing for RequestName='FormatAddress'",
    );
  });

  it('finds duplicates of a row by its key, and of one that is not there by its columns', async () => {
    const find = (base: object) =>
      emulator.send(
        'GET',
        `RetrieveDuplicates(BusinessEntity=@p1,MatchingEntityName=@p2,PagingInfo=@p3)?@p1=${encodeURIComponent(JSON.stringify(base).replaceAll('"', "'"))}&@p2='account'&@p3={'PageNumber':1,'Count':50}`,
      );
    const type = { '@odata.type': 'Microsoft.Dynamics.CRM.account' };
    assert.deepEqual(namesOf(await find({ ...type, accountid: account(1) })), []);
    assert.deepEqual(namesOf(await find({ ...type, name: 'Litware' })), ['Litware']);
    const renamed = { ...type, accountid: account(1), name: 'Contoso' };
    assert.deepEqual(namesOf(await find(renamed)), ['Contoso']);
  });

  it('tells what a user or a team may do with a row, shares included', async () => {
    const unit = (await emulator.send('GET', 'WhoAmI')).body.BusinessUnitId;
    const add = async (set: string, body: object): Promise<string> => {
      const { headers } = await emulator.send('POST', set, { body });
      return /\(([^)]+)\)$/.exec(headers.get('odata-entityid') ?? '')?.[1] ?? '';
    };
    const bound = { 'businessunitid@odata.bind': `businessunits(${unit})` };
    const team = await add('teams', { name: 'Readers', teamtype: 0, ...bound });
    const role = await add('roles', { name: 'Reader', ...bound });
    const { body: privileges } = await emulator.send(
      'GET',
      "privileges?$select=name&$filter=name eq 'prvReadAccount' or name eq 'prvDeleteAccount'",
    );
    await emulator.send('POST', `roles(${role})/Microsoft.Dynamics.CRM.AddPrivilegesRole`, {
      body: {
        Privileges: privileges.value.map(
          ({ name, privilegeid }: { readonly name: string; readonly privilegeid: string }) => ({
            Depth: name === 'prvReadAccount' ? 'Global' : 'Basic',
            PrivilegeId: privilegeid,
            PrivilegeName: name,
            BusinessUnitId: unit,
          }),
        ),
      },
    });
    const roles = `teams(${team})/teamroles_association/$ref`;
    await emulator.send('POST', roles, {
      body: { '@odata.id': `${emulator.url}/api/data/v9.2/roles(${role})` },
    });

    const rights = async () => {
      const answer = await emulator.send(
        'GET',
        `teams(${team})/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@p1)?@p1={'@odata.id':'accounts(${account(1)})'}`,
      );
      return answer.body.AccessRights;
    };
    assert.equal(await rights(), 'ReadAccess');
    await emulator.send('POST', 'GrantAccess', {
      body: {
        Target: { accountid: account(1), '@odata.type': 'Microsoft.Dynamics.CRM.account' },
        PrincipalAccess: {
          AccessMask: 'DeleteAccess, WriteAccess',
          Principal: { teamid: team, '@odata.type': 'Microsoft.Dynamics.CRM.team' },
        },
      },
    });
    assert.equal(await rights(), 'ReadAccess, DeleteAccess');
  });

  it('tells the texts of a row by language', async () => {
    const path = (column: string): string =>
      `RetrieveLocLabels(EntityMoniker=@p1,AttributeName=@p2,IncludeUnpublished=@p3)?@p1={'@odata.id':'accounts(${account(1)})'}&@p2='${column}'&@p3=false`;
    const { body } = await emulator.send('GET', path('name'));
    assert.equal(body.Label.UserLocalizedLabel.Label, 'Litware');
    assert.deepEqual(refusal(await emulator.send('GET', path('nothing'))), [400, '0x80041103']);
  });

  it('tells the version of the definitions with a whole set only', async () => {
    const headers = { Prefer: 'odata.include-annotations="*"' };
    const version = '@Microsoft.Dynamics.CRM.globalmetadataversion';
    const set = await emulator.send('GET', 'accounts?$select=name', { headers });
    assert.ok(version in set.body);
    const related = await emulator.send(
      'GET',
      `accounts(${account(1)})/account_parent_account?$select=name`,
      { headers },
    );
    assert.deepEqual(namesOf(related), ['Adventure', 'Fabrikam']);
    assert.ok(!(version in related.body));
  });

  const named = '@OData.Community.Display.V1.AttributeName';

  it('tells which column an alias of a query stands for', async () => {
    const plain = await fetched(
      '<fetch top="1"><entity name="account"><attribute name="ownerid" alias="who"/><attribute name="name"/></entity></fetch>',
      { prefer: 'odata.include-annotations="*"' },
    );
    assert.match(plain.body['@odata.context'], /#accounts\(name,accountid,ownerid,ownerid\(\)\)$/);
    assert.deepEqual(Object.keys(plain.body.value[0]).slice(1), [
      'name',
      'accountid',
      `who${named}`,
      `who@${formatted}`,
      'who@Microsoft.Dynamics.CRM.lookuplogicalname',
      'who',
    ]);
    assert.equal(plain.body.value[0][`who${named}`], 'ownerid');

    const grouped = await fetched(
      '<fetch aggregate="true"><entity name="account"><attribute name="accountid" aggregate="count" alias="n"/></entity></fetch>',
      { prefer: 'odata.include-annotations="*"' },
    );
    assert.deepEqual(grouped.body.value, [
      { [`n${named}`]: 'accountid', [`n@${formatted}`]: '4', n: 4 },
    ]);
  });

  it('shows parts of addresses in FetchXML without the whole they make', async () => {
    const part = await fetched(
      '<fetch top="1"><entity name="account"><attribute name="address1_city"/></entity></fetch>',
    );
    assert.match(part.body['@odata.context'], /#accounts\(accountid,address1_city\)$/);
    const whole = await emulator.send('GET', 'accounts?$select=address1_city&$top=1');
    assert.ok('address1_composite' in whole.body.value[0]);
  });

  it('shows the key of a single row before its currency, but that of a contact behind', async () => {
    const contact = await emulator.send('POST', 'contacts?$select=creditlimit', {
      headers: { Prefer: 'return=representation' },
      body: { lastname: 'Kim', creditlimit: 1 },
    });
    const one = await emulator.send('GET', `accounts(${account(1)})?$select=revenue`);
    const names = ({ body }: TestAnswer): readonly string[] => Object.keys(body).slice(2);
    assert.deepEqual(names(one), ['revenue', 'accountid', '_transactioncurrencyid_value']);
    assert.deepEqual(names(contact), ['creditlimit', '_transactioncurrencyid_value', 'contactid']);
  });

  it('tells which column a linked table is linked to', async () => {
    const linked = (prefer: string) =>
      fetched(
        '<fetch><entity name="account"><attribute name="name"/><link-entity name="account" from="accountid" to="parentaccountid" alias="up"><attribute name="name"/></link-entity></entity></fetch>',
        { prefer },
      );
    const field = '@up.OData.Community.Display.V1.CurrentEntityField';
    const { body } = await linked('odata.include-annotations="*"');
    assert.equal(body[field], 'parentaccountid');
    assert.equal(body.value[0][`up.name${named}`], 'name');
    const less = await linked(`odata.include-annotations="${formatted}"`);
    assert.ok(!(field in less.body));
  });

  it('aggregates the rows behind a row beside all their columns, which are empty', async () => {
    const { body } = await emulator.send(
      'GET',
      `accounts(${account(1)})/account_parent_account?$apply=aggregate(revenue with sum as total)`,
    );
    const [row] = body.value;
    assert.equal(row.total, 20);
    assert.equal(row.name, null);
    assert.equal(row['_ownerid_value'], null);
  });

  it('takes the place of a page decoded once more than it was given', async () => {
    const first = await emulator.send('GET', 'accounts?$select=name', {
      headers: { Prefer: 'odata.maxpagesize=3' },
    });
    const [, token = ''] = /&\$skiptoken=(.*)$/.exec(first.body['@odata.nextLink']) ?? [];
    for (const text of [
      token,
      encodeURIComponent(decodeURIComponent(decodeURIComponent(token))),
      '<cookie pagenumber="2" pagingcookie="" istracking="False" />',
    ]) {
      const next = await emulator.send('GET', `accounts?$select=name&$skiptoken=${text}`, {
        headers: { Prefer: 'odata.maxpagesize=3' },
      });
      assert.deepEqual(namesOf(next), ['Contoso']);
    }
  });

  it('gives one property of a relationship as if it were selected', async () => {
    const namespace = 'Microsoft.Dynamics.CRM';
    const cast = `${namespace}.OneToManyRelationshipMetadata`;
    const bodies = [];
    for (const path of [
      `RelationshipDefinitions(SchemaName='Account_Tasks')/${cast}?$select=CascadeConfiguration`,
      `RelationshipDefinitions(SchemaName='Account_Tasks')/${cast}/CascadeConfiguration`,
      "EntityDefinitions(LogicalName='account')/OneToManyRelationships(SchemaName='Account_Tasks')/CascadeConfiguration",
    ]) {
      bodies.push((await emulator.send('GET', path)).body);
    }
    assert.equal(bodies[0].CascadeConfiguration.Assign, 'NoCascade');
    assert.deepEqual(bodies[1], bodies[0]);
    assert.deepEqual(bodies[2], bodies[0]);
  });

  it('changes definitions of tables as a whole only', async () => {
    const answer = await emulator.send('PATCH', "EntityDefinitions(LogicalName='account')", {
      body: {},
    });
    assert.deepEqual(refusal(answer), [405, '0x80060888']);
  });

  it('says of searching that it is not there', async () => {
    const answer = await emulator.send('POST', 'searchquery', { body: { search: 'x' } });
    assert.equal(answer.status, 501);
  });
});
