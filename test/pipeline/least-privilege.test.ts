import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cell } from '#emulator/store/store.ts';
import { tables as framework } from '#shared/channel-providers/framework.ts';
import { openPackage } from '#shared/cmt/open-package.ts';
import { openReader, openWriter } from '#shared/dataverse/connect.ts';
import type { Finding } from '#shared/errors/finding.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { StageResult } from '#shared/model/result.ts';
import { areas } from '#shared/routing/catalogue.ts';
import { checkDriftStage } from '#shared/stages/check-drift.ts';
import { exportStage } from '#shared/stages/export.ts';
import { tableNames } from '#shared/stages/generate-schema/choose-tables.ts';
import { generateSchemaStage } from '#shared/stages/generate-schema.ts';
import { importStage } from '#shared/stages/import.ts';
import { migrateChannelProvidersStage } from '#shared/stages/migrate-channel-providers.ts';
import { planStage } from '#shared/stages/plan.ts';
import { openPlan } from '#shared/stages/planning/plan-file.ts';
import { planNeeds } from '#shared/stages/privileges/plan-needs.ts';
import { writingRights } from '#shared/stages/privileges/assert-rights.ts';
import { checkPrivileges } from '#shared/stages/privileges/check-privileges.ts';
import { importNeeds } from '#shared/stages/privileges/import-needs.ts';
import {
  definitionNeeds,
  eachOnce,
  type NeededPrivilege,
} from '#shared/stages/privileges/needed-privileges.ts';
import { rollBackStage } from '#shared/stages/roll-back.ts';
import type { Stage } from '#shared/stages/stage.ts';
import { prerequisiteTables } from '#shared/stages/validate/check-prerequisites.ts';
import {
  lookedAt,
  solutionTables,
  sourcePrivileges,
  targetPrivileges,
  verifiedTables,
} from '#shared/stages/validate/check-rights.ts';
import { readPackageNeeds } from '#shared/stages/validate/read-needs.ts';
import { validateStage } from '#shared/stages/validate.ts';
import { verifyStage } from '#shared/stages/verify.ts';
import { withEmulator, type TestEmulator } from '#support/emulator.ts';
import {
  createApplicationUser,
  documentedPrivileges,
  withoutPrivilege,
} from '#support/minimal-role.ts';
import { requestsSoFar, writesOf } from '#support/promotion.ts';
import { runWith, told, withFolder } from '#support/stage-runs.ts';
import { createTestHost, testPorts } from '#support/test-host.ts';

const reader = '6f0b3f0e-52a9-4b3c-9d8e-2f1c7a5b9e10';
const writer = '0a9d4c27-8e16-4f5b-b3a1-7c2e5d8f6b31';
const extras = 'templates,bot-registrations';

