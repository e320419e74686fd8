import { createHash } from 'node:crypto';
import type { DataverseReader } from '#shared/dataverse/client.ts';
import { scanSetMode, scriptAddresses } from '#shared/channel-providers/scan-set-mode.ts';
import { planLines } from '#shared/plan/plan-text.ts';
import { readJournal } from '#shared/stages/apply/journal.ts';
import { readIgnoreRules } from '#shared/stages/check-drift/ignore-rules.ts';
import { readKnown } from '#shared/stages/check-drift/known-drift.ts';
import { scopeWithConfiguration } from '#shared/stages/configuration.ts';
import { readLinking } from '#shared/stages/linking/read-linking.ts';
import { readDecisions } from '#shared/stages/migrate-channel-providers/read-decisions.ts';
import { openPlan } from '#shared/stages/planning/plan-file.ts';
import { readMap } from '#shared/stages/planning/read-map.ts';
import { readSettings } from '#shared/stages/planning/settings.ts';
import { readWeights } from '#shared/stages/verify/read-weights.ts';
import { describeAction } from '#shared/report/describe-action.ts';
import { encodeAction } from '#shared/plan/action-json.ts';
import type { Files } from '#shared/host/files.ts';
import { textOf, type FuzzTarget } from '../fuzz-target.ts';
import { createMemoryFiles } from '../memory-files.ts';
import { mutateJson } from '../mutate-json.ts';
import type { Random } from '../random.ts';

const { signal } = new AbortController();
const path = '/fuzz/file';
const id = '11111111-2222-4333-8444-555555555555';
const fileOf = (input: Uint8Array): Files => createMemoryFiles({ [path]: input });

const configuration = `format: 1
channels: [voice, live-chat]
workstreams: [Billing voice, 5]
queues: []
include: []
carriedBy: data
match: { queue: [name, msdyn_queuetype] }
environments:
  prod: &prod
    url: https://contoso.crm4.dynamics.com
    map: prod.yml
    keep: [{ table: queue, column: description }]
    values:
      - { table: queue, row: Billing, column: description, value: "\${TEXT}" }
    writeSecrets: false
ignore:
  - { table: queue, row: Billing, column: description, reason: by hand, until: 2026-12-31 }
delete: { mode: rules, rules: [{ table: queue, where: { name: x } }], max: 3, deactivate: [queue] }
checks: { unstaffed-queue: warning }
`;

const yamlWords = [
  '- ',
  ': ',
  '\n',
  '\n  ',
  '&a ',
  '*a',
  '*prod',
  '<<: ',
  '!!binary ',
  '!!js/function ',
  '!!set {',
  '? ',
  '|\n',
  '>\n',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '{',
  '}',
  '[',
  ']',
  '"',
  "'",
  '# ',
  '\t',
  'format: 1',
  'rows:',
  'target: "?"',
];

/** A target that has nobody. */
const emptyReader: Pick<DataverseReader, 'tables' | 'rows'> = {
  tables: () => Promise.resolve(new Map()),
  rows: async function* () {
    // No row.
  },
};

const action = {
  kind: 'update',
  step: '01',
  phase: 'rows',
  level: 0,
  row: { table: 'queue', id },
  source: id,
  name: 'Billing',
  version: 'W/"1"',
  switches: [{ table: 'msdyn_liveworkstream', id }],
  changes: [
    { column: 'name', before: 'a', after: 'b' },
    { column: 'long', before: null, after: { sha256: 'x', chars: 5 } },
    { column: 'secret', before: null, after: { variable: 'X' } },
    { column: 'parentid', before: null, after: { table: 'queue', id, name: 'P' } },
    { column: 'tags', before: [1, 2], after: [1], rewrites: [{ from: id, to: id, at: 'x' }] },
    { column: 'file', before: null, after: { fileName: 'a', sha256: 'x', bytes: 1 } },
    {
      column: 'to',
      before: null,
      after: {
        parties: [{ table: 'activityparty', id, cells: { partyid: { table: 'queue', id } } }],
      },
    },
  ],
};

const finding = {
  severity: 'info',
  code: 'URM1341',
  where: 'a',
  summary: 'b',
  detail: '',
  remedy: 'c',
};

