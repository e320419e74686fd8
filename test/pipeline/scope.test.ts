import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nameOf } from '#shared/model/row.ts';
import { exportStage, type ExportResult } from '#shared/stages/export.ts';
import { withEmulator, type TestEmulator } from '#support/emulator.ts';
import { aPromotion } from '#support/promotion.ts';
import { rowsIn, rulesetsWithoutMappings } from '#support/routing-rows.ts';
import { spoil } from '#support/spoiled-target.ts';
import { rowsOf, runWith, told, withFolder } from '#support/stage-runs.ts';

/** Names of a package's rows by table, each once. */
async function namesIn(path: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const names = new Map<string, Set<string>>();
  for (const [key, rows] of await rowsOf(path)) {
    const table = key.slice(key.lastIndexOf(' ') + 1);
    const own = names.get(table) ?? new Set<string>();
    names.set(table, own);
    for (const row of rows) own.add(row.id);
  }
  return Object.fromEntries([...names].map(([table, own]) => [table, [...own].sort()]));
}

/** A suite for the promotion of a few named workstreams alone. */
function aLimitedPromotion(
  title: string,
  inputs: Readonly<Record<string, string>>,
  more: (context: {
    readonly source: TestEmulator;
    readonly target: TestEmulator;
    readonly exported: () => ExportResult;
    readonly path: () => string;
  }) => void,
): void {
  describe(title, function () {
    this.timeout(120_000);
    const source = withEmulator({ seed: 'contoso' });
    const target = withEmulator({ seed: 'empty' });
    const folder = withFolder();
    const promotion = aPromotion(source, target, folder);
    const path = (): string => join(folder.path, 'package');
    let exported: ExportResult | undefined;
    const result = (): ExportResult => {
      assert.ok(exported !== undefined);
      return exported;
    };

    before(async () => {
      const end = await runWith(exportStage, {
        source: source.url,
        out: path(),
        format: 'folder',
        explain: 'true',
        ...inputs,
      });
      exported = end.result as ExportResult;
      assert.notEqual(exported.outcome, 'failed', JSON.stringify(exported.findings));
    });

    it('brings exactly the rows that are explained', async () => {
      const explained = new Map<string, Set<string>>();
      for (const { table, id, why } of result().explanations ?? []) {
        assert.ok(id !== undefined && why !== '', table);
        explained.set(table, (explained.get(table) ?? new Set()).add(id));
      }
      assert.deepEqual(
        await namesIn(path()),
        Object.fromEntries([...explained].map(([table, ids]) => [table, [...ids].sort()])),
      );
    });

    it('leaves nothing behind that its rows refer to', () => {
      assert.deepEqual(told(result().findings.filter(({ code }) => code === 'URM1226')), []);
    });

    it('is imported and verified alone', async () => {
      const imported = await promotion.import('run');
      assert.deepEqual(told(imported.findings.filter(({ severity }) => severity === 'error')), []);
      assert.equal(imported.counts.failed, 0);
      const verified = await promotion.verify();
      assert.deepEqual(told(verified.findings.filter(({ severity }) => severity === 'error')), []);
      assert.equal(verified.counts.unchanged, verified.counts.in);
      assert.deepEqual((await rulesetsWithoutMappings(target)).lacking, []);
      assert.equal((await promotion.plan('again')).outputs['hasChanges'], false);
    });

    more({ source, target, exported: result, path });
  });
}

aLimitedPromotion('one voice workstream', { workstreams: 'Repair line' }, ({ exported, path }) => {
  const lines = (): readonly string[] =>
    (exported().explanations ?? []).map(({ table, name, why }) => `${table} ${name ?? ''}: ${why}`);

  it('has the one line with its settings, and no other', () => {
    const named = lines().filter((line) => line.startsWith('msdyn_liveworkstream '));
    assert.deepEqual(named, ['msdyn_liveworkstream Repair line: named']);
    assert.ok(
      lines().some((line) =>
        /^msdyn_ocvoicechannelsetting Repair line voice channel: belongs to .* Repair line$/.test(
          line,
        ),
      ),
    );
    assert.ok(!lines().some((line) => /Main line|Dealer/.test(line.split(':')[0] ?? '')));
  });

  it('explains queues by the rules that lead to them', () => {
    assert.ok(
      lines().some((line) =>
        /^queue Voice: .*: rule "Workshop" › assign_to.queue in msdyn_decisionruleset Repair line/.test(
          line,
        ),
      ),
      lines().join('\n'),
    );
  });

  it('has no step of another channel', async () => {
    assert.deepEqual(
      (await readdir(path())).filter((name) => name.includes('chat')),
      [],
    );
  });
});

