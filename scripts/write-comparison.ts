// Compares the published schemas and queries with what the product makes, and writes the page on it.
import { writeFile } from 'node:fs/promises';
import { openEmulator } from '../test/support/emulator.ts';
import { PublishedComparison, type Compared } from '../test/support/published/compare.ts';
import {
  hasPublishedFolder,
  queryFactsOfFolder,
  readQueryFacts,
  readSchemaFacts,
  schemaFactsOfFolder,
} from '../test/support/published/facts.ts';
import { comparisonPage } from '../test/support/published/page.ts';
import { readReasons } from '../test/support/published/verdict.ts';

const root = new URL('../', import.meta.url);
if (hasPublishedFolder()) {
  const fixtures = new URL('test/fixtures/published/', root);
  const lines = (facts: readonly object[]): string =>
    facts.map((each) => `${JSON.stringify(each)}\n`).join('');
  await writeFile(new URL('schemas.jsonl', fixtures), lines(schemaFactsOfFolder()));
  await writeFile(new URL('queries.jsonl', fixtures), lines(queryFactsOfFolder()));
}
const emulator = await openEmulator({ seed: 'contoso' });
try {
  const comparison = new PublishedComparison(emulator);
  const compared: Compared[] = [];
  for (const schema of readSchemaFacts()) compared.push(await comparison.schema(schema));
  for (const query of readQueryFacts()) compared.push(await comparison.query(query));
  const page = 'docs/reference/published-schemas.md';
  await writeFile(new URL(page, root), comparisonPage(compared, readReasons()));
  console.log(page);
} finally {
  await emulator.close();
}