describe('the minimal roles', function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const at = (name: string): string => join(folder.path, name);
  const { signal } = new AbortController();

  async function as<Options>(
    applicationId: string,
    stage: Stage<Options>,
    inputs: Readonly<Record<string, string>>,
  ): Promise<StageResult> {
    const credential = { kind: 'token', token: applicationId } as const;
    return (await runWith(stage, inputs, credential)).result;
  }

  const validated = (more: Readonly<Record<string, string>> = {}): Promise<StageResult> =>
    as(reader, validateStage, {
      source: source.url,
      target: target.url,
      include: extras,
      importerApplicationId: writer,
      ...more,
    });

  before(async () => {
    for (const environment of [source, target]) {
      await createApplicationUser(environment, { applicationId: reader, role: 'reader' });
      await createApplicationUser(environment, { applicationId: writer, role: 'writer' });
    }
    const exported = await as(reader, exportStage, {
      source: source.url,
      out: at('package'),
      include: extras,
    });
    assert.deepEqual(problemsOf(exported), []);
  });

  it('are made by the example, again and again, with what the page says and no more', async () => {
    for (const [applicationId, role] of [
      [reader, 'reader'],
      [writer, 'writer'],
    ] as const) {
      const said = await createApplicationUser(target, { applicationId, role });
      const documented = await documentedPrivileges(target.environment, role);
      assert.match(said, new RegExp(`Unified routing ${role}' with ${documented.size} privileges`));
      assert.deepEqual(await heldBy(target, applicationId), [...documented].sort());
    }
  });

  it('hold nothing yet after a dry run, which prints what it would send', async () => {
    const before = await requestsSoFar(target);
    const said = await createApplicationUser(target, {
      applicationId: 'c3d4e5f6-0000-4000-8000-000000000001',
      role: 'writer',
      more: ['--dry-run', '--channels=voice'],
    });
    assert.match(said, /POST roles\(ROLE\)\/Microsoft\.Dynamics\.CRM\.ReplacePrivilegesRole/);
    assert.deepEqual(await target.requests(before), []);
  });

  it('are not made over plain http, nor for what is no application', async () => {
    const applicationId = 'c3d4e5f6-0000-4000-8000-000000000002';
    const refused = { code: 2, stderr: /--environment URL/ };
    await assert.rejects(
      createApplicationUser({ url: 'http://contoso.example' }, { applicationId, role: 'reader' }),
      refused,
    );
    await assert.rejects(
      createApplicationUser(target, { applicationId: 'writer', role: 'reader' }),
      refused,
    );
  });

  it('can go without Delete, and give rows to another principal', async () => {
    const applicationId = 'c3d4e5f6-0000-4000-8000-000000000003';
    const more = ['--without-delete', '--with-assign', '--channels=voice'];
    await createApplicationUser(target, { applicationId, role: 'writer', more });
    const held = await heldBy(target, applicationId);
    assert.ok(held.includes('prvCreateQueue') && held.includes('prvAssignQueue'));
    assert.ok(!held.includes('prvAssignUser'));
    assert.deepEqual(
      held.filter((name) => name.startsWith('prvDelete')),
      [],
    );
  });

  it('of several principals let the further ones give rows to the first', async () => {
    const second = 'c3d4e5f6-0000-4000-8000-000000000004';
    const inputs = { target: target.url, package: at('package'), out: at('beside') };
    assert.deepEqual(problemsOf(await as(reader, planStage, inputs)), []);
    const plan = await openPlan(at('beside/plan.json'), nodeFiles, signal);
    const token = (applicationId: string) => ({ kind: 'token', token: applicationId }) as const;
    const connection = { url: target.url, credential: token(writer), others: [token(second)] };
    const asked = async (more: readonly string[]) => {
      await createApplicationUser(target, { applicationId: second, role: 'writer', more });
      const beside = openWriter(connection, testPorts(createTestHost({}, token(writer))));
      return writingRights(beside, plan, signal);
    };
    const without = await asked([]);
    assert.equal(without.isRefused, true);
    assert.ok(without.findings.length > 30);
    assert.ok(without.findings.every(({ summary }) => / prvAssign\w+ is not held /.test(summary)));
    assert.deepEqual(await asked(['--with-assign']), { findings: [], isRefused: false });
  });

  it('let everything be validated, exported, planned, imported, verified, watched and rolled back', async () => {
    const inputs = { target: target.url, package: at('package') };
    const first = [await requestsSoFar(source), await requestsSoFar(target)] as const;
    const results = [
      await validated(),
      await as(reader, generateSchemaStage, { source: source.url, out: at('schema') }),
      await as(reader, planStage, { ...inputs, out: at('plan'), importerApplicationId: writer }),
      await as(writer, importStage, { ...inputs, out: at('run'), plan: at('plan/plan.json') }),
      await as(reader, verifyStage, inputs),
      await as(reader, checkDriftStage, inputs),
      await as(writer, rollBackStage, { target: target.url, run: at('run') }),
    ];
    for (const result of results) assert.deepEqual(problemsOf(result), [], result.stage);
    assert.equal(
      (await as(reader, planStage, { ...inputs, out: at('again') })).counts.created,
      results[2]?.counts.created,
    );
    const users = new Set(
      [...(await source.requests(first[0])), ...(await target.requests(first[1]))].map(
        ({ user }) => user,
      ),
    );
    assert.ok(!users.has(source.environment.administratorId));
    assert.ok(!users.has(target.environment.administratorId));
  });

  it('let channel providers be migrated, checked and brought back', async () => {
    const inputs = { environment: source.url };
    const results = [
      await as(reader, migrateChannelProvidersStage, { ...inputs, mode: 'plan', out: at('cif') }),
      await as(writer, migrateChannelProvidersStage, {
        ...inputs,
        mode: 'apply',
        out: at('cif-run'),
      }),
      await as(reader, migrateChannelProvidersStage, {
        ...inputs,
        mode: 'verify',
        out: at('cif-checks'),
      }),
      await as(writer, migrateChannelProvidersStage, {
        ...inputs,
        mode: 'roll-back',
        run: at('cif-run'),
      }),
    ];
    for (const result of results) assert.deepEqual(problemsOf(result), []);
    assert.ok((results[1]?.counts.created ?? 0) > 0);
  });

  it('are enough for the channels they were made for', async () => {
    const channels = 'live-chat';
    const lean = {
      reader: 'b1c2d3e4-1111-4a5b-8c6d-7e8f90a1b2c3',
      writer: 'b1c2d3e4-2222-4a5b-8c6d-7e8f90a1b2c3',
    } as const;
    for (const role of ['reader', 'writer'] as const) {
      const more = [`--channels=${channels}`];
      const applicationId = lean[role];
      await createApplicationUser(source, { applicationId, role, more });
      await createApplicationUser(target, { applicationId, role, more });
      const held = await heldBy(target, applicationId);
      assert.ok(
        !held.some((name) => name.includes('whatsapp') || name.includes('appconfiguration')),
      );
    }
    const inputs = { target: target.url, package: at('lean') };
    const results = [
      await as(lean.reader, validateStage, {
        source: source.url,
        target: target.url,
        channels,
        importerApplicationId: lean.writer,
      }),
      await as(lean.reader, exportStage, { source: source.url, out: at('lean'), channels }),
      await as(lean.reader, planStage, { ...inputs, out: at('lean-plan') }),
      await as(lean.writer, importStage, { ...inputs, out: at('lean-run') }),
      await as(lean.reader, verifyStage, inputs),
      await as(lean.writer, rollBackStage, { target: target.url, run: at('lean-run') }),
    ];
    for (const result of results) assert.deepEqual(problemsOf(result), [], result.stage);
  });

  describe('with map files', () => {
    const other = withEmulator({ seed: 'empty' });

    it('link people, calendars and numbers, and each privilege is asked for', async () => {
      const linker = 'd4e5f6a7-3333-4b6c-9d7e-8f90a1b2c3d4';
      await createApplicationUser(other, {
        applicationId: linker,
        role: 'writer',
        more: ['--with-map-files'],
      });
      await createApplicationUser(other, { applicationId: writer, role: 'writer' });
      const inputs = { target: other.url, package: at('package') };
      const imported = await as(writer, importStage, { ...inputs, out: at('before-links') });
      assert.deepEqual(problemsOf(imported), []);
      addPeople(other);
      await writeFile(at('map.yml'), linkedByMap);
      const mapped = { ...inputs, map: at('map.yml') };
      const refused = await as(writer, importStage, { ...mapped, out: at('refused') });
      assert.equal(refused.outcome, 'failed');
      const planned = await as(linker, planStage, { ...mapped, out: at('links') });
      assert.deepEqual(problemsOf(planned), []);
      const plan = await openPlan(at('links/plan.json'), nodeFiles, signal);
      const needed = await planNeeds(plan, openAs(other, linker), 'the plan', signal);
      const named = new Set<string>();
      for (const { name } of needed) {
        const back = withoutPrivilege(other.environment, linker, { name });
        const { findings } = await checkPrivileges(
          openAs(other, linker),
          needed,
          { environment: 'target' },
          signal,
        );
        back();
        assert.deepEqual(
          findings.map(({ summary }) => summary),
          [`The privilege ${name} is not held in the target`],
        );
        named.add(name);
      }
      const granted = await documentedPrivileges(other.environment, 'linker');
      const unasked = [...granted].filter(
        (name) =>
          !named.has(name) &&
          !/^prv(Delete|Write|ReadEntity|ReadAttribute|ReadRelationship|ReadCalendar)/.test(name),
      );
      assert.deepEqual(unasked, []);
      const linked = await as(linker, importStage, { ...mapped, out: at('linked') });
      assert.deepEqual(problemsOf(linked), []);
      const undone = await as(linker, rollBackStage, { target: other.url, run: at('linked') });
      assert.deepEqual(problemsOf(undone), []);
    });
  });

  describe('with one privilege less', () => {
    /** What validation asks, and who is asked. */
    interface Asked {
      readonly applicationId: string;
      readonly environment: TestEmulator;
      readonly called: 'source' | 'target';
      readonly needed: readonly NeededPrivilege[];
    }
    let asked: readonly Asked[] = [];

    before(async () => {
      const opened = await openPackage(at('package'), nodeFiles, signal);
      const { tables, inspection } = await readPackageNeeds(opened, signal);
      const there = openAs(target, reader);
      const names = [
        ...tables.flatMap(({ name, relationships }) => [
          name,
          ...relationships.map((each) => each.target),
        ]),
        ...verifiedTables,
        ...prerequisiteTables(inspection),
        ...solutionTables,
      ];
      const metadata = await there.tables(names, signal);
      const arrival = { tables, inspection, metadata };
      const here = openAs(source, reader);
      const moved = tableNames(areas);
      const known = await here.tables([...moved, ...lookedAt, ...solutionTables], signal);
      asked = [
        {
          applicationId: writer,
          environment: target,
          called: 'target',
          needed: eachOnce(importNeeds(tables, inspection.tables, metadata), definitionNeeds),
        },
        {
          applicationId: reader,
          environment: target,
          called: 'target',
          needed: targetPrivileges(arrival),
        },
        {
          applicationId: reader,
          environment: source,
          called: 'source',
          needed: sourcePrivileges(moved, known),
        },
      ];
    });

    async function lackingNow(each: Asked): Promise<readonly Finding[]> {
      const { findings } = await checkPrivileges(
        openAs(each.environment, each.applicationId),
        each.needed,
        { environment: each.called },
        signal,
      );
      return findings;
    }

    it('lack exactly that one, whichever it is', async function () {
      this.timeout(300_000);
      const named = { reader: new Set<string>(), writer: new Set<string>() };
      for (const each of asked) {
        assert.deepEqual(await lackingNow(each), []);
        for (const { name } of each.needed) {
          const back = withoutPrivilege(each.environment.environment, each.applicationId, { name });
          const found = await lackingNow(each);
          back();
          assert.deepEqual(
            found.map(({ code, summary }) => `${code} ${summary}`),
            [`URM1206 The privilege ${name} is not held in the ${each.called}`],
          );
          named[each.applicationId === reader ? 'reader' : 'writer'].add(name);
        }
      }
      // Whatever the page grants is asked for, but what only channel providers need.
      for (const role of ['reader', 'writer'] as const) {
        const never = [...(await documentedPrivileges(target.environment, role))].filter(
          (name) => !named[role].has(name) && !isOfProviders(name, role),
        );
        assert.deepEqual(never, [], role);
      }
    });

    it('reach less far where they do, whichever it is', async function () {
      this.timeout(300_000);
      for (const each of asked)
        for (const { name, severity, verb } of each.needed) {
          const [privilege] = [
            ...each.environment.environment.store.find('privilege', 'name', name),
          ];
          // Rows that belong to the organization are seen by all or by nobody.
          if (privilege?.cells.get('canbelocal') !== true) continue;
          const back = withoutPrivilege(each.environment.environment, each.applicationId, {
            name,
            depthMask: 2,
          });
          const found = await lackingNow(each);
          back();
          assert.deepEqual(
            found.map((finding) => `${finding.severity} ${finding.summary}`),
            [
              `${verb === 'create' ? 'warning' : severity} The privilege ${name} is held at local (Business Unit) only in the ${each.called}`,
            ],
          );
        }
    });

    it('are named by validation in one run, before anything is written', async () => {
      const taken = [
        'prvCreateQueue',
        'prvWritemsdyn_liveworkstream',
        'prvAppendmsdyn_routingconfigurationstep',
        'prvAppendTomsdyn_decisionruleset',
        'prvReadRatingModel',
      ];
      const back = taken.map((name) => withoutPrivilege(target.environment, writer, { name }));
      const since = await requestsSoFar(target);
      const result = await validated();
      for (const undo of back) undo();
      assert.equal(result.outcome, 'failed');
      assert.deepEqual(errorsNaming(result), [...taken].sort());
      assert.deepEqual(await writesOf(target, since), []);
    });

    for (const [name, role, needs] of [
      ['prvReadQueue', 'reader', 'export'],
      ['prvReadmsdyn_decisionruleset', 'reader', 'export'],
      ['prvReadQueue', 'reader', 'plan'],
      ['prvReadmsdyn_ocsystemmessage', 'reader', 'verify'],
      ['prvReadCharacteristic', 'reader', 'check-drift'],
      ['prvCreatemsdyn_capacityprofile', 'writer', 'import'],
      ['prvAppendmsdyn_liveworkstream', 'writer', 'import'],
      ['prvAppendTomsdyn_octag', 'writer', 'import'],
      ['prvWritemsdyn_decisionruleset', 'writer', 'import'],
    ] as const)
      it(`keep ${needs} from beginning without ${name}`, async () => {
        const environment = needs === 'export' ? source : target;
        const applicationId = role === 'reader' ? reader : writer;
        const back = withoutPrivilege(environment.environment, applicationId, { name });
        const since = await requestsSoFar(target);
        const inputs = { target: target.url, package: at('package') };
        const out = at(`without ${needs} ${name}`);
        const run: Readonly<Record<typeof needs, () => Promise<StageResult>>> = {
          export: () => as(reader, exportStage, { source: source.url, out }),
          plan: () => as(reader, planStage, { ...inputs, out }),
          verify: () => as(reader, verifyStage, inputs),
          'check-drift': () => as(reader, checkDriftStage, inputs),
          import: () => as(writer, importStage, { ...inputs, out }),
        };
        const result = await run[needs]();
        back();
        assert.equal(result.outcome, 'failed');
        assert.deepEqual(errorsNaming(result), [name]);
        assert.deepEqual(await writesOf(target, since), []);
        if (needs === 'export') assert.equal(await nodeFiles.stat(out), undefined);
      });

    it('are told by the plan of channel providers when they cannot be read, whichever it is', async () => {
      const granted = [...(await documentedPrivileges(source.environment, 'reader'))];
      const tables = Object.values(framework);
      const names = tables.flatMap(
        (table) =>
          source.environment.metadata
            .entity(table)
            ?.privileges.filter(({ type }) => type === 'Read')
            .map(({ name }) => name) ?? [],
      );
      assert.deepEqual(
        names.filter((name) => !granted.includes(name)),
        [],
      );
      for (const name of names) {
        const back = withoutPrivilege(source.environment, reader, { name });
        const result = await as(reader, migrateChannelProvidersStage, {
          environment: source.url,
          mode: 'plan',
          out: at(`cif without ${name}`),
        });
        back();
        assert.deepEqual(
          result.findings.filter(({ code }) => code === 'URM1206').map(({ summary }) => summary),
          [`The privilege ${name} is not held in the target`],
        );
      }
    });

    it('keep the migration of channel providers from writing, whichever it is', async () => {
      const plan = await openPlan(at('cif-run/plan.json'), nodeFiles, signal);
      const needed = await planNeeds(plan, openAs(source, writer), 'the plan', signal);
      const writing = needed.filter(({ verb }) => verb !== 'read');
      assert.ok(writing.length >= 4, String(writing.length));
      const since = await requestsSoFar(source);
      for (const { name } of writing) {
        const back = withoutPrivilege(source.environment, writer, { name });
        const result = await as(writer, migrateChannelProvidersStage, {
          environment: source.url,
          mode: 'apply',
          out: at(`cif without ${name}`),
        });
        back();
        assert.equal(result.outcome, 'failed', name);
        assert.deepEqual(errorsNaming(result), [name]);
      }
      assert.deepEqual(await writesOf(source, since), []);
    });
  });
});

