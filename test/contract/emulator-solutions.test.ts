import assert from 'node:assert/strict';
import JSZip from 'jszip';
import { withEmulator, type TestAnswer } from '#support/emulator.ts';

const type = 'Microsoft.Dynamics.CRM.';

function idOf(answer: TestAnswer): string {
  return /\(([0-9a-f-]{36})\)$/.exec(answer.headers.get('odata-entityid') ?? '')?.[1] ?? '';
}

describe('solutions', () => {
  const emulator = withEmulator();
  let solution = '';

  beforeEach(async () => {
    await emulator.reset();
    const publisher = await emulator.send('POST', 'publishers', {
      body: {
        uniquename: 'library',
        friendlyname: 'Library & Sons',
        customizationprefix: 'lib',
        customizationoptionvalueprefix: 31_415,
      },
    });
    solution = idOf(
      await emulator.send('POST', 'solutions', {
        body: {
          uniquename: 'books',
          friendlyname: 'Books',
          version: '1.2.0.0',
          'publisherid@odata.bind': `publishers(${idOf(publisher)})`,
        },
      }),
    );
  });

  async function components(): Promise<readonly Record<string, unknown>[]> {
    const { body } = await emulator.send(
      'GET',
      `solutioncomponents?$select=objectid,componenttype&$filter=_solutionid_value eq ${solution}`,
    );
    return body.value;
  }

  async function makeTable(): Promise<string> {
    const made = await emulator.send('POST', 'EntityDefinitions', {
      body: {
        '@odata.type': `${type}EntityMetadata`,
        SchemaName: 'lib_Book',
        Attributes: [
          {
            '@odata.type': `${type}StringAttributeMetadata`,
            SchemaName: 'lib_Name',
            IsPrimaryName: true,
          },
        ],
      },
      headers: { 'MSCRM.SolutionUniqueName': 'books' },
    });
    assert.equal(made.status, 204, made.text);
    return idOf(made);
  }

  it('hold the definitions that are made for them', async () => {
    const table = await makeTable();
    const [component] = await components();
    assert.equal(component?.['objectid'], table);
    assert.equal(component?.['componenttype'], 1);
  });

  it('take components once and give them back', async () => {
    const component = {
      ComponentId: '4b154e49-112a-ed11-9db1-00224804f8e2',
      ComponentType: 61,
      SolutionUniqueName: 'books',
    };
    const add = { ...component, AddRequiredComponents: false };
    const first = await emulator.send('POST', 'AddSolutionComponent', { body: add });
    const again = await emulator.send('POST', 'AddSolutionComponent', { body: add });
    assert.equal(first.status, 200, first.text);
    assert.equal(again.body.id, first.body.id);
    assert.equal((await components()).length, 1);
    const removed = await emulator.send('POST', 'RemoveSolutionComponent', {
      body: {
        SolutionComponent: {
          '@odata.type': `${type}solutioncomponent`,
          solutioncomponentid: first.body.id,
        },
        ComponentType: 61,
        SolutionUniqueName: 'books',
      },
    });
    assert.equal(removed.body.id, first.body.id);
    assert.deepEqual(await components(), []);
    const lost = await emulator.send('POST', 'AddSolutionComponent', {
      body: { ...add, SolutionUniqueName: 'nothing' },
    });
    assert.equal(lost.status, 404);
  });

  it('are given out as archives with their manifest and their tables', async () => {
    await makeTable();
    const body = { SolutionName: 'books', Managed: true };
    const answer = await emulator.send('POST', 'ExportSolution', { body });
    assert.equal(answer.status, 200, answer.text);
    const zip = await JSZip.loadAsync(answer.body.ExportSolutionFile, { base64: true });
    const read = async (path: string): Promise<string> =>
      (await zip.file(path)?.async('text')) ?? '';
    assert.deepEqual(Object.keys(zip.files).toSorted(), [
      '[Content_Types].xml',
      'customizations.xml',
      'solution.xml',
    ]);
    const manifest = await read('solution.xml');
    assert.match(manifest, /<UniqueName>books<\/UniqueName>/);
    assert.match(manifest, /<Version>1\.2\.0\.0<\/Version><Managed>1<\/Managed>/);
    assert.match(manifest, /description="Library &amp; Sons"/);
    assert.match(manifest, /<RootComponent type="1" schemaName="lib_book" behavior="0" \/>/);
    assert.match(await read('customizations.xml'), /<attribute PhysicalName="lib_Name">/);
  });

  it('that others installed are not given out', async () => {
    const { body } = await emulator.send(
      'GET',
      'solutions?$select=uniquename&$filter=ismanaged eq true&$top=1',
    );
    const refused = await emulator.send('POST', 'ExportSolution', {
      body: { SolutionName: body.value[0].uniquename, Managed: false },
    });
    assert.equal(refused.body.error.code, '0x80048036');
  });
});

