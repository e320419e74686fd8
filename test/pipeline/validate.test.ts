import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createPackage } from '#shared/cmt/create-package.ts';
import { composeSchema } from '#shared/cmt/schema.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { Row, Value } from '#shared/model/row.ts';
import type { ColumnType, SourceColumn, SourceTable } from '#shared/model/table.ts';
import type { PlanHead } from '#shared/model/plan.ts';
import { exportStage } from '#shared/stages/export.ts';
import { planStage } from '#shared/stages/plan.ts';
import { validateStage } from '#shared/stages/validate.ts';
import { breaking } from '#support/broken-metadata.ts';
import { openEmulator, withEmulator, type TestEmulator } from '#support/emulator.ts';
import { create, definitionOf, id, plantQueues, planted } from '#support/queue-rows.ts';
import { runWith, told, withFolder } from '#support/stage-runs.ts';

describe('validate', () => {
  const source = withEmulator({ seed: 'empty' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const at = (name: string): string => join(folder.path, name);

  before(() => plantQueues(source));

  const errorsOf = (findings: Parameters<typeof told>[0]): readonly string[] =>
    told(findings.filter(({ severity }) => severity === 'error'));

  it('finds nothing wrong with a target that has everything, in few requests and without a write', async () => {
    const seen = await counts(source, target);
    const { result } = await runWith(validateStage, { source: source.url, target: target.url });
    assert.deepEqual(errorsOf(result.findings), []);
    assert.notEqual(result.outcome, 'failed');
    assert.ok(result.counts.in > 0);
    assert.equal(result.counts.unchanged, result.counts.in);
    const requests = await since(seen);
    assert.ok(requests.length <= 40, `${requests.length} requests`);
    assert.ok(requests.every(isRead));
  });

  it('asks few questions about a whole contact centre', async () => {
    const whole = await openEmulator({ seed: 'contoso' });
    try {
      const seen = await counts(target);
      const { result } = await runWith(validateStage, { source: whole.url, target: target.url });
      assert.deepEqual(errorsOf(result.findings), []);
      const requests = (await whole.requests()).length + (await since(seen)).length;
      assert.ok(requests <= 40, `${requests} requests`);
    } finally {
      await whole.close();
    }
  });

  it('finds nothing wrong with a package for it either', async () => {
    await runWith(exportStage, { source: source.url, out: at('package') });
    const { result } = await runWith(validateStage, { package: at('package'), target: target.url });
    assert.deepEqual(errorsOf(result.findings), []);
  });

  it('refuses the source as target, given as environment or by its package', async () => {
    const same = await runWith(validateStage, { source: source.url, target: source.url });
    assert.ok(errorsOf(same.result.findings).some((each) => each.includes('URM1208')));
    const packaged = await runWith(validateStage, { package: at('package'), target: source.url });
    assert.equal(packaged.result.outcome, 'failed');
    assert.ok(errorsOf(packaged.result.findings).some((each) => each.includes('URM1208')));
  });

  it('reports a missing column, choice value, privilege and table in one run, and writes nothing', async () => {
    const queue = aTable('queue', 'queueid', 'name', [
      ['queueid', 'guid'],
      ['name', 'text'],
      ['msdyn_queuetype', 'choice'],
      ['contoso_floor', 'text'],
    ]);
    const region = aTable('contoso_region', 'contoso_regionid', 'contoso_name', [
      ['contoso_regionid', 'guid'],
    ]);
    await writePackage(at('needy'), [
      [queue, [aRow(queue, id(70), ['Annex', 192359999, '3'])]],
      [region, []],
    ]);
    const seen = await counts(target);
    const { result } = await runWith(
      validateStage,
      { package: at('needy'), target: target.url },
      { kind: 'token', token: await readerOf(target) },
    );
    assert.equal(result.outcome, 'failed');
    const found = new Map(result.findings.map((finding) => [finding.code, finding]));
    assert.match(found.get('URM1201')?.summary ?? '', /no table contoso_region/);
    assert.match(found.get('URM1202')?.summary ?? '', /no column queue\.contoso_floor/);
    assert.match(
      found.get('URM1204')?.summary ?? '',
      /queue\.msdyn_queuetype has no value 192359999/,
    );
    const privileges = result.findings.filter(
      ({ code, severity }) => code === 'URM1206' && severity === 'error',
    );
    assert.deepEqual(
      privileges.map(({ summary }) => / (prv\w+) is not held in the target/.exec(summary)?.[1]),
      ['prvCreateQueue', 'prvWriteQueue'],
    );
    assert.ok(result.findings.every(({ remedy }) => remedy !== ''));
    assert.ok((await since(seen)).every(isRead));
  });

  it('looks for everything that rules name: rows, columns and choice values', async () => {
    const ruleset = aTable('msdyn_decisionruleset', 'msdyn_decisionrulesetid', 'msdyn_name', [
      ['msdyn_decisionrulesetid', 'guid'],
      ['msdyn_name', 'text'],
      ['msdyn_rulesetdefinition', 'memo'],
    ]);
    const condition = (path: string, value: string): string =>
      `<condition operator="=="><lhs>${path}</lhs><rhs>${value}</rhs></condition>`;
    const rules = definitionOf(
      'assign_to.queue',
      `{${planted.messagingQueue.toUpperCase()}}`,
    ).replace(
      '<action>',
      [
        condition('queue.contoso_floor', '3'),
        condition('queue.msdyn_queuetype', '77'),
        condition('queue.msdyn_queuetype', '192350000'),
        condition('queue.msdyn_operatinghourid', planted.hour),
        condition('liveworkitemcontext.segment', 'gold'),
        '<action>',
      ].join(''),
    );
    await writePackage(at('rules'), [
      [
        ruleset,
        [aRow(ruleset, id(80), ['Gold', rules]), aRow(ruleset, id(81), ['Model', '{"a":1}'])],
      ],
    ]);
    const { result } = await runWith(validateStage, { package: at('rules'), target: target.url });
    const rule = 'msdyn_decisionruleset Gold › rule "First"';
    assert.deepEqual(
      new Set(told(result.findings)),
      new Set([
        'warning URM1212 msdyn_decisionruleset Model msdyn_rulesetdefinition',
        `error URM1211 ${rule} › queue.contoso_floor`,
        `error URM1204 ${rule} › queue.msdyn_queuetype`,
        `error URM1210 ${rule} › queue.msdyn_operatinghourid`,
        `error URM1210 ${rule} › assign_to.queue`,
      ]),
    );
  });

  it('takes rows that the target has under the same id for what rules name', async () => {
    const other = await openEmulator({ seed: 'empty' });
    try {
      await create(other, 'queues', {
        queueid: planted.messagingQueue,
        name: 'Chat billing',
        msdyn_queuetype: 192350000,
        msdyn_isomnichannelqueue: true,
        msdyn_priority: 1,
        queueviewtype: 0,
      });
      await runWith(exportStage, { source: source.url, out: at('records'), channels: 'record' });
      const missing = await runWith(validateStage, { package: at('records'), target: target.url });
      assert.ok(errorsOf(missing.result.findings).some((each) => each.includes('URM1210')));
      const present = await runWith(validateStage, { package: at('records'), target: other.url });
      assert.deepEqual(errorsOf(present.result.findings), []);
    } finally {
      await other.close();
    }
  });

  it('goes on where the source may not be read, and names the privilege', async () => {
    const { result } = await runWith(
      validateStage,
      { source: source.url, target: target.url },
      { kind: 'token', token: await strangerOf(source) },
    );
    assert.equal(result.outcome, 'failed');
    assert.ok(
      result.findings.some(({ summary }) =>
        summary.includes('prvReadQueue is not held in the source'),
      ),
      JSON.stringify(result.findings.slice(0, 3)),
    );
  });

  it('makes a to-do list of what the source has and the procedures leave to hands', async () => {
    const whole = await openEmulator({ seed: 'contoso' });
    try {
      const listed = async (inputs: Readonly<Record<string, string>>): Promise<readonly string[]> =>
        (
          await runWith(validateStage, { source: whole.url, target: target.url, ...inputs })
        ).result.findings
          .filter(({ code }) => code === 'URM1218')
          .map(({ summary, detail }) =>
            `${summary.replace(/ do not move.*/, '')} ${detail}`.trim(),
          );
      const voice = await listed({ channels: 'voice' });
      assert.deepEqual(
        voice.map((line) => line.replace(/ In the source.*/, '')),
        [
          'Phone numbers',
          'Communication providers and their accounts',
          'Pieces of hold and wait music',
          'Bots',
          'Models of rulesets (skill finder, sentiment, effort)',
          'Members of queues',
          "People's skills",
          "People's capacity profiles",
          'Calendars of operating hours',
        ],
      );
      assert.ok(voice.includes('Bots In the source: Contoso Helper.'));
      const chat = await listed({ channels: 'live-chat' });
      assert.ok(!chat.some((line) => /^(Phone numbers|Pieces)/.test(line)));
      breaking(whole.environment).rows('systemuser', (cells) => cells.has('msdyn_bothandle'));
      assert.ok(!(await listed({ channels: 'voice' })).some((line) => line.startsWith('Bots')));
    } finally {
      await whole.close();
    }
  });

  it('gives the plan of a package the same list', async () => {
    const whole = await openEmulator({ seed: 'contoso' });
    try {
      const inputs = { source: whole.url, out: at('left'), channels: 'voice' };
      await runWith(exportStage, inputs);
      const { result } = await runWith(planStage, {
        target: target.url,
        package: at('left'),
        out: at('left-plan'),
      });
      assert.ok('plan' in result);
      const { manual } = result.plan as PlanHead;
      const numbers = manual.find(({ summary }) => summary === 'Phone numbers do not move.');
      assert.match(numbers?.detail ?? '', /\+4915799001200/);
      assert.match(numbers?.remedy ?? '', /^Acquire or port numbers/);
    } finally {
      await whole.close();
    }
  });

  it('asks for a source or a package', async () => {
    const { result, usage } = await runWith(validateStage, { target: target.url });
    assert.equal(usage, true);
    assert.match(result.findings[0]?.summary ?? '', /'source' is required/);
  });
});

/** The domain name of the seed's user who may read routing and change nothing: as a token it signs in. */
async function readerOf(emulator: TestEmulator): Promise<string> {
  return userLike(emulator, 'routingreader');
}

/** A user without any role. */
async function strangerOf(emulator: TestEmulator): Promise<string> {
  const domainname = 'stranger@contoso.example';
  const { body } = await emulator.send('GET', 'businessunits?$select=businessunitid');
  await create(emulator, 'systemusers', {
    domainname,
    firstname: 'Str',
    lastname: 'Anger',
    internalemailaddress: domainname,
    'businessunitid@odata.bind': `/businessunits(${body.value[0].businessunitid})`,
  });
  return domainname;
}

async function userLike(emulator: TestEmulator, start: string): Promise<string> {
  const { body } = await emulator.send('GET', 'systemusers?$select=domainname');
  const users = body.value as { domainname: string | null }[];
  const found = users.find(({ domainname }) => domainname?.startsWith(start));
  assert.ok(found?.domainname, `no user like ${start}`);
  return found.domainname;
}

interface Seen {
  readonly emulator: TestEmulator;
  readonly count: number;
}

async function counts(...emulators: readonly TestEmulator[]): Promise<readonly Seen[]> {
  return Promise.all(
    emulators.map(async (emulator) => ({ emulator, count: (await emulator.requests()).length })),
  );
}

type Requests = Awaited<ReturnType<TestEmulator['requests']>>;

async function since(seen: readonly Seen[]): Promise<Requests> {
  const all = await Promise.all(
    seen.map(async ({ emulator, count }) => (await emulator.requests()).slice(count)),
  );
  return all.flat();
}

function isRead({ method, parts }: Requests[number]): boolean {
  return method === 'GET' || parts?.every((part) => part.method === 'GET') === true;
}

function aTable(
  name: string,
  idColumn: string,
  nameColumn: string,
  columns: readonly (readonly [name: string, type: ColumnType])[],
): SourceTable {
  return {
    step: '01-test',
    name,
    displayName: name,
    idColumn,
    nameColumn,
    columns: new Map(
      columns.map(([column, type]): [string, SourceColumn] => [
        column,
        { name: column, displayName: column, type, targets: [] },
      ]),
    ),
    manyToMany: [],
    compareBy: [idColumn],
    skipUpdate: false,
    forceCreate: false,
    disablePlugins: false,
  };
}

/** A row with its id and the other columns in order. */
function aRow(table: SourceTable, key: string, values: readonly Value[]): Row {
  const columns = [...table.columns.keys()].filter((column) => column !== table.idColumn);
  return { shape: { table, columns }, id: key, cells: values };
}

async function writePackage(
  path: string,
  tables: readonly (readonly [SourceTable, readonly Row[]])[],
): Promise<void> {
  const { signal } = new AbortController();
  const writer = await createPackage(path, 'zip', nodeFiles);
  const step = await writer.step('01-test', composeSchema(tables.map(([table]) => table)));
  for (const [table, rows] of tables) await step.table(table, stream(rows), stream([]), signal);
  const written = await step.close();
  await writer.finish(() => ({
    format: 1,
    tool: 'test',
    source: { organizationId: id(1), url: 'https://source.example' },
    channels: [],
    scope: {},
    steps: [{ ...written, area: 'test' }],
    withheld: [],
    removed: [],
  }));
}

async function* stream<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}