const linkedByMap = `format: 1
rows: []
people:
  - user: ann@contoso.example
    queues: ["Voice: General"]
    skills: [{ skill: Billing, rating: Expert }]
    capacity: [{ profile: Voice calls, units: 2 }]
bots:
  - { workstream: Web chat, user: contoso-helper }
calendars:
  - { hours: Weekdays 8 to 18, calendar: Office hours }
numbers:
  - { channel: Main line voice channel, number: "+4940111" }
waitMusic:
  - { language: main-line en-US, music: Lounge }
`;

/** What only a target has: people, a bot, a calendar, a number, music. */
function addPeople({ environment }: TestEmulator): void {
  const { store, rootBusinessUnitId } = environment;
  const add = (table: string, cells: Readonly<Record<string, Cell>>): void =>
    void store.put(table, environment.newId(), new Map(Object.entries(cells)));
  const businessunitid = { table: 'businessunit', id: rootBusinessUnitId };
  const common = { isdisabled: false, businessunitid };
  add('systemuser', { ...common, fullname: 'Ann Berger', domainname: 'ann@contoso.example' });
  add('systemuser', { ...common, fullname: 'Helper', msdyn_bothandle: 'contoso-helper' });
  add('calendar', { name: 'Office hours', type: 1, businessunitid });
  add('msdyn_ocphonenumber', { msdyn_name: '+4940111', msdyn_phonenumber: '+4940111' });
  add('msdyn_ocphonemusic', { msdyn_name: 'Lounge' });
}

