import assert from 'node:assert/strict';
import type { Credential } from '#shared/host/host.ts';
import { connectionOf, parseSlice, sliceText } from '#shared/stages/slices/slice.ts';

const token = (text: string): Credential => ({ kind: 'token', token: text });
const url = 'https://contoso.crm4.dynamics.com';

describe('a slice', () => {
  it('is written as which of how many', () => {
    for (const text of ['1/1', '2/4', 'first/4', 'last/12']) {
      const slice = parseSlice(text);
      assert.ok(slice !== undefined, text);
      assert.equal(sliceText(slice), text);
    }
  });

  it('is nothing else', () => {
    for (const text of ['', '0/4', '5/4', '1/0', '1/100', '1', 'all/4', '1/4/4', '-1/4', '1.5/4'])
      assert.equal(parseSlice(text), undefined, text);
  });

  it('writes as principals of its own, and all of them have one', () => {
    const connection = { url, credential: token('a'), others: ['b', 'c', 'd', 'e'].map(token) };
    const writers = [1, 2, 3].map((part) => connectionOf({ part, of: 3 }, connection).writers);
    assert.deepEqual(writers, [[0, 3], [1, 4], [2]]);
  });

  it('shares principals where there are too few', () => {
    const connection = { url, credential: token('a'), others: [token('b')] };
    const writers = [1, 2, 3, 4].map((part) => connectionOf({ part, of: 4 }, connection).writers);
    assert.deepEqual(writers, [[0], [1], [0], [1]]);
  });

  it('is written by everybody when no other is under way', () => {
    const connection = { url, credential: token('a'), others: [token('b')] };
    assert.equal(connectionOf({ part: 'first', of: 4 }, connection), connection);
    assert.equal(connectionOf({ part: 'last', of: 4 }, connection), connection);
    assert.equal(connectionOf(undefined, connection), connection);
  });
});
