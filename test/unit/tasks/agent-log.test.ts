import assert from 'node:assert/strict';
import fc from 'fast-check';
import { neutralize } from '#shared/host/neutralize.ts';
import { createAgentLog, logFindings, type AgentLog } from '../../../tasks/agent-log.ts';

describe('the log of a task', () => {
  let lines: string[];
  let issues: { severity: string; text: string; code: string }[];
  let progress: number[];
  let log: AgentLog;

  beforeEach(() => {
    lines = [];
    issues = [];
    progress = [];
    log = createAgentLog(
      {
        print: (line) => void lines.push(line),
        debug: () => {},
        progress: (percent) => void progress.push(percent),
        issue: (severity, text, code) => {
          lines.push(`(${severity})`);
          issues.push({ severity, text, code });
        },
      },
      neutralize,
    );
  });

  it('folds the lines of one part, and shows what belongs to none', () => {
    log.log('info', 'queue: 3 rows', '03-queues');
    log.log('info', 'team: 1 row', '03-queues');
    log.log('info', 'skill: 2 rows', '01-skills');
    log.log('warning', 'something');
    assert.deepEqual(lines, [
      '##[group]03-queues',
      'queue: 3 rows',
      'team: 1 row',
      '##[endgroup]',
      '##[group]01-skills',
      'skill: 2 rows',
      '##[endgroup]',
      '##[warning]something',
    ]);
  });

  it('shows issues outside of what is folded, and closes it at the end', () => {
    log.log('info', 'queue: 3 rows', '03-queues');
    log.issue('error', 'wrong', 'URM1401');
    log.log('info', 'more', '03-queues');
    log.finish('Import');
    assert.deepEqual(lines, [
      '##[group]03-queues',
      'queue: 3 rows',
      '##[endgroup]',
      '(error)',
      '##[group]03-queues',
      'more',
      '##[endgroup]',
    ]);
  });

  it('takes back nothing of what it told was done, and ends with all', () => {
    log.progress('compare', 10, 20);
    log.progress('write', 1, 100);
    log.progress('write', 80, 100);
    log.finish('Import');
    assert.deepEqual(progress, [50, 50, 80, 100]);
  });

  it('tells one issue for each cause and folds what else comes of it', () => {
    const cause = {
      severity: 'error',
      code: 'URM1401',
      where: 'queue 1',
      summary: 'refused',
      detail: '403',
      remedy: 'Correct it.',
    } as const;
    const findings = [
      cause,
      { ...cause, where: 'queue 2' },
      { ...cause, code: 'URM1402', where: 'stream', summary: 'waits', detail: 'queue 1: refused' },
    ] as const;
    logFindings(log, findings, (name) => name);
    assert.deepEqual(issues, [
      {
        severity: 'error',
        code: 'URM1401',
        text: 'URM1401 queue 1: refused · 403 · Correct it. · The same in 1 other place. · 1 row held back by it.',
      },
    ]);
    assert.deepEqual(lines.slice(1), [
      '##[group]More of URM1401',
      'URM1401 queue 2: refused · 403',
      'URM1402 stream: waits · queue 1: refused',
    ]);
  });

  it('folds what is only worth knowing', () => {
    const known = {
      severity: 'info',
      code: 'URM1221',
      where: 'queue.x',
      summary: 'withheld',
      detail: '',
      remedy: 'Nothing.',
    } as const;
    logFindings(log, [known], (name) => name);
    log.finish(undefined);
    assert.deepEqual(lines, [
      '##[group]Worth knowing',
      'URM1221 queue.x: withheld · Nothing.',
      '##[endgroup]',
    ]);
  });

  it('lets no text from outside open, close or command anything', () => {
    const hostile = fc
      .array(
        fc.constantFrom(
          '##[group]',
          '##[endgroup]',
          '##vso[',
          'task.complete]',
          '\n',
          '\r',
          '#',
          'a',
        ),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(fc.tuple(hostile, fc.option(hostile, { nil: undefined }))), (told) => {
        lines.length = 0;
        for (const [text, part] of told) log.log('info', text, part);
        log.finish(undefined);
        let depth = 0;
        for (const line of lines) {
          assert.equal(/[\r\n]/.test(line), false);
          if (line.startsWith('##[group]')) depth += 1;
          if (line === '##[endgroup]') depth -= 1;
          assert.ok(depth === 0 || depth === 1);
          const own = line.replace(/^##\[(?:group|endgroup)\]/, '');
          assert.equal(/##(?:vso)?\[/i.test(own), false, line);
        }
        assert.equal(depth, 0);
      }),
    );
  });
});
