import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { namedChecks } from '#shared/stages/verify/check-names.ts';

describe('the guide of verification', () => {
  const text = readFileSync(new URL('../../../docs/guides/verify.md', import.meta.url), 'utf8');

  for (const [name, { title, severity, code }] of Object.entries(namedChecks))
    it(`lists ${name} with its weight`, () => {
      const line = text.split('\n').find((each) => each.startsWith(`| \`${name}\``)) ?? '';
      assert.ok(line.includes(`| ${title} | ${severity} | [${code}]`), line);
    });
});