describe('lookups of several tables', () => {
  const emulator = withEmulator();

  beforeEach(async () => {
    await emulator.reset();
    for (const name of ['Book', 'Film', 'Loan']) {
      await emulator.send('POST', 'EntityDefinitions', {
        body: {
          '@odata.type': `${type}EntityMetadata`,
          SchemaName: `new_${name}`,
          Attributes: [
            {
              '@odata.type': `${type}StringAttributeMetadata`,
              SchemaName: 'new_Name',
              IsPrimaryName: true,
            },
          ],
        },
      });
    }
    await emulator.send('POST', 'CreatePolymorphicLookupAttribute', {
      body: {
        OneToManyRelationships: [relationship('Book'), relationship('contact')],
        Lookup: { SchemaName: 'new_Item', '@odata.type': `${type}ComplexLookupAttributeMetadata` },
      },
    });
  });

  function relationship(table: string): Record<string, unknown> {
    const referenced = table === 'contact' ? table : `new_${table.toLowerCase()}`;
    return {
      SchemaName: `new_loan_${referenced}`,
      ReferencedEntity: referenced,
      ReferencingEntity: 'new_loan',
    };
  }

  async function targets(): Promise<readonly string[]> {
    const path = "EntityDefinitions(LogicalName='new_loan')/Attributes(LogicalName='new_item')";
    const { body } = await emulator.send(
      'GET',
      `${path}/${type}LookupAttributeMetadata?$select=Targets`,
    );
    return body.Targets;
  }

  it('take another table, and let go of one', async () => {
    const added = await emulator.send('POST', 'RelationshipDefinitions', {
      body: {
        ...relationship('Film'),
        '@odata.type': `${type}OneToManyRelationshipMetadata`,
        Lookup: { SchemaName: 'new_Item', '@odata.type': `${type}LookupAttributeMetadata` },
      },
    });
    assert.equal(added.status, 204, added.text);
    assert.deepEqual(await targets(), ['new_book', 'contact', 'new_film']);
    const made = await emulator.send('POST', 'new_loans', {
      body: { new_name: 'Tuesday', new_Item_new_film: { new_name: 'Metropolis' } },
    });
    assert.equal(made.status, 204, made.text);
    const path = "RelationshipDefinitions(SchemaName='new_loan_contact')";
    assert.equal((await emulator.send('DELETE', path)).status, 204);
    assert.deepEqual(await targets(), ['new_book', 'new_film']);
  });
});

describe('messages that move rows on', () => {
  const emulator = withEmulator();

  beforeEach(() => emulator.reset());

  it('route items to a queue, and to the queue of a team', async () => {
    const queues = await Promise.all(
      ['One', 'Two'].map(async (name) =>
        idOf(await emulator.send('POST', 'queues', { body: { name } })),
      ),
    );
    const letter = idOf(await emulator.send('POST', 'letters', { body: { subject: 'Hello' } }));
    const added = await emulator.send('POST', `queues(${queues[0]})/${type}AddToQueue`, {
      body: { Target: { '@odata.type': `${type}letter`, activityid: letter } },
    });
    const item = added.body.QueueItemId;
    const route = (target: object): Promise<TestAnswer> =>
      emulator.send('POST', 'RouteTo', {
        body: {
          Target: target,
          QueueItem: { '@odata.type': `${type}queueitem`, queueitemid: item },
        },
      });
    const to = { '@odata.type': `${type}queue`, queueid: queues[1] };
    assert.equal((await route(to)).status, 204);
    const { body } = await emulator.send('GET', `queueitems(${item})?$select=_queueid_value`);
    assert.equal(body['_queueid_value'], queues[1]);
    const team = idOf(await emulator.send('POST', 'teams', { body: { name: 'Without a queue' } }));
    assert.equal((await route({ '@odata.type': `${type}team`, teamid: team })).status, 400);
  });

  it('send e-mails, or record that they were sent', async () => {
    for (const [IssueSend, statuscode] of [
      [true, 6],
      [false, 3],
    ] as const) {
      const email = idOf(await emulator.send('POST', 'emails', { body: { subject: 'Hello' } }));
      const sent = await emulator.send('POST', `emails(${email})/${type}SendEmail`, {
        body: { IssueSend },
      });
      assert.equal(sent.body.Subject, 'Hello');
      const { body } = await emulator.send('GET', `emails(${email})?$select=statuscode,statecode`);
      assert.deepEqual([body.statecode, body.statuscode], [1, statuscode]);
    }
  });

  it('publish rules for duplicates, which then find them', async () => {
    const rule = idOf(
      await emulator.send('POST', 'duplicaterules', {
        body: {
          name: 'Tasks alike',
          baseentityname: 'task',
          matchingentityname: 'task',
          DuplicateRule_DuplicateRuleConditions: [
            { baseattributename: 'subject', matchingattributename: 'subject', operatorcode: 0 },
          ],
        },
      }),
    );
    const post = async (): Promise<number> => {
      const headers = { 'MSCRM.SuppressDuplicateDetection': 'false' };
      return (await emulator.send('POST', 'tasks', { body: { subject: 'Call' }, headers })).status;
    };
    assert.deepEqual([await post(), await post()], [204, 204]);
    const published = await emulator.send(
      'POST',
      `duplicaterules(${rule})/${type}PublishDuplicateRule`,
    );
    assert.match(published.body.JobId, /^[0-9a-f-]{36}$/);
    assert.equal(await post(), 412);
    const body = { DuplicateRuleId: rule };
    assert.equal((await emulator.send('POST', 'UnpublishDuplicateRule', { body })).status, 204);
    assert.equal(await post(), 204);
  });

  it('keep appointments with when and where', async () => {
    const made = await emulator.send('POST', 'appointments', {
      body: {
        subject: 'Review',
        scheduledstart: '2030-01-01T10:00:00Z',
        scheduledend: '2030-01-01T11:00:00Z',
        location: 'Room 5',
      },
      headers: { Prefer: 'return=representation' },
    });
    assert.equal(made.body.location, 'Room 5');
    assert.equal(made.body.statuscode, 1);
  });
});