aLimitedPromotion('one chat widget', { workstreams: 'Web chat' }, ({ exported, target }) => {
  it('brings the widget with its survey, its replies and its messages', () => {
    const rows = new Map<string, number>();
    for (const { table } of exported().explanations ?? [])
      rows.set(table, (rows.get(table) ?? 0) + 1);
    for (const [table, count] of [
      ['msdyn_liveworkstream', 1],
      ['msdyn_livechatconfig', 1],
      ['msdyn_surveyquestion', 2],
      ['msdyn_questionsequence', 2],
      ['msdyn_chatansweroption', 3],
      ['msdyn_localizedsurveyquestion', 1],
      ['msdyn_authenticationsettings', 1],
      ['msdyn_oc_geolocationprovider', 1],
      ['msdyn_ocsystemmessage', 1],
      ['msdyn_cannedmessage', 2],
      ['msdyn_octag', 2],
    ] as const)
      assert.equal(rows.get(table), count, table);
  });

  it('leaves the target without any other workstream', async () => {
    const { tables } = await target.state();
    assert.equal(tables['msdyn_liveworkstream'], 1, JSON.stringify(tables));
    assert.equal(tables['msdyn_livechatconfig'], 1);
  });
});

aLimitedPromotion(
  'record routing for incident',
  { recordTypes: 'incident' },
  ({ exported, path, target }) => {
    const lines = (): readonly string[] =>
      (exported().explanations ?? []).map(
        ({ table, name, why }) => `${table} ${name ?? ''}: ${why}`,
      );

    it('has the record type, its intake rules and the workstream they lead to', () => {
      assert.deepEqual(
        lines().filter((line) =>
          /^msdyn_(masterentityroutingconfiguration|liveworkstream) /.test(line),
        ),
        [
          'msdyn_masterentityroutingconfiguration incident routing: named',
          'msdyn_liveworkstream Cases: belongs to msdyn_masterentityroutingconfiguration incident routing',
        ],
      );
      assert.ok(
        lines().includes(
          'msdyn_decisionruleset Case intake: msdyn_rulesetid of msdyn_masterentityroutingconfiguration incident routing',
        ),
      );
      assert.ok(!lines().some((line) => /Task|Lead/.test(line.split(':')[0] ?? '')));
    });

    it('is told in the manifest, and leaves other record types out of the target', async () => {
      const manifest = JSON.parse(await readFile(join(path(), 'migration.json'), 'utf8')) as {
        scope: unknown;
      };
      assert.deepEqual(manifest.scope, { recordTypes: ['incident'] });
      const types = await rowsIn(target, 'msdyn_masterentityroutingconfigurations');
      assert.deepEqual(
        types.map((row) => row['msdyn_entitylogicalname']),
        ['incident'],
      );
    });
  },
);

