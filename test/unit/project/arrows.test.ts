import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folders = ['tasks', 'cli', 'shared', 'emulator'];

interface Import {
  readonly from: string;
  /** Path from the root, or a package's name. */
  readonly to: string;
}

/** The linter looks at import statements only; this also sees `import()`. */
function importsOf(path: string): readonly Import[] {
  const text = readFileSync(join(root, path), 'utf8');
  const found = text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\()\s*'([^']+)'/g);
  return [...found].map(([, to = '']) => ({ from: path, to: resolved(path, to) }));
}

function resolved(from: string, to: string): string {
  if (to.startsWith('.')) return posix.normalize(posix.join(dirname(from), to));
  return to.replace(/^#(shared|emulator)\//, '$1/');
}

const imports = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .flatMap(importsOf),
);

function offenders(from: RegExp, to: RegExp, except = /^$/): readonly string[] {
  return imports
    .filter((item) => from.test(item.from) && to.test(item.to) && !except.test(item.from))
    .map((item) => `${item.from} imports ${item.to}`);
}

describe('the arrows between folders', () => {
  it('are looked for in real files', () => {
    assert.ok(imports.length > 100);
  });

  for (const [sentence, from, to, except] of [
    ['only tasks/agent.ts knows the agent', /./, /^azure-pipelines-task-lib/, /^tasks\/agent\.ts$/],
    ['shared knows no task, terminal or emulator', /^shared\//, /^(tasks|cli|emulator)\//],
    [
      'the emulator shares no code with the client, the catalogue or the planner',
      /^emulator\//,
      /^shared\/(dataverse|routing|plan|stages|report|channel-providers)\//,
    ],
    ['tasks know no emulator and no terminal', /^tasks\//, /^(emulator|cli)\//],
    ['the command line knows no agent', /^cli\//, /^tasks\//],
    ['only the transport knows axios', /./, /^axios/, /^shared\/dataverse\//],
    [
      'the planner does no I/O',
      /^shared\/(plan|model)\//,
      /^(node:(fs|http|https|net|child_process)|shared\/(dataverse|cmt|stages|report|routing)\/)/,
    ],
    ['nothing starts another program', /./, /^node:child_process/],
  ] as const)
    it(sentence, () => {
      assert.deepEqual(offenders(from, to, except), []);
    });
});
