import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeHtml, encodeHtml } from '#shared/cmt/html-text.ts';

describe('html text', () => {
  it('encodes as the stock tool does: five characters, Latin-1 above 160, and characters beyond U+FFFF', () => {
    assert.equal(
      encodeHtml(`<b>"Délais" & l'été</b> 💚 ж\u00a0`),
      '&lt;b&gt;&quot;D&#233;lais&quot; &amp; l&#39;&#233;t&#233;&lt;/b&gt; &#128154; ж&#160;',
    );
  });

  it('decodes exactly once', () => {
    assert.equal(decodeHtml('&amp;lt;'), '&lt;');
    assert.equal(decodeHtml('&#233;&#xE9;&eacute;&euro;&apos;'), "ééé€'");
  });

  it('leaves what is no reference', () => {
    for (const text of ['a & b', '&nosuch;', '&#xD800;', '&#1114112;', '&#0;', '&#12ab;', '&amp'])
      assert.equal(decodeHtml(text), text);
  });

  it('gives every text back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.equal(decodeHtml(encodeHtml(text)), text);
      }),
    );
  });
});
