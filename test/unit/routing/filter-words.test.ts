import assert from 'node:assert/strict';
import { areas } from '#shared/routing/catalogue.ts';
import { filterWords } from '#shared/routing/filter-words.ts';

const entity = (inside: string): string =>
  `<fetch><entity name="msdyn_decisionruleset">${inside}</entity></fetch>`;

describe('a filter in words', () => {
  it('says conditions with the meaning of numbers', () => {
    assert.equal(
      filterWords(
        entity(
          '<filter type="and"><condition attribute="msdyn_mode" operator="eq" value="717210001" /><filter type="or"><condition attribute="a" operator="null" /><condition attribute="b" operator="in"><value>1</value><value>2</value></condition></filter></filter>',
        ),
      ),
      'msdyn_mode is 717210001 (simplified) and (a is empty or b is 1 or 2)',
    );
  });

  it('tells links from the row on, and what is linked by what it is called', () => {
    const link =
      '<link-entity name="step" from="ruleset" to="rulesetid" link-type="inner" alias="x"><link-entity name="line" from="lineid" to="owner" link-type="inner" alias="y"><filter type="and"><condition attribute="mode" operator="eq" value="1" /></filter></link-entity></link-entity>';
    assert.equal(
      filterWords(entity(link)),
      'named by a step (ruleset) of a line (owner) where mode is 1',
    );
    assert.equal(
      filterWords(entity(link), new Map([['line', 'mode is 1']])),
      'named by a step (ruleset) of a line (owner) that moves',
    );
  });

  it('tells alternatives over outer links apart', () => {
    const text = entity(
      '<filter type="or"><condition entityname="x" attribute="kind" operator="eq" value="1" /><condition entityname="y" attribute="stepid" operator="not-null" /></filter><link-entity name="queue" from="overflow" to="rulesetid" link-type="outer" alias="x" /><link-entity name="step" from="ruleset" to="rulesetid" link-type="outer" alias="y" />',
    );
    assert.equal(
      filterWords(text),
      'named by a queue (overflow) where kind is 1; or named by a step (ruleset)',
    );
  });

  it('leaves no condition of the catalogue out', () => {
    for (const area of areas)
      for (const { tables } of area.steps)
        for (const { table, filter } of tables) {
          const fetchXml = filter?.(
            { channels: area.channels, queues: [], workstreams: [] },
            () => true,
          );
          if (fetchXml === undefined) continue;
          const words = filterWords(fetchXml);
          for (const [, attribute = ''] of fetchXml.matchAll(/<condition attribute="(\w+)"/g))
            // That a row has an id says only that it is there.
            assert.ok(
              words.includes(attribute) || attribute.endsWith('id'),
              `${table} ${attribute}`,
            );
          for (const [, linked = ''] of fetchXml.matchAll(/<link-entity name="(\w+)"/g))
            assert.ok(words.includes(linked), `${area.area} ${table}: ${linked}`);
          assert.ok(!words.includes('\u0000') && !words.includes('undefined'), words);
        }
  });
});
