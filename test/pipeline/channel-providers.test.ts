import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '#emulator/environment.ts';
import { applicationIds } from '#emulator/seeds/system-rows.ts';
import { seededApps } from '#emulator/seeds/cif/framework-rows.ts';
import type { ProviderSeed } from '#emulator/seeds/cif/provider-rows.ts';
import type { Action } from '#shared/model/plan.ts';
import { requestsSoFar, savedActions, writesOf } from '#support/promotion.ts';
import { holdings, withMigration, type ProviderMigration } from '#support/provider-migration.ts';
import { told } from '#support/stage-runs.ts';

const dialer = { key: 'dialer', name: 'Northwind Dialer', users: ['ann', 'luis'] } as const;
const screenPop = { key: 'screen-pop', name: 'Fabrikam screen pop', users: ['mei'] } as const;
const both = ['workspace', 'omnichannel'] as const;

const seeds: readonly {
  readonly title: string;
  readonly seed: ProviderSeed;
  /** Created providers and profiles. */
  readonly created: Readonly<Record<string, number>>;
  readonly codes: readonly string[];
}[] = [
  {
    title: 'one provider for both apps',
    seed: { providers: [{ ...dialer, apps: both }] },
    created: { msdyn_channelprovider: 1, msdyn_appconfiguration: 2 },
    codes: ['info URM1809', 'info URM1823', 'info URM1826', 'info URM1826'],
  },
  {
    title: 'three providers of which one for Sales Hub only',
    seed: {
      providers: [
        { ...dialer, apps: ['workspace'] },
        { ...screenPop, apps: ['workspace', 'hub'] },
        { key: 'sales', name: 'Sales phone', apps: ['sales'], users: ['mei'] },
      ],
    },
    created: { msdyn_channelprovider: 2, msdyn_appconfiguration: 1 },
    codes: [
      'info URM1801',
      'info URM1809',
      'info URM1809',
      'info URM1823',
      'info URM1823',
      'info URM1826',
    ],
  },
  {
    title: 'the profile of the upgrade',
    seed: { providers: [{ ...dialer, apps: ['omnichannel'] }], upgradedProfile: true },
    created: { msdyn_channelprovider: 1, msdyn_appconfiguration: 0 },
    codes: ['info URM1809', 'info URM1823', 'info URM1826', 'warning URM1819'],
  },
  {
    title: 'no profile of the upgrade',
    seed: { providers: [{ ...dialer, apps: ['omnichannel'] }] },
    created: { msdyn_channelprovider: 1, msdyn_appconfiguration: 1 },
    codes: ['info URM1809', 'info URM1823', 'info URM1826'],
  },
  {
    title: 'users of whom one has another profile',
    seed: { providers: [{ ...dialer, apps: ['workspace'] }], usersWithProfile: ['luis'] },
    created: { msdyn_channelprovider: 1, msdyn_appconfiguration: 1 },
    codes: ['info URM1809', 'info URM1823', 'info URM1826', 'warning URM1819'],
  },
  {
    title: 'an inactive provider',
    seed: {
      providers: [
        { ...dialer, apps: ['workspace'] },
        { ...screenPop, apps: ['workspace'], inactive: true },
      ],
    },
    created: { msdyn_channelprovider: 1, msdyn_appconfiguration: 1 },
    codes: ['info URM1802', 'info URM1809', 'info URM1823', 'info URM1826'],
  },
  {
    title: 'one already on API 2.0',
    seed: { providers: [{ ...dialer, apps: ['workspace'], api2: true }] },
    created: { msdyn_channelprovider: 1, msdyn_appconfiguration: 1 },
    codes: ['info URM1803', 'info URM1809', 'info URM1823', 'info URM1826'],
  },
];

