import assert from 'node:assert/strict';
import fc from 'fast-check';
import { composePage, pagingCookie, readFetch } from '#shared/dataverse/fetch-xml.ts';

const shape = { table: 'queue', idColumn: 'queueid', columns: ['name', 'queueid'] };
const firstPage = { number: 1, size: 5000 };
const compose = (filter: string): string => composePage(readFetch(filter, shape), firstPage);

describe('FetchXML of a row query', () => {
  it('asks for the columns of the query, whatever the filter asked for', () => {
    assert.equal(
      compose(
        `<fetch version='1.0'><entity name='queue'><all-attributes/><attribute name='emailaddress'/><filter><condition attribute='name' operator='like' value='A%'/></filter><order attribute='name'/></entity></fetch>`,
      ),
      '<fetch version="1.0" mapping="logical" count="5000" page="1"><entity name="queue">' +
        '<attribute name="queueid"/><attribute name="name"/>' +
        '<filter><condition attribute="name" operator="like" value="A%"/></filter>' +
        '<order attribute="queueid"/></entity></fetch>',
    );
  });

  it('wraps bare fragments', () => {
    const text = compose(
      '\n  <filter type="and"><condition attribute="name" operator="not-null" /></filter><link-entity name="team" from="teamid" to="ownerid"/>\n',
    );
    assert.match(text, /<filter type="and"><condition .*<\/filter><link-entity name="team"/);
  });

  it('keeps distinct, aliases and conditions on linked tables, and drops the columns of links', () => {
    const text = compose(
      '<fetch distinct="true"><entity name="queue"><link-entity name="x" from="a" to="b" alias="c" link-type="outer"><attribute name="d"/></link-entity><filter><condition entityname="c" attribute="e" operator="eq" uiname="Ä" uitype="x" value="{1}"/></filter></entity></fetch>',
    );
    assert.match(text, /distinct="true"/);
    assert.match(text, /<link-entity name="x" from="a" to="b" alias="c" link-type="outer"\/>/);
    assert.match(
      text,
      /entityname="c" attribute="e" operator="eq" uiname="Ä" uitype="x" value="\{1\}"/,
    );
  });

  it('takes leading blanks off values', () => {
    const text = compose(
      '<filter><condition attribute="a" operator="eq" value=" 192350000"/><condition attribute="b" operator="in"><value> 1</value></condition></filter>',
    );
    assert.match(text, /value="192350000"/);
    assert.match(text, /<value>1<\/value>/);
  });

  it('asks for one page only where the filter says how many rows it wants', () => {
    const query = readFetch('<fetch top="3"><entity name="queue"/></fetch>', shape);
    assert.equal(query.top, 3);
    assert.match(composePage(query, firstPage), /top="3"/);
    assert.doesNotMatch(composePage(query, firstPage), /page=/);
  });

  it('takes an empty filter for all rows', () => {
    assert.doesNotMatch(compose(''), /filter/);
  });

  for (const [what, text] of [
    ['text that is not well-formed', '<fetch><entity name="queue">'],
    ['a fetch without entity', '<fetch/>'],
    ['another table', '<fetch><entity name="team"/></fetch>'],
    ['an aggregate', '<fetch aggregate="true"><entity name="queue"/></fetch>'],
    ['elements that are none of FetchXML', '<script/>'],
  ] as const)
    it(`refuses ${what}`, () => {
      assert.throws(() => compose(text), { code: 'URM1050', where: 'filter of queue' });
    });

  it('puts the cookie of a page into the next one, decoded twice and escaped once', () => {
    const cookie = pagingCookie(
      '<cookie pagenumber="2" pagingcookie="%253ccookie%2520page%253d%25221%2522%253e%253cqueueid%2520last%253d%2522%257b1%257d%2522%2520%252f%253e%253c%252fcookie%253e" istracking="False" />',
    );
    assert.equal(cookie, '<cookie page="1"><queueid last="{1}" /></cookie>');
    const page = composePage(readFetch('', shape), { number: 2, size: 10, cookie });
    assert.match(page, /page="2" paging-cookie="&lt;cookie page=&quot;1&quot;&gt;/);
    assert.equal(pagingCookie(''), undefined);
  });

  it('writes any value so that it is read back the same', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme-ascii' }).filter((text) => !text.startsWith(' ')),
        (value) => {
          const escaped = value
            .replace(/&/g, '&amp;')
            .replace(/</g, '&lt;')
            .replace(/"/g, '&quot;');
          const filter = `<filter><condition attribute="a" operator="eq" value="${escaped}"/></filter>`;
          const once = compose(filter);
          assert.equal(compose(once), once);
        },
      ),
    );
  });
});
