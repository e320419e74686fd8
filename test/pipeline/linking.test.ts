import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withEmulator } from '#support/emulator.ts';
import { aPromotion, requestsSoFar, savedActions, writesOf } from '#support/promotion.ts';
import { spoil } from '#support/spoiled-target.ts';
import { runWith, told, withFolder } from '#support/stage-runs.ts';
import { rollBackStage } from '#shared/stages/roll-back.ts';

const map = `format: 1
rows: []
people:
  - user: ann@contoso.example
    queues: ["Voice: General", "Voice: Gold customers", "Voice: Repairs", "Chat: Sales"]
    skills:
      - { skill: Billing, rating: Expert }
      - { skill: Espresso machines }
      - Returns and repairs
    capacity: [{ profile: Voice calls, units: 2 }]
  - user: luis@contoso.example
    queues: ["Voice: General", "Chat: Support", "Chat: Réparations", "DEALERS"]
    skills: [{ skill: French, rating: C1 }, English]
bots:
  - { workstream: Web chat, user: contoso-helper }
calendars:
  - { hours: Weekdays 8 to 18, calendar: Office hours }
  - { hours: Workshop hours, calendar: Office hours }
  - { hours: Around the clock, calendar: Always }
numbers:
  - { channel: Main line voice channel, number: "+4940111" }
  - { channel: Repair line voice channel, number: "+4940222" }
  - { channel: Dealer line voice channel, number: "+4940333" }
waitMusic:
  - { language: main-line en-US, music: Lounge }
`;

