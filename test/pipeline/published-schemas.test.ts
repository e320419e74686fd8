import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { withEmulator } from '#support/emulator.ts';
import { PublishedComparison, type Compared } from '#support/published/compare.ts';
import {
  hasPublishedFolder,
  queryFactsOfFolder,
  readQueryFacts,
  readSchemaFacts,
  schemaFactsOfFolder,
} from '#support/published/facts.ts';
import { comparisonPage } from '#support/published/page.ts';
import { schemaMatches } from '#support/published/scopes.ts';
import { readReasons, reasonsFor, verdictOf } from '#support/published/verdict.ts';

const page = new URL('../../docs/reference/published-schemas.md', import.meta.url);

describe('generated schemas beside the published ones', function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: 'contoso' });
  const reasons = readReasons();
  const compared: Compared[] = [];

  before(async () => {
    const comparison = new PublishedComparison(source);
    for (const schema of readSchemaFacts()) compared.push(await comparison.schema(schema));
    for (const query of readQueryFacts()) compared.push(await comparison.query(query));
  });

  it('are all 16 schemas and 123 queries', () => {
    assert.deepEqual(
      compared
        .filter(({ is }) => is === 'schema')
        .map(({ name }) => name)
        .sort(),
      Object.keys(schemaMatches).sort(),
    );
    assert.deepEqual([compared.length, Object.keys(schemaMatches).length], [139, 16]);
  });

  it('lack nothing', () => {
    const missing = compared.flatMap((each) =>
      each.differences
        .filter((difference) => reasonsFor(reasons, each, difference).length === 0)
        .map(({ table, what, rows = [] }) => `${each.name}: ${table} ${what} ${rows.join(', ')}`),
    );
    assert.deepEqual(missing, []);
    assert.ok(compared.every((each) => verdictOf(reasons, each) !== 'missing'));
  });

  it('leave out no table and no column', () => {
    const left = compared.flatMap(({ differences }) =>
      differences.filter(({ what }) => what.endsWith('left out')),
    );
    assert.deepEqual(left, []);
  });

  it('are compared by rows that both select, each of them', () => {
    assert.deepEqual(
      compared.filter(({ rows }) => rows === 0).map(({ name }) => name),
      [],
    );
  });

  it('differ each time for one reviewed reason, and no reason is idle', () => {
    const used = new Set<object>();
    for (const each of compared)
      for (const difference of each.differences) {
        const own = reasonsFor(reasons, each, difference);
        assert.equal(own.length, 1, `${each.name}: ${difference.table} ${difference.what}`);
        for (const reason of own) used.add(reason);
      }
    for (const reason of reasons) {
      assert.ok(used.has(reason), reason.reason);
      assert.ok(reason.reason.length > 20);
    }
  });

  it('are shown as they are on the page', async () => {
    assert.equal(
      await readFile(page, 'utf8'),
      comparisonPage(compared, reasons),
      'run scripts/write-comparison.ts',
    );
  });

  it('are told from the facts of the published files', function () {
    if (!hasPublishedFolder()) this.skip();
    assert.deepEqual(readSchemaFacts(), schemaFactsOfFolder());
    assert.deepEqual(readQueryFacts(), queryFactsOfFolder());
  });
});
