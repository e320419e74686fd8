import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nameOf } from '#shared/model/row.ts';
import { withEmulator } from '#support/emulator.ts';
import { aPromotion } from '#support/promotion.ts';
import { rowBy, rowsIn, tablesWith } from '#support/routing-rows.ts';
import { spoil } from '#support/spoiled-target.ts';
import { rowsOf, told, withFolder } from '#support/stage-runs.ts';

/** What a channel brings beside its workstream, and what stays in the source. */
interface Expected {
  readonly workstream: string;
  /** Names of the rows, by step and table. */
  readonly rows: Readonly<Record<string, readonly string[]>>;
  /** Columns that are filled in the source and empty in the package, `secret` or `environment`. */
  readonly withheld: Readonly<Record<string, 'secret' | 'environment'>>;
  /** Beginnings of what the plan leaves to people. */
  readonly manual: readonly string[];
}

const botSecrets = {
  'msdyn_ocbotchannelregistration.msdyn_msappid': 'environment',
  'msdyn_ocbotchannelregistration.msdyn_msappsecret': 'secret',
  'msdyn_ocbotchannelregistration.msdyn_securemsappsecret': 'secret',
} as const;

const expected: Readonly<Record<string, Expected>> = {
  sms: {
    workstream: 'SMS',
    rows: {
      '13-sms-numbers msdyn_ocsmschannelsetting': ['Contoso SMS'],
      '13-sms-numbers msdyn_operatinghour': ['Around the clock'],
    },
    withheld: {
      'msdyn_liveworkstream.msdyn_apikey': 'secret',
      'msdyn_liveworkstream.msdyn_customerid': 'environment',
      'msdyn_liveworkstream.msdyn_secureapikey': 'secret',
      'msdyn_liveworkstream.msdyn_telesigninboundurl': 'environment',
      'msdyn_liveworkstream.msdyn_twilioinboundurl': 'environment',
      'msdyn_ocsmschannelsetting.msdyn_phonenumberid': 'environment',
    },
    manual: ['Set the SMS provider', 'Assign the phone number'],
  },
  whatsapp: {
    workstream: 'WhatsApp',
    rows: {
      '15-whatsapp-numbers msdyn_ocwhatsappchannelaccount': ['Contoso WhatsApp'],
      '15-whatsapp-numbers msdyn_ocwhatsappchannelnumber': ['Contoso WhatsApp number'],
    },
    withheld: {
      'msdyn_ocwhatsappchannelaccount.msdyn_authenticationtoken': 'secret',
      'msdyn_ocwhatsappchannelaccount.msdyn_provideraccountid': 'environment',
      'msdyn_ocwhatsappchannelaccount.msdyn_secureauthenticationtoken': 'secret',
      'msdyn_ocwhatsappchannelaccount.msdyn_twilioinboundurl': 'environment',
      'msdyn_ocwhatsappchannelnumber.msdyn_organizationphonenumber': 'environment',
    },
    manual: ['Set account id and authentication token', 'Set the phone number'],
  },
  custom: {
    workstream: 'App messages',
    rows: {
      '17-custom-channels msdyn_ocbotchannelregistration': ['Contoso app bot'],
      '17-custom-channels msdyn_occustommessagingchannel': ['Contoso app'],
    },
    withheld: botSecrets,
    manual: ['Set application id and secret of each custom messaging account'],
  },
  facebook: {
    workstream: 'Facebook',
    rows: {
      '19-facebook-pages msdyn_ocfbapplication': ['Contoso on Facebook'],
      '19-facebook-pages msdyn_ocfbpage': ['Contoso Coffee'],
      '19-facebook-pages msdyn_ocbotchannelregistration': ['Contoso facebook bot'],
    },
    withheld: {
      ...botSecrets,
      'msdyn_ocfbapplication.msdyn_fbapplicationid': 'environment',
      'msdyn_ocfbapplication.msdyn_fbapplicationsecret': 'secret',
      'msdyn_ocfbapplication.msdyn_fbcallbackuri': 'environment',
      'msdyn_ocfbapplication.msdyn_fbverifytoken': 'secret',
      'msdyn_ocfbpage.msdyn_fbpageaccesstoken': 'secret',
      'msdyn_ocfbpage.msdyn_fbpageid': 'environment',
    },
    manual: ['Set application id, secret and verify token', 'Set page id and access token'],
  },
  line: {
    workstream: 'LINE',
    rows: {
      '21-line-accounts msdyn_oclinechannelconfig': ['Contoso LINE'],
      '21-line-accounts msdyn_ocbotchannelregistration': ['Contoso line bot'],
    },
    withheld: {
      ...botSecrets,
      'msdyn_oclinechannelconfig.msdyn_channelaccesstoken': 'secret',
      'msdyn_oclinechannelconfig.msdyn_channelid': 'environment',
      'msdyn_oclinechannelconfig.msdyn_channelsecret': 'secret',
      'msdyn_oclinechannelconfig.msdyn_webhookurl': 'environment',
    },
    manual: ['Set channel id, channel secret and access token'],
  },
  teams: {
    workstream: 'Staff desk in Teams',
    rows: {
      '23-teams-accounts msdyn_octeamschannelconfig': ['Contoso staff desk'],
      '23-teams-accounts msdyn_ocbotchannelregistration': ['Contoso teams bot'],
    },
    withheld: { ...botSecrets, 'msdyn_octeamschannelconfig.msdyn_botid': 'environment' },
    manual: ['Connect each Microsoft Teams account'],
  },
  apple: {
    workstream: 'Apple Messages',
    rows: {
      '25-apple-accounts msdyn_ocapplebusinessaccount': ['Contoso on Apple Messages'],
      '25-apple-accounts msdyn_authenticationsettings': [
        'Apple sign-in',
        'Apple sign-in (new form)',
      ],
    },
    withheld: {
      'msdyn_authenticationsettings.msdyn_authenticationclientsecret': 'secret',
      'msdyn_ocapplebusinessaccount.msdyn_businessid': 'environment',
    },
    manual: ['Set the business id', 'Set the client secret', 'Set Apple Pay up'],
  },
  google: {
    workstream: 'Google Messages',
    rows: {
      '27-google-accounts msdyn_ocgooglebusinessmessagespartneraccount': ['Contoso partner'],
      '27-google-accounts msdyn_ocgooglebusinessmessagesagentaccount': ['Contoso agent'],
      '27-google-accounts msdyn_ocbotchannelregistration': ['Contoso google bot'],
    },
    withheld: {
      ...botSecrets,
      'msdyn_ocgooglebusinessmessagesagentaccount.msdyn_agentaccountclienttoken': 'secret',
      'msdyn_ocgooglebusinessmessagesagentaccount.msdyn_agentid': 'environment',
      'msdyn_ocgooglebusinessmessagesagentaccount.msdyn_brandid': 'environment',
      'msdyn_ocgooglebusinessmessagesagentaccount.msdyn_googlebusinessmessagescallbackurl':
        'environment',
      'msdyn_ocgooglebusinessmessagespartneraccount.msdyn_base64credentialfilestring': 'secret',
      'msdyn_ocgooglebusinessmessagespartneraccount.msdyn_base64credentialfilestringcontd':
        'secret',
      'msdyn_ocgooglebusinessmessagespartneraccount.msdyn_credentialfilename': 'environment',
      'msdyn_ocgooglebusinessmessagespartneraccount.msdyn_googlebusinessmessagescallbackurl':
        'environment',
      'msdyn_ocgooglebusinessmessagespartneraccount.msdyn_partneraccountclienttoken': 'secret',
      'msdyn_ocgooglebusinessmessagespartneraccount.msdyn_partneraccountid': 'environment',
    },
    manual: ['Set partner account id, client token', 'Set agent id, brand id'],
  },
  wechat: {
    workstream: 'WeChat',
    rows: { '29-wechat-accounts msdyn_ocwechatchannelconfig': ['Contoso WeChat'] },
    withheld: {
      'msdyn_ocwechatchannelconfig.msdyn_applicationid': 'environment',
      'msdyn_ocwechatchannelconfig.msdyn_applicationsecret': 'secret',
      'msdyn_ocwechatchannelconfig.msdyn_callbackurl': 'environment',
      'msdyn_ocwechatchannelconfig.msdyn_encodingaeskey': 'secret',
      'msdyn_ocwechatchannelconfig.msdyn_ipaddresses': 'environment',
      'msdyn_ocwechatchannelconfig.msdyn_secureapplicationsecret': 'secret',
      'msdyn_ocwechatchannelconfig.msdyn_secureencodingaeskey': 'secret',
      'msdyn_ocwechatchannelconfig.msdyn_securetoken': 'secret',
      'msdyn_ocwechatchannelconfig.msdyn_serviceaccount': 'environment',
      'msdyn_ocwechatchannelconfig.msdyn_token': 'secret',
    },
    manual: ['Set application id, secret, token and encoding key', 'Set the service account'],
  },
};

