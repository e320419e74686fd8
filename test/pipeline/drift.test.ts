import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withEmulator, sendTo } from '#support/emulator.ts';
import { aPromotion, requestsSoFar, writesOf } from '#support/promotion.ts';
import { spoil } from '#support/spoiled-target.ts';
import { runWith, told, withFolder } from '#support/stage-runs.ts';
import { checkDriftStage, type CheckDriftResult } from '#shared/stages/check-drift.ts';

describe('check-drift', function () {
  this.timeout(60_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);
  const people = new Map<string, string>();

  const at = (name: string): string => join(folder.path, name);
  const check = async (more: Readonly<Record<string, string>> = {}): Promise<CheckDriftResult> => {
    const { result } = await runWith(checkDriftStage, {
      target: target.url,
      ...(more['run'] === undefined && more['source'] === undefined
        ? { package: at('package') }
        : {}),
      ...more,
    });
    return result as CheckDriftResult;
  };
  const open = (result: CheckDriftResult): readonly string[] =>
    result.findings.filter(({ severity }) => severity !== 'info').map(({ summary }) => summary);

  /** Does something as a user of the target, over HTTP, with the platform's own notes of who and when. */
  const as = async (who: string, method: string, path: string, body?: object): Promise<void> => {
    const answer = await sendTo(target.url, method, {
      path,
      ...(body === undefined ? {} : { body }),
      headers: { Authorization: `Bearer ${people.get(who) ?? ''}` },
    });
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
  };

  before(async () => {
    await promotion.export();
    const imported = await promotion.import('run');
    assert.notEqual(imported.outcome, 'failed');
    const { environment } = target;
    const [administrator] = [...environment.store.rows('role')].filter(
      ({ cells }) => cells.get('name') === 'System Administrator',
    );
    for (const name of ['Ann Berger', 'Luis Ortega']) {
      const id = environment.newId();
      const domain = `${name.split(' ')[0]?.toLowerCase() ?? ''}@contoso.example`;
      spoil(target).add('systemuser', id, {
        fullname: name,
        domainname: domain,
        isdisabled: false,
        businessunitid: { table: 'businessunit', id: environment.rootBusinessUnitId },
      });
      spoil(target).add('systemuserroles', environment.newId(), {
        systemuserid: id,
        roleid: administrator?.id ?? '',
      });
      people.set(name, domain);
    }
  });

  it('finds nothing where nobody changed anything, with reads only', async () => {
    const since = await requestsSoFar(target);
    const result = await check({ out: at('drift-none') });
    assert.deepEqual(told(result.findings), []);
    assert.equal(result.outputs['hasDrift'], false);
    assert.equal(result.counts.unchanged, result.counts.in);
    assert.deepEqual(await writesOf(target, since), []);
  });

  it('finds nothing against the run that wrote everything, and against the source itself', async () => {
    assert.deepEqual(open(await check({ run: at('run') })), []);
    assert.deepEqual(open(await check({ source: source.url })), []);
  });

  it('respects what the configuration says of the environment: values, kept columns and keys', async function () {
    this.timeout(120_000);
    const queue = async (name: string): Promise<Readonly<Record<string, unknown>>> => {
      const filter = encodeURIComponent(`name eq '${name}'`);
      const { body } = await target.send('GET', `queues?$filter=${filter}`);
      return body.value[0] ?? assert.fail(`there is no queue ${name}`);
    };
    const before = { messages: await queue('Messages'), support: await queue('Chat: Support') };
    const patch = async (id: unknown, body: object): Promise<void> => {
      assert.ok((await target.send('PATCH', `queues(${String(id)})`, { body })).status < 300);
    };
    await patch(before.messages['queueid'], { description: 'SMS, in test' });
    await patch(before.support['queueid'], { msdyn_priority: 31 });
    assert.equal((await check()).outputs['changed'], 2);
    const config = at('own.yml');
    const say = (lines: readonly string[]): Promise<void> =>
      writeFile(config, ['format: 1', 'environments:', '  test:', ...lines, ''].join('\n'));
    const url = `    url: ${target.url}`;
    const keep = '    keep: [ { table: queue, column: msdyn_priority } ]';
    const value = (text: string): string =>
      `    values: [ { table: queue, row: Messages, column: description, value: "${text}" } ]`;
    await say([url, keep, value('SMS, in test')]);
    assert.equal((await check({ config })).outputs['hasDrift'], false);
    await say([url, keep, value('SMS of the test centre')]);
    assert.match(open(await check({ config })).join('\n'), /^queue "Messages" is changed[^\n]*$/);
    await patch(before.messages['queueid'], { description: before.messages['description'] });
    await patch(before.support['queueid'], { msdyn_priority: before.support['msdyn_priority'] });
    // Made again by hand, a row has another id: without a key to match by, one is missing and one too many.
    const skill = spoil(target).id('characteristic', 'Fax handling');
    const { cells } = target.environment.store.get('characteristic', skill) ?? assert.fail();
    const again = target.environment.newId();
    spoil(target).remove('characteristic', skill);
    spoil(target).add('characteristic', again, Object.fromEntries(cells));
    const { outputs } = await check();
    assert.deepEqual([outputs['missing'], outputs['extra']], [1, 1]);
    await writeFile(config, 'format: 1\nmatch: { characteristic: [name] }\n');
    assert.equal((await check({ config })).outputs['hasDrift'], false);
    spoil(target).remove('characteristic', again);
    spoil(target).add('characteristic', skill, Object.fromEntries(cells));
  });

  describe('after ten changes by two people', () => {
    const row = (table: string, name: string): string => spoil(target).id(table, name);

    before(async () => {
      const { environment } = target;
      const organization = environment.store.get('organization', environment.organizationId);
      spoil(target).set('organization', environment.organizationId, {
        ...Object.fromEntries(organization?.cells ?? []),
        isauditenabled: true,
      });
      const ann = 'Ann Berger';
      const luis = 'Luis Ortega';
      await as(ann, 'PATCH', `queues(${row('queue', 'Chat: Sales')})`, { msdyn_priority: 77 });
      await as(luis, 'PATCH', `queues(${row('queue', 'Voice: Repairs')})`, {
        name: 'Voice: Repairs and returns',
        msdyn_priority: 8,
      });
      await as(ann, 'PATCH', `characteristics(${row('characteristic', 'French')})`, {
        description: 'Speaks French',
      });
      await as(luis, 'PATCH', `msdyn_capacityprofiles(${row('msdyn_capacityprofile', 'Chats')})`, {
        msdyn_defaultmaxunits: 5,
      });
      const rules = row('msdyn_decisionruleset', 'Repair line: route to queues');
      const text = spoil(target).cell('msdyn_decisionruleset', rules, 'msdyn_rulesetdefinition');
      const [repairs, general] = ['Voice: Repairs and returns', 'Voice: General'].map((name) =>
        row('queue', name),
      );
      assert.equal(typeof text, 'string');
      await as(ann, 'PATCH', `msdyn_decisionrulesets(${rules})`, {
        msdyn_rulesetdefinition: (text as string).replace(repairs ?? '', general ?? ''),
      });
      await as(luis, 'DELETE', `ratingvalues(${row('ratingvalue', 'A1')})`);
      await as(ann, 'DELETE', `msdyn_octags(${row('msdyn_octag', '#repairs')})`);
      await as(luis, 'POST', 'characteristics', { name: 'Dancing', characteristictype: 1 });
      await as(ann, 'POST', 'queues', {
        name: 'Made by hand',
        msdyn_queuetype: 192350000,
        msdyn_isomnichannelqueue: true,
        msdyn_isdefaultqueue: false,
        queueviewtype: 0,
      });
      await as(
        luis,
        'PATCH',
        `msdyn_livechatconfigs(${row('msdyn_livechatconfig', 'Contoso web')})`,
        {
          msdyn_widgettitle: 'Talk to us',
        },
      );
    });

    it('tells each once, with who and when', async () => {
      const result = await check({ out: at('drift') });
      const told = open(result);
      for (const words of [
        /^queue "Chat: Sales" is changed, by Ann Berger on \d{4}-/,
        /^queue "Voice: Repairs" is changed, by Luis Ortega on \d{4}-/,
        /^characteristic "French" is changed, by Ann Berger on \d{4}-/,
        /^msdyn_capacityprofile "Chats" is changed, by Luis Ortega on \d{4}-/,
        /^msdyn_decisionruleset "Repair line: route to queues" is changed, by Ann Berger on \d{4}-/,
        /^ratingvalue "A1" is missing, by Luis Ortega on \d{4}-/,
        /^msdyn_octag "#repairs" is missing, by Ann Berger on \d{4}-/,
        /^characteristic "Dancing" is extra, by Luis Ortega on \d{4}-/,
        /^queue "Made by hand" is extra, by Ann Berger on \d{4}-/,
        /^msdyn_livechatconfig "Contoso web" is changed, by Luis Ortega on \d{4}-/,
      ])
        assert.equal(
          told.filter((text) => words.test(text)).length,
          1,
          `${words}\n${told.join('\n')}`,
        );
      assert.equal(told.length, 10, told.join('\n'));
      assert.equal(result.outputs['hasDrift'], true);
      assert.equal(result.outcome, 'succeededWithIssues');
      const { changed, missing, extra } = result.outputs;
      assert.deepEqual([changed, missing, extra], [6, 2, 2]);
    });

    it('tells rulesets by the sentences that differ', async () => {
      const { findings } = await check();
      const finding = findings.find(({ where }) => where.includes('Repair line: route to queues'));
      assert.match(finding?.detail ?? '', /should be: 1\. Workshop: always → queue /);
    });

    it('writes JSON, Markdown, JUnit and rules that would accept everything', async () => {
      const drift = JSON.parse(await readFile(at('drift/drift.json'), 'utf8')) as {
        drifts: unknown[];
      };
      assert.equal(drift.drifts.length, 10);
      assert.match(await readFile(at('drift/report.md'), 'utf8'), /by Ann Berger/);
      assert.equal((await readFile(at('drift/junit.xml'), 'utf8')).match(/<failure/g)?.length, 10);
    });

    it('is empty after acceptance, until the acceptance expires', async () => {
      const accepted = at('drift/accept-drift.yml');
      const result = await check({ config: accepted });
      assert.deepEqual(open(result), []);
      assert.equal(result.outputs['hasDrift'], false);
      assert.equal(result.outputs['accepted'], 10);
      const expired = at('expired.yml');
      await writeFile(
        expired,
        (await readFile(accepted, 'utf8')).replaceAll(/until: "[\d-]+"/g, 'until: "2020-01-01"'),
      );
      const again = await check({ config: expired });
      assert.equal(again.outputs['hasDrift'], true);
      assert.ok(again.findings.some(({ code }) => code === 'URM1604'));
    });

    it('tells only what is new since an earlier check', async () => {
      const since = at('drift/drift.json');
      const known = await check({ since });
      assert.equal(known.outputs['hasDrift'], false);
      assert.equal(known.outputs['known'], 10);
      await as('Ann Berger', 'PATCH', `queues(${row('queue', 'Chat: Sales')})`, {
        msdyn_priority: 78,
      });
      assert.match(
        open(await check({ since })).join('\n'),
        /^queue "Chat: Sales" is changed[^\n]*$/,
      );
    });

    it('finds what a run wrote and is no longer so', async () => {
      const result = await check({ run: at('run') });
      const told = open(result);
      assert.equal(told.length, 8, told.join('\n'));
      assert.ok(told.some((text) => text.startsWith('ratingvalue "A1" is missing')));
    });

    it('says that deletions are not known where nobody audits', async () => {
      spoil(target).set('organization', target.environment.organizationId, {
        isauditenabled: false,
      });
      const [missing] = open(await check()).filter((text) => text.startsWith('ratingvalue'));
      assert.match(missing ?? '', /is missing, by unknown: auditing is off$/);
    });
  });

  it('refuses ignore rules without an end, a reason, or a known member', async () => {
    for (const [rule, words] of [
      ['{ table: queue, reason: x }', /until/],
      ['{ table: queue, until: 2030-01-01 }', /reason/],
      ['{ table: queue, reason: x, until: 2030-01-01, rows: y }', /unknown member 'rows'/],
    ] as const) {
      const path = at('wrong.yml');
      await writeFile(path, `format: 1\nignore:\n  - ${rule}\n`);
      const { findings } = await check({ config: path });
      assert.match(findings[0]?.summary ?? '', words);
    }
  });

  it('asks for one thing to compare with', async () => {
    const both = await check({ package: at('package'), run: at('run') });
    assert.equal(both.outcome, 'failed');
  });
});
