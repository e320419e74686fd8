import assert from 'node:assert/strict';
import { InputError } from '#shared/errors/migration-error.ts';
import { readArguments } from '../../../cli/arguments.ts';
import { closest } from '../../../cli/closest.ts';

const command = {
  name: 'plan',
  positionals: ['PATH'],
  flags: [
    { name: 'package', hint: 'PATH', help: '' },
    { name: 'allow-blocked', help: '' },
  ],
} as const;

describe('the arguments of a command', () => {
  it('are flags with and without value, in both spellings', () => {
    const given = readArguments(command, ['a.zip', '--package=x', '--allow-blocked']);
    assert.equal(given.value('package'), 'x');
    assert.equal(given.has('allow-blocked'), true);
    assert.deepEqual(given.positionals, ['a.zip']);
    assert.equal(readArguments(command, ['a', '--package', 'y']).value('package'), 'y');
  });

  for (const [what, argv, sentence] of [
    [
      'a flag it does not have',
      ['a', '--pakage', 'x'],
      /no flag --pakage .*Did you mean --package\?/,
    ],
    ['a flag without its value', ['a', '--package'], /--package needs a value: PATH/],
    [
      'a flag in place of a value',
      ['a', '--package', '--allow-blocked'],
      /--package needs a value/,
    ],
    ['an empty value', ['a', '--package='], /--package needs a value/],
    ['a value for a flag that takes none', ['a', '--allow-blocked=yes'], /takes no value/],
    ['a flag that is there twice', ['a', '--package', 'x', '--package', 'y'], /given twice/],
    ['one word too many', ['a', 'b'], /'b' is one word too many/],
    ['one word too few', [], /PATH is missing/],
    ['a short flag', ['a', '-x'], /no flag -x/],
  ] as const)
    it(`refuse ${what} in one sentence`, () => {
      assert.throws(
        () => readArguments(command, argv),
        (error) => error instanceof InputError && sentence.test(error.message),
      );
    });
});

describe('the closest word', () => {
  it('is the one that was probably meant', () => {
    assert.equal(closest('exprot', ['export', 'import', 'plan']), 'export');
  });

  it('is none when nothing is near', () => {
    assert.equal(closest('frobnicate', ['export', 'import', 'plan']), undefined);
  });
});