describe('people, calendars and numbers by map file', function () {
  this.timeout(60_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);
  const withMap = { map: 'map.yml' };

  /** Members, resources, skills, and what only the target can give. */
  const state = (): Readonly<Record<string, number>> => {
    const { store } = target.environment;
    const filled = (table: string, column: string): number =>
      [...store.rows(table)].filter(({ cells }) => (cells.get(column) ?? null) !== null).length;
    return {
      members: store.count('queuemembership'),
      resources: store.count('bookableresource'),
      skills: store.count('bookableresourcecharacteristic'),
      capacity: store.count('msdyn_bookableresourcecapacityprofile'),
      bots: filled('msdyn_liveworkstream', 'msdyn_bot_user'),
      calendars: filled('msdyn_operatinghour', 'msdyn_calendarid'),
      numbers: filled('msdyn_ocvoicechannelsetting', 'msdyn_phonenumberid'),
      music: filled('msdyn_ocvoicechannellanguagesetting', 'msdyn_waitmusicid'),
    };
  };
  let atFirst: Readonly<Record<string, number>> = {};

  before(async () => {
    await promotion.export({ channels: 'voice,live-chat' });
    assert.notEqual((await promotion.import('first')).outcome, 'failed');
    const { add } = spoil(target);
    const { environment } = target;
    const unit = { table: 'businessunit', id: environment.rootBusinessUnitId };
    for (const [name, key] of [
      ['Ann Berger', 'ann'],
      ['Luis Ortega', 'luis'],
      ['Contoso Helper', 'bot'],
    ] as const)
      add('systemuser', environment.newId(), {
        fullname: name,
        domainname: `${key}@contoso.example`,
        isdisabled: false,
        businessunitid: unit,
        ...(key === 'bot' ? { msdyn_bothandle: 'contoso-helper' } : {}),
      });
    for (const name of ['Office hours', 'Always'])
      add('calendar', environment.newId(), { name, type: 1, businessunitid: unit });
    for (const number of ['+4940111', '+4940222', '+4940333'])
      add('msdyn_ocphonenumber', environment.newId(), {
        msdyn_name: number,
        msdyn_phonenumber: number,
      });
    add('msdyn_ocphonemusic', environment.newId(), { msdyn_name: 'Lounge' });
    // One of the two queues called Dealers is meant: its id says which.
    const dealers = [...environment.store.find('queue', 'name', 'Dealers')].find(
      ({ cells }) => cells.get('msdyn_queuetype') === 192350000,
    );
    await writeFile(join(folder.path, 'map.yml'), map.replace('DEALERS', dealers?.id ?? ''));
    atFirst = state();
  });

  it('shows everything in a plan first, and writes nothing for it', async () => {
    const since = await requestsSoFar(target);
    const planned = await promotion.plan('plan', withMap);
    assert.deepEqual(await writesOf(target, since), []);
    assert.equal(planned.counts.failed, 0, told(planned.findings).join('\n'));
    const actions = await savedActions(join(folder.path, 'plan/plan.json'));
    const kinds = (kind: string, table: string): number =>
      actions.filter((action) => action.kind === kind && action.row.table === table).length;
    assert.equal(kinds('link', 'queue'), 8);
    assert.equal(kinds('create', 'bookableresource'), 2);
    assert.equal(kinds('create', 'bookableresourcecharacteristic'), 5);
    assert.equal(kinds('create', 'msdyn_bookableresourcecapacityprofile'), 1);
    assert.equal(kinds('update', 'msdyn_liveworkstream'), 1);
    assert.equal(kinds('update', 'msdyn_operatinghour'), 3);
    assert.equal(kinds('update', 'msdyn_ocvoicechannelsetting'), 3);
    assert.equal(kinds('update', 'msdyn_ocvoicechannellanguagesetting'), 1);
    assert.equal(actions.length, 24);
  });

  it('does exactly that plan, and a second plan is empty', async () => {
    const imported = await promotion.import('linked', { ...withMap, plan: 'plan/plan.json' });
    assert.equal(imported.counts.failed, 0, told(imported.findings).join('\n'));
    const again = await promotion.plan('again', withMap);
    assert.equal(again.outputs['hasChanges'], false);
    assert.deepEqual(await savedActions(join(folder.path, 'again/plan.json')), []);
  });

  it('ends in a verified target: nothing of it is left to hands', async () => {
    const verified = await promotion.verify(withMap);
    const left = verified.findings.filter(({ code }) => code !== 'URM1522');
    assert.deepEqual(told(left), []);
  });

  it('finds a member that left, and brings the member back', async () => {
    const { store } = target.environment;
    const [member] = store.rows('queuemembership');
    store.delete('queuemembership', member?.id ?? '');
    const verified = await promotion.verify(withMap);
    assert.ok(verified.findings.some(({ code }) => code === 'URM1509'));
    const repaired = await promotion.import('repaired', withMap);
    assert.equal(repaired.counts.linked, 1);
  });

  it('uses a resource that somebody made before', async () => {
    const { store } = target.environment;
    const [resource] = store.rows('bookableresource');
    if (resource === undefined) assert.fail('there is no resource');
    const other = target.environment.newId();
    /** The same person's resource under another id, with all that belongs to it. */
    const move = (from: string, to: string): void => {
      store.put('bookableresource', to, resource.cells);
      for (const [table, column] of [
        ['bookableresourcecharacteristic', 'resource'],
        ['msdyn_bookableresourcecapacityprofile', 'msdyn_bookableresourceid'],
      ] as const)
        for (const id of spoil(target).pointingTo(table, column, {
          table: 'bookableresource',
          id: from,
        }))
          spoil(target).set(table, id, { [column]: { table: 'bookableresource', id: to } });
      store.delete('bookableresource', from);
    };
    move(resource.id, other);
    const planned = await promotion.plan('existing', withMap);
    assert.equal(planned.outputs['hasChanges'], false, JSON.stringify(planned.counts));
    // Back to what the run made, so that it can be undone.
    move(other, resource.id);
  });

  it('is rolled back with its run', async () => {
    const run = join(folder.path, 'linked');
    const { result } = await runWith(rollBackStage, {
      target: target.url,
      run,
      overwriteChanged: 'true',
    });
    assert.notEqual(result.outcome, 'failed', told(result.findings).join('\n'));
    assert.deepEqual(state(), atFirst, JSON.stringify(result.findings));
  });

  it('refuses a map that links what cannot be found, all of it together', async () => {
    await writeFile(
      join(folder.path, 'wrong.yml'),
      'format: 1\nrows: []\npeople:\n  - { user: nobody@contoso.example, queues: [Nowhere, Dealers] }\n  - { user: ann@contoso.example, queues: [Nowhere, Dealers], skills: [Juggling] }\n',
    );
    const { findings } = await promotion.plan('wrong', { map: 'wrong.yml' });
    const [finding] = findings;
    assert.equal(finding?.code, 'URM1001');
    for (const words of [
      /nobody@contoso/,
      /no characteristic Juggling/,
      /no queue Nowhere/,
      /2 rows of queue named Dealers/,
    ])
      assert.match(finding?.summary ?? '', words);
  });

  it('refuses members of the file that it does not know', async () => {
    await writeFile(
      join(folder.path, 'strange.yml'),
      'format: 1\nrows: []\npeople:\n  - { user: ann@contoso.example, queue: x }\nbots: [{ workstream: x }]\n',
    );
    const { findings } = await promotion.plan('strange', { map: 'strange.yml' });
    assert.match(findings[0]?.summary ?? '', /unknown member 'queue'.*needs 'user'/);
  });
});
