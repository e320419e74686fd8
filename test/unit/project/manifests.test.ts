import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toolVersion } from '../../../cli/tool-version.ts';
import { manifestProblems } from '../../../scripts/manifest-problems.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const options = {
  schema: join(root, 'schemas/vendor/tasks.schema.json'),
  version: toolVersion,
  built: false,
};

describe('the manifests', () => {
  it('pass the official schema and our own rules', async () => {
    assert.deepEqual(await manifestProblems(root, options), []);
  });

  describe('when something is wrong', () => {
    let copy = '';
    beforeEach(() => {
      copy = mkdtempSync(join(tmpdir(), 'manifests-'));
      for (const path of ['tasks', 'images', 'vss-extension.json', 'overview.md', 'LICENSE.txt'])
        cpSync(join(root, path), join(copy, path), { recursive: true });
    });
    afterEach(() => {
      rmSync(copy, { recursive: true, force: true });
    });

    const task = 'tasks/UnifiedRoutingPlan/task.json';
    for (const [what, path, change, problem] of [
      [
        'a handler that the agent does not know',
        task,
        (json) => ({ ...json, execution: { Node99: { target: 'index.js' } } }),
        /Node99/,
      ],
      [
        'a title that is too long',
        task,
        (json) => ({ ...json, friendlyName: 'x'.repeat(41) }),
        /40/,
      ],
      ['a task of another name', task, (json) => ({ ...json, name: 'Other' }), /not its folder's/],
      [
        'an id that another task has',
        task,
        (json) => ({ ...json, id: '6a1f2f0e-3c52-4c0b-9d0e-5b8a6b1f7a01' }),
        /task id .* twice/,
      ],
      [
        'a version that does not follow the package',
        task,
        (json) => ({ ...json, version: { Major: 1, Minor: 99, Patch: 0 } }),
        /does not follow/,
      ],
      [
        'a contribution without a folder',
        'vss-extension.json',
        (json) => ({
          ...json,
          contributions: [
            {
              id: 'x',
              type: 'ms.vss-distributed-task.task',
              properties: { name: 'tasks/Nowhere' },
            },
          ],
        }),
        /tasks\/Nowhere does not exist/,
      ],
      [
        'another version of the extension',
        'vss-extension.json',
        (json) => ({ ...json, version: '9.9.9' }),
        /9\.9\.9/,
      ],
    ] as readonly [string, string, (json: Record<string, unknown>) => unknown, RegExp][])
      it(`tell of ${what}`, async () => {
        const file = join(copy, path);
        writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')))));
        assert.match((await manifestProblems(copy, options)).join('\n'), problem);
      });
  });
});