interface Manifest {
  readonly channels: readonly string[];
  readonly withheld: readonly {
    readonly table: string;
    readonly column: string;
    readonly rows: number;
    readonly reason: string;
  }[];
}

describe('a messaging channel alone', function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: 'contoso' });
  const linked = withEmulator({ seed: 'empty' });
  const folder = withFolder();

  for (const [channel, { workstream, rows, withheld, manual }] of Object.entries(expected))
    describe(channel, () => {
      const target = withEmulator({ seed: 'empty' });
      const own = {
        get path() {
          return join(folder.path, channel);
        },
      };
      const promotion = aPromotion(source, target, own);

      it('has its one workstream, its accounts, and none that no workstream uses', async () => {
        const exported = await promotion.export({ channels: channel });
        assert.notEqual(exported.outcome, 'failed');
        const found = await rowsOf(join(own.path, 'package'));
        const names = new Map(
          [...found].map(([key, list]) => [key, list.map((row) => nameOf(row)).sort()]),
        );
        const workstreams = [...names].filter(([key]) => key.endsWith(' msdyn_liveworkstream'));
        assert.deepEqual(
          workstreams.map(([, own]) => own),
          [[workstream]],
        );
        for (const [key, own] of Object.entries(rows)) assert.deepEqual(names.get(key), own, key);
      });

      it('withholds what is secret or true only in the source', async () => {
        const manifest = JSON.parse(
          await readFile(join(own.path, 'package/migration.json'), 'utf8'),
        ) as Manifest;
        assert.deepEqual(manifest.channels, [channel]);
        const told = manifest.withheld.filter(
          ({ rows, reason, column }) =>
            rows > 0 &&
            (reason === 'secret' || reason === 'environment') &&
            column.startsWith('msdyn_'),
        );
        assert.deepEqual(
          Object.fromEntries(
            told
              .map(({ table, column, reason }) => [`${table}.${column}`, reason])
              .sort(([one = ''], [other = '']) => (one < other ? -1 : 1)),
          ),
          Object.fromEntries(Object.entries(withheld).sort(([a], [b]) => (a < b ? -1 : 1))),
        );
      });

      it('is imported and verified, says what is left to people, and leaves nothing to plan', async () => {
        await promotion.plan('plan');
        const plan = JSON.parse(await readFile(join(own.path, 'plan/plan.json'), 'utf8')) as {
          manual: readonly { where: string; summary: string; detail: string }[];
        };
        for (const beginning of manual)
          assert.ok(
            plan.manual.some(({ summary }) => summary.startsWith(beginning)),
            beginning,
          );
        for (const place of Object.keys(withheld)) {
          const [table = '', column = ''] = place.split('.');
          const step = plan.manual.find(
            ({ where }) => where === `table ${table}, column ${column}`,
          );
          assert.match(step?.detail ?? '', /^Rows: \w.*\.$/, `${place} names its rows`);
        }
        const imported = await promotion.import('run');
        assert.deepEqual(told(imported.findings.filter((each) => each.severity === 'error')), []);
        assert.equal(imported.counts.failed, 0);
        const verified = await promotion.verify();
        assert.deepEqual(told(verified.findings.filter((each) => each.severity === 'error')), []);
        assert.equal(verified.counts.unchanged, verified.counts.in);
        assert.equal((await promotion.plan('again')).outputs['hasChanges'], false);
      });

      it('brings nothing of the source into the target: no secret, no address', async () => {
        const { organizationId } = await source.state();
        assert.deepEqual(
          await tablesWith(target, [organizationId, source.url, 'contoso-dev', 'S3CR3T']),
          [],
        );
        const routed = await rowBy(target, 'msdyn_liveworkstreams', 'msdyn_name', workstream);
        assert.ok(routed['_msdyn_defaultqueue_value']);
      });
    });

  it('gives SMS the number of the target that a map file names', async () => {
    const own = { path: join(folder.path, 'sms-number') };
    const promotion = aPromotion(source, linked, own);
    await promotion.export({ workstreams: 'SMS' });
    const number = linked.environment.newId();
    spoil(linked).add('msdyn_ocphonenumber', number, {
      msdyn_name: 'SMS of production',
      msdyn_phonenumber: '+4940777',
    });
    await writeFile(
      join(own.path, 'map.yml'),
      'format: 1\nrows: []\nsmsNumbers: [{ channel: Contoso SMS, number: "+4940777" }]\n',
    );
    const imported = await promotion.import('run', { map: 'map.yml' });
    assert.deepEqual(told(imported.findings.filter((each) => each.severity === 'error')), []);
    const [setting] = await rowsIn(linked, 'msdyn_ocsmschannelsettings');
    assert.equal(setting?.['_msdyn_phonenumberid_value'], number);
    const again = await promotion.plan('again', { map: 'map.yml' });
    assert.equal(again.outputs['hasChanges'], false);
  });

  it("takes the target's own page id from the configuration, and keeps it", async () => {
    const own = { path: join(folder.path, 'own-page') };
    const promotion = aPromotion(source, linked, own);
    await promotion.export({ workstreams: 'Facebook' });
    const config = join(own.path, 'unified-routing.yml');
    await writeFile(
      config,
      `format: 1
environments:
  test:
    url: ${linked.url}
    values:
      - { table: msdyn_ocfbpage, row: Contoso Coffee, column: msdyn_fbpageid, value: "777000777" }
`,
    );
    const imported = await promotion.import('run', { config });
    assert.deepEqual(told(imported.findings.filter((each) => each.severity === 'error')), []);
    const [page] = await rowsIn(linked, 'msdyn_ocfbpages');
    assert.equal(page?.['msdyn_fbpageid'], '777000777');
    assert.equal((await promotion.plan('again', { config })).outputs['hasChanges'], false);
    assert.equal((await promotion.plan('plain')).outputs['hasChanges'], false);
  });

  it('tells messages of one account from those of the channel', async () => {
    const promotion = aPromotion(source, source, { path: join(folder.path, 'one') });
    const exported = await promotion.export({ workstreams: 'LINE' });
    assert.notEqual(exported.outcome, 'failed');
    const rows = await rowsOf(join(folder.path, 'one/package'));
    assert.deepEqual(
      rows.get('21-line-accounts msdyn_ocsystemmessage')?.map((row) => nameOf(row)),
      ['Welcome (LINE)'],
      'the message that is meant for this account',
    );
    const all = await rowsIn(
      source,
      'msdyn_ocsystemmessages',
      '?$filter=msdyn_streamsource eq 192310000',
    );
    assert.equal(all.length, 2);
  });
});
