import assert from 'node:assert/strict';
import { channels } from '#shared/routing/area.ts';
import { areas, areasFor, leftOutOf } from '#shared/routing/catalogue.ts';
import { idText } from '#shared/routing/id-text.ts';
import { ruleBook } from '#shared/routing/rule-book.ts';
import { contextVariableNames } from '#shared/routing/ruleset-text.ts';

describe('names and ids inside texts', () => {
  it('finds the context variables that rules compare, whatever their case and quoting', () => {
    const condition = (path: string): string =>
      `<condition operator="=="><lhs type="attribute">${path}</lhs><rhs>x</rhs></condition>`;
    const text = `<decision><rules><rule id="r">${[
      'liveworkitemcontext.segment',
      'LiveWorkItemContext.Topic &amp; more',
      'incident.title',
      'liveworkitemcontext',
    ]
      .map(condition)
      .join('')}<action/></rule></rules></decision>`;
    assert.deepEqual(contextVariableNames.find(text), ['segment', 'Topic & more']);
    assert.deepEqual(contextVariableNames.find('{"model":1}'), []);
    assert.deepEqual(contextVariableNames.find(''), []);
  });

  it('rewrites the id of a widget in a message and keeps everything around it', () => {
    const [widget, other] = ['11111111-aaaa-4000-8000-000000000001', 'not-an-id'];
    const texts = idText(['msdyn_livechatconfig'], 'instance');
    const text = `["{${widget.toUpperCase()}}", "${other}"]`;
    assert.deepEqual(texts.find(text).references, [
      { id: widget, tables: ['msdyn_livechatconfig'], at: 'instance', isOptional: true },
    ]);
    assert.equal(
      texts.rewrite(text, () => undefined),
      text,
    );
    const moved = texts.rewrite(text, () => '22222222-bbbb-4000-8000-000000000002');
    assert.equal(moved, `["{22222222-BBBB-4000-8000-000000000002}", "${other}"]`);
  });

  it('knows templates by the unique names that workstreams hold', () => {
    const names = ruleBook.of('msdyn_liveworkstream').textNames;
    const session = names?.get('msdyn_sessiontemplate_default');
    assert.deepEqual(session?.find(' contoso_session_voice '), ['contoso_session_voice']);
    assert.deepEqual(session?.find(''), []);
    assert.equal(session?.table, 'msdyn_sessiontemplate');
    assert.equal(names?.get('msdyn_notificationtemplate_transfer')?.isUnique, true);
  });
});

describe('what an area leaves out', () => {
  it('is said once, with what includes it', () => {
    const left = leftOutOf(areasFor(['voice', 'live-chat']));
    assert.equal(new Set(left.map(({ what }) => what)).size, left.length);
    assert.ok(left.some(({ instead }) => instead.includes('include: templates')));
    assert.ok(left.every(({ reason, known }) => reason.length > 10 && known.length > 0));
  });

  it('is no longer said of what was included', () => {
    const left = leftOutOf(areasFor(['voice'], ['templates', 'bot-registrations']));
    assert.ok(!left.some(({ instead }) => instead.includes('include:')));
  });

  it('is no table that another area of the same channels moves', () => {
    for (const channel of channels) {
      const chosen = areasFor([channel]);
      const moved = new Set(
        chosen.flatMap((area) =>
          area.steps.flatMap((step) => step.tables.map(({ table }) => table)),
        ),
      );
      for (const { known } of leftOutOf(chosen))
        for (const name of known) assert.ok(!moved.has(name), name);
    }
  });

  it('tells of every table why its rows move', () => {
    for (const area of areas)
      for (const { step, tables } of area.steps)
        for (const { table, why } of tables) assert.match(why, /\w.{15,}\.$/, `${step} ${table}`);
  });
});
