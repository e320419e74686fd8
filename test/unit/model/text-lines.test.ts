import assert from 'node:assert/strict';
import fc from 'fast-check';
import { textLines, utf8Text } from '#shared/model/text-lines.ts';
import { each } from '#support/cmt-package.ts';
import { collect } from '#support/collect.ts';

async function* pieces(texts: readonly string[]): AsyncGenerator<string> {
  for (const text of texts) yield await Promise.resolve(text);
}

describe('the lines of a text', () => {
  it('are those between its line feeds, however it comes in pieces', async () => {
    const piece = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\u2028', 'é', '😀') });
    await fc.assert(
      fc.asyncProperty(fc.array(piece), async (texts) => {
        const lines = texts.join('').split('\n');
        if (lines.at(-1) === '') lines.pop();
        assert.deepEqual(await collect(textLines(pieces(texts))), lines);
      }),
    );
  });

  it('hold characters whose bytes came apart, and a sign for what was cut', async () => {
    const bytes = Buffer.from('größe\n€');
    for (let at = 0; at <= bytes.length; at += 1) {
      const parts = each([bytes.subarray(0, at), bytes.subarray(at)]);
      assert.deepEqual(await collect(textLines(utf8Text(parts))), ['größe', '€']);
    }
    const cut = each([bytes.subarray(0, -1)]);
    assert.deepEqual(await collect(textLines(utf8Text(cut))), ['größe', '\ufffd']);
  });

  it('are refused as soon as one is too long', async () => {
    let given = 0;
    async function* endless(): AsyncGenerator<string> {
      for (;;) {
        given += 1;
        yield await Promise.resolve('x'.repeat(100));
      }
    }
    const limit = { maxChars: 1000, tooLong: () => new Error('too long') };
    await assert.rejects(collect(textLines(endless(), limit)), /too long/);
    assert.equal(given, 11);
    const short = pieces(['a'.repeat(1000), '\n', 'b'.repeat(999), 'c\n']);
    assert.equal((await collect(textLines(short, limit))).length, 2);
  });
});