const actions: readonly object[] = [
  { number: 1, ...action },
  {
    number: 2,
    ...action,
    kind: 'create',
    serverMade: { rows: [{ table: 'queue', id }], key: ['name'] },
  },
  {
    number: 3,
    ...action,
    kind: 'link',
    phase: 'links',
    link: { relationship: 'r', from: { table: 'queue', id }, to: { table: 'systemuser', id } },
  },
  {
    number: 4,
    ...action,
    kind: 'delete',
    phase: 'deletes',
    because: 'rule',
    after: [{ table: 'queue', id }],
  },
  { number: 5, ...action, kind: 'blocked', finding },
];

async function planText(): Promise<string> {
  const head = {
    format: 1,
    hash: '',
    tool: 'x',
    package: { hash: 'p' },
    target: { organizationId: id, url: 'https://a' },
    complete: true,
    applyable: true,
    counts: {},
    estimate: { reads: 1, writes: 1, seconds: 1 },
    findings: [finding],
    manual: [finding],
  } as unknown as Parameters<typeof planLines>[0];
  let text = '';
  const lines = async function* (): AsyncGenerator<string> {
    for (const each of actions) yield await Promise.resolve(JSON.stringify(each));
  };
  for await (const line of planLines(head, lines, signal)) text += line;
  return sealed(text);
}

/** The plan with the hash of what it says: whoever changes a plan can do that too. */
function sealed(text: string): string {
  const blank = text.replace(/^ {2}"hash": "[^"]*",$/m, '  "hash": "",');
  const hash = createHash('sha256').update(blank).digest('hex');
  return blank.replace('  "hash": "",', () => `  "hash": "${hash}",`);
}

/** Changes the JSON of one line; the layout in lines stays. */
function changeLine(text: string, random: Random): string {
  const lines = text.split('\n');
  const at = random.below(lines.length);
  const line = lines[at] ?? '';
  const json = /^(\s*(?:"\w+": )?)(.*?)(,?)$/.exec(line);
  if (json === null) return text;
  const [, before = '', content = '', after = ''] = json;
  lines[at] = before + mutateJson(content, random) + after;
  return lines.join('\n');
}

const journalEntries: readonly object[] = [
  {
    is: 'started',
    format: 1,
    run: id,
    runNumber: 1,
    planHash: 'ab',
    snapshot: 'cd',
    at: '2024-03-01T09:30:00Z',
  },
  { is: 'intent', actions: [1, 2], requestId: id },
  { is: 'done', action: 1, id },
  { is: 'found', action: 2 },
  { is: 'failed', action: 2, finding },
  { is: 'left', versions: [[1, 'W/"1"']] },
  { is: 'ended', outcome: 'succeeded', at: 'x' },
];

/** Entries with the sums that a run would give them; what is no entry stays as it is. */
function chained(lines: readonly string[]): string {
  let sum = '';
  return lines
    .map((line) => {
      const text = line.replace(/,"sum":"[^"]*"\}$/, '}');
      if (!text.startsWith('{') || !text.endsWith('}')) return line;
      const digest = createHash('sha256').update(`${sum}\n${text}`).digest('hex');
      sum = digest.slice(0, 16);
      return `${text.slice(0, -1)},"sum":"${sum}"}`;
    })
    .concat('')
    .join('\n');
}

