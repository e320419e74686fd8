import { onlyFilled } from '#shared/stages/export/withheld.ts';
import {
  composeElement,
  composePage,
  pagingCookie,
  readFetch,
} from '#shared/dataverse/fetch-xml.ts';
import { overflowText } from '#shared/routing/overflow-text.ts';
import { rulesetLines, rulesetSentences } from '#shared/routing/rule-sentences.ts';
import { contextVariableNames, readRuleset, rulesetText } from '#shared/routing/ruleset-text.ts';
import { textOf, type FuzzTarget } from '../fuzz-target.ts';

const id = '11111111-2222-4333-8444-555555555555';

const declarative = `<RuleSet id="r1" hit-policy="first"><rule id="a" name="Gold"><if><and><condition operator="equals"><lhs>liveworkitemcontext.segment</lhs><rhs>gold</rhs></condition></and></if><then><action><setattribute operator="set"><lhs>assign_to.queue</lhs><rhs>${id}</rhs></setattribute></action></then></rule><rule id="${id}"><setattribute><lhs>requiredskills</lhs><rhs>[{"characteristicid":"${id}","ratingvalueid":"{${id.toUpperCase()}}"}]</rhs></setattribute></rule></RuleSet>`;

const words = [
  '<rule id="x">',
  '</rule>',
  '<lhs>',
  '</lhs>',
  '<rhs>',
  '<![CDATA[',
  ']]>',
  '<!--',
  'assign_to.queue',
  'liveworkitemcontext.',
  id,
  '"characteristicid":"',
  '<a',
  ' a="b"',
  '"',
];

/** Texts of rules, and the filters of schemas. */
export const ruleTargets: readonly FuzzTarget[] = [
  {
    name: 'ruleset',
    reads: 'ruleset definitions: references, context variables, sentences',
    seeds: [
      declarative,
      `<?xml version="1.0"?>\n${declarative}`,
      `{"model":"x","output":[{"queue":"${id}"}]}`,
      '[]',
      '',
    ],
    words,
    read: (input) => {
      const text = textOf(input);
      readRuleset(text);
      contextVariableNames.find(text);
      rulesetLines(rulesetSentences(text, { disabled: text, nameOf: () => 'name' }));
      const same = rulesetText.rewrite(text, ({ id }) => id);
      if (same.toLowerCase() !== text.toLowerCase())
        throw new Error('a rewrite to the same ids changed the text');
    },
  },
  {
    name: 'overflow',
    reads: 'overflow action data',
    seeds: [id, `{"queueid":"${id}","x":[{"queue":"${id}"}]}`, '+15550100', ''],
    words: [...words, '"queueid":', '{', '[', ':', '\\"'],
    read: (input) => {
      const text = textOf(input);
      overflowText.find(text);
      const same = overflowText.rewrite(text, ({ id }) => id);
      if (same.toLowerCase() !== text.toLowerCase())
        throw new Error('a rewrite to the same ids changed the text');
    },
  },
  {
    name: 'fetch-xml',
    reads: 'FetchXML of a schema, as the client sends it on',
    seeds: [
      '<fetch distinct="true" top="5"><entity name="queue"><attribute name="name"/><filter type="or"><condition attribute="name" operator="in"><value>a</value><value>b</value></condition></filter><link-entity name="x" from="a" to="b" alias="c"><filter><condition attribute="d" operator="eq" value=" e"/></filter></link-entity><order attribute="name"/></entity></fetch>',
      '<filter type="and"><condition attribute="name" operator="not-null" /></filter>',
      '<link-entity name="x" from="a" to="b"/><filter/>',
      '<entity name="queue"/>',
    ],
    words: [
      '<filter>',
      '</filter>',
      '<condition attribute="a" operator="eq" value="b"/>',
      '<link-entity name="x" from="a" to="b">',
      '</link-entity>',
      '<fetch>',
      '<entity name="queue">',
      '<value>',
      ' aggregate="true"',
      ' top="',
      '</fragments>',
      '<all-attributes/>',
    ],
    read: (input) => {
      const text = textOf(input);
      pagingCookie(text);
      onlyFilled(text, 'name');
      const query = readFetch(text, { table: 'queue', idColumn: 'queueid', columns: ['name'] });
      composeElement(query.fetch);
      composePage(query, { number: 2, size: 5000, cookie: text.slice(0, 100) });
    },
  },
];
