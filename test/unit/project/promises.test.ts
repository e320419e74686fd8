import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

interface Promised {
  readonly promise: string;
  readonly tests: readonly { readonly file: string; readonly title: string }[];
}

/** Rows of the table of promises. */
function promises(): readonly Promised[] {
  const page = readFileSync(join(root, 'docs/promises.md'), 'utf8');
  return [...page.matchAll(/^\| ([^|]+) \| (`test\/[^|]+) \|$/gm)].map(
    ([, promise = '', tests = '']) => ({
      promise,
      tests: [...tests.matchAll(/`([^`]+)` › "([^"]+)"/g)].map(([, file = '', title = '']) => ({
        file,
        title,
      })),
    }),
  );
}

describe('every promise', () => {
  it('is in the table with its tests', () => {
    const page = readFileSync(join(root, 'docs/promises.md'), 'utf8');
    const rows = page.split('\n').filter((line) => /^\| [A-Z]/.test(line));
    assert.ok(rows.length >= 20);
    assert.equal(promises().length, rows.length);
    for (const { promise, tests } of promises()) assert.ok(tests.length > 0, promise);
  });

  for (const { promise, tests } of promises())
    it(`has its tests: ${promise.slice(0, 80)}`, () => {
      for (const { file, title } of tests) {
        assert.ok(existsSync(join(root, file)), `there is no ${file}`);
        const text = readFileSync(join(root, file), 'utf8');
        const titles = [...text.matchAll(/\b(?:describe|it)\(\s*(['"`])((?:(?!\1)[^\\]|\\.)*)\1/g)];
        assert.ok(
          titles.some(([, , said = '']) => said.replaceAll("\\'", "'").includes(title)),
          `${file} has no test "${title}"`,
        );
      }
    });
});