aLimitedPromotion(
  'one WhatsApp line',
  { channels: 'whatsapp', workstreams: 'WhatsApp' },
  ({ exported, target }) => {
    it('brings the number with its account and the reply that is offered there', () => {
      const rows = new Map<string, readonly (string | undefined)[]>();
      for (const { table, name } of exported().explanations ?? [])
        rows.set(table, [...(rows.get(table) ?? []), name]);
      for (const [table, names] of [
        ['msdyn_liveworkstream', ['WhatsApp']],
        ['msdyn_ocwhatsappchannelnumber', ['Contoso WhatsApp number']],
        ['msdyn_ocwhatsappchannelaccount', ['Contoso WhatsApp']],
        ['msdyn_cannedmessage', ['Opening (SMS)']],
        ['msdyn_octag', ['#greetings']],
        ['msdyn_oclanguage', ['German - Germany']],
      ] as const)
        assert.deepEqual(rows.get(table), names, table);
    });

    it('leaves number, account id, keys and addresses to the target', async () => {
      const [account] = await rowsIn(target, 'msdyn_ocwhatsappchannelaccounts');
      const [number] = await rowsIn(target, 'msdyn_ocwhatsappchannelnumbers');
      for (const column of [
        'msdyn_provideraccountid',
        'msdyn_authenticationtoken',
        'msdyn_secureauthenticationtoken',
        'msdyn_twilioinboundurl',
      ])
        assert.equal(account?.[column] ?? null, null, column);
      assert.equal(number?.['msdyn_organizationphonenumber'] ?? null, null);
    });
  },
);

describe('the scope of an export', () => {
  const source = withEmulator({ seed: 'contoso' });
  const folder = withFolder();

  it('refuses a workstream that is of another channel, and one that is in legacy mode', async () => {
    const { result } = await runWith(exportStage, {
      source: source.url,
      out: join(folder.path, 'x'),
      channels: 'voice',
      workstreams: 'Web chat',
    });
    assert.equal(result.outcome, 'failed');
    assert.match(
      result.findings[0]?.summary ?? '',
      /'Web chat' cannot move: it is of none of the channels voice/,
    );
  });

  it('refuses a record type that nobody routes, and one that the channels leave out', async () => {
    for (const [inputs, problem] of [
      [{ recordTypes: 'account' }, /no record type 'account'/],
      [
        { recordTypes: 'incident', channels: 'voice' },
        /record type 'incident' cannot move: records are none of the channels voice/,
      ],
    ] as const) {
      const { result } = await runWith(exportStage, {
        source: source.url,
        out: join(folder.path, 'x'),
        ...inputs,
      });
      assert.equal(result.outcome, 'failed');
      assert.match(result.findings[0]?.summary ?? '', problem);
    }
  });

  it('leaves out workstreams of a record type that are in legacy mode', async () => {
    const { id, set } = spoil(source);
    const old = id('msdyn_liveworkstream', 'Cases (until 2021)');
    const type = 'msdyn_masterentityroutingconfiguration';
    set('msdyn_liveworkstream', old, {
      msdyn_masterentityroutingconfigurationid: { table: type, id: id(type, 'lead routing') },
    });
    const out = join(folder.path, 'leads');
    const inputs = { source: source.url, out, recordTypes: 'lead' };
    assert.notEqual((await runWith(exportStage, inputs)).result.outcome, 'failed');
    const rows = await rowsOf(out);
    assert.ok(rows.has('05-intake-rules msdyn_masterentityroutingconfiguration'));
    assert.ok(![...rows.keys()].some((key) => key.endsWith(' msdyn_liveworkstream')));
  });

  it('takes record types from the configuration file, where no input names any', async () => {
    const config = join(folder.path, 'unified-routing.yml');
    await writeFile(config, 'format: 1\nchannels: [record]\nrecordTypes: [Task]\n');
    const out = join(folder.path, 'configured');
    const { result } = await runWith(exportStage, { source: source.url, out, config });
    assert.notEqual(result.outcome, 'failed', told(result.findings).join());
    const rows = await rowsOf(out);
    const names = (key: string): readonly string[] =>
      (rows.get(key) ?? []).map((row) => nameOf(row));
    assert.deepEqual(names('05-intake-rules msdyn_masterentityroutingconfiguration'), [
      'task routing',
    ]);
    assert.deepEqual(names('11-record-workstreams msdyn_liveworkstream'), [
      'Tasks of the workshop',
    ]);
  });

  it('explains each table when nothing limits it', async () => {
    const { result } = await runWith(exportStage, {
      source: source.url,
      out: join(folder.path, 'all'),
      explain: 'true',
    });
    const { explanations = [], steps } = result as ExportResult;
    assert.deepEqual(
      explanations.map(({ step, table }) => `${step} ${table}`),
      steps.flatMap(({ step, tables }) => tables.map(({ name }) => `${step} ${name}`)),
    );
    assert.ok(explanations.every(({ why }) => why.length > 20));
  });

  it('explains nothing when nobody asks', async () => {
    const { result } = await runWith(exportStage, {
      source: source.url,
      out: join(folder.path, 'quiet'),
    });
    assert.equal((result as ExportResult).explanations, undefined);
  });
});

