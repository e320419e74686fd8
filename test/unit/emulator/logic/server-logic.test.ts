import assert from 'node:assert/strict';
import { openEmulator, type TestAnswer, type TestEmulator } from '#support/emulator.ts';

const voiceCall = 192440000;
const liveChat = 192360000;

describe('server logic', () => {
  let emulator: TestEmulator;
  let nasty: TestEmulator;
  before(async () => {
    emulator = await openEmulator({ seed: 'contoso' });
    nasty = await openEmulator({ seed: 'contoso', serverLogic: 'nasty' });
  });
  after(async () => {
    await emulator.close();
    await nasty.close();
  });

  async function one(from: TestEmulator, path: string): Promise<Record<string, string>> {
    const { body } = await from.send('GET', path);
    assert.equal(body.value.length, 1, path);
    return body.value[0];
  }

  async function create(on: TestEmulator, set: string, body: object): Promise<string> {
    const answer = await on.send('POST', set, { body });
    assert.equal(answer.status, 204, answer.text);
    return /\(([^)]+)\)$/.exec(answer.headers.get('OData-EntityId') ?? '')?.[1] ?? '';
  }

  function workstream(name: string, source: number): object {
    return {
      msdyn_name: name,
      msdyn_streamsource: source,
      msdyn_direction: 0,
      msdyn_mode: 717210001,
      msdyn_capacityrequired: 1,
      msdyn_workdistributionmode: 192350000,
      msdyn_allowedpresences: '192360000',
      msdyn_autocloseafterinactivity: 10,
      msdyn_enablevoicev2: true,
      msdyn_restrictdownloadrecording: false,
      msdyn_restrictdownloadtranscript: false,
    };
  }

  describe('of managed rows', () => {
    it('refuses to delete them', async () => {
      const contract = await one(
        emulator,
        "msdyn_decisioncontracts?$select=msdyn_name&$filter=msdyn_uniquename eq 'msdyn_assignmentoutput'",
      );
      const id = contract['msdyn_decisioncontractid'];
      const answer = await emulator.send('DELETE', `msdyn_decisioncontracts(${id})`);
      assert.equal(answer.status, 400);
      assert.equal(answer.body.error.code, '0x8004f013');
      assert.match(
        answer.body.error.message,
        /Deletion cannot be performed when msdyn_decisioncontract is managed/,
      );
    });

    it('refuses a second contract with the name of a system contract', async () => {
      const answer = await emulator.send('POST', 'msdyn_decisioncontracts', {
        body: { msdyn_name: 'Mine', msdyn_uniquename: 'msdyn_assignmentoutput' },
      });
      assert.equal(answer.status, 412);
    });

    it('lets unmanaged ones go', async () => {
      const id = await create(emulator, 'msdyn_decisioncontracts', { msdyn_name: 'Mine' });
      const answer = await emulator.send('DELETE', `msdyn_decisioncontracts(${id})`);
      assert.equal(answer.status, 204);
    });
  });

  describe('of queues', () => {
    async function patchType(on: TestEmulator, type: number): Promise<TestAnswer> {
      const queue = await one(on, "queues?$select=name&$filter=name eq 'Cases: Returns'");
      return on.send('PATCH', `queues(${queue['queueid']})`, { body: { msdyn_queuetype: type } });
    }

    it('refuses another type after create', async () => {
      const answer = await patchType(emulator, 192350002);
      assert.equal(answer.status, 400);
      assert.match(answer.body.error.message, /Queue type cannot be updated/);
    });

    it('takes the same type, but not in the strict variant', async () => {
      assert.equal((await patchType(emulator, 192350001)).status, 204);
      assert.equal((await patchType(nasty, 192350001)).status, 400);
    });
  });

  describe('of rulesets', () => {
    const naming = (variable: string): string =>
      `<decision hit-policy="first"><rules><rule id="r1" name="Gold"><logical operator="AND"><condition operator="=="><lhs type="attribute">liveworkitemcontext.${variable}</lhs><rhs type="staticvalue">gold</rhs></condition></logical></rule></rules></decision>`;

    async function mappings(
      on: TestEmulator,
      ruleset: string,
    ): Promise<readonly Record<string, unknown>[]> {
      const { body } = await on.send(
        'GET',
        `msdyn_rulesetdependencymappings?$filter=_msdyn_referencingrulesetid_value eq ${ruleset}`,
      );
      return body.value;
    }

    it('lists the rows that the rules name', async () => {
      const queue = await one(emulator, "queues?$select=name&$filter=name eq 'Voice: General'");
      const id = await create(emulator, 'msdyn_decisionrulesets', {
        msdyn_name: 'To general',
        msdyn_rulesetdefinition: `<decision><rules><rule id="a" name="All"><action><setattribute><lhs>assign_to.queue</lhs><rhs>{${queue['queueid']?.toUpperCase()}}</rhs></setattribute></action></rule></rules></decision>`,
      });
      const [mapping, ...others] = await mappings(emulator, id);
      assert.ok(mapping);
      assert.equal(others.length, 0);
      assert.equal(mapping['_msdyn_referencedpolymorphicentityid_value'], queue['queueid']);
      assert.equal(mapping['msdyn_referencedpolymorphiclogicalname'], 'queue');
      assert.equal(mapping['msdyn_referencingrulename'], 'All');
    });

    it('fails in the documented words where a context variable is missing', async () => {
      const answer = await emulator.send('POST', 'msdyn_decisionrulesets', {
        body: { msdyn_name: 'Early', msdyn_rulesetdefinition: naming('notthereyet') },
      });
      assert.equal(answer.status, 400);
      assert.match(
        answer.body.error.message,
        /^ReferencingEntity=msdyn_rulesetdependencymapping has attribute msdyn_referencedpolymorphicentityid value=Guid\.Empty for relationship=msdyn_rulesetdependencymapping_ocliveworkstreamcontextvariable_referencedpolymorphicentityid/,
      );
      const { body } = await emulator.send(
        'GET',
        "msdyn_decisionrulesets?$filter=msdyn_name eq 'Early'",
      );
      assert.equal(body.value.length, 0);
    });

    for (const variant of ['documented', 'nasty'] as const) {
      it(`maps a context variable at the ${variant === 'nasty' ? 'second' : 'first'} save (${variant})`, async () => {
        const on = variant === 'nasty' ? nasty : emulator;
        const stream = await create(
          on,
          'msdyn_liveworkstreams',
          workstream(`Line ${variant}`, voiceCall),
        );
        const navigation = await navigationOf(
          on,
          'msdyn_ocliveworkstreamcontextvariable',
          'msdyn_liveworkstreamid',
        );
        await create(on, 'msdyn_ocliveworkstreamcontextvariables', {
          msdyn_name: `segment_${variant}`,
          msdyn_datatype: 192350000,
          [`${navigation}@odata.bind`]: `/msdyn_liveworkstreams(${stream})`,
        });
        const definition = naming(`segment_${variant}`);
        const id = await create(on, 'msdyn_decisionrulesets', {
          msdyn_name: `Gold ${variant}`,
          msdyn_rulesetdefinition: definition,
        });
        assert.equal((await mappings(on, id)).length, variant === 'nasty' ? 0 : 1);
        await on.send('PATCH', `msdyn_decisionrulesets(${id})`, {
          body: { msdyn_rulesetdefinition: definition },
        });
        assert.equal((await mappings(on, id)).length, 1);
      });
    }
  });

  describe('of workstreams', () => {
    it('overwrites references on create and keeps them on update', async () => {
      const given = await one(
        emulator,
        "msdyn_decisioncontracts?$select=msdyn_name&$filter=msdyn_uniquename eq 'contoso_conversationassignmentinput'",
      );
      const contract = given['msdyn_decisioncontractid'];
      const navigation = await routingContractNavigation(emulator);
      const bind = { [`${navigation}@odata.bind`]: `/msdyn_decisioncontracts(${contract})` };
      const id = await create(emulator, 'msdyn_liveworkstreams', {
        ...workstream('Overwritten', voiceCall),
        ...bind,
      });
      const path = `msdyn_liveworkstreams(${id})?$select=_msdyn_routingcontractid_value,_msdyn_defaultqueue_value`;
      const { body: created } = await emulator.send('GET', path);
      assert.notEqual(created['_msdyn_routingcontractid_value'], contract);
      const { body: queue } = await emulator.send(
        'GET',
        `queues(${created['_msdyn_defaultqueue_value']})?$select=name`,
      );
      assert.equal(queue.name, 'Default voice queue');
      await emulator.send('PATCH', `msdyn_liveworkstreams(${id})`, { body: bind });
      const { body: updated } = await emulator.send('GET', path);
      assert.equal(updated['_msdyn_routingcontractid_value'], contract);
    });

    it('keeps one routing configuration active, or refuses a second', async () => {
      const active = async (on: TestEmulator): Promise<readonly TestAnswer[]> => {
        const stream = await create(
          on,
          'msdyn_liveworkstreams',
          workstream('Two configurations', voiceCall),
        );
        const navigation = await navigationOf(
          on,
          'msdyn_routingconfiguration',
          'msdyn_liveworkstreamid',
        );
        const answers: TestAnswer[] = [];
        for (const name of ['first', 'second']) {
          answers.push(
            await on.send('POST', 'msdyn_routingconfigurations', {
              headers: { Prefer: 'return=representation' },
              body: {
                msdyn_name: name,
                msdyn_isactiveconfiguration: true,
                [`${navigation}@odata.bind`]: `/msdyn_liveworkstreams(${stream})`,
              },
            }),
          );
        }
        return answers;
      };
      const [first, second] = await active(emulator);
      assert.equal(second?.status, 201);
      const { body } = await emulator.send(
        'GET',
        `msdyn_routingconfigurations(${first?.body.msdyn_routingconfigurationid})`,
      );
      assert.equal(body.msdyn_isactiveconfiguration, false);
      const [, refused] = await active(nasty);
      assert.equal(refused?.status, 400);
    });
  });

  describe('of chat widgets', () => {
    it('makes app id and snippet itself and keeps them', async () => {
      const id = await create(emulator, 'msdyn_livechatconfigs', {
        msdyn_name: 'Shop',
        msdyn_widgetappid: 'mine',
        msdyn_widgetsnippet: 'mine',
      });
      const path = `msdyn_livechatconfigs(${id})?$select=msdyn_widgetappid,msdyn_widgetsnippet`;
      const { body } = await emulator.send('GET', path);
      assert.match(body.msdyn_widgetappid, /^[0-9a-f-]{36}$/);
      assert.ok(body.msdyn_widgetsnippet.includes(body.msdyn_widgetappid));
      assert.ok(body.msdyn_widgetsnippet.includes((await emulator.state()).organizationId));
      await emulator.send('PATCH', `msdyn_livechatconfigs(${id})`, {
        body: { msdyn_widgetappid: 'other' },
      });
      const { body: after } = await emulator.send('GET', path);
      assert.equal(after.msdyn_widgetappid, body.msdyn_widgetappid);
    });

    it('makes context variables of survey questions, and fails where they are there', async () => {
      const stream = await create(
        emulator,
        'msdyn_liveworkstreams',
        workstream('Survey chat', liveChat),
      );
      const toStream = await navigationOf(
        emulator,
        'msdyn_surveyquestion',
        'msdyn_liveworkstreamtochatquestion',
      );
      const question = await create(emulator, 'msdyn_surveyquestions', {
        msdyn_name: 'machine_model',
        msdyn_questiontext: 'Which model do you have?',
        [`${toStream}@odata.bind`]: `/msdyn_liveworkstreams(${stream})`,
      });
      const toQuestion = await navigationOf(
        emulator,
        'msdyn_questionsequence',
        'msdyn_surveyquestion',
      );
      const sequence = {
        msdyn_name: 'Model',
        [`${toQuestion}@odata.bind`]: `/msdyn_surveyquestions(${question})`,
      };
      await create(emulator, 'msdyn_questionsequences', sequence);
      const { body } = await emulator.send(
        'GET',
        `msdyn_ocliveworkstreamcontextvariables?$filter=_msdyn_liveworkstreamid_value eq ${stream}&$select=msdyn_name`,
      );
      assert.deepEqual(
        body.value.map((each: Record<string, unknown>) => each['msdyn_name']),
        ['machine_model'],
      );
      const again = await emulator.send('POST', 'msdyn_questionsequences', { body: sequence });
      assert.equal(again.status, 400);
      assert.match(again.body.error.message, /'machine_model' already exists/);
    });
  });

  async function routingContractNavigation(on: TestEmulator): Promise<string> {
    return navigationOf(on, 'msdyn_liveworkstream', 'msdyn_routingcontractid');
  }

  async function navigationOf(on: TestEmulator, table: string, column: string): Promise<string> {
    const { body } = await on.send(
      'GET',
      `EntityDefinitions(LogicalName='${table}')/ManyToOneRelationships?$select=ReferencingEntityNavigationPropertyName&$filter=ReferencingAttribute eq '${column}'`,
    );
    return body.value[0].ReferencingEntityNavigationPropertyName;
  }
});