describe('migrating channel providers', () => {
  for (const { title, seed, created, codes } of seeds)
    describe(`with ${title}`, () => {
      const migration = withMigration(() => seed);
      let before: ReadonlyMap<string, unknown>;

      it('plans with reads only', async () => {
        before = holdings(migration.emulator.environment);
        const since = await requestsSoFar(migration.emulator);
        const result = await migration.run('plan', 'plan');
        assert.notEqual(result.outcome, 'failed');
        assert.deepEqual(findingCodes(result.findings), codes);
        assert.deepEqual(await writesOf(migration.emulator, since), []);
        const actions = await plannedActions(migration, 'plan');
        for (const [table, count] of Object.entries(created))
          assert.equal(
            actions.filter(({ kind, row }) => kind === 'create' && row.table === table).length,
            count,
            table,
          );
      });

      it('applies exactly that plan and leaves the first generation alone', async () => {
        const { outputs } = await migration.run('plan', 'plan-again');
        const result = await migration.run('apply', 'run', {
          plan: 'plan/plan.json',
          planHash: String(outputs['planHash']),
        });
        assert.notEqual(result.outcome, 'failed', told(result.findings).join('\n'));
        assert.equal(result.counts.failed, 0);
        const after = holdings(migration.emulator.environment);
        for (const [key, row] of before)
          if (key.startsWith('msdyn_ciprovider')) assert.deepEqual(after.get(key), row);
      });

      it('plans nothing when it is through', async () => {
        const result = await migration.run('plan', 'second');
        assert.equal(result.outputs['hasChanges'], false, String(result.outputs['planSummary']));
        assert.deepEqual(await plannedActions(migration, 'second'), []);
      });

      it('finds everything as it should be', async () => {
        const result = await migration.run('verify', 'verify');
        assert.deepEqual(told(result.findings), []);
        assert.equal(result.outcome, 'succeeded');
        assert.ok(result.checks?.some(({ group }) => group === 'users'));
      });

      it('shows no custom parameters anywhere but in the environment', async () => {
        for (const file of [
          'plan/plan.json',
          'plan/report.html',
          'run/report.md',
          'run/journal.jsonl',
        ])
          assert.doesNotMatch(await readFile(join(migration.folder, file), 'utf8'), /secret-of-/);
      });

      it('restores all when it is rolled back', async () => {
        const result = await migration.run('roll-back', 'back', { run: 'run' });
        assert.notEqual(result.outcome, 'failed', told(result.findings).join('\n'));
        assert.deepEqual(holdings(migration.emulator.environment), before);
      });
    });

  describe('the rows it writes', () => {
    const migration = withMigration(() => ({ providers: [{ ...dialer, apps: both }] }));
    const rowsIn = (table: string): readonly ReadonlyMap<string, unknown>[] =>
      [...migration.emulator.environment.store.rows(table)].map(({ cells }) => cells);

    it('carry every column over, with the version of the API and a stable unique name', async () => {
      await migration.run('apply', 'run', { prefix: 'contoso' });
      const row = rowsIn('msdyn_channelprovider').find(
        (cells) => cells.get('msdyn_name') === 'Northwind Dialer',
      );
      assert.ok(row);
      const wanted = {
        msdyn_uniquename: 'contoso_northwind_dialer',
        msdyn_label: 'Northwind Dialer',
        msdyn_channelurl: 'https://dialer.partner.example/panel',
        msdyn_enableoutbound: true,
        msdyn_sortorder: 1,
        msdyn_apiversion: 162_450_000,
        msdyn_trusteddomain: 'https://dialer.partner.example',
        msdyn_customparams: '{"token":"secret-of-dialer"}',
        msdyn_enableanalytics: false,
        msdyn_sandboxconfiguration: 'allow-forms allow-popups allow-scripts allow-same-origin',
        statecode: 0,
      };
      for (const [column, value] of Object.entries(wanted))
        assert.deepEqual(row.get(column), value, column);
    });

    it('give each app a profile that begins as a copy of the shipped one', () => {
      const profiles = rowsIn('msdyn_appconfiguration').filter(
        (cells) => cells.get('ismanaged') !== true,
      );
      assert.deepEqual(
        profiles.map((cells) => String(cells.get('msdyn_appmoduleuniquename'))).toSorted(byText),
        [seededApps.omnichannel, seededApps.workspace].toSorted(byText),
      );
      for (const cells of profiles)
        assert.equal(cells.get('msdyn_productivitypaneuniquename'), 'msdyn_pane');
      // The chat template of the workspace's shipped profile, there and on the copy.
      assert.equal(rowsIn('msdyn_appconfiguration_sessiontemplate').length, 2);
    });

    it('are set right again when somebody changed them', async () => {
      const row = [...migration.emulator.environment.store.rows('msdyn_channelprovider')].find(
        ({ cells }) => cells.get('msdyn_name') === 'Northwind Dialer',
      );
      const path = `msdyn_channelproviders(${row?.id ?? ''})`;
      await migration.emulator.send('PATCH', path, {
        body: { msdyn_label: 'Changed', msdyn_customparams: 'other' },
      });
      const verified = await migration.run('verify', 'v1', { prefix: 'contoso' });
      assert.deepEqual(findingCodes(verified.findings), ['error URM1830']);
      assert.match(verified.findings[0]?.summary ?? '', /msdyn_label, msdyn_customparams/);
      const planned = await migration.run('apply', 'set-right', { prefix: 'contoso' });
      assert.equal(planned.counts.updated, 1);
      const back = await migration.run('roll-back', 'back', { run: 'set-right' });
      assert.equal(back.counts.updated, 1, told(back.findings).join('\n'));
      const { body } = await migration.emulator.send('GET', path);
      assert.equal(body.msdyn_label, 'Changed');
      assert.equal(body.msdyn_customparams, 'other');
      for (const file of ['set-right/plan.json', 'back/plan.json', 'back/report.html'])
        assert.doesNotMatch(await readFile(join(migration.folder, file), 'utf8'), /secret-of-/);
    });
  });

  describe('what the operator decides', () => {
    const migration = withMigration(() => ({
      providers: [
        {
          ...dialer,
          apps: ['workspace'],
          more: {
            msdyn_landingurl:
              'https://dialer.partner.example/p?base=https://other.crm4.dynamics.com',
          },
        },
        { ...screenPop, apps: [] },
      ],
      usersWithProfile: ['luis'],
      usersDisabled: ['mei'],
    }));
    const configured = async (yaml: string): Promise<Readonly<Record<string, string>>> => {
      const config = join(migration.folder, 'channel-providers.yml');
      await writeFile(config, `format: 1\n${yaml}`);
      return { config };
    };

    it('is asked for where the app selector says nothing, and nothing is written until then', async () => {
      const result = await migration.run('apply', 'undecided');
      assert.equal(result.outcome, 'failed');
      assert.ok(findingCodes(result.findings).includes('error URM1804'));
      assert.ok(findingCodes(result.findings).includes('error URM1409'));
      assert.equal(result.requests.write, 0);
    });

    it('may leave a provider out, and replace what is true elsewhere only', async () => {
      const more = await configured(`
providers:
  - provider: Fabrikam screen pop
    skip: true
  - provider: Northwind Dialer
    uniqueName: fabrikam_dialer
    values: { msdyn_channelurl: 'https://dialer.partner.example/p?base=here' }
`);
      const result = await migration.run('plan', 'replaced', more);
      assert.deepEqual(findingCodes(result.findings), [
        'info URM1801',
        'info URM1809',
        'info URM1823',
        'info URM1826',
        'warning URM1819',
      ]);
      const [create] = (await plannedActions(migration, 'replaced')).filter(
        ({ kind, row }) => kind === 'create' && row.table === 'msdyn_channelprovider',
      );
      assert.ok(create?.kind === 'create');
      const after = new Map(create.changes.map((change) => [change.column, change.after]));
      assert.equal(after.get('msdyn_channelurl'), 'https://dialer.partner.example/p?base=here');
      assert.equal(after.get('msdyn_uniquename'), 'fabrikam_dialer');
    });

    it('shows parts of a URL that are true elsewhere', async () => {
      const result = await migration.run('plan', 'shown', { apps: seededApps.workspace });
      const bound = result.findings.find(({ code }) => code === 'URM1812');
      assert.equal(bound?.severity, 'warning');
      assert.match(bound.summary, /other\.crm4\.dynamics\.com/);
    });

    it('tells what users lose, who moves, and leaves one profile to each', async () => {
      const more = { apps: seededApps.workspace };
      const planned = await migration.run('plan', 'move', more);
      const loss = planned.findings.find(({ code }) => code === 'URM1819');
      assert.match(
        loss?.summary ?? '',
        /1 user changes from the profile Contoso back office .* loses session template Contoso voice/,
      );
      assert.match(loss?.detail ?? '', /Luis Example/);
      assert.equal(planned.counts.unlinked, 1);
    });

    it('may let users keep their profile and attach the provider there', async () => {
      const more = await configured('usersWithProfile: attach\n');
      const given = { ...more, apps: seededApps.workspace };
      const applied = await migration.run('apply', 'attach', given);
      assert.equal(applied.counts.unlinked, 0);
      assert.ok(findingCodes(applied.findings).includes('warning URM1820'));
      const verified = await migration.run('verify', 'attach-verify', given);
      assert.deepEqual(told(verified.findings), []);
      await migration.run('roll-back', 'attach-back', { run: 'attach' });
    });

    it('may let users keep their profile as it is', async () => {
      const more = await configured('usersWithProfile: leave\n');
      const given = { ...more, apps: seededApps.workspace };
      await migration.run('apply', 'leave', given);
      const verified = await migration.run('verify', 'leave-verify', given);
      assert.deepEqual(told(verified.findings), []);
      const luis = verified.checks?.find(({ name }) => name.startsWith('Luis'));
      assert.match(luis?.skipped ?? '', /Contoso back office/);
      await migration.run('roll-back', 'leave-back', { run: 'leave' });
    });

    it('may map roles, once', async () => {
      const more = await configured('roles: copy\n');
      const given = { ...more, apps: seededApps.workspace };
      const applied = await migration.run('apply', 'roles', given);
      assert.notEqual(applied.outcome, 'failed', told(applied.findings).join('\n'));
      const mappings = [
        ...migration.emulator.environment.store.rows('msdyn_appprofilerolemapping'),
      ];
      assert.equal(mappings.length, 1);
      const again = await migration.run('plan', 'roles-again', given);
      assert.equal(again.outputs['hasChanges'], false);
      await migration.run('roll-back', 'roles-back', { run: 'roles' });
      assert.equal(
        [...migration.emulator.environment.store.rows('msdyn_appprofilerolemapping')].length,
        0,
      );
    });

    it('is never a shipped profile', async () => {
      const more = await configured(`
profiles:
  - app: ${seededApps.workspace}
    name: Customer Service workspace - default profile
`);
      const result = await migration.run('plan', 'shipped', {
        ...more,
        apps: seededApps.workspace,
      });
      assert.ok(findingCodes(result.findings).includes('error URM1814'));
    });

    it('is refused where it cannot be understood', async () => {
      const result = await migration.run('plan', 'wrong', await configured('providerz: []\n'));
      assert.deepEqual(findingCodes(result.findings), ['error URM1816']);
    });
  });

  describe('the rows of the first generation', () => {
    const migration = withMigration(() => ({
      providers: [
        { ...dialer, apps: ['workspace'] },
        { ...screenPop, apps: ['workspace', 'hub'] },
      ],
    }));
    const states = (): readonly unknown[] =>
      [...migration.emulator.environment.store.rows('msdyn_ciprovider')]
        .map(({ cells }) => [cells.get('msdyn_name'), cells.get('statecode')])
        .toSorted((one, other) => byText(JSON.stringify(one), JSON.stringify(other)));

    it('are deactivated on request, unless another app still needs them', async () => {
      const result = await migration.run('apply', 'run', { deactivate: 'true' });
      assert.notEqual(result.outcome, 'failed', told(result.findings).join('\n'));
      assert.deepEqual(states(), [
        ['Fabrikam screen pop', 0],
        ['Northwind Dialer', 1],
      ]);
      const stays = result.findings.find(({ code }) => code === 'URM1823');
      assert.match(stays?.summary ?? '', /stays active for Customer Service Hub/);
    });

    it('count as migrated afterwards', async () => {
      const again = await migration.run('plan', 'again', { deactivate: 'true' });
      assert.equal(again.outputs['hasChanges'], false);
      const verified = await migration.run('verify', 'verify');
      assert.deepEqual(told(verified.findings), []);
      assert.ok(
        verified.checks?.some(({ name }) => name.startsWith('Northwind Dialer: is an active')),
      );
    });

    it('come back with a roll-back', async () => {
      await migration.run('roll-back', 'back', { run: 'run' });
      assert.deepEqual(states(), [
        ['Fabrikam screen pop', 0],
        ['Northwind Dialer', 0],
      ]);
    });
  });

  describe('Omnichannel itself, registered in the first generation', () => {
    const migration = withMigration(() => ({
      providers: [{ key: 'oc', name: 'Omnichannel', apps: ['omnichannel'], users: ['ann'] }],
    }));

    it('is compared with the shipped provider, which keeps its URL and gets attached', async () => {
      const result = await migration.run('apply', 'run');
      assert.ok(findingCodes(result.findings).includes('warning URM1815'));
      const providers = [...migration.emulator.environment.store.rows('msdyn_channelprovider')];
      assert.equal(providers.length, 1);
      assert.equal(providers[0]?.cells.get('msdyn_channelurl'), 'https://oc-cdn.example/panel');
      const verified = await migration.run('verify', 'verify');
      assert.deepEqual(told(verified.findings), []);
    });
  });

  describe('the documented remedy', () => {
    const migration = withMigration(() => ({ providers: [{ ...dialer, apps: ['workspace'] }] }));

    it('detaches and attaches what is attached, and can be rolled back', async () => {
      await migration.run('apply', 'run');
      const before = holdings(migration.emulator.environment);
      const since = await requestsSoFar(migration.emulator);
      const result = await migration.run('apply', 'again', { reattach: 'true' });
      assert.equal(result.counts.unlinked, 1);
      assert.equal(result.counts.linked, 1);
      const writes = await writesOf(migration.emulator, since);
      assert.deepEqual(
        writes.map(({ method }) => method),
        ['DELETE', 'POST'],
      );
      assert.deepEqual(holdings(migration.emulator.environment), before);
      const back = await migration.run('roll-back', 'back', { run: 'again' });
      assert.notEqual(back.outcome, 'failed', told(back.findings).join('\n'));
      assert.deepEqual(holdings(migration.emulator.environment), before);
    });

    it('needs the mode apply and no plan', async () => {
      const planned = await migration.run('plan', 'no', { reattach: 'true' });
      assert.deepEqual(told(planned.findings), ['error URM1001 reattach']);
      const given = await migration.run('apply', 'no', { reattach: 'true', plan: 'run/plan.json' });
      assert.deepEqual(told(given.findings), ['error URM1001 reattach']);
    });
  });

  describe('a plan', () => {
    const migration = withMigration(() => ({ providers: [{ ...dialer, apps: both }] }));

    it('is finished by a second run after it was cut off', async () => {
      await migration.run('plan', 'plan');
      await migration.emulator.faults('error:method=POST,nth=3-9,status=400');
      const first = await migration.run('apply', 'first', { plan: 'plan/plan.json' });
      assert.equal(first.outcome, 'failed');
      await migration.emulator.faults('');
      const second = await migration.run('apply', 'second', { plan: 'plan/plan.json' });
      assert.notEqual(second.outcome, 'failed', told(second.findings).join('\n'));
      const verified = await migration.run('verify', 'verify');
      assert.deepEqual(told(verified.findings), []);
    });

    it('is continued in its run folder when it is resumed', async () => {
      const again = await migration.run('apply', 'elsewhere', { run: 'second', resume: 'true' });
      assert.notEqual(again.outcome, 'failed', told(again.findings).join('\n'));
      assert.equal(again.requests.write, 0);
      const refused = await migration.run('apply', 'second');
      assert.deepEqual(findingCodes(refused.findings), ['error URM1408']);
    });

    it('is refused when the first generation changed since', async () => {
      const [row] = migration.emulator.environment.store.rows('msdyn_ciprovider');
      await migration.emulator.send('PATCH', `msdyn_ciproviders(${row?.id ?? ''})`, {
        body: { msdyn_label: 'New label' },
      });
      const result = await migration.run('apply', 'third', { plan: 'plan/plan.json' });
      assert.deepEqual(findingCodes(result.findings), ['error URM1303']);
    });
  });

  describe('what is broken in an environment', () => {
    const migration = withMigration(() => ({
      providers: [{ ...dialer, apps: ['omnichannel'] }],
      without: ['loader', 'library', 'view', 'shipped-provider'],
    }));

    it('may be a privilege to attach, which is told and left to the service', async () => {
      grant(migration.emulator.environment, 'Unified routing reader', 'prvReadAppModule');
      const result = await migration.run('plan', 'poor', { token: applicationIds.routingReader });
      const told = result.findings.find(({ code }) => code === 'URM1828');
      assert.equal(told?.severity, 'warning', JSON.stringify(result.findings));
      assert.match(told.summary, /prvAppendmsdyn_appconfiguration/);
    });

    it('may be what the identity cannot read, which keeps nothing from being migrated', async () => {
      await migration.emulator.faults(
        'error:table=webresource,status=403;error:path=*savedqueries*,status=403',
      );
      const result = await migration.run('verify', 'unread');
      await migration.emulator.faults('');
      assert.deepEqual(told(result.findings.filter(({ code }) => code === 'URM1827')), [
        'warning URM1827 views',
        'warning URM1827 web resources',
      ]);
      const skipped = result.checks?.filter((check) =>
        check.skipped?.endsWith('could not be read'),
      );
      assert.equal(skipped?.length, 2);
    });

    it('is told by name', async () => {
      const before = await migration.run('verify', 'before');
      assert.deepEqual(findingCodes(before.findings), [
        'error URM1830',
        'error URM1831',
        'error URM1832',
        'error URM1832',
        'error URM1836',
        'warning URM1834',
        'warning URM1835',
        'warning URM1837',
      ]);
      await migration.run('apply', 'run');
      const after = await migration.run('verify', 'after');
      assert.deepEqual(findingCodes(after.findings), [
        'error URM1836',
        'warning URM1834',
        'warning URM1835',
        'warning URM1837',
      ]);
    });
  });
});

async function plannedActions(
  migration: ProviderMigration,
  out: string,
): Promise<readonly Action[]> {
  return savedActions(join(migration.folder, out, 'plan.json'));
}

function findingCodes(
  findings: readonly { readonly severity: string; readonly code: string }[],
): readonly string[] {
  return findings.map(({ severity, code }) => `${severity} ${code}`).sort();
}

function grant(environment: Environment, roleName: string, privilegeName: string): void {
  const { store } = environment;
  const [role] = store.find('role', 'name', roleName);
  const [privilege] = store.find('privilege', 'name', privilegeName);
  assert.ok(role !== undefined && privilege !== undefined);
  const cells = new Map<string, string | number>([
    ['roleid', role.id],
    ['privilegeid', privilege.id],
    ['privilegedepthmask', 8],
  ]);
  store.put('roleprivileges', environment.newId(), cells);
}

function byText(one: string, other: string): number {
  return one < other ? -1 : 1;
}