/** Privileges that only the migration of channel providers uses. */
function isOfProviders(name: string, role: 'reader' | 'writer'): boolean {
  const onlyThere =
    /msdyn_(appconfiguration|appprofilerolemapping|applicationextension|channelprovider|ciprovider|paneconfiguration|smartassistconfig)$|AppModule$|Query$|WebResource$|Role$|AppendToUser$|AppendTomsdyn_sessiontemplate$/;
  return onlyThere.test(name) || (role === 'writer' && name === 'prvReadUser');
}

/** Errors, and privileges that are missing or do not reach far enough. */
function problemsOf({ findings }: StageResult): readonly string[] {
  return told(
    findings.filter(
      ({ severity, code }) => severity === 'error' || code === 'URM1206' || code === 'URM1349',
    ),
  );
}

/** Privileges that errors name. */
function errorsNaming({ findings }: StageResult): readonly string[] {
  return findings
    .filter(({ severity }) => severity === 'error')
    .map(({ summary }) => /\bprv\w+/.exec(summary)?.[0] ?? summary)
    .sort();
}

function openAs(emulator: TestEmulator, applicationId: string): ReturnType<typeof openReader> {
  const credential = { kind: 'token', token: applicationId } as const;
  return openReader({ url: emulator.url, credential }, testPorts(createTestHost({}, credential)));
}

/** Names of all privileges of a user. */
async function heldBy(emulator: TestEmulator, applicationId: string): Promise<readonly string[]> {
  const users = await emulator.send(
    'GET',
    `systemusers?$select=systemuserid&$filter=applicationid eq ${applicationId}`,
  );
  const user = (users.body as { value: { systemuserid: string }[] }).value[0]?.systemuserid ?? '';
  const { body } = await emulator.send(
    'GET',
    `systemusers(${user})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()`,
  );
  const held = (body as { RolePrivileges: { PrivilegeId: string; Depth: string }[] })
    .RolePrivileges;
  assert.ok(held.every(({ Depth }) => Depth === 'Global'));
  return held
    .map(({ PrivilegeId }) => {
      const name = emulator.environment.store.get('privilege', PrivilegeId)?.cells.get('name');
      return typeof name === 'string' ? name : PrivilegeId;
    })
    .sort();
}
