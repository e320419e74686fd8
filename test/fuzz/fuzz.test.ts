import assert from 'node:assert/strict';
import { readCorpus } from './corpus.ts';
import { fuzz } from './fuzz-loop.ts';
import { violationOf } from './fuzz-target.ts';
import { fuzzTargets } from './parsers/all-targets.ts';

/** Of what is kept so many are read here; all of it by `npm run fuzz`. */
const keptEach = 40;
const inputsEach = 120;
const maxBytes = 8 * 1024;

describe('what comes from outside ends in a value or in an error with a sentence', function () {
  this.timeout(60_000);

  for (const target of fuzzTargets) {
    it(`${target.name}: ${target.reads}`, async () => {
      const { found, broken } = await readCorpus(target.name);
      for (const [name, input] of broken)
        assert.equal(await violationOf(target, input), undefined, name);
      const violations: string[] = [];
      const every = Math.ceil(found.length / keptEach) || 1;
      const corpus = found.filter((_, at) => at % every === 0);
      const options = {
        seed: 12,
        corpus,
        maxBytes,
        goesOn: (inputs: number) => inputs < corpus.length + inputsEach,
      };
      const inputs = await fuzz(target, options, {
        violated: ({ input, what }) => {
          violations.push(`${Buffer.from(input).toString('latin1').slice(0, 300)}: ${what}`);
        },
      });
      assert.deepEqual(violations, []);
      assert.ok(inputs >= inputsEach);
    });
  }

  it('is a law that a reader can break', async () => {
    const broken = {
      name: 'broken',
      reads: 'nothing',
      seeds: ['{"a":1}'],
      words: ['null'],
      read: (input: Uint8Array): unknown => {
        const json = JSON.parse(Buffer.from(input).toString('utf8')) as { readonly a: number };
        return json.a.toFixed(2);
      },
    };
    const violations: string[] = [];
    await fuzz(
      broken,
      { seed: 1, corpus: [], maxBytes, goesOn: (inputs) => inputs < 100 },
      { violated: ({ what }) => void violations.push(what) },
    );
    assert.ok(violations.some((what) => what.includes('SyntaxError')));
    const polluting = {
      ...broken,
      // oxlint-disable-next-line no-extend-native -- what a reader must not do
      read: () => Object.defineProperty(Object.prototype, 'polluted', { configurable: true }),
    };
    assert.equal(
      await violationOf(polluting, Buffer.from('')),
      'it changed the prototype of all objects',
    );
    Reflect.deleteProperty(Object.prototype, 'polluted');
  });
});
