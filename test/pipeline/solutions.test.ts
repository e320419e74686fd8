import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openPackage } from '#shared/cmt/open-package.ts';
import type { PackageManifest } from '#shared/cmt/package.ts';
import { readSchema } from '#shared/cmt/schema.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { StageResult } from '#shared/model/result.ts';
import { exportStage } from '#shared/stages/export.ts';
import { generateSchemaStage } from '#shared/stages/generate-schema.ts';
import { validateStage } from '#shared/stages/validate.ts';
import { withEmulator } from '#support/emulator.ts';
import { installSolution } from '#support/install-solution.ts';
import { aPromotion, requestsSoFar, savedActions, writesOf } from '#support/promotion.ts';
import { spoil } from '#support/spoiled-target.ts';
import { rowsOf, runWith, told, withFolder } from '#support/stage-runs.ts';

const seedFile = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/${name}.seed.json`, import.meta.url));

function errors({ findings }: StageResult): readonly string[] {
  return told(findings.filter(({ severity }) => severity === 'error'));
}

function of({ findings }: StageResult, code: string): readonly string[] {
  return findings.filter((each) => each.code === code).map(({ summary }) => summary);
}

const label = 'Contoso routing (ContosoRouting 1.2.0.0)';
const carried = [
  'msdyn_livechatconfig',
  'msdyn_liveworkstreamcapacityprofile',
  'msdyn_ocliveworkstreamcontextvariable',
  'msdyn_ocvoice',
  'msdyn_ocvoicechannelsetting',
  'msdyn_questionsequence',
  'msdyn_routingconfiguration',
  'msdyn_routingconfigurationstep',
  'msdyn_surveyquestion',
];

describe('where solutions carry channels and workstreams', function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: seedFile('contoso-in-a-solution') });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);
  const config = (): string => join(folder.path, 'unified-routing.yml');
  let manifest: PackageManifest | undefined;
  let exported: StageResult;

  before(async () => {
    await writeFile(config(), 'format: 1\ncarriedBy: solution\nchannels: [voice, live-chat]\n');
    exported = await promotion.export({ config: config() });
    const opened = await openPackage(
      join(folder.path, 'package'),
      nodeFiles,
      new AbortController().signal,
    );
    ({ manifest } = opened);
  });

  it('exports only what solutions do not carry', async () => {
    assert.deepEqual(errors(exported), []);
    const rows = await rowsOf(join(folder.path, 'package'));
    const tables = new Set([...rows.keys()].map((key) => key.split(' ')[1]));
    for (const table of carried) assert.ok(!tables.has(table), table);
    for (const table of ['queue', 'characteristic', 'msdyn_cannedmessage', 'msdyn_ocsystemmessage'])
      assert.ok(tables.has(table), table);
    assert.equal(of(exported, 'URM1240').length, 4, 'workstreams and settings of both channels');
  });

  it('keeps workstreams that quick replies are linked to by their key only', async () => {
    const rows = await rowsOf(join(folder.path, 'package'));
    const [lines] = [...rows].filter(([key]) => key.endsWith(' msdyn_liveworkstream'));
    assert.ok(lines !== undefined);
    assert.deepEqual([...(lines[1][0]?.shape.columns ?? [])].sort(), [
      'msdyn_liveworkstreamid',
      'msdyn_mode',
      'msdyn_name',
      'msdyn_streamsource',
    ]);
  });

  it('generates schemas of the same tables, for the stock tool', async () => {
    const out = join(folder.path, 'schemas');
    const { result } = await runWith(generateSchemaStage, {
      source: source.url,
      config: config(),
      out,
    });
    assert.deepEqual(errors(result), []);
    const file = join(out, '07-live-chat-workstreams', 'data_schema.xml');
    const { tables } = readSchema(await readFile(file, 'utf8'), file);
    assert.deepEqual(
      tables.map(({ name, skipUpdate, columns }) => [name, skipUpdate, columns.size]),
      [
        ['msdyn_liveworkstream', true, 4],
        ['msdyn_octag', false, 2],
        ['msdyn_cannedmessage', false, 8],
      ],
    );
    await assert.rejects(readFile(join(out, '06-voice-workstreams', 'data_schema.xml')));
  });

  it('says in the manifest which solution brings what the rows refer to', () => {
    const [first, ...rest] = manifest?.carried ?? [];
    assert.deepEqual(first?.solution, {
      name: 'ContosoRouting',
      title: 'Contoso routing',
      version: '1.2.0.0',
    });
    assert.deepEqual(rest, []);
    const tables = new Set(first.rows.map(({ table }) => table));
    for (const table of ['msdyn_livechatconfig', 'msdyn_liveworkstream'])
      assert.ok(tables.has(table), table);
  });

  const validated = async (): Promise<readonly string[]> => {
    const both = { source: source.url, target: target.url, config: config() };
    const [fromSource, fromPackage] = [
      await runWith(validateStage, both),
      await runWith(validateStage, { target: target.url, package: join(folder.path, 'package') }),
    ].map(({ result }) => of(result, 'URM1351'));
    assert.deepEqual(fromSource, fromPackage);
    return fromSource ?? [];
  };

  it('is told by a validation that the solution comes first', async () => {
    assert.deepEqual(await validated(), [
      `Import the solution ${label} first: the target lacks it`,
    ]);
  });

  it('asks for the solution first, and blocks what needs it', async () => {
    const planned = await promotion.plan('before', { config: config() });
    assert.deepEqual(of(planned, 'URM1351').slice(0, 1), [
      `Import the solution ${label} first: the target lacks it`,
    ]);
    const actions = await savedActions(join(folder.path, 'before', 'plan.json'));
    const lines = actions.flatMap((action) =>
      action.kind === 'blocked' ? [`${action.row.table} ${action.finding.remedy}`] : [],
    );
    assert.ok(lines.includes(`msdyn_liveworkstream Import ${label} first, then plan again.`));
    assert.ok(
      lines.includes(`msdyn_livechatwidgetlocation Import ${label} first, then plan again.`),
      lines.join('\n'),
    );
    assert.ok(planned.counts.created > 0, 'queues, skills and capacity profiles need no solution');
    const bare = await promotion.plan('without-configuration');
    assert.deepEqual(bare.counts, planned.counts, 'the package says itself what solutions bring');
  });

  it('moves what the solution itself refers to before it', async () => {
    const imported = await promotion.import('run-1', { config: config(), allowBlocked: 'true' });
    assert.deepEqual(errors(imported), []);
    const { tables } = await target.state();
    assert.ok((tables['queue'] ?? 0) > 4);
    assert.equal(tables['msdyn_liveworkstream'] ?? 0, 0);
  });

  it('moves the rest when the solution is there, and no row of the solution', async () => {
    assert.ok((await installSolution(source, target, 'ContosoRouting')) > 50);
    assert.deepEqual(await validated(), []);
    const managed = [...target.environment.store.rows('msdyn_liveworkstream')].map(
      ({ id, version }) => `${id} ${version}`,
    );
    const since = await requestsSoFar(target);
    const imported = await promotion.import('run-2', { config: config() });
    assert.deepEqual(errors(imported), []);
    assert.ok(imported.counts.created > 0 && imported.counts.linked > 0);
    for (const { method, path } of await writesOf(target, since))
      for (const table of carried)
        assert.ok(method === 'GET' || !path.includes(`/${table}`), `${method} ${path}`);
    assert.deepEqual(
      [...target.environment.store.rows('msdyn_liveworkstream')].map(
        ({ id, version }) => `${id} ${version}`,
      ),
      managed,
    );
    assert.deepEqual(errors(await promotion.verify({ config: config(), out: 'verified' })), []);
    const again = await promotion.plan('after', { config: config() });
    assert.deepEqual([errors(again), again.outputs['hasChanges']], [[], false]);
  });

  it('tells that the target has an older version', async () => {
    const [solution] = [
      ...target.environment.store.find('solution', 'uniquename', 'ContosoRouting'),
    ];
    spoil(target).set('solution', solution?.id ?? '', { version: '1.1.0.0' });
    assert.deepEqual(of(await promotion.plan('older', { config: config() }), 'URM1352'), [
      `Import the solution ${label} first: the target has version 1.1.0.0`,
    ]);
  });

  it('goes on where components of solutions cannot be read, and says so', async () => {
    await source.faults('error:table=solutioncomponent,status=403,code=0x80040220');
    const again = await promotion.export({ config: config(), out: 'unknown' });
    await source.faults('');
    assert.deepEqual(errors(again), []);
    assert.equal(of(again, 'URM1242').length, 1);
    assert.deepEqual(of(again, 'URM1241'), []);
  });

  it('tells rows that no solution brings', async () => {
    const { store } = source.environment;
    const line = spoil(source).id('msdyn_liveworkstream', 'Web chat');
    const components = [...store.find('solutioncomponent', 'objectid', line)];
    for (const { id } of components) store.delete('solutioncomponent', id);
    const again = await promotion.export({ config: config(), out: 'homeless' });
    const [finding] = again.findings.filter(({ code }) => code === 'URM1241');
    assert.equal(finding?.detail, 'msdyn_liveworkstream Web chat');
  });
});

describe('an environment whose channels came with a managed solution', function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: seedFile('contoso-managed') });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);
  const config = (): string => join(folder.path, 'unified-routing.yml');

  before(async () => {
    await writeFile(config(), 'format: 1\ncarriedBy: solution\n');
    for (const [table, name, change] of [
      ['msdyn_liveworkstream', 'Web chat', { msdyn_waitingtimethreshold: 7 }],
      ['msdyn_livechatconfig', 'Contoso web', { msdyn_widgettitle: 'Talk to us' }],
      ['queue', 'Chat: Support', { msdyn_priority: 77 }],
    ] as const)
      spoil(source).set(table, spoil(source).id(table, name), change);
    await promotion.export();
  });

  for (const [what, more] of [
    ['a whole package', () => ({})],
    [
      'a whole package, where the configuration leaves such rows to solutions',
      () => ({ config: config() }),
    ],
  ] as const)
    it(`blocks managed rows that differ and names their solution: ${what}`, async () => {
      const planned = await promotion.plan(`plan-${Object.keys(more()).length}`, more());
      const managed = planned.findings.filter(({ code }) => code === 'URM1319');
      assert.deepEqual(
        managed.map(({ where, summary }) => `${where.split(' ')[0] ?? ''}: ${summary}`).sort(),
        ['msdyn_livechatconfig', 'msdyn_liveworkstream'].map(
          (table) =>
            `${table}: The row differs, but it belongs to the managed solution ${label} of the target`,
        ),
      );
      assert.equal(planned.counts.updated, 1, 'the queue moves');
    });

  it('blocks them without a name where components cannot be read', async () => {
    await target.faults('error:table=solutioncomponent,status=403,code=0x80040220');
    const planned = await promotion.plan('unnamed');
    await target.faults('');
    assert.deepEqual(
      [...new Set(of(planned, 'URM1319'))],
      ['The row differs, but it belongs to a managed solution of the target'],
    );
  });

  it('is told when rows of such a solution are exported as data', async () => {
    const { result } = await runWith(exportStage, {
      source: target.url,
      out: join(folder.path, 'managed'),
      channels: 'live-chat',
    });
    const [told_] = of(result, 'URM1244');
    assert.match(told_ ?? '', /^\d+ rows of the package came to the source with Contoso routing/);
    const quiet = await promotion.export({ out: 'unmanaged' });
    assert.deepEqual(of(quiet, 'URM1244'), []);
  });

  it('is imported without any of them, when that is allowed', async () => {
    const imported = await promotion.import('run', { allowBlocked: 'true' });
    assert.deepEqual(errors(imported), []);
    const line = spoil(target).id('msdyn_liveworkstream', 'Web chat');
    assert.notEqual(
      spoil(target).cell('msdyn_liveworkstream', line, 'msdyn_waitingtimethreshold'),
      7,
    );
  });
});