describe('what stays behind unless it is asked for', function () {
  this.timeout(60_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);

  it('is named with its reason, and with what includes it or does it by hand', async () => {
    const { findings } = await promotion.export({ out: 'plain', channels: 'voice,live-chat' });
    const left = findings.filter(({ code }) => code === 'URM1232');
    for (const [known, remedy] of [
      ['msdyn_sessiontemplate', /include: templates/],
      ['msdyn_notificationtemplate', /include: templates/],
      ['msdyn_ocbotchannelregistration', /include: bot-registrations/],
      ['msdyn_ocphonenumber', /in the target/],
      ['msdyn_ocphonemusic', /in the target/],
      ['msdyn_chatquestionnaireresponse', /Nothing/],
    ] as const) {
      const finding = left.find(({ detail }) => detail.includes(known));
      assert.ok(finding !== undefined, known);
      assert.match(finding.remedy, remedy);
      assert.match(finding.summary, /stay where they are: \w+/);
    }
  });

  it('names workstreams in legacy mode, which no filter selects', async () => {
    const [old] = await rowsIn(
      source,
      'msdyn_liveworkstreams',
      "?$filter=msdyn_name eq 'Dealer line'",
    );
    await source.send(
      'PATCH',
      `msdyn_liveworkstreams(${String(old?.['msdyn_liveworkstreamid'])})`,
      {
        body: { msdyn_mode: 717210000 },
      },
    );
    const all = await promotion.export({ out: 'legacy', channels: 'voice' });
    const skipped = all.findings.find(({ code }) => code === 'URM1233');
    assert.equal(skipped?.detail, 'Dealer line');
    const one = await promotion.export({ out: 'one', workstreams: 'Dealer line' });
    assert.equal(one.outcome, 'failed');
    assert.match(one.findings[0]?.summary ?? '', /'Dealer line' cannot move: it is in legacy mode/);
  });

  it('moves when it is included, without its secrets, and is verified', async () => {
    const exported = await promotion.export({
      workstreams: 'Web chat',
      include: 'templates,bot-registrations',
      explain: 'true',
    });
    assert.notEqual(exported.outcome, 'failed');
    const names = await namesIn(join(folder.path, 'package'));
    assert.equal(names['msdyn_sessiontemplate']?.length, 1);
    assert.equal(names['msdyn_notificationtemplate']?.length, 1);
    assert.equal(names['msdyn_applicationtabtemplate']?.length, 1);
    assert.equal(names['msdyn_notificationfield']?.length, 1, 'linked to its template');
    const imported = await promotion.import('run');
    assert.deepEqual(told(imported.findings.filter(({ severity }) => severity === 'error')), []);
    const verified = await promotion.verify();
    assert.deepEqual(told(verified.findings.filter(({ severity }) => severity === 'error')), []);
    assert.equal((await promotion.plan('again')).outputs['hasChanges'], false);
  });

  it('moves whole when nothing limits it', async () => {
    await promotion.export({ out: 'extras', include: 'templates,bot-registrations' });
    const names = await namesIn(join(folder.path, 'extras'));
    assert.equal(names['msdyn_ocbotchannelregistration']?.length, 6);
    assert.equal(names['msdyn_sessiontemplate']?.length, 4);
  });

  it('is refused by a name that is none', async () => {
    const { findings } = await promotion.export({ out: 'x', include: 'wallpapers' });
    assert.match(findings[0]?.summary ?? '', /'wallpapers' is nothing that can be included/);
  });
});
