import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { Files } from '#shared/host/files.ts';
import { openJournal, readJournal, runNumberOf } from '#shared/stages/apply/journal.ts';
import { withFolder } from '#support/stage-runs.ts';
import { idOf } from '#support/plan-builders.ts';

const { signal } = new AbortController();

describe('journal', () => {
  const folder = withFolder();
  const path = (): string => join(folder.path, 'journal.jsonl');

  it('keeps the order of entries, and shares flushes among those written at once', async () => {
    let flushes = 0;
    const counting: Pick<Files, 'openJournal'> = {
      openJournal: async (at) => {
        const file = await nodeFiles.openJournal(at);
        return {
          append: (lines) => {
            flushes += 1;
            return file.append(lines);
          },
          close: () => file.close(),
        };
      },
    };
    const journal = await openJournal(path(), { ...nodeFiles, ...counting });
    await journal.write({ is: 'intent', actions: [1, 2], requestId: idOf(1) });
    await Promise.all(
      Array.from({ length: 50 }, (_, n) => journal.write({ is: 'done', action: n + 1 })),
    );
    await journal.close();
    const lines = (await readFile(path(), 'utf8')).trimEnd().split('\n');
    assert.equal(lines.length, 51);
    assert.ok(lines[0]?.includes('intent'));
    assert.deepEqual(
      lines.slice(1).map((line) => (JSON.parse(line) as { action: number }).action),
      Array.from({ length: 50 }, (_, n) => n + 1),
    );
    assert.ok(flushes <= 4, `${flushes} flushes`);
  });

  it('tells every writer when the disk refuses', async () => {
    const full: Pick<Files, 'openJournal'> = {
      openJournal: () =>
        Promise.resolve({
          append: () => Promise.reject(new Error('no space left')),
          close: () => Promise.resolve(),
        }),
    };
    const journal = await openJournal(path(), { ...nodeFiles, ...full });
    const both = [
      journal.write({ is: 'found', action: 1 }),
      journal.write({ is: 'found', action: 2 }),
    ];
    for (const each of both) await assert.rejects(each, /no space left/);
    await journal.close();
  });

  it('remembers what was begun, and takes a line that was cut for not written', async () => {
    const lines = [
      { is: 'started', planHash: 'abc' },
      { is: 'intent', actions: [1, 2] },
      { is: 'done', action: 1 },
    ].map((entry) => JSON.stringify(entry));
    await writeFile(path(), `${lines.join('\n')}\n{"is":"intent","actions":[3`);
    const memory = await readJournal(path(), nodeFiles, signal);
    assert.deepEqual([...(memory?.begun ?? [])], [1, 2]);
    assert.equal(memory?.planHash, 'abc');
    assert.equal(await readJournal(join(folder.path, 'none'), nodeFiles, signal), undefined);
  });
});

describe('run number', () => {
  it('is the same for the same plan and fits the column', () => {
    assert.equal(runNumberOf({ hash: 'ffffffff00' }), 0x7fffffff);
    assert.equal(runNumberOf({ hash: '00000000ff' }), 1);
    assert.equal(runNumberOf({ hash: '80000005aa' }), 5);
  });
});
