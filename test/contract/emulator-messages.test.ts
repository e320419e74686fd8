import assert from 'node:assert/strict';
import { withEmulator, type TestAnswer } from '#support/emulator.ts';

describe('messages and histories of the emulator', () => {
  const emulator = withEmulator();

  beforeEach(() => emulator.reset());

  const make = async (set: string, body: object): Promise<string> => {
    const made = await emulator.send('POST', set, { body });
    assert.equal(made.status, 204, made.text);
    return /\(([^)]*)\)$/.exec(made.headers.get('odata-entityid') ?? '')?.[1] ?? '';
  };
  const call = (name: string, body: object): Promise<TestAnswer> =>
    emulator.send('POST', name, { body });

  it('closes opportunities with the activity that tells of it, once', async () => {
    const id = await make('opportunities', { name: 'Deal' });
    const body = {
      Status: 3,
      OpportunityClose: { subject: 'Won', 'opportunityid@odata.bind': `/opportunities(${id})` },
    };
    assert.equal((await call('WinOpportunity', body)).status, 204);
    const read = await emulator.send(
      'GET',
      `opportunities(${id})?$select=statecode,statuscode&$expand=Opportunity_OpportunityClose($select=subject,statecode)`,
    );
    assert.deepEqual([read.body.statecode, read.body.statuscode], [1, 3]);
    assert.equal(read.body.Opportunity_OpportunityClose[0].subject, 'Won');
    const again = await call('WinOpportunity', body);
    assert.equal(again.body.error.code, '0x80040515');
    const closes = await emulator.send('GET', 'opportunitycloses/$count');
    assert.equal(closes.text.replace('\uFEFF', ''), '1');
  });

  it('qualifies leads into the rows that are asked for', async () => {
    const id = await make('leads', {
      subject: 'Interest',
      firstname: 'Ann',
      lastname: 'Lee',
      companyname: 'Contoso',
    });
    const answer = await call(`leads(${id})/Microsoft.Dynamics.CRM.QualifyLead`, {
      CreateAccount: true,
      CreateContact: true,
      CreateOpportunity: true,
      Status: 3,
    });
    assert.equal(answer.body.value.length, 3);
    const contacts = await emulator.send(
      'GET',
      "contacts?$filter=lastname eq 'Lee'&$expand=parentcustomerid_account($select=name)",
    );
    assert.equal(contacts.body.value[0].parentcustomerid_account.name, 'Contoso');
    const lead = await emulator.send('GET', `leads(${id})?$select=statecode`);
    assert.equal(lead.body.statecode, 1);
  });

  it('merges rows: children come to the target, the other is deactivated', async () => {
    const target = await make('accounts', { name: 'Stays' });
    const other = await make('accounts', { name: 'Goes' });
    const contact = await make('contacts', {
      lastname: 'Child',
      'parentcustomerid_account@odata.bind': `/accounts(${other})`,
    });
    const row = (accountid: string): object => ({
      '@odata.type': 'Microsoft.Dynamics.CRM.account',
      accountid,
    });
    const account = (id: string): object => ({ '@odata.id': `accounts(${id})` });
    const lists = await Promise.all(
      ['Both', 'One'].map((listname) => make('lists', { listname, createdfromcode: 1 })),
    );
    for (const [id, pairs] of [
      [target, lists.slice(0, 1)],
      [other, lists],
    ] as const) {
      for (const list of pairs) {
        const tied = await emulator.send('POST', `lists(${list})/listaccount_association/$ref`, {
          body: account(id),
        });
        assert.equal(tied.status, 204, tied.text);
      }
    }
    const merged = await call('Merge', {
      Target: row(target),
      Subordinate: row(other),
      UpdateContent: { '@odata.type': 'Microsoft.Dynamics.CRM.account', telephone1: '555' },
      PerformParentingChecks: false,
    });
    assert.equal(merged.status, 204, merged.text);
    const child = await emulator.send(
      'GET',
      `contacts(${contact})?$select=_parentcustomerid_value`,
    );
    assert.equal(child.body['_parentcustomerid_value'], target);
    const memberOf = await emulator.send(
      'GET',
      `accounts(${target})/listaccount_association?$select=listname`,
    );
    assert.deepEqual(
      memberOf.body.value.map((list: { listname: string }) => list.listname).sort(),
      ['Both', 'One'],
    );
    assert.equal(emulator.environment.store.count('listmember'), 2);
    const gone = await emulator.send(
      'GET',
      `accounts(${other})?$select=statecode,merged,_masterid_value`,
    );
    assert.deepEqual([gone.body.statecode, gone.body['_masterid_value']], [1, target]);
    assert.equal(
      (await emulator.send('GET', `accounts(${target})?$select=telephone1`)).body.telephone1,
      '555',
    );
  });

  it('shares rows, tells with whom, and takes it back', async () => {
    const account = await make('accounts', { name: 'Shared' });
    const team = await make('teams', { name: 'Readers' });
    const Target = { '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid: account };
    const Principal = { '@odata.type': 'Microsoft.Dynamics.CRM.team', teamid: team };
    const granted = await call('GrantAccess', {
      Target,
      PrincipalAccess: { AccessMask: 'ReadAccess, WriteAccess', Principal },
    });
    assert.equal(granted.status, 204, granted.text);
    const path = `RetrieveSharedPrincipalsAndAccess(Target=@t)?@t={'@odata.id':'accounts(${account})'}`;
    const shared = await emulator.send('GET', path);
    assert.equal(shared.body.PrincipalAccesses[0].AccessMask, 'ReadAccess, WriteAccess');
    assert.equal(shared.body.PrincipalAccesses[0].Principal.ownerid, team);
    await call('RevokeAccess', { Target, Revokee: Principal });
    assert.deepEqual((await emulator.send('GET', path)).body.PrincipalAccesses, []);
  });

  it('puts rows into queues and lets people pick them', async () => {
    const queue = await make('queues', { name: 'Cases' });
    const task = await make('tasks', { subject: 'Call back' });
    const Target = { '@odata.type': 'Microsoft.Dynamics.CRM.task', activityid: task };
    const added = await call(`queues(${queue})/Microsoft.Dynamics.CRM.AddToQueue`, { Target });
    const item = String(added.body.QueueItemId);
    const again = await call(`queues(${queue})/Microsoft.Dynamics.CRM.AddToQueue`, { Target });
    assert.equal(again.body.error.code, '0x80040526');
    const { UserId } = (await emulator.send('GET', 'WhoAmI')).body as { UserId: string };
    const SystemUser = { '@odata.type': 'Microsoft.Dynamics.CRM.systemuser', systemuserid: UserId };
    const picked = await call(`queueitems(${item})/Microsoft.Dynamics.CRM.PickFromQueue`, {
      SystemUser,
      RemoveQueueItem: false,
    });
    assert.equal(picked.status, 204, picked.text);
    const read = await emulator.send('GET', `queueitems(${item})?$select=_workerid_value`);
    assert.equal(read.body['_workerid_value'], UserId);
  });

  it('follows changes: what was written and what is gone since a link', async () => {
    const kept = await make('accounts', { name: 'Kept' });
    const gone = await make('accounts', { name: 'Gone' });
    const first = await emulator.send('GET', 'accounts?$select=name', {
      headers: { Prefer: 'odata.track-changes' },
    });
    assert.equal(first.headers.get('preference-applied'), 'odata.track-changes');
    const link = String(first.body['@odata.deltaLink']).replace(/^.*\/v9\.2\//, '');
    assert.match(link, /\$deltatoken=\d+%21/);
    assert.deepEqual((await emulator.send('GET', link)).body.value, []);
    await emulator.send('PATCH', `accounts(${kept})`, { body: { name: 'Changed' } });
    await emulator.send('DELETE', `accounts(${gone})`);
    const second = await emulator.send('GET', link);
    assert.deepEqual(
      second.body.value.map((row: { name?: string; reason?: string }) => row.name ?? row.reason),
      ['Changed', 'deleted'],
    );
    assert.equal(second.body.value[1].id, gone);
    assert.match(String(second.body['@odata.context']), /\/\$delta$/);
    const old = await emulator.send(
      'GET',
      'accounts?$select=name&$deltatoken=1%2101%2f01%2f2020%2008%3a00%3a00',
    );
    assert.equal(old.body.error.code, '0x80044352');
  });

  it('keeps a history of changes and deletions once the organization audits', async () => {
    const organization = (await emulator.send('GET', 'organizations?$select=organizationid')).body
      .value[0];
    await make('accounts', { name: 'Before' });
    await emulator.send('PATCH', `organizations(${String(organization.organizationid)})`, {
      body: { isauditenabled: true },
    });
    const id = await make('accounts', { name: 'One' });
    await emulator.send('PATCH', `accounts(${id})`, { body: { name: 'Two' } });
    const path = `RetrieveRecordChangeHistory(Target=@t)?@t={'@odata.id':'accounts(${id})'}`;
    const history = await emulator.send('GET', path);
    const [latest] = history.body.AuditDetailCollection.AuditDetails;
    assert.deepEqual([latest.OldValue.name, latest.NewValue.name], ['One', 'Two']);
    await emulator.send('DELETE', `accounts(${id})`);
    const deletions = await emulator.send(
      'GET',
      "audits?$select=objecttypecode,operation,_objectid_value&$filter=operation eq 3 and objecttypecode eq 'account'",
    );
    assert.equal(deletions.body.value.length, 1);
    assert.equal(deletions.body.value[0]['_objectid_value'], id);
  });

  it('runs operations in the background when it is asked to, and tells what came of them', async () => {
    await make('accounts', { name: 'Old' });
    const started = await emulator.send('POST', 'BulkDelete', {
      body: {
        QuerySet: [
          {
            EntityName: 'account',
            Criteria: {
              FilterOperator: 'And',
              Conditions: [
                {
                  AttributeName: 'name',
                  Operator: 'BeginsWith',
                  Values: [{ Value: 'Ol', Type: 'System.String' }],
                },
              ],
            },
          },
        ],
        JobName: 'Clean up',
      },
      headers: { Prefer: 'respond-async' },
    });
    assert.equal(started.status, 200);
    assert.equal(started.headers.get('preference-applied'), 'respond-async');
    assert.equal(started.body.backgroundOperationStateCode, 0);
    const status = await emulator.send(
      'GET',
      `backgroundoperations(${String(started.body.backgroundOperationId)})?$select=backgroundoperationstatuscode`,
    );
    assert.equal(status.body.backgroundoperationstatuscode, 30);
    assert.equal((await emulator.send('GET', 'accounts')).body.value.length, 0);
    const jobs = await emulator.send('GET', 'bulkdeleteoperations?$select=successcount');
    assert.equal(jobs.body.value[0].successcount, 1);
  });

  it('finds duplicates by published rules only when the client asks', async () => {
    const rule = await make('duplicaterules', {
      name: 'Phone',
      baseentityname: 'contact',
      matchingentityname: 'contact',
    });
    await make('duplicateruleconditions', {
      baseattributename: 'telephone1',
      matchingattributename: 'telephone1',
      operatorcode: 0,
      ignoreblankvalues: true,
      'regardingobjectid@odata.bind': `/duplicaterules(${rule})`,
    });
    await make('contacts', { lastname: 'A', telephone1: '555' });
    const body = { lastname: 'B', telephone1: '555' };
    const headers = { 'MSCRM.SuppressDuplicateDetection': 'false' };
    assert.equal((await emulator.send('POST', 'contacts', { body, headers })).status, 204);
    await emulator.send('PATCH', `duplicaterules(${rule})`, {
      body: { statecode: 1, statuscode: 2 },
    });
    const refused = await emulator.send('POST', 'contacts', { body, headers });
    assert.deepEqual([refused.status, refused.body.error.code], [412, '0x80040333']);
    assert.equal((await emulator.send('POST', 'contacts', { body })).status, 204);
  });

  it('runs a saved view over the rows that a row leads to', async () => {
    const account = await make('accounts', { name: 'With people' });
    const parent = { 'parentcustomerid_account@odata.bind': `/accounts(${account})` };
    await make('contacts', { lastname: 'Inside', ...parent });
    await make('contacts', { lastname: 'Other', ...parent });
    await make('contacts', { lastname: 'Inside, of nobody' });
    const view = await make('savedqueries', {
      name: 'Inside',
      returnedtypecode: 'contact',
      querytype: 0,
      fetchxml:
        '<fetch><entity name="contact"><attribute name="lastname"/><filter><condition attribute="lastname" operator="like" value="Inside%"/></filter></entity></fetch>',
    });
    const found = await emulator.send(
      'GET',
      `accounts(${account})/contact_customer_accounts?savedQuery=${view}`,
    );
    assert.deepEqual(
      found.body.value.map((row: { lastname: string }) => row.lastname),
      ['Inside'],
      found.text,
    );
  });

  it('looks for duplicates in bulk and leaves rows that tell what it found', async () => {
    const first = await make('contacts', { lastname: 'A', emailaddress1: 'a@contoso.com' });
    const second = await make('contacts', { lastname: 'B', emailaddress1: 'a@contoso.com' });
    await make('contacts', { lastname: 'C', emailaddress1: 'c@contoso.com' });
    const started = await call('BulkDetectDuplicates', {
      Query: {
        '@odata.type': '#Microsoft.Dynamics.CRM.QueryExpression',
        EntityName: 'contact',
        Criteria: {
          FilterOperator: 'And',
          Conditions: [
            {
              AttributeName: 'lastname',
              Operator: 'Equal',
              Values: [{ Value: 'A', Type: 'System.String' }],
            },
          ],
        },
      },
      JobName: 'contacts named A',
      SendEmailNotification: false,
      ToRecipients: [],
      CCRecipients: [],
      RecurrencePattern: '',
    });
    assert.equal(started.status, 200, started.text);
    const found = await emulator.send(
      'GET',
      `duplicaterecords?$select=_baserecordid_value,_duplicaterecordid_value&$filter=_asyncoperationid_value eq ${started.body.JobId}`,
    );
    assert.deepEqual(
      found.body.value.map((row: Record<string, string>) => [
        row['_baserecordid_value'],
        row['_duplicaterecordid_value'],
      ]),
      [[first, second]],
    );
  });

  it('pages through a large table by a column as it is, with what is written meanwhile', async () => {
    const targets = Array.from({ length: 1000 }, (_, at) => ({
      '@odata.type': 'Microsoft.Dynamics.CRM.contact',
      lastname: `Name ${String((at * 7) % 1000).padStart(4, '0')}`,
    }));
    for (const _ of [1, 2, 3])
      await call('contacts/Microsoft.Dynamics.CRM.CreateMultiple', { Targets: targets });
    const seen: string[] = [];
    let path: string | undefined = 'contacts?$select=lastname&$orderby=lastname desc';
    while (path !== undefined) {
      const page = await emulator.send('GET', path, {
        headers: { Prefer: 'odata.maxpagesize=700' },
      });
      seen.push(...page.body.value.map((row: { lastname: string }) => row.lastname));
      if (seen.length === 700) await make('contacts', { lastname: 'Zulu, too late' });
      const next: unknown = page.body['@odata.nextLink'];
      path = typeof next === 'string' ? next.replace(/^.*\/v9\.2\//, '') : undefined;
    }
    assert.equal(seen.length, 3000);
    assert.deepEqual(seen, seen.toSorted().reverse());
  });
});
