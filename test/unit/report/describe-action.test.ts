import assert from 'node:assert/strict';
import { actionLine, describeAction, describeValue } from '#shared/report/describe-action.ts';
import { aBlocked, aCreate, aDelete, aLink, anUpdate, queueId } from '#support/report-builders.ts';

describe('an action in words', () => {
  it('says what a create sets', () => {
    assert.equal(actionLine(aCreate()), '+ create queue "Billing": name = "Billing"');
  });

  it('says what an update changes, and that ids in a text were rewritten', () => {
    assert.equal(
      actionLine(anUpdate('a', 'b')),
      '~ update queue "Billing": description "a" → "b" (1 ids in the text rewritten)',
    );
  });

  it('says what a link joins, why a row is deleted, and why one is blocked', () => {
    assert.equal(
      actionLine(aLink()),
      `+ link queue "Billing": queuemembership: systemuser ${queueId}`,
    );
    assert.match(actionLine(aDelete()), /^- delete queue "Billing": an earlier run created it/);
    assert.match(
      actionLine(aBlocked()),
      /^! blocked queue "Billing": URM1001 The queue has no type/,
    );
  });

  for (const [what, value, text] of [
    ['nothing', null, '(empty)'],
    ['a text', 'a"b', '"a\\"b"'],
    ['a number', 1.5, '1.5'],
    ['a yes', true, 'true'],
    ['a lookup', { table: 'queue', id: queueId, name: 'Billing' }, `queue "Billing" ${queueId}`],
    ['choices', [1, 2], '[1, 2]'],
    ['a secret', { variable: 'KEY' }, 'the value of variable KEY'],
    [
      'a long text',
      { sha256: 'c'.repeat(64), chars: 5000 },
      'text of 5000 characters, sha256 cccccccccccc…',
    ],
    ['a file', { fileName: 'a.txt', sha256: 'c', bytes: 3 }, 'file a.txt, 3 bytes'],
  ] as const)
    it(`shows ${what}`, () => {
      assert.equal(describeValue(value), text);
    });
});

describe('a ruleset in an action', () => {
  const words = (_table: string, column: string, text: string) =>
    column === 'description' ? text.split(';') : undefined;

  it('is told by the sentences that go and those that come', () => {
    assert.deepEqual(describeAction(anUpdate('a;b', 'b;c'), words).details, [
      'description (1 ids in the text rewritten)',
      'no longer: a',
      'now: c',
    ]);
  });

  it('is told as a text where no sentence differs', () => {
    assert.match(describeAction(anUpdate('a', 'a'), words).details[0] ?? '', /"a" → "a"/);
  });
});

describe('a long text in an action', () => {
  const lines = (changed: string): string =>
    ['first line', 'x'.repeat(150), changed, 'last line'].join('\n');

  it('is told by its lines that go and that come', () => {
    assert.deepEqual(describeAction(anUpdate(lines('old'), lines('new'))).details, [
      'description (1 ids in the text rewritten)',
      'no longer: old',
      'now: new',
    ]);
  });

  it('counts an element of markup as a line', () => {
    const markup = (queue: string): string =>
      `<rules>${'<rule name="same" />'.repeat(8)}<queue>${queue}</queue></rules>`;
    assert.deepEqual(describeAction(anUpdate(markup('a'), markup('b'))).details.slice(1), [
      'no longer: <queue>a</queue>',
      'now: <queue>b</queue>',
    ]);
  });

  it('is cut where many lines differ', () => {
    const many = (prefix: string): string =>
      Array.from({ length: 50 }, (_, at) => `${prefix}${at}`).join('\n');
    const { details } = describeAction(anUpdate(many('a'), many('b')));
    assert.ok(details.includes('no longer: … 30 more lines'));
  });
});
