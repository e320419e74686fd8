import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attribute } from '#emulator/metadata/metadata.ts';
import { exportStage } from '#shared/stages/export.ts';
import { planStage } from '#shared/stages/plan.ts';
import { withEmulator, type TestEmulator } from '#support/emulator.ts';
import { filesBelow } from '#support/secret-forms.ts';
import { runWith, withFolder } from '#support/stage-runs.ts';

const secret = 'Endpoint=sb://x.servicebus.windows.net/;SharedAccessKey=q7Zr2Kd9Lw4Xb8Tn5Mv1Hc6Y=';

describe('texts of an export', function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const at = (name: string): string => join(folder.path, name);

  it('of the full contact centre look like no secret', async () => {
    const inputs = { source: source.url, out: at('honest'), format: 'folder' };
    const { result } = await runWith(exportStage, inputs);
    assert.notEqual(result.outcome, 'failed');
    assert.deepEqual(
      result.findings.filter(({ code }) => code === 'URM1236'),
      [],
    );
  });

  it('that look like a secret are told with table, id and column, and not altered', async () => {
    const id = await describeQueue(source, secret);
    const inputs = { source: source.url, out: at('told'), format: 'folder' };
    const { result } = await runWith(exportStage, inputs);
    const [finding, ...others] = result.findings.filter(({ code }) => code === 'URM1236');
    assert.deepEqual(others, []);
    assert.match(finding?.where ?? '', new RegExp(`queue ${id} .*, column description$`));
    assert.match(finding?.summary ?? '', /connection string/);
    assert.equal(result.outcome, 'succeededWithIssues');
    assert.doesNotMatch(JSON.stringify(result), /SharedAccessKey=/, 'the text is not repeated');
    assert.ok((await filesBelow(at('told'))).some((content) => content.includes(secret)));
  });

  describe('in a column that the source protects', () => {
    before(() => protect(source, 'queue', 'description'));

    it('are withheld like secrets, with the rows named', async () => {
      const inputs = { source: source.url, out: at('secured'), format: 'folder' };
      const { result } = await runWith(exportStage, inputs);
      assert.ok(
        result.findings.some(
          ({ code, where }) => code === 'URM1220' && where.endsWith('queue.description'),
        ),
      );
      for (const content of await filesBelow(at('secured')))
        assert.ok(!content.includes('SharedAccessKey'));
      const manifest = JSON.parse(await readFile(at('secured/migration.json'), 'utf8'));
      assert.ok(
        manifest.withheld.some(
          (each: { table: string; column: string; reason: string }) =>
            each.table === 'queue' && each.column === 'description' && each.reason === 'secret',
        ),
      );
    });
  });

  describe('in a column that the target protects', () => {
    before(() => protect(target, 'queue', 'description'));

    it('are neither compared nor in the plan, and that is told', async () => {
      const inputs = { target: target.url, package: at('told'), out: at('plan') };
      const { result } = await runWith(planStage, inputs);
      assert.deepEqual(
        result.findings.filter(({ code }) => code === 'URM1237').map(({ where }) => where),
        ['queue.description'],
      );
      for (const content of await filesBelow(at('plan')))
        assert.ok(!content.includes('SharedAccessKey'));
    });
  });
});

/** Writes a text into the description of a queue that moves; gives the queue's id. */
async function describeQueue(emulator: TestEmulator, description: string): Promise<string> {
  const answer = await emulator.send(
    'GET',
    'queues?$select=queueid&$filter=msdyn_queuetype eq 192350002 and msdyn_isdefaultqueue ne true&$top=1',
  );
  const id = String(answer.body.value[0].queueid);
  const { status } = await emulator.send('PATCH', `queues(${id})`, { body: { description } });
  assert.equal(status, 204);
  return id;
}

function protect({ environment }: TestEmulator, table: string, column: string): void {
  const attributes = environment.metadata.entity(table)?.attributes as Map<string, Attribute>;
  const attribute = attributes.get(column);
  assert.ok(attribute !== undefined);
  attributes.set(column, { ...attribute, secured: true });
}
