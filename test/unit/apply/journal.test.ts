import assert from 'node:assert/strict';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { JournalEntry } from '#shared/model/journal.ts';
import type { Files } from '#shared/host/files.ts';
import { openJournal, readJournal, runNumberOf } from '#shared/stages/apply/journal.ts';
import { withFolder } from '#support/stage-runs.ts';
import { idOf } from '#support/plan-builders.ts';

const { signal } = new AbortController();

const started = {
  is: 'started',
  format: 1,
  run: idOf(9),
  runNumber: 1,
  planHash: 'abc',
  snapshot: 'fed',
  at: '2026-01-01T00:00:00.000Z',
} as const;

describe('journal', () => {
  const folder = withFolder();
  const path = (): string => join(folder.path, 'journal.jsonl');
  const write = async (...entries: readonly JournalEntry[]): Promise<void> => {
    const journal = await openJournal(path(), nodeFiles);
    for (const entry of entries) await journal.write(entry);
    await journal.close();
  };

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

  it('of a new run is empty at first', async () => {
    await rm(path(), { force: true });
    assert.equal(await readJournal(path(), nodeFiles, signal), undefined);
  });

  it('remembers what was begun, and takes a line that was cut for not written', async () => {
    await write(started, { is: 'intent', actions: [1, 2], requestId: idOf(1) });
    await appendFile(path(), '{"is":"intent","actions":[3');
    const memory = await readJournal(path(), nodeFiles, signal);
    assert.deepEqual([...(memory?.begun ?? [])], [1, 2]);
    assert.equal(memory?.planHash, 'abc');
    assert.equal(memory?.snapshot, 'fed');
    assert.equal(await readJournal(join(folder.path, 'none'), nodeFiles, signal), undefined);
  });

  it('goes on behind a line that was cut', async () => {
    await write({ ...started, planHash: 'def' }, { is: 'found', action: 7 });
    const memory = await readJournal(path(), nodeFiles, signal);
    assert.deepEqual([...(memory?.begun ?? [])], [1, 2]);
    assert.deepEqual([...(memory?.found ?? [])], [7]);
    assert.equal(memory?.planHash, 'def');
  });

  it('goes on where a full disk took half of a flush', async () => {
    let isFull = true;
    const filling: Pick<Files, 'openJournal'> = {
      openJournal: async (at) => {
        const file = await nodeFiles.openJournal(at);
        return {
          append: async (lines) => {
            if (!isFull) return file.append(lines);
            await file.append(lines.slice(0, lines.length - 40));
            throw new Error('no space left');
          },
          close: () => file.close(),
        };
      },
    };
    const journal = await openJournal(path(), { ...nodeFiles, ...filling });
    const both = [8, 9].map((action) => journal.write({ is: 'found', action }));
    for (const each of both) await assert.rejects(each, /no space left/);
    isFull = false;
    await journal.write({ is: 'found', action: 10 });
    await journal.close();
    const memory = await readJournal(path(), nodeFiles, signal);
    assert.deepEqual([...(memory?.found ?? [])], [7, 8, 10]);
  });

  for (const [change, changed] of [
    ['changed', (lines: string[]) => lines.map((line) => line.replace('"action":7', '"action":8'))],
    ['taken out', (lines: string[]) => lines.filter((line) => !line.includes('"actions":[1,2]'))],
    ['put in', (lines: string[]) => [...lines.slice(0, 2), lines[1] ?? '', ...lines.slice(2)]],
    ['without its sum', (lines: string[]) => lines.map((line) => line.replace(/,"sum":"\w+"/, ''))],
    ['moved', (lines: string[]) => [lines[1] ?? '', lines[0] ?? '', ...lines.slice(2)]],
  ] as const)
    it(`is refused when a line was ${change}`, async () => {
      const lines = (await readFile(path(), 'utf8')).split('\n');
      const other = join(folder.path, 'changed.jsonl');
      await writeFile(other, changed(lines).join('\n'));
      await assert.rejects(readJournal(other, nodeFiles, signal), { code: 'URM1415' });
      const journal = await openJournal(other, nodeFiles);
      await assert.rejects(journal.write({ is: 'found', action: 1 }), { code: 'URM1415' });
      await journal.close();
    });
});

describe('run number', () => {
  it('is the same for the same plan and fits the column', () => {
    assert.equal(runNumberOf({ hash: 'ffffffff00' }), 0x7fffffff);
    assert.equal(runNumberOf({ hash: '00000000ff' }), 1);
    assert.equal(runNumberOf({ hash: '80000005aa' }), 5);
  });
});