/** Files that stand beside a pipeline, and what a run leaves. */
export const settingsTargets: readonly FuzzTarget[] = [
  {
    name: 'configuration',
    reads: 'unified-routing.yml: scope, settings, rules to ignore, weights of checks',
    seeds: [configuration, 'format: 1\n', '{"format":1}'],
    words: [...yamlWords, 'ignore:', 'environments:', 'checks:', 'delete:', 'match:'],
    read: async (input) => {
      const files = fileOf(input);
      await scopeWithConfiguration({ channels: [], workstreams: [], queues: [] }, path, files);
      await readSettings(path, ['queue'], files);
      await readIgnoreRules(path, files);
      await readWeights(path, files);
    },
  },
  {
    name: 'map',
    reads: 'a map file: rows, and what it links',
    seeds: [
      `format: 1\nrows:\n  - { table: queue, source: ${id}, name: A, target: ${id} }\n  - { table: systemuser, source: ${id}, target: "?" }\n  - { table: team, source: ${id}, target: drop }\npeople:\n  - { user: ann@contoso.com, queues: [Billing], skills: [{ skill: French, rating: Good }], capacity: [{ profile: Voice, units: 1 }] }\nbots: [{ workstream: a, user: b }]\n`,
      'format: 1\nrows: []\n',
    ],
    words: [...yamlWords, id, 'people:', 'skills:', 'table: queue'],
    read: async (input) => {
      const files = fileOf(input);
      await readLinking(path, files);
      await readMap(path, files, emptyReader as DataverseReader, signal);
    },
  },
  {
    name: 'decisions',
    reads: 'the configuration of the channel provider migration',
    seeds: [
      'format: 1\nprefix: contoso\napps: [msdyn_customerserviceworkspace]\nroles: copy\nusersWithProfile: move\ndeactivate: true\nprofiles:\n  - { app: a, name: b, uniqueName: c_d }\nproviders:\n  - { provider: x, skip: true }\n  - { provider: y, uniqueName: c_e, apps: [a], roles: [r], users: [u], values: { a: "${X}" } }\n',
    ],
    words: [...yamlWords, 'providers:', 'profiles:', 'values:'],
    read: async (input) => {
      const host = { variable: () => 'value', maskSecret: () => undefined };
      const inputs = { config: path, prefix: undefined, apps: [], deactivate: false };
      await readDecisions(inputs, { files: fileOf(input), host });
    },
  },
  {
    name: 'plan',
    reads: 'plan.json, with a hash that is right',
    seeds: [await planText()],
    words: ['"kind":"', '"changes":', '"parties":', '"cells":', '"finding":', '    {', '  ]', '\n'],
    change: (input, random) => Buffer.from(sealed(changeLine(textOf(input), random))),
    read: async (input) => {
      const plan = await openPlan(path, fileOf(input), signal);
      for await (const each of plan.actions(signal)) {
        describeAction(each);
        encodeAction(each);
      }
    },
  },
  {
    name: 'journal',
    reads: 'journal.jsonl of a run, with sums that are right',
    seeds: [chained(journalEntries.map((entry) => JSON.stringify(entry)))],
    words: [
      '{"is":"intent","actions":[1]}\n',
      '{"is":"left","versions":[[',
      '\n',
      '"is"',
      '"sum":"',
      '1e400',
    ],
    change: (input, random) => Buffer.from(chained(changeLine(textOf(input), random).split('\n'))),
    read: (input) => readJournal(path, fileOf(input), signal),
  },
  {
    name: 'known-drift',
    reads: 'drift.json of an earlier check',
    seeds: ['{"format":1,"drifts":[{"fingerprint":"a"},{"fingerprint":5}]}', '{"drifts":[]}'],
    words: ['"drifts":', '"fingerprint":', '{"toString":1}', '{"toString":null,"valueOf":null}'],
    change: (input, random) => Buffer.from(mutateJson(textOf(input), random)),
    read: (input) => readKnown(path, fileOf(input)),
  },
  {
    name: 'provider-code',
    reads: "a provider's pages and scripts, searched for setMode",
    seeds: [
      'const m = 1; Microsoft.CIFramework.setMode(m); window.Microsoft["CIFramework"].setMode(2)',
      '<!doctype html><html><script src="a.js"></script><script>Microsoft.CIFramework.setMode(x ? 0 : 1)</script></html>',
      'export class A<T> { #x: number = 1; m() { return Microsoft.CIFramework.setMode(this.#x as number); } }',
    ],
    words: [
      'Microsoft.CIFramework.setMode(',
      ')',
      '<script>',
      '</script>',
      '`${',
      '=>',
      '{',
      '(',
      '[',
      '!',
      '"',
      '/*',
      '//',
      '/x/',
      'async ',
      'a?.b',
    ],
    // Two scans that give up after two seconds, and what memory they filled is taken back.
    maxMs: 8000,
    read: async (input) => {
      const text = textOf(input);
      scriptAddresses(text);
      await scanSetMode(text, 'code.ts');
      await scanSetMode(text, 'page.html');
    },
  },
];
