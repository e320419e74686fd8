import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { channels, type AreaTable, type Scope } from '#shared/routing/area.ts';
import { areas, areasFor } from '#shared/routing/catalogue.ts';
import { ruleBook } from '#shared/routing/rule-book.ts';
import { systemContracts } from '#shared/routing/system-contracts.ts';
import { elementsOf, readXml, type XmlElement } from '#shared/routing/xml-tree.ts';

const everything: Scope = { channels: [], queues: [], workstreams: [] };
const records: Scope = { ...everything, channels: ['record'] };
const hasAll = (): boolean => true;

const published = join(
  dirname(fileURLToPath(import.meta.url)),
  '../../../../shared/reference/sample-schemas',
);

/** Published schema and position by our step. */
const publishedSteps: Readonly<Record<string, string>> = {
  '01-skills': 'Sample-schema-for-skill-based-routing.xml',
  '02-capacity-profiles': 'Sample-schema-for-capacity-profiles.xml',
  '03-queues': 'Sample-schema-for-unified-routing-record-queues-step-1.xml',
  '04-queues-selection': 'Sample-schema-for-unified-routing-record-queues-step-2.xml',
  '06-voice-workstreams': 'voice-workstream-sample-schema.xml',
  '07-live-chat-workstreams': 'Live-chat-workstreams.xml',
  '08-voice-settings': 'voice-channel-config-sample.xml',
  '09-live-chat-widgets': 'live-chat-channel-sample-config.xml',
  '05-intake-rules': 'Sample-schema-intake-rules-for-record-routing.xml',
  '11-record-workstreams': 'Sample-schema-for-unified-routing-record-workstreams.xml',
  '12-sms-workstreams': 'sms-workstream-sample-schema.xml',
  '13-sms-numbers': 'sms-channel-config-sample.xml',
  '14-whatsapp-workstreams': 'sample-schema-whatsapp-workstreams.xml',
  '15-whatsapp-numbers': 'sample-schema-whatsapp-channel-config.xml',
  '16-custom-workstreams': 'sample-schema-custom-channel-workstreams.xml',
  '17-custom-channels': 'sample-schema-custom-channel-config.xml',
};

describe('catalogue', () => {
  const steps = areas.flatMap((area) => area.steps);

  it('numbers its steps in area order', () => {
    const names = steps.map(({ step }) => step);
    assert.deepEqual(names, [...names].sort());
    assert.equal(new Set(names.map((name) => name.slice(0, 2))).size, names.length);
  });

  it('names every table and column once in a step', () => {
    for (const { step, tables } of steps) {
      assert.equal(new Set(tables.map(({ table }) => table)).size, tables.length, step);
      for (const { table, columns, optionalColumns = [] } of tables) {
        const all = [...columns, ...optionalColumns];
        assert.equal(new Set(all).size, all.length, `${step} ${table}`);
      }
    }
  });

  it('says the rules of a table in one way only', () => {
    const seen = new Map<string, unknown>();
    for (const [table, rules] of areas.flatMap((area) => Object.entries(area.rules))) {
      assert.equal(seen.get(table) ?? rules, rules, table);
      seen.set(table, rules);
    }
  });

  it('writes well-formed filters on the table itself, within the limit of 15 links', () => {
    const scopes: Scope[] = [
      everything,
      records,
      { ...everything, channels: ['voice', 'live-chat'] },
      { ...records, recordTypes: ['incident', 'task'] },
      {
        ...everything,
        channels,
        workstreams: ['A & "B"', '{2F1B0000-0000-4000-8000-00000000AB02}'],
      },
      { ...records, queues: ['Billing & "Co" <1>', '{2F1B0000-0000-4000-8000-00000000AB01}'] },
    ];
    for (const scope of scopes)
      for (const table of steps.flatMap((step) => step.tables)) {
        const root = filterOf(table, scope);
        if (root === undefined) continue;
        const [entity] = elementsOf(root);
        assert.equal(entity?.attributes.get('name'), table.table);
        const links = descendants(root).filter(({ name }) => name === 'link-entity');
        assert.ok(links.length <= 15, `${table.table}: ${links.length} links`);
        const aliases = new Set(links.map((link) => link.attributes.get('alias')));
        assert.equal(aliases.size, links.length);
        for (const condition of descendants(root)) {
          const alias = condition.attributes.get('entityname');
          if (alias !== undefined) assert.ok(aliases.has(alias), alias);
        }
      }
  });

  it('uses the in-queue overflow lookup only where the environment has it', () => {
    const rulesets = tableOf('03-queues', 'msdyn_decisionruleset');
    const older = rulesets.filter?.(everything, (_, column) => !column.includes('inqueue')) ?? '';
    assert.doesNotMatch(older, /msdyn_inqueueoverflowrulesetid/);
    assert.match(older, /msdyn_prequeueoverflowrulesetid/);
  });

  it('keeps default queues of messaging and voice out, and asks records as published', () => {
    const queue = tableOf('03-queues', 'queue');
    assert.doesNotMatch(queue.filter?.(records, hasAll) ?? '', /msdyn_isdefaultqueue/);
    assert.match(queue.filter?.(everything, hasAll) ?? '', /msdyn_isdefaultqueue/);
  });

  it('escapes names of queues in filters', () => {
    const queue = tableOf('03-queues', 'queue');
    const filter = queue.filter?.({ ...records, queues: ['A & "B" <C>'] }, hasAll) ?? '';
    assert.match(filter, /value="A &amp; &quot;B&quot; &lt;C&gt;"/);
  });

  it('gives each channel what all of them need and what is its own', () => {
    const namesFor = (...channels: Scope['channels']): readonly string[] =>
      areasFor(channels).map(({ area }) => area);
    const shared = ['skills', 'capacity-profiles', 'queues'];
    assert.deepEqual(namesFor('voice'), [...shared, 'voice-workstreams', 'voice-settings']);
    assert.deepEqual(namesFor('live-chat'), [
      ...shared,
      'live-chat-workstreams',
      'live-chat-widgets',
    ]);
    assert.deepEqual(namesFor('record'), [
      'skills',
      'capacity-profiles',
      'queues',
      'intake-rules',
      'record-workstreams',
    ]);
    for (const channel of channels.filter((each) => each !== 'record')) {
      const own = areas.filter((area) => area.channels.includes(channel));
      assert.deepEqual(
        own.map((area) => area.channels),
        [[channel], [channel]],
        'workstreams and what belongs to the channel',
      );
      assert.ok(own[0]?.area.endsWith('-workstreams'));
    }
    assert.deepEqual(
      areasFor([]),
      areas.filter(({ includedBy }) => includedBy === undefined),
    );
    assert.deepEqual(areasFor([], ['templates', 'bot-registrations']), areas);
  });

  for (const [step, file] of Object.entries(publishedSteps))
    it(`holds every table, column and flag of ${file}`, function () {
      const entities = readPublished(join(published, file));
      if (entities === undefined) this.skip();
      for (const entity of entities) {
        const table = tableOf(step, entity.attributes.get('name') ?? '');
        const columns = [...table.columns, ...(table.optionalColumns ?? [])];
        const fields = descendants(entity).filter(({ name }) => name === 'field');
        for (const field of fields) assert.ok(columns.includes(nameOf(field)), nameOf(field));
        assert.equal(
          table.skipUpdate === true,
          entity.attributes.get('skipupdate') === 'true',
          table.table,
        );
        for (const relationship of descendants(entity).filter(
          ({ name }) => name === 'relationship',
        ))
          assert.ok(table.relationships?.includes(nameOf(relationship)), nameOf(relationship));
      }
    });

  it('asks for record queues with the published conditions', function () {
    const entities = readPublished(join(published, publishedSteps['03-queues'] ?? ''));
    if (entities === undefined) this.skip();
    for (const name of [
      'queue',
      'msdyn_assignmentconfiguration',
      'msdyn_assignmentconfigurationstep',
    ]) {
      const entity = entities.find(({ attributes }) => attributes.get('name') === name);
      const text = entity === undefined ? '' : textBelow(entity, 'filter');
      const reading = readXml(text);
      assert.ok('root' in reading, name);
      const ours = filterOf(tableOf('03-queues', name), records);
      assert.ok(ours !== undefined);
      assert.deepEqual(conditionsOf(ours), conditionsOf(reading.root), name);
    }
  });

  function tableOf(step: string, table: string): AreaTable {
    const found = steps
      .find((each) => each.step === step)
      ?.tables.find((each) => each.table === table);
    assert.ok(found !== undefined, `${step} ${table}`);
    return found;
  }
});

