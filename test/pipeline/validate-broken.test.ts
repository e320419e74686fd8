import assert from 'node:assert/strict';
import type { Cell } from '#emulator/store/store.ts';
import type { Finding } from '#shared/errors/finding.ts';
import type { StageResult } from '#shared/model/result.ts';
import { validateStage } from '#shared/stages/validate.ts';
import { breaking, type Breaking, type Undo } from '#support/broken-metadata.ts';
import {
  customize,
  customSkillType,
  northId,
  prepare,
  spokenHandle,
  useCustomizations,
} from '#support/customized-environment.ts';
import { withEmulator, type TestEmulator } from '#support/emulator.ts';
import { createApplicationUser, withoutPrivilege } from '#support/minimal-role.ts';
import { requestsSoFar } from '#support/promotion.ts';
import { runWith } from '#support/stage-runs.ts';

const reader = '5c0e7d13-4b2a-4f6c-8d91-0e3a6b9c2f57';
const writer = 'e81f2b64-9a3d-4c07-b5e6-1d4f7a0c3b92';

/** One thing that is wrong in one of the environments, and what is to be said of it. */
interface Break {
  readonly title: string;
  readonly in: 'source' | 'target';
  readonly break: (environment: Breaking) => Undo;
  /** Severity, code and a part of place or summary; each finding that the break adds. */
  readonly found: readonly string[];
}

const cases = 'msdyn_decisionruleset Cases: route to queues › rule "Money" › ';

const breaks: readonly Break[] = [
  {
    title: 'a custom table that a rule names',
    in: 'target',
    break: (target) => target.table('contoso_region'),
    found: [
      `error URM1211 ${cases}contoso_region.contoso_name`,
      // Relationship and rows go with the table.
      `error URM1210 ${cases}incident.contoso_regionid`,
      `error URM1217 ${cases}incident.contoso_incident_region.contoso_name`,
      'error URM1217 msdyn_ocliveworkstreamcontextvariable',
    ],
  },
  {
    title: 'a custom column that a rule compares',
    in: 'target',
    break: (target) => target.column('incident', 'contoso_tier'),
    found: [`error URM1211 ${cases}incident.contoso_tier`],
  },
  {
    title: 'a custom column of a table that moves',
    in: 'target',
    break: (target) => target.column('queue', 'contoso_floor'),
    found: ['error URM1202 queue.contoso_floor'],
  },
  {
    title: 'a column of another type',
    in: 'target',
    break: (target) =>
      target.redefine('queue', 'contoso_floor', (was) => ({
        ...was,
        type: 'Integer',
        typeName: 'IntegerType',
      })),
    found: ['error URM1203 queue.contoso_floor'],
  },
  {
    title: 'a custom relationship that a rule and a context variable go through',
    in: 'target',
    break: (target) => target.relationship('contoso_incident_region'),
    found: [
      `error URM1217 ${cases}incident.contoso_incident_region.contoso_name`,
      'error URM1217 msdyn_ocliveworkstreamcontextvariable',
    ],
  },
  {
    title: 'a relationship of quick replies and tags',
    in: 'target',
    break: (target) => target.relationship('msdyn_msdyn_cannedmessage_msdyn_octag'),
    found: ['error URM1205 msdyn_cannedmessage'],
  },
  {
    title: 'a choice value that rows have',
    in: 'target',
    break: (target) => target.option('characteristic', 'characteristictype', customSkillType),
    found: [`error URM1204 characteristic.characteristictype ${customSkillType}`],
  },
  {
    title: 'a choice value that a rule compares with',
    in: 'target',
    break: (target) => target.option('incident', 'caseorigincode', 3986),
    found: [`error URM1204 ${cases}incident.caseorigincode`],
  },
  {
    title: 'a row that a rule compares a lookup with',
    in: 'target',
    break: (target) => target.rows('contoso_region', (_, id) => id === northId),
    found: [`error URM1210 ${cases}incident.contoso_regionid`],
  },
  {
    title: 'a table of records that are routed',
    in: 'target',
    break: (target) => target.table('lead'),
    found: ['error URM1211 msdyn_masterentityroutingconfiguration lead routing'],
  },
  {
    title: 'a channel that is not provisioned',
    in: 'target',
    break: (target) => target.table('msdyn_ocvoicechannelsetting'),
    found: ['error URM1201 msdyn_ocvoicechannelsetting the channel voice is not provisioned'],
  },
  {
    title: 'voice queues',
    in: 'target',
    break: (target) => target.option('queue', 'msdyn_queuetype', 192350002),
    found: ['error URM1213 queue.msdyn_queuetype'],
  },
  {
    title: 'a session template',
    in: 'target',
    break: (target) =>
      target.rows(
        'msdyn_sessiontemplate',
        (cells) => cells.get('msdyn_uniquename') === 'contoso_session_case',
      ),
    found: ['warning URM1214 contoso_session_case'],
  },
  {
    title: 'a language',
    in: 'target',
    break: (target) =>
      target.rows('msdyn_oclanguage', (cells) => cells.get('msdyn_localeid') === 1036),
    found: ['error URM1215 French - France'],
  },
  {
    title: 'a system contract',
    in: 'target',
    break: (target) =>
      target.rows(
        'msdyn_decisioncontract',
        (cells) => cells.get('msdyn_uniquename') === 'msdyn_assignmentoutput',
      ),
    found: ['error URM1207 msdyn_assignmentoutput'],
  },
  {
    title: 'a phone number',
    in: 'target',
    break: (target) => target.rows('msdyn_ocphonenumber', () => true),
    found: ['warning URM1216 msdyn_ocphonenumber'],
  },
  {
    title: 'a piece of music',
    in: 'target',
    break: (target) =>
      target.rows(
        'msdyn_ocphonemusic',
        (cells) => cells.get('msdyn_name') === 'Grinder blues (hold)',
      ),
    found: ['warning URM1216 Grinder blues (hold)'],
  },
  {
    title: 'a bot',
    in: 'target',
    break: (target) =>
      target.rows('systemuser', (cells) => cells.get('msdyn_bothandle') === spokenHandle),
    found: [`warning URM1216 ${spokenHandle}`],
  },
  {
    title: 'a solution in the version of the source',
    in: 'target',
    break: (target) =>
      target.cells('solution', (cells) => cells.get('uniquename') === 'OmnichannelVoice', {
        version: '9.2.9999.1',
      }),
    found: ['warning URM1209 OmnichannelVoice 9.2.9999.1 < 9.2.25093.1004'],
  },
  {
    title: 'a solution',
    in: 'target',
    break: (target) =>
      target.rows('solution', (cells) => cells.get('uniquename') === 'OmnichannelLiveChat'),
    found: ['warning URM1209 OmnichannelLiveChat'],
  },
  {
    title: 'a table of the catalogue',
    in: 'source',
    break: (source) => source.table('msdyn_chatwidgetlanguage'),
    found: ['warning URM1201 msdyn_chatwidgetlanguage'],
  },
  {
    title: 'a column of the catalogue',
    in: 'source',
    break: (source) => source.column('queue', 'msdyn_priority'),
    found: ['warning URM1202 queue.msdyn_priority'],
  },
  {
    title: 'a column that a rule of its own compares',
    in: 'source',
    break: (source) => source.column('incident', 'contoso_tier'),
    found: [],
  },
];

