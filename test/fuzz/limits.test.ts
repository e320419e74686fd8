import assert from 'node:assert/strict';
import { maxYamlBytes } from '#shared/stages/read-yaml.ts';
import { maxMsPerInput, violationOf } from './fuzz-target.ts';
import { fuzzTargets } from './parsers/all-targets.ts';
import { zipSync } from './parsers/zip-seed.ts';

const deep = 10_000;
const wide = 1_000_000;

const laughs = `<!DOCTYPE x [<!ENTITY a "ha">${Array.from(
  { length: 20 },
  (_, n) => `<!ENTITY a${n} "${`&a${n === 0 ? '' : n - 1};`.repeat(10)}">`,
).join('')}]>`;

const deepXml = '<a>'.repeat(deep) + '</a>'.repeat(deep);
const wideXml = (name: string): string =>
  `<${name} ${Array.from({ length: wide / 10 }, (_, n) => `a${n}="b"`).join(' ')}/>`;
const deepJson = '[{"a":'.repeat(deep) + '1' + '}]'.repeat(deep);
const yamlLaughs = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghij'
  .split('')
  .map((name, n) => `${name}: &${name} [${`*${'abcdefghi'[n] ?? ''}, `.repeat(9)}*a]`)
  .join('\n')}\n`;

const inEntities = (content: string): string =>
  `<entities><entity name="queue"><records>${content}</records></entity></entities>`;

const large = Buffer.alloc(65 * 1024 * 1024, 0x20);

/** Inputs that are small to send and large to read, by reader. */
const hostile: Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>> = {
  zip: {
    'a hundred megabytes of zeros in a few kilobytes': zipSync({
      'data.xml': Buffer.alloc(100_000_000),
      'data_schema.xml': '<entities/>',
    }),
    'twenty thousand empty entries': zipSync(
      Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`f${n}.xml`, ''])),
    ),
    'a path out of the folder': zipSync({ '../../x': '', 'data.xml': '', 'data_schema.xml': '' }),
  },
  'data-xml': {
    'elements in elements': inEntities(deepXml),
    'a hundred thousand attributes': inEntities(wideXml('record')),
    'entities of entities': laughs + inEntities('<record id="&a19;"/>'),
    'a number of a million digits': inEntities(
      `<record id="1"><field name="rate" value="${'1'.repeat(wide)}x"/></record>`,
    ),
    'a million zeros': inEntities(
      `<record id="1"><field name="createdon" value="2024-01-01T00:00:00.${'0'.repeat(wide)}x"/></record>`,
    ),
  },
  'data-schema-xml': {
    'elements in elements': `<entities>${deepXml}</entities>`,
    'a hundred thousand attributes': `<entities>${wideXml('entity')}</entities>`,
    'entities of entities': `${laughs}<entities><entity name="&a19;"/></entities>`,
  },
  'content-types': {
    'elements in elements': deepXml,
    'entities of entities': `${laughs}<Types>&a19;</Types>`,
  },
  ruleset: {
    'elements in elements': deepXml,
    'a hundred thousand attributes': wideXml('rule'),
    'entities of entities': `${laughs}<rule>&a19;</rule>`,
    'a million quotes': '"'.repeat(wide),
    'a million tags that never end': '<a'.repeat(wide / 2),
    'ten thousand ids': `<rhs>${'11111111-2222-4333-8444-555555555555 '.repeat(deep)}</rhs>`,
  },
  overflow: {
    'a million quotes': '"'.repeat(wide),
    'ten thousand ids': '{"a":"11111111-2222-4333-8444-555555555555"}'.repeat(deep),
  },
  'fetch-xml': {
    'filters in filters': '<filter>'.repeat(deep) + '</filter>'.repeat(deep),
    'a hundred thousand attributes': wideXml('filter'),
    'entities of entities': `${laughs}<filter><condition attribute="&a19;"/></filter>`,
  },
  'emulator-fetch-xml': {
    'filters in filters': `<fetch><entity name="x_thing">${'<filter>'.repeat(deep)}${'</filter>'.repeat(deep)}</entity></fetch>`,
    'entities of entities': `${laughs}<fetch/>`,
  },
  'emulator-odata': {
    'parentheses in parentheses': `$filter=${'('.repeat(deep)}x_count eq 1${')'.repeat(deep)}`,
    'a long chain': `$filter=${'x_count eq 1 or '.repeat(deep)}x_count eq 1`,
    'negations of negations': `$filter=${'not '.repeat(deep)}x_flag`,
    'expansions in expansions': `$expand=${'x_children($expand='.repeat(500)}x_children${')'.repeat(500)}`,
  },
  'emulator-batch': {
    'a hundred thousand parts': `${'--b\r\n\r\nGET a HTTP/1.1\r\n\r\n'.repeat(wide / 10)}--b--`,
    'a line of blanks': `--b\r\n\r\nGET ${' '.repeat(wide)}x\r\n\r\n--b--`,
  },
  'batch-answer': {
    'a hundred thousand parts': `${'--b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'.repeat(wide / 10)}--b--`,
    'batches in batches': `${'--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n'.repeat(deep)}--b--`,
  },
  'rows-answer': {
    'lists in lists': `{"value":[{"queueid":${deepJson}}]}`,
    'a text of quotes that is cut off': `{"value":[{"name":"${'\\"'.repeat(wide)}`,
  },
  'metadata-answer': { 'lists in lists': `{"EntityMetadata":${deepJson},"value":[]}` },
  manifest: {
    'more than a manifest holds': large,
    'lists in lists': `{"format":1,"steps":[{"step":"a","tables":${deepJson}}]}`,
  },
  'folder-row': {
    'lists in lists': `{"name":${deepJson}}`,
    'xml in a column': `{"name":{"xml":"${'<a>'.repeat(deep)}"}}`,
  },
  'folder-links': { 'lists in lists': deepJson },
  'folder-notes': { 'lists in lists': `{"format":1,"root":{},"others":${deepJson}}` },
  plan: { 'lists in lists': deepJson, 'one endless line': '{'.repeat(wide) },
  journal: { 'lists in lists': `${deepJson}\n`, 'a million lines': '\n'.repeat(wide) },
  'known-drift': {
    'more than such a file holds': large,
    'lists in lists': `{"drifts":${deepJson}}`,
  },
  ...Object.fromEntries(
    ['configuration', 'map', 'decisions'].map((name) => [
      name,
      {
        'aliases of aliases': `format: 1\n${yamlLaughs}`,
        'lists in lists': `format: 1\nrows: ${'['.repeat(deep)}`,
        'blocks in blocks': `format: 1\n${'- '.repeat(deep)}x`,
        'ten thousand anchors and aliases': Array.from(
          { length: deep },
          (_, n) => `- &a${n} 1\n- *a${n}\n`,
        ).join(''),
        'more than a file of settings holds': `# ${'x'.repeat(maxYamlBytes)}`,
      },
    ]),
  ),
  'provider-code': {
    'type arguments in type arguments': 'm<'.repeat(deep),
    'parentheses in parentheses': '('.repeat(deep),
    'templates in templates': '`${'.repeat(deep),
    'scripts that never end': '<script>'.repeat(wide / 10),
    'tags that never end': `<script>${'<script '.repeat(wide / 10)}`,
  },
};

describe(`what is small to send and large to read takes less than ${maxMsPerInput} ms`, function () {
  this.timeout(60_000);

  for (const target of fuzzTargets)
    for (const [name, input] of Object.entries(hostile[target.name] ?? {}))
      it(`${target.name}: ${name}`, async () => {
        const bytes = typeof input === 'string' ? Buffer.from(input) : input;
        assert.equal(await violationOf(target, bytes), undefined);
      });

  it('is tried with every reader of structured text', () => {
    const without = fuzzTargets.filter(({ name }) => !(name in hostile)).map(({ name }) => name);
    // Its texts are cut before anything is looked for in them.
    assert.deepEqual(without, ['error-answer']);
  });
});