describe('rule book', () => {
  it('recognizes the seven system contracts by unique name and everything else by id first', () => {
    assert.equal(systemContracts.size, 7);
    const contracts = ruleBook.of('msdyn_decisioncontract');
    assert.deepEqual(contracts.identities[0], {
      by: 'unique-name',
      column: 'msdyn_uniquename',
    });
    assert.equal(contracts.systemRows?.values, systemContracts);
    for (const table of ['queue', 'characteristic', 'msdyn_decisionruleset', 'account'])
      assert.deepEqual(ruleBook.of(table).identities[0], { by: 'id' }, table);
  });

  it('sends the type of a queue on create only', () => {
    assert.deepEqual([...ruleBook.of('queue').createOnly], ['msdyn_queuetype']);
  });

  it('withholds secrets of channels, and environment-bound columns of any table', () => {
    assert.equal(ruleBook.of('msdyn_liveworkstream').withheld.get('msdyn_apikey'), 'secret');
    assert.equal(ruleBook.of('account').withheld.get('importsequencenumber'), 'environment');
    assert.equal(ruleBook.of('queue').withheld.get('name'), undefined);
  });
});

function filterOf(table: AreaTable, scope: Scope): XmlElement | undefined {
  const text = table.filter?.(scope, () => true);
  if (text === undefined) return undefined;
  const reading = readXml(text);
  assert.ok('root' in reading, `${table.table}: ${text}`);
  return reading.root;
}

function readPublished(path: string): readonly XmlElement[] | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const reading = readXml(text);
  assert.ok('root' in reading);
  return elementsOf(reading.root);
}

function descendants(element: XmlElement): readonly XmlElement[] {
  return elementsOf(element).flatMap((child) => [child, ...descendants(child)]);
}

function nameOf(element: XmlElement): string {
  return element.attributes.get('name') ?? '';
}

function textBelow(element: XmlElement, name: string): string {
  const found = elementsOf(element).find((child) => child.name === name);
  const raw = found?.children.map((child) => (child.is === 'text' ? child.raw : '')).join('') ?? '';
  return raw
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

/** Conditions and links without what only people read. */
function conditionsOf(root: XmlElement): readonly string[] {
  return descendants(root)
    .filter(({ name }) => name === 'condition' || name === 'link-entity')
    .map(({ name, attributes }) =>
      [
        name,
        ...['name', 'attribute', 'operator', 'value', 'from', 'to', 'link-type'].map(
          (key) => attributes.get(key) ?? '',
        ),
      ].join(' '),
    );
}
