import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { PlanConflict } from '#shared/plan/plan-errors.ts';
import { planLines, readPlan } from '#shared/plan/plan-text.ts';
import type { BuiltPlan } from '#shared/plan/build-plan.ts';
import {
  actionsOf,
  aMemoryTarget,
  anEnvironmentTable,
  aSource,
  idOf,
  planOf,
} from '#support/plan-builders.ts';

const signal = new AbortController().signal;
const queue = anEnvironmentTable('queue', { name: 'text', size: 'integer' });

async function aPlan(rows = 2): Promise<BuiltPlan> {
  const source = aSource([
    {
      table: queue,
      rows: Array.from({ length: rows }, (_, n) => ({
        id: idOf(n + 1),
        name: `Schlänge ${n} 🦜`,
        size: n,
      })),
    },
  ]);
  const { plan } = await planOf(source, aMemoryTarget([queue]), {
    manual: [
      {
        severity: 'info',
        code: 'URM1330',
        where: 'Queues',
        summary: 'Add members.',
        detail: '',
        remedy: 'Do.',
      },
    ],
  });
  return plan;
}

async function textOf(plan: BuiltPlan): Promise<string> {
  let text = '';
  for await (const line of planLines(plan, (again) => plan.lines(again), signal)) text += line;
  return text;
}

function read(text: string): ReturnType<typeof readPlan> {
  return readPlan(
    async function* () {
      yield await Promise.resolve(Buffer.from(text));
    },
    'plan.json',
    signal,
  );
}

describe('plan text', () => {
  it('is JSON with one action a line and no times in it', async () => {
    const text = await textOf(await aPlan());
    const json: unknown = JSON.parse(text);
    assert.ok(typeof json === 'object' && json !== null && 'actions' in json);
    assert.equal(text.split('\n').filter((line) => line.startsWith('    {"number":')).length, 2);
    assert.doesNotMatch(text, /20\d\d-\d\d-\d\dT/);
  });

  it('has the hash of its own text with the hash empty', async () => {
    const plan = await aPlan();
    const text = await textOf(plan);
    const without = text.replace(`"hash": "${plan.hash}"`, '"hash": ""');
    assert.equal(createHash('sha256').update(without).digest('hex'), plan.hash);
  });

  it('reads a plan of nothing', async () => {
    const plan = await aPlan(0);
    const again = await read(await textOf(plan));
    assert.deepEqual(await actionsOf(again), []);
    assert.deepEqual(again.manual, plan.manual);
  });

  const spoiled: readonly (readonly [string, (text: string) => string, string])[] = [
    ['a changed value', (text) => text.replace('Schlänge 1', 'Schlänge 9'), 'URM1302'],
    ['a removed action', (text) => text.replace(/,\n {4}\{"number":2.*\n/, '\n'), 'URM1302'],
    ['a changed count', (text) => text.replace('"created":2', '"created":1'), 'URM1302'],
    ['another hash', (text) => text.replace(/"hash": "."?/, '"hash": "0'), 'URM1302'],
    ['a cut file', (text) => text.slice(0, -40), 'URM1301'],
    ['another file', () => '{"format":1}\n', 'URM1301'],
    ['no text', () => '', 'URM1301'],
    ['a newer format', (text) => text.replace('"format": 1', '"format": 2'), 'URM1302'],
  ];
  for (const [what, spoil, code] of spoiled)
    it(`refuses ${what} with one sentence`, async () => {
      const text = spoil(await textOf(await aPlan()));
      await assert.rejects(read(text), (error) => {
        assert.ok(error instanceof PlanConflict);
        assert.equal(error.code, code);
        assert.equal(error.where, 'plan.json');
        return true;
      });
    });

  it('refuses a line that is no action even when the hash fits', async () => {
    const text = (await textOf(await aPlan())).replace('"kind":"create"', '"kind":"explode"');
    const empty = text.replace(/"hash": "[0-9a-f]*"/, '"hash": ""');
    const hash = createHash('sha256').update(empty).digest('hex');
    const plan = await read(empty.replace('"hash": ""', `"hash": "${hash}"`));
    await assert.rejects(actionsOf(plan), PlanConflict);
  });
});
