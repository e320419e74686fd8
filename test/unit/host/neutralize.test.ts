import assert from 'node:assert/strict';
import fc from 'fast-check';
import { neutralize, oneLine } from '#shared/host/neutralize.ts';

describe('neutralizing text from outside', () => {
  it('keeps ordinary text', () => {
    assert.equal(neutralize('Billing – Größe 5 [x] # 1'), 'Billing – Größe 5 [x] # 1');
  });

  it('breaks commands of the agent, in any letter case and place', () => {
    assert.equal(
      neutralize('a ##vso[task.setvariable variable=x]y ##VSO[z ##[error]'),
      'a ##vso\u200B[task.setvariable variable=x]y ##VSO\u200B[z ##\u200B[error]',
    );
  });

  it('makes one line of many', () => {
    assert.equal(neutralize('a\r\nb\u2028c\td'), 'a b c d');
  });

  it('never lets a command, a line end or a control character through', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '##vso[',
        '##',
        'vso[',
        '[',
        '#',
        '\u0000',
        '\r',
        '\n',
        '\u001B[2J',
        '\u200B',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = neutralize(pieces.join(''));
        assert.doesNotMatch(text, /##(vso)?\[/i);
        assert.doesNotMatch(text, /\p{Cc}|[\u2028\u2029\u202A-\u202E]/u);
      }),
      { numRuns: 2000 },
    );
  });

  it('says the same when applied twice', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        assert.equal(neutralize(neutralize(text)), neutralize(text));
        assert.equal(oneLine(oneLine(text)), oneLine(text));
      }),
    );
  });
});
