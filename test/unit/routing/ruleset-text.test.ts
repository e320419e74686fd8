import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { overflowText } from '#shared/routing/overflow-text.ts';
import { readRuleset, rulesetText } from '#shared/routing/ruleset-text.ts';

const queue = '2f1b0000-0000-4000-8000-00000000ab01';
const skill = '2f1b0000-0000-4000-8000-00000000ab02';
const rating = '2f1b0000-0000-4000-8000-00000000ab03';
const action = '2f1b0000-0000-4000-8000-00000000ab04';
const other = 'ffffffff-aaaa-4bbb-8ccc-dddddddddddd';

function rule(content: string, attributes = 'id="r1" name="Gold customers"'): string {
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<decision hit-policy="first" version="1">\n  <rules>\n <rule ${attributes}>${content}</rule>\n</rules></decision>`;
}

function output(path: string, value: string): string {
  return `<action><setattribute><lhs type="attribute">${path}</lhs><rhs type="staticvalue">${value}</rhs></setattribute></action>`;
}

function condition(path: string, value: string): string {
  return `<logical operator="AND"><condition operator="=="><lhs>${path}</lhs><rhs>${value}</rhs></condition></logical>`;
}

describe('ruleset text', () => {
  it('finds the queue a rule assigns to, and says where', () => {
    const text = rule(
      condition('liveworkitemcontext.segment', 'gold') + output('assign_to.queue', queue),
    );
    assert.deepEqual(rulesetText.find(text), {
      references: [{ id: queue, tables: ['queue'], at: 'rule "Gold customers" › assign_to.queue' }],
    });
  });

  it('takes the id of an overflow action at the end of its long path', () => {
    const path = 'overflowaction.msdyn_overflowactionconfig.msdyn_overflowactionconfigid';
    const [found] = rulesetText.find(rule(output(path, `{${action}}`))).references;
    assert.deepEqual(found?.tables, ['msdyn_overflowactionconfig']);
    assert.equal(found?.id, action);
  });

  it('finds skills and ratings inside JSON by their keys, also when the quotes are entities', () => {
    const json = `[{"characteristicid":"${skill}","ratingvalueid":"${rating}"}]`;
    for (const written of [json, json.replaceAll('"', '&quot;'), `<![CDATA[${json}]]>`]) {
      const { references } = rulesetText.find(rule(output('requiredskills', written)));
      assert.deepEqual(
        references.map(({ id, tables }) => [id, tables[0]]),
        [
          [skill, 'characteristic'],
          [rating, 'ratingvalue'],
        ],
        written,
      );
    }
  });

  it('finds all queues of a percentage routing rule', () => {
    const shares = `<action><setattribute><lhs>assign_to.queue</lhs><rhs>${queue}</rhs><rhs>${other}</rhs></setattribute></action>`;
    assert.deepEqual(
      rulesetText.find(rule(shares)).references.map(({ id }) => id),
      [queue, other],
    );
  });

  it('reads a statement inside the value of another once, as what the inner one says', () => {
    const inner = output(
      'overflowaction.msdyn_overflowactionconfig.msdyn_overflowactionconfigid',
      action,
    );
    const text = rule(output('assign_to.queue', `${queue}${inner}${queue}`));
    assert.deepEqual(
      rulesetText.find(text).references.map(({ id, tables }) => [id, ...tables]),
      [
        [queue, 'queue'],
        [action, 'msdyn_overflowactionconfig'],
        [queue, 'queue'],
      ],
    );
    assert.equal(
      rulesetText.rewrite(text, ({ id }) => id),
      text,
    );
  });

  it('takes no rule id for a reference', () => {
    const text = rule(output('assign_to.queue', 'none'), `id="${queue}" name="${skill}"`);
    assert.deepEqual(rulesetText.find(text).references, []);
  });

  it('leaves conditions on data rows alone but tells them as statements', () => {
    const text = rule(condition('incident.customerid', other));
    assert.deepEqual(rulesetText.find(text).references, []);
    assert.deepEqual(readRuleset(text).statements, [
      {
        path: 'incident.customerid',
        is: 'condition',
        operator: '==',
        values: [other],
        at: 'rule "Gold customers" › incident.customerid',
      },
    ]);
  });

  it('takes a GUID in an output it does not know for a row of any referable table', () => {
    const [found] = rulesetText.find(rule(output('assign_to.something', queue))).references;
    assert.ok((found?.tables.length ?? 0) > 3);
  });

  it('rewrites ids in the style found: braces and upper case stay', () => {
    const text = rule(
      output('assign_to.queue', `{${queue.toUpperCase()}}`) + output('assign_to.queue', queue),
    );
    const expected = text
      .replace(queue.toUpperCase(), other.toUpperCase())
      .replace(`>${queue}<`, `>${other}<`);
    assert.equal(
      rulesetText.rewrite(text, () => other),
      expected,
    );
  });

  it('leaves machine-learning rulesets and broken texts alone and says why', () => {
    for (const text of [
      `{"queue":"${queue}"}`,
      `<decision><rules><rule>${queue}`,
      'assign_to.queue',
      `<a><b></a></b>`,
      '<!DOCTYPE a [<!ENTITY x "y">]><a/>',
    ]) {
      const found = rulesetText.find(text);
      assert.deepEqual(found.references, [], text);
      assert.match(found.problem ?? '', /./, text);
      assert.equal(
        rulesetText.rewrite(text, () => other),
        text,
      );
    }
  });

  it('finds nothing wrong with an empty definition', () => {
    for (const text of ['', '  \r\n', '<decision><rules /></decision>'])
      assert.deepEqual(rulesetText.find(text), { references: [] });
  });

  it('returns the same characters when nothing is replaced or each id by itself', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        output('assign_to.queue', queue),
        output('requiredskills', `[{&quot;characteristicid&quot;:&quot;{${skill}}&quot;}]`),
        condition('liveworkitemcontext.segment', 'a &amp; b &#x20AC;'),
        '<!-- a > b -->',
        '\r\n\t',
        '<rules />',
        '<![CDATA[<x>]]>',
      ),
      fc.string().map((text) => text.replaceAll(/[<>&]/g, ' ')),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = rule(pieces.join(''));
        assert.equal(readRuleset(text).problem, undefined);
        assert.equal(
          rulesetText.rewrite(text, () => undefined),
          text,
        );
        assert.equal(
          rulesetText.rewrite(text, ({ id }) => id),
          text,
        );
      }),
    );
  });

  it('returns any text at all unchanged when nothing is replaced', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.equal(
          rulesetText.rewrite(text, () => undefined),
          text,
        );
      }),
    );
  });

  it('finds after a rewrite exactly the ids that were put in', () => {
    fc.assert(
      fc.property(fc.array(fc.uuid(), { minLength: 1, maxLength: 5 }), fc.uuid(), (ids, put) => {
        const text = rule(ids.map((id) => output('assign_to.queue', `{${id}}`)).join('\n'));
        const rewritten = rulesetText.rewrite(text, () => put);
        assert.deepEqual(
          rulesetText.find(rewritten).references.map(({ id }) => id),
          ids.map(() => put),
        );
        assert.equal(rewritten.length, text.length);
      }),
    );
  });
});

describe('overflow action text', () => {
  it('finds the queue of a transfer, bare or inside JSON', () => {
    for (const text of [queue, `{${queue.toUpperCase()}}`, `{"QueueId":"${queue}","n":1}`])
      assert.deepEqual(
        overflowText.find(text).references.map(({ id, tables }) => [id, tables]),
        [[queue, ['queue']]],
        text,
      );
  });

  it('takes phone numbers and other texts for what they are', () => {
    for (const text of ['', '+14255550100', '{"phone":"+14255550100"}', 'not json {'])
      assert.deepEqual(overflowText.find(text), { references: [] });
  });

  it('rewrites the queue and nothing else', () => {
    assert.equal(
      overflowText.rewrite(`{"QueueId":"${queue}" , "n":1}`, () => other),
      `{"QueueId":"${other}" , "n":1}`,
    );
  });
});