/** Privileges that are taken or made shallow; the validating identity is the reader. */
const takenPrivileges = [
  {
    title: 'a privilege of whoever imports',
    of: 'target',
    user: writer,
    name: 'prvCreatemsdyn_liveworkstream',
    found: 'error URM1206 prvCreatemsdyn_liveworkstream is not held in the target',
  },
  {
    title: 'the depth of a privilege of whoever imports',
    of: 'target',
    user: writer,
    name: 'prvWriteQueue',
    depthMask: 2,
    found: 'error URM1206 prvWriteQueue is held at local (Business Unit) only in the target',
  },
  {
    title: 'the depth of a privilege to export',
    of: 'source',
    user: reader,
    name: 'prvReadmsdyn_capacityprofile',
    depthMask: 1,
    found: 'error URM1206 prvReadmsdyn_capacityprofile is held at basic (User) only in the source',
  },
] as const;

describe('validation of environments that lack something', function () {
  this.timeout(60_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const of = { source, target } as const;
  let whole: readonly string[] = [];

  before(async () => {
    await customize(source);
    await customize(target);
    useCustomizations(source);
    prepare(target, source);
    for (const environment of [source, target])
      await createApplicationUser(environment, { applicationId: reader, role: 'reader' });
    await createApplicationUser(target, { applicationId: writer, role: 'writer' });
    // Rules compare with rows of a table that is no part of the configuration.
    for (const environment of [source, target]) grantReading(environment, 'contoso_region');
    const result = await validate();
    assert.notEqual(result.outcome, 'failed');
    whole = linesOf(result.findings);
  });

  const validate = async (): Promise<StageResult> =>
    (
      await runWith(
        validateStage,
        {
          source: source.url,
          target: target.url,
          channels: 'voice,live-chat,record',
          importerApplicationId: writer,
        },
        { kind: 'token', token: reader },
      )
    ).result;

  it('finds nothing wrong where nothing is', () => {
    assert.deepEqual(
      whole.filter((line) => !/ URM12(12|18|33) /.test(line)),
      [],
    );
  });

  for (const each of breaks)
    it(`finds, by itself, in the ${each.in}: ${each.title}`, async () => {
      const undo = each.break(breaking(of[each.in].environment));
      const { findings } = await validate();
      undo();
      const added = linesOf(findings).filter((line) => !whole.includes(line));
      assertFound(added, each.found);
      assert.equal(added.length, each.found.length, added.join('\n'));
    });

  for (const { title, of: where, user, found, ...taken } of takenPrivileges)
    it(`finds, by itself, in the ${where}: ${title}`, async () => {
      const undo = withoutPrivilege(of[where].environment, user, taken);
      const { findings } = await validate();
      undo();
      const added = linesOf(findings).filter((line) => !whole.includes(line));
      assertFound(added, [found]);
      assert.equal(added.length, 1, added.join('\n'));
    });

  it('names the solution of the source that holds a missing template', async () => {
    const { store } = source.environment;
    const component = 'a7b8c9d0-0000-4000-8000-000000000002';
    const solution = 'a7b8c9d0-0000-4000-8000-000000000001';
    store.put(
      'solution',
      solution,
      new Map<string, Cell>([
        ['uniquename', 'ContosoDesk'],
        ['friendlyname', 'Contoso desk'],
        ['version', '1.4.0.0'],
        ['ismanaged', false],
      ]),
    );
    const [template] = [
      ...store.find('msdyn_sessiontemplate', 'msdyn_uniquename', 'contoso_session_case'),
    ];
    store.put(
      'solutioncomponent',
      component,
      new Map<string, Cell>([
        ['objectid', template?.id ?? ''],
        ['solutionid', { table: 'solution', id: solution }],
      ]),
    );
    const undo = breaking(target.environment).rows(
      'msdyn_sessiontemplate',
      (cells) => cells.get('msdyn_uniquename') === 'contoso_session_case',
    );
    // Whoever may not read components is told less.
    const asAdministrator = await runWith(validateStage, {
      source: source.url,
      target: target.url,
      channels: 'record',
    });
    undo();
    store.delete('solutioncomponent', component);
    store.delete('solution', solution);
    assert.equal(
      asAdministrator.result.findings.find(({ code }) => code === 'URM1214')?.remedy,
      'Import Contoso desk (ContosoDesk 1.4.0.0) into the target first: it holds the template in the source.',
    );
  });

  it('finds all of it in one run, asks at most 60 questions and writes nothing', async () => {
    // What other breaks hide: a table that is gone has no column, no relationship and no rows.
    const hidden = new Set(['a custom table that a rule names', 'a column of another type']);
    const together = breaks.filter(
      ({ title, in: where }) => where === 'target' && !hidden.has(title),
    );
    const inSource = breaks.filter(
      ({ in: where, found }) => where === 'source' && found.length > 0,
    );
    const undoes = [...together, ...inSource].map((each) =>
      each.break(breaking(of[each.in].environment)),
    );
    for (const { of: where, user, title: _, found: __, ...taken } of takenPrivileges)
      undoes.push(withoutPrivilege(of[where].environment, user, taken));
    const since = [await requestsSoFar(source), await requestsSoFar(target)] as const;
    const result = await validate();
    for (const undo of undoes.reverse()) undo();
    const requests = [...(await source.requests(since[0])), ...(await target.requests(since[1]))];
    const added = linesOf(result.findings).filter((line) => !whole.includes(line));
    const wanted = [
      ...[...together, ...inSource].flatMap(({ found }) => found),
      ...takenPrivileges.map(({ found }) => found),
    ];
    assert.equal(result.outcome, 'failed');
    assert.ok(together.length + inSource.length + takenPrivileges.length >= 22);
    assertFound(added, wanted);
    assert.ok(result.findings.every(({ remedy }) => remedy !== ''));
    assert.ok(requests.length <= 60, `${requests.length} requests`);
    for (const { method, parts } of requests)
      assert.ok(method === 'GET' || parts?.every((part) => part.method === 'GET') === true);
    assert.deepEqual(linesOf((await validate()).findings), whole);
  });
});

function linesOf(findings: readonly Finding[]): readonly string[] {
  return findings.map(
    ({ severity, code, where, summary, detail }) =>
      `${severity} ${code} ${where} ${summary} ${detail}`,
  );
}

/** Every wanted line stands for a finding that has all of its words. */
function assertFound(lines: readonly string[], wanted: readonly string[]): void {
  const missing = wanted.filter((each) => {
    const [severity = '', code = '', ...rest] = each.split(' ');
    return !lines.some(
      (line) => line.startsWith(`${severity} ${code} `) && holdsWords(line, rest.join(' ')),
    );
  });
  assert.deepEqual(missing, [], `found:\n${lines.join('\n')}`);
}

function holdsWords(line: string, text: string): boolean {
  return line.includes(text) || text.split(' ').every((word) => line.includes(word));
}

function grantReading({ environment }: TestEmulator, table: string): void {
  const { store } = environment;
  const read = environment.metadata.entity(table)?.privileges.find(({ type }) => type === 'Read');
  const [user] = [...store.find('systemuser', 'applicationid', reader)];
  const [role] = [...store.find('systemuserroles', 'systemuserid', user?.id ?? '')];
  store.put(
    'roleprivileges',
    environment.newId(),
    new Map([
      ['roleid', role?.cells.get('roleid') ?? null],
      ['privilegeid', read?.id ?? null],
      ['privilegedepthmask', 8],
    ]),
  );
}
