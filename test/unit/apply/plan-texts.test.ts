import assert from 'node:assert/strict';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { gatherTexts } from '#shared/stages/apply/plan-texts.ts';
import { openFileSpool } from '#shared/stages/planning/file-spool.ts';
import {
  aMemoryTarget,
  anEnvironmentTable,
  aRuleBook,
  aSource,
  bracketReferences,
  idOf,
  planOf,
} from '#support/plan-builders.ts';

const { signal } = new AbortController();
const queue = anEnvironmentTable('queue', { name: 'text' });
const ruleset = anEnvironmentTable('ruleset', { name: 'text', rules: 'memo' });
const book = aRuleBook({ ruleset: { textReferences: new Map([['rules', bracketReferences]]) } });

describe('long texts of a saved plan', () => {
  const long = `<queue:${idOf(1)}> ${'x'.repeat(5000)}`;
  const source = aSource([
    { table: queue, compareBy: ['name'], rows: [{ id: idOf(1), name: 'Q' }] },
    { table: ruleset, rows: [{ id: idOf(2), name: 'R', rules: long }] },
  ]);

  it('are found in the package and rewritten as planned', async () => {
    const target = aMemoryTarget([queue, ruleset]);
    target.put('queue', idOf(90), { name: 'Q' });
    const { plan, texts } = await planOf(source, target, { book });
    const spool = await openFileSpool(nodeFiles);
    try {
      await gatherTexts(plan, source, book, spool, signal);
      const [[sha256, text] = ['', '']] = texts;
      assert.equal(text, long.replace(idOf(1), idOf(90)));
      assert.equal(await spool.text(sha256), text);
    } finally {
      await spool.remove();
    }
  });

  it('are missed in a package that does not hold them', async () => {
    const target = aMemoryTarget([queue, ruleset]);
    const { plan } = await planOf(source, target, { book });
    const spool = await openFileSpool(nodeFiles);
    const other = aSource([{ table: ruleset, rows: [{ id: idOf(2), name: 'R', rules: 'short' }] }]);
    try {
      await assert.rejects(gatherTexts(plan, other, book, spool, signal), /does not hold the text/);
    } finally {
      await spool.remove();
    }
  });
});

describe('a spool on disk', () => {
  it('gives lines back in order, however many there are', async () => {
    const spool = await openFileSpool(nodeFiles);
    try {
      const line = 'y'.repeat(100_000);
      for (let n = 0; n < 100; n += 1) {
        await spool.append('a', `${n} ${line}`);
        await spool.append('b', `${n}`);
      }
      for (let round = 0; round < 2; round += 1) {
        let next = 0;
        for await (const found of spool.lines('a', signal)) {
          assert.ok(found === `${next} ${line}`);
          next += 1;
        }
        assert.equal(next, 100);
      }
      const short: string[] = [];
      for await (const found of spool.lines('b', signal)) short.push(found);
      assert.deepEqual(
        short,
        Array.from({ length: 100 }, (_, n) => String(n)),
      );
    } finally {
      await spool.remove();
    }
  });

  it('gives texts back that went to disk', async () => {
    const spool = await openFileSpool(nodeFiles);
    try {
      for (let n = 0; n < 6; n += 1)
        await spool.keepText(`text-${n}`, `${n}\r\n${'ä'.repeat(1_000_000)}`);
      for (let n = 0; n < 6; n += 1)
        assert.ok((await spool.text(`text-${n}`)) === `${n}\r\n${'ä'.repeat(1_000_000)}`);
      assert.equal(await spool.text('none'), undefined);
    } finally {
      await spool.remove();
    }
  });
});
