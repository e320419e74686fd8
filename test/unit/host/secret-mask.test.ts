import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createSecretMask } from '#shared/host/secret-mask.ts';

describe('masking secrets', () => {
  const secret = 'S3cret+/ü "q"';

  for (const [how, form] of [
    ['as it is', secret],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['URL-encoded', encodeURIComponent(secret)],
    ['as form data', new URLSearchParams({ s: secret }).toString().slice(2)],
    ['as JSON', JSON.stringify(secret).slice(1, -1)],
  ] as const)
    it(`hides a secret ${how}`, () => {
      const mask = createSecretMask();
      mask.add(secret);
      assert.equal(mask.apply(`a ${form} b`), 'a *** b');
    });

  it('hides each line of a secret that has several', () => {
    const mask = createSecretMask();
    mask.add('-----BEGIN-----\nabcdef\nghijkl\n');
    assert.equal(mask.apply('x abcdef y ghijkl'), 'x *** y ***');
  });

  it('hides a long secret before a shorter one inside it', () => {
    const mask = createSecretMask();
    mask.add('pass');
    mask.add('password');
    assert.equal(mask.apply('my password'), 'my ***');
  });

  it('leaves words alone that are too short to be secrets', () => {
    const mask = createSecretMask();
    mask.add('a');
    assert.equal(mask.apply('a banana'), 'a banana');
  });

  it('lets no form of any secret through', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.string(), (raw, around) => {
        const value = raw.trim();
        fc.pre(value.length >= 4 && !/[\r\n*]/.test(value));
        const mask = createSecretMask();
        mask.add(value);
        assert.ok(!mask.apply(`${around}${value}${around}`).includes(value));
      }),
    );
  });
});
