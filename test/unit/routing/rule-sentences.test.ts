import assert from 'node:assert/strict';
import { rulesetLines, rulesetSentences } from '#shared/routing/rule-sentences.ts';

const gold = '2f1b0000-0000-4000-8000-000000000001';
const general = '2f1b0000-0000-4000-8000-000000000002';
const names = {
  nameOf: (id: string) =>
    new Map([
      [gold, 'Gold Voice'],
      [general, 'General'],
    ]).get(id),
};

function rule(inside: string, attributes = 'id="r1" name="Gold customers"'): string {
  return `<decision hit-policy="first" version="1"><rules><rule ${attributes}>${inside}</rule></rules></decision>`;
}

function condition(path: string, operator: string, value: string): string {
  return `<condition operator="${operator}"><lhs type="attribute">${path}</lhs><rhs type="staticvalue">${value}</rhs></condition>`;
}

function action(...sets: readonly (readonly [path: string, value: string])[]): string {
  return `<action>${sets.map(([path, value]) => `<setattribute><lhs>${path}</lhs><rhs>${value}</rhs></setattribute>`).join('')}</action>`;
}

describe('a ruleset in sentences', () => {
  it('says when a rule applies and where it leads', () => {
    const text = rule(
      `<logical operator="AND">${condition('liveworkitemcontext.segment', '==', 'gold')}</logical>${action(['assign_to.queue', `{${gold.toUpperCase()}}`])}`,
    );
    assert.deepEqual(rulesetLines(rulesetSentences(text, names)), [
      'The first rule that matches applies.',
      '1. Gold customers: when segment is gold → queue Gold Voice',
    ]);
  });

  it('keeps nested conditions together and says operators in words', () => {
    const text = rule(
      `<logical operator="OR">${condition('incident.title', 'contains', 'refund &amp; credit')}<logical operator="AND">${condition('queue_prequeue.waiting', '&gt;', '5')}${condition('liveworkitemcontext.vip', 'not-null', '')}</logical></logical>${action(['assign_to.queue', gold])}`,
    );
    assert.equal(
      rulesetSentences(text, names).rules[0]?.text,
      'when incident.title contains refund & credit or (queue prequeue.waiting is more than 5 and vip has a value) → queue Gold Voice',
    );
  });

  it('says conditions without a logical element, and rules without conditions', () => {
    const text = rule(
      condition('liveworkitemcontext.a', '!=', 'b') + action(['assign_to.queue', gold]),
    );
    assert.equal(
      rulesetSentences(text, names).rules[0]?.text,
      'when a is not b → queue Gold Voice',
    );
    const always = rule(action(['assign_to.queue', gold]));
    assert.equal(rulesetSentences(always, names).rules[0]?.text, 'always → queue Gold Voice');
  });

  it('says shares with their queues, and skills by name', () => {
    const shares = action(
      ['assign_to.queue', gold],
      ['assign_to.weight', '60'],
      ['assign_to.queue', general],
      ['assign_to.weight', '40'],
    );
    assert.equal(
      rulesetSentences(rule(shares), names).rules[0]?.text,
      'always → 60 % queue Gold Voice, 40 % queue General',
    );
    const skills = action([
      'requiredskills',
      `[{"characteristicid":"${gold}"},{"characteristicid":"${general}"}]`,
    ]);
    assert.equal(
      rulesetSentences(rule(skills), names).rules[0]?.text,
      'always → skills Gold Voice, General',
    );
  });

  it('says choice labels where they are known, and short ids where names are not', () => {
    const text = rule(
      condition('incident.prioritycode', '==', '1') + action(['assign_to.queue', gold]),
    );
    const labelled = rulesetSentences(text, { labelOf: () => 'High' });
    assert.equal(labelled.rules[0]?.text, 'when incident.prioritycode is High → queue 2f1b0000…');
  });

  it('marks disabled rules, however they are listed', () => {
    const text = rule(action(['assign_to.queue', gold]));
    for (const disabled of ['["r1"]', 'r0, r1', 'r1'])
      assert.match(
        rulesetLines(rulesetSentences(text, { ...names, disabled }))[1] ?? '',
        /\(disabled\)$/,
      );
  });

  it('says plainly what has no rules to read', () => {
    assert.equal(rulesetSentences('').kind, 'empty');
    assert.equal(rulesetSentences('<decision><rules /></decision>').kind, 'empty');
    assert.match(rulesetSentences('{"model":1}').summary, /machine-learning model decides/);
    assert.match(rulesetSentences('<decision><rules>').summary, /^Cannot be read/);
  });
});
