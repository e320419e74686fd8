import assert from 'node:assert/strict';
import { openReader } from '#shared/dataverse/connect.ts';
import type { SourceTable } from '#shared/model/table.ts';
import { areas } from '#shared/routing/catalogue.ts';
import { neverExportedTable } from '#shared/routing/never-exported.ts';
import { queueTypesOf } from '#shared/routing/queue-filter.ts';
import { ruleBook } from '#shared/routing/rule-book.ts';
import { catalogueTables, tableNameOf } from '#shared/stages/configuration-tables.ts';
import {
  readCatalogueSchema,
  type CatalogueSchema,
} from '#shared/stages/generate-schema/catalogue-schema.ts';
import { withEmulator } from '#support/emulator.ts';
import { PublishedComparison } from '#support/published/compare.ts';
import { readQueryFacts } from '#support/published/facts.ts';
import { readDisagreements, readReasons, verdictOf } from '#support/published/verdict.ts';
import { createTestHost, testPorts } from '#support/test-host.ts';

describe('where the sources disagree', function () {
  this.timeout(60_000);
  const source = withEmulator({ seed: 'contoso' });
  let generated: CatalogueSchema;

  before(async () => {
    const reader = openReader(
      { url: source.url, credential: { kind: 'token', token: 'test' } },
      testPorts(createTestHost({})),
    );
    generated = await readCatalogueSchema(
      reader,
      { channels: [], queues: [], workstreams: [], include: ['bot-registrations', 'templates'] },
      new AbortController().signal,
    );
  });

  const tables = (): readonly SourceTable[] => generated.steps.flatMap((step) => step.tables);
  const named = (name: string): readonly SourceTable[] =>
    tables().filter((table) => table.name === name);
  const inStep = (step: string): readonly string[] =>
    generated.steps.find((each) => each.step === step)?.tables.map(({ name }) => name) ??
    assert.fail(`there is no step ${step}`);
  const lines = (): readonly string[] =>
    generated.steps.filter(({ area }) => area.endsWith('-workstreams')).map(({ step }) => step);
  const filter = (step: string, table: string): string =>
    generated.steps.find((each) => each.step === step)?.tables.find(({ name }) => name === table)
      ?.filter ?? '';
  const knows = (name: string): string => tableNameOf(name, catalogueTables());
  /** That a query, put right, selects what the product selects. */
  const agrees = async (query: string, repair: RegExp): Promise<void> => {
    const printed = readQueryFacts().find((each) => each.query === query);
    assert.ok(printed !== undefined, query);
    const compared = await new PublishedComparison(source).query(printed);
    assert.notEqual(verdictOf(readReasons(), compared), 'missing');
    assert.ok(compared.rows > 0);
    assert.ok(
      compared.repairs.some((each) => repair.test(each)),
      compared.repairs.join(),
    );
  };

  const checks: readonly (() => void | Promise<void>)[] = [
    () =>
      assert.deepEqual([named('ratingmodel').length, knows('rating model')], [1, 'ratingmodel']),
    () => {
      assert.equal(knows('msdyn_surveyquestions'), 'msdyn_surveyquestion');
      assert.equal(knows('msdyn_decisionrulesets'), 'msdyn_decisionruleset');
    },
    () => {
      assert.equal(named('msdyn_omnichannelconfiguration').length, 0);
      assert.ok(neverExportedTable('msdyn_omnichannelconfiguration') !== undefined);
    },
    () => {
      const order = [
        'msdyn_decisioncontract',
        'msdyn_decisionruleset',
        'msdyn_routingconfigurationstep',
      ];
      for (const step of lines())
        assert.deepEqual(
          inStep(step).filter((name) => order.includes(name)),
          order,
          step,
        );
    },
    () => {
      for (const step of lines())
        assert.ok(inStep(step).includes('msdyn_liveworkstreamcapacityprofile'), step);
    },
    () => {
      assert.ok(inStep('09-live-chat-widgets').includes('msdyn_surveyquestion'));
      assert.ok(!inStep('07-live-chat-workstreams').includes('msdyn_surveyquestion'));
      const chat = areas.filter((area) => area.channels.includes('live-chat'));
      assert.doesNotMatch(JSON.stringify(chat.map(({ steps }) => steps)), /botchannelregistration/);
    },
    () => {
      const chat = { channels: ['live-chat'], queues: [], workstreams: [] } as const;
      assert.deepEqual(queueTypesOf(chat), ['192350000']);
    },
    () => assert.ok(tables().every(({ disablePlugins }) => !disablePlugins)),
    () => {
      const steps = generated.steps.map(({ step }) => step);
      for (const step of lines()) assert.ok(steps.indexOf('03-queues') < steps.indexOf(step), step);
    },
    () => {
      const steps = generated.steps.map(({ step }) => step);
      assert.ok(steps.indexOf('07-live-chat-workstreams') < steps.indexOf('09-live-chat-widgets'));
      const { derivedRows } = ruleBook.of('msdyn_decisionruleset');
      assert.equal(derivedRows?.table, 'msdyn_rulesetdependencymapping');
    },
    () =>
      assert.equal(
        named('msdyn_ocvoicechannelsetting')[0]?.idColumn,
        'msdyn_ocvoicechannelsettingid',
      ),
    () => {
      const lookup = named('msdyn_ocprovisioningstate')[0]?.columns.get(
        'msdyn_voicechannelsettingid',
      );
      assert.deepEqual(lookup?.targets, ['msdyn_ocvoicechannelsetting']);
    },
    () => {
      for (const [table, column] of [
        ['msdyn_ocvoicechannelsetting', 'msdyn_operatinghoursid'],
        ['msdyn_ocsmschannelsetting', 'msdyn_operatinghourid'],
      ] as const)
        assert.deepEqual(named(table)[0]?.columns.get(column)?.targets, ['msdyn_operatinghour']);
    },
    () => agrees('voice-localization', /uiname/),
    () => agrees('sms-localization', /live chat/),
    async () => {
      await agrees('sms-channelsetting-by-workstream', /blank/);
      assert.ok(tables().every((table) => !/="\s/.test(table.filter ?? '')));
    },
    () =>
      assert.match(
        filter('06-voice-workstreams', 'msdyn_decisioncontract'),
        /inputcontractid[^]*outputcontractid/,
      ),
    () =>
      assert.match(
        filter('07-live-chat-workstreams', 'msdyn_decisioncontract'),
        /inputcontractid[^]*outputcontractid/,
      ),
    () => {
      for (const step of lines().filter((each) => !each.includes('record')))
        assert.doesNotMatch(filter(step, 'msdyn_decisioncontract'), /masterentity/, step);
    },
    () => agrees('records-intake-decisioncontract-1-all', /link-type/),
    () => {
      const columns = new Set(tables().flatMap((table) => [...table.columns.keys()]));
      for (const typo of [
        'msdyn_answertyp',
        'msdyn_nam',
        'msdyn_ratingscal',
        'statecod',
        'sttuscode',
      ])
        assert.ok(!columns.has(typo), typo);
      for (const right of ['msdyn_answertype', 'msdyn_ratingscale', 'statecode', 'statuscode'])
        assert.ok(columns.has(right), right);
    },
    () => {
      const [agents] = named('msdyn_ocgooglebusinessmessagesagentaccount');
      assert.equal(agents?.idColumn, 'msdyn_ocgooglebusinessmessagesagentaccountid');
      assert.deepEqual(
        generated.findings.filter(({ code }) => code === 'URM1202'),
        [],
      );
    },
    async () => {
      await agrees('channels-gbm-partneraccount', /swapped/);
      await agrees('channels-custommessagingaccount', /swapped/);
    },
    () => {
      const { withheld } = ruleBook.of('msdyn_livechatconfig');
      assert.equal(withheld.get('msdyn_postconversationsurvey'), 'environment');
    },
    () => {
      for (const { name, columns } of tables())
        assert.ok(!columns.has('modifiedon') && !columns.has('modifiedby'), name);
    },
    () => {
      assert.ok(named('msdyn_decisioncontract').length > 10);
      assert.ok(named('msdyn_decisioncontract').every(({ skipUpdate }) => skipUpdate));
    },
    () => {
      assert.ok(named('msdyn_operatinghour').length > 0);
      assert.ok(ruleBook.of('msdyn_operatinghour').withheld.has('msdyn_calendarid'));
    },
    () => {
      assert.ok(inStep('15-whatsapp-numbers').includes('msdyn_ocwhatsappchannelnumber'));
      assert.ok(inStep('17-custom-channels').includes('msdyn_occustommessagingchannel'));
      for (const step of ['15-whatsapp-numbers', '17-custom-channels'])
        assert.ok(!inStep(step).includes('msdyn_livechatconfig'), step);
    },
    () => assert.ok(inStep('12-sms-workstreams').includes('msdyn_cannedmessage')),
  ];

  it('has a check for each point', () => {
    assert.deepEqual([readDisagreements().length, checks.length], [29, 29]);
  });

  for (const [at, { point, reading }] of readDisagreements().entries())
    it(`${at + 1}. ${point} ${reading}`, () => checks[at]?.());
});
