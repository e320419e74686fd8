import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withEmulator } from '#support/emulator.ts';
import { agentNodes, isBuilt, runTask, type TaskEnd } from '#support/run-task.ts';
import { secretEndpoint } from '#support/secret-endpoint.ts';

/** A folded part of a log. */
interface Group {
  readonly title: string;
  readonly lines: readonly string[];
}

/** The groups as the agent sees them; fails where one lies in another or is never closed. */
function groupsOf({ text }: TaskEnd): readonly Group[] {
  const groups: { title: string; lines: string[] }[] = [];
  let open: { title: string; lines: string[] } | undefined;
  for (const line of text.split(/\r?\n/)) {
    const title = /^##\[group\](.*)$/.exec(line)?.[1];
    if (title !== undefined) {
      assert.equal(open, undefined, `${title} opens in ${open?.title}`);
      open = { title, lines: [] };
      groups.push(open);
    } else if (line === '##[endgroup]') {
      assert.ok(open !== undefined, 'a group closes that was not open');
      open = undefined;
    } else if (open !== undefined && !line.startsWith('##vso[')) open.lines.push(line);
  }
  assert.equal(open, undefined, 'the last group is closed');
  return groups;
}

const percents = ({ commands }: TaskEnd): readonly number[] =>
  commands
    .filter(({ name }) => name === 'task.setprogress')
    .map(({ properties }) => Number(properties['value']));

for (const node of agentNodes)
  describe(`what a run shows on ${node.title}`, function () {
    this.timeout(60_000);
    const source = withEmulator({ seed: 'contoso' });
    const target = withEmulator({ seed: 'empty' });
    const hostile = 'Rogue ##[endgroup] ##vso[task.complete result=Failed;] \u202Eeulb';
    let folder = '';

    const run = async (task: string, inputs: Readonly<Record<string, string>>): Promise<TaskEnd> =>
      runTask({
        task,
        node: node.path,
        inputs,
        endpoints: { dev: await secretEndpoint(source), test: await secretEndpoint(target) },
        folder,
      });
    const at = (name: string): string => join(folder, name);
    const whole = (end: TaskEnd): void => {
      const told = percents(end);
      assert.ok(told.length > 2, end.text);
      assert.deepEqual(
        told,
        [...told].sort((one, other) => one - other),
      );
      assert.equal(told.at(-1), 100);
    };

    before(async function () {
      if (!existsSync(node.path)) this.skip();
      if (!isBuilt('UnifiedRoutingExport')) assert.fail('build first: npm run build');
      folder = await mkdtemp(join(tmpdir(), 'run-page-'));
      const answer = await source.send(
        'GET',
        "queues?$select=name&$filter=startswith(name,'Cases: Billing')",
      );
      const [queue] = answer.body.value as readonly { readonly queueid: string }[];
      assert.ok(queue !== undefined, answer.text);
      await source.send('PATCH', `queues(${queue.queueid})`, { body: { name: hostile } });
    });
    after(async () => {
      if (folder !== '') await rm(folder, { recursive: true, force: true });
    });

    it('is folded by step, and tells how much is done, in an export', async () => {
      const end = await run('UnifiedRoutingExport', {
        serviceConnection: 'dev',
        outputPath: at('package'),
      });
      assert.match(end.result ?? '', /^Succeeded/, end.text);
      const groups = groupsOf(end);
      const queues = groups.find(({ title }) => title.endsWith('-queues'));
      assert.ok(
        queues?.lines.some((line) => /^queue: \d+ rows/.test(line)),
        end.text,
      );
      const steps = groups.map(({ title }) => title).filter((title) => /^\d\d-/.test(title));
      assert.equal(new Set(steps).size, steps.length, 'a step is told in one piece');
      whole(end);
    });

    it('shows what is planned, whatever rows are called', async () => {
      const end = await run('UnifiedRoutingPlan', {
        serviceConnection: 'test',
        packagePath: at('package'),
        outputPath: at('plan'),
      });
      assert.match(end.result ?? '', /^Succeeded/, end.text);
      const groups = groupsOf(end);
      const planned = groups.find(({ title }) => title === 'Planned actions');
      assert.ok(
        planned?.lines.some((line) => line.includes('Rogue ##\u200B[endgroup] ##vso\u200B[task')),
        end.text,
      );
      assert.ok(groups.some(({ title }) => title.endsWith('-queues: comparison')));
      assert.equal(end.commands.filter(({ name }) => name === 'task.complete').length, 1);
      assert.equal(end.text.includes('\u202E'), false);
      whole(end);
    });

    it('is one error for each cause, with what came of it folded, in an import', async () => {
      await target.faults('error:method=POST,table=queue,status=403,code=0x80040220');
      const end = await run('UnifiedRoutingImport', {
        serviceConnection: 'test',
        packagePath: at('package'),
        outputPath: at('refused'),
      });
      await target.faults('');
      assert.equal(end.result, 'Failed');
      const errors = end.issues.filter(({ properties }) => properties['type'] === 'error');
      assert.deepEqual(
        errors.map(({ properties }) => properties['code']),
        ['URM1401'],
        errors.map(({ message }) => message).join('\n'),
      );
      assert.match(errors[0]?.message ?? '', /The same in \d+ other places\. · \d+ rows held back/);
      const folded = groupsOf(end).find(({ title }) => title === 'More of URM1401');
      assert.ok(
        folded?.lines.some((line) => line.startsWith('URM1402 ')),
        end.text,
      );
    });

    it('goes on in an import from where planning was', async () => {
      const end = await run('UnifiedRoutingImport', {
        serviceConnection: 'test',
        packagePath: at('package'),
        outputPath: at('run'),
      });
      assert.match(end.result ?? '', /^Succeeded/, end.text);
      const titles = groupsOf(end).map(({ title }) => title);
      assert.ok(
        titles.some((title) => title.endsWith('-queues: rows')),
        titles.join(),
      );
      assert.ok(
        titles.some((title) => title.endsWith(': links')),
        titles.join(),
      );
      const told = percents(end);
      whole(end);
      assert.ok(
        told.some((percent) => percent > 30 && percent < 100),
        told.join(),
      );
    });
  });
