import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withEmulator } from '#support/emulator.ts';
import { aPromotion, requestsSoFar, writesOf } from '#support/promotion.ts';
import { definitionOf, id, plantQueues, planted } from '#support/queue-rows.ts';
import { told, withFolder } from '#support/stage-runs.ts';
import type { VerifyResult } from '#shared/stages/verify.ts';

describe('verify', () => {
  const source = withEmulator({ seed: 'empty' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);

  before(async function () {
    this.timeout(60_000);
    await plantQueues(source);
    await promotion.export();
    const imported = await promotion.import('run');
    assert.deepEqual(told(imported.findings), []);
  });

  const codes = async (): Promise<readonly string[]> =>
    told(
      (await promotion.verify()).findings.filter(({ severity }) => severity !== 'info'),
    ).toSorted();

  const patch = async (path: string, body: object): Promise<void> => {
    const { status, text } = await target.send('PATCH', path, { body });
    assert.ok(status < 300, text);
  };

  it('finds everything as it should be after an import, with reads only', async () => {
    const since = await requestsSoFar(target);
    const result = (await promotion.verify()) as VerifyResult;
    assert.deepEqual(told(result.findings), [
      `info URM1523 msdyn_operatinghour ${planted.hour} Weekdays, column msdyn_calendarid`,
    ]);
    assert.equal(result.outcome, 'succeeded');
    assert.equal(result.counts.unchanged, result.counts.in);
    assert.deepEqual(await writesOf(target, since), []);
    const names = result.checks.map(({ group, name }) => `${group}: ${name}`);
    for (const name of [
      'missing-row: queue holds every row of the package',
      'queue-routing: Record billing keeps type, strategy, operating hours and overflow',
      'dangling-reference: Record assignment: every row it names is there',
    ])
      assert.ok(names.includes(name), name);
    assert.ok(names.some((name) => name.startsWith('assignment-steps: Record billing')));
  });

  it('gives checks the weight that the configuration says, and refuses names it does not know', async () => {
    const config = join(folder.path, 'unified-routing.yml');
    const verifyWith = async (checks: string): Promise<VerifyResult> => {
      await writeFile(config, `format: 1\nchecks: { ${checks} }\n`);
      return (await promotion.verify({ config })) as VerifyResult;
    };
    const hours = `msdyn_operatinghour ${planted.hour} Weekdays, column msdyn_calendarid`;
    const failed = await verifyWith('missing-calendar: error');
    assert.deepEqual(told(failed.findings), [`error URM1523 ${hours}`]);
    assert.equal(failed.outcome, 'failed');
    const off = await verifyWith('missing-calendar: off');
    assert.deepEqual(told(off.findings), []);
    assert.ok(off.checks.some(({ group, skipped }) => group === 'missing-calendar' && skipped));
    const unknown = await verifyWith('missing-calender: off');
    assert.match(unknown.findings[0]?.summary ?? '', /'missing-calender' is no check/);
  });

  it('names the row and the column that somebody changed', async () => {
    await patch(`queues(${planted.voiceQueue})`, { msdyn_priority: 9 });
    assert.deepEqual(await codes(), [
      `error URM1502 queue ${planted.voiceQueue} Voice billing, column msdyn_priority`,
    ]);
    await patch(`queues(${planted.voiceQueue})`, { msdyn_priority: 1 });
  });

  it('tells a queue whose operating hours were lost', async () => {
    const path = `queues(${planted.voiceQueue})`;
    await patch(path, { 'msdyn_operatinghourid@odata.bind': null });
    const where = `queue ${planted.voiceQueue} Voice billing, column msdyn_operatinghourid`;
    assert.deepEqual(await codes(), [`error URM1503 ${where}`, `error URM1508 ${where}`]);
    await patch(path, {
      'msdyn_operatinghourid@odata.bind': `/msdyn_operatinghours(${planted.hour})`,
    });
  });

  it('tells a ruleset that names a row which is not there', async () => {
    const path = `msdyn_decisionrulesets(${planted.recordRuleset})`;
    const column = 'msdyn_rulesetdefinition';
    await patch(path, { [column]: definitionOf('assign_to.queue', id(98)) });
    const where = `msdyn_decisionruleset ${planted.recordRuleset} Record assignment, column ${column}`;
    assert.deepEqual(await codes(), [`error URM1502 ${where}`, `error URM1505 ${where}`]);
    await patch(path, { [column]: '<decision><rules><rule' });
    assert.deepEqual(await codes(), [`error URM1502 ${where}`, `error URM1504 ${where}`]);
    const braced = `{${planted.messagingQueue.toUpperCase()}}`;
    await patch(path, { [column]: definitionOf('assign_to.queue', braced) });
    assert.deepEqual(await codes(), []);
  });

  it('tells an assignment step without a ruleset', async () => {
    const path = `msdyn_assignmentconfigurationsteps(${planted.assignmentStep})`;
    await patch(path, { 'msdyn_rulesetid@odata.bind': null });
    const found = await codes();
    assert.ok(
      found.some((text) =>
        text.startsWith(
          `error URM1507 msdyn_assignmentconfigurationstep ${planted.assignmentStep}`,
        ),
      ),
      found.join('\n'),
    );
    const again = await promotion.import('repair');
    assert.equal(again.counts.updated, 1);
    assert.deepEqual(await codes(), []);
  });

  it('tells a row that is gone', async () => {
    const { status } = await target.send(
      'DELETE',
      `msdyn_assignmentconfigurationsteps(${planted.selectionStep})`,
    );
    assert.equal(status, 204);
    const [first, ...others] = await codes();
    assert.match(first ?? '', new RegExp(`^error URM1501 \\w+ ${planted.selectionStep}`));
    // What is found through the row is no longer found.
    assert.ok(
      others.every((text) => text.startsWith('error URM1510')),
      others.join('\n'),
    );
  });
});
