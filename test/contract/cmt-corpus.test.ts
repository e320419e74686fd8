import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { convertPackage } from '#shared/cmt/convert-package.ts';
import { FileFormatError } from '#shared/cmt/file-format-error.ts';
import { inspectPackage } from '#shared/cmt/inspect-package.ts';
import { openPackage } from '#shared/cmt/open-package.ts';
import { readSchema } from '#shared/cmt/schema.ts';
import { decodeWhole } from '#shared/cmt/xml/decode-text.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { contentOf, neverAborted, partOf } from '#support/cmt-package.ts';
import { createPlainPackage } from '#shared/cmt/create-package.ts';
import { roundTrip } from '#support/corpus-round-trip.ts';
import type { RoundTrip } from '#support/corpus-round-trip.ts';
import {
  corpusFile,
  corpusSamples,
  hasCorpus,
  isLeftForLater,
  openableSample,
} from '#support/corpus.ts';
import type { CorpusSample } from '#support/corpus.ts';
import { useTemporaryFolder } from '#support/temporary-folder.ts';

const page = new URL('../../docs/formats/corpus-results.md', import.meta.url);
/** Not well-formed, as the stock tool says too. */
const refused = new Map([
  ['198', { line: 1156, column: 9 }],
  ['199', { line: 1020, column: 9 }],
]);

describe('files found in the wild', () => {
  const at = useTemporaryFolder();
  const results = new Map<string, readonly string[]>();
  const trips = new Map<string, RoundTrip>();
  /** Samples that hold what an earlier one holds, by the earlier one's number. */
  const sameAs = new Map<string, string>();
  const hashes = new Map<string, string>();

  if (!hasCorpus)
    it('are not beside the project: nothing to read', function () {
      this.skip();
    });

  for (const sample of corpusSamples()) {
    const title = `#${sample.id} (${sample.kind}, ${sample.generator})`;
    const place = refused.get(sample.id);
    if (place !== undefined)
      it(`${title} is refused with line ${String(place.line)} and column ${String(place.column)}`, async () => {
        const path = await openableSample(sample, at('sample'));
        await assert.rejects(inspectPackage(path, nodeFiles, neverAborted), (error: Error) => {
          assert.ok(error instanceof FileFormatError);
          assert.deepEqual(error.position, place);
          return true;
        });
        results.set(sample.id, [
          sample.kind,
          sample.generator,
          '',
          '',
          '',
          `refused: line ${String(place.line)}, column ${String(place.column)}`,
          '',
        ]);
      });
    else if (sample.kind === 'schema')
      it(`${title} is read and keeps its text`, async () => {
        const tables = await readSchemas(sample);
        results.set(sample.id, [
          sample.kind,
          sample.generator,
          String(tables),
          '',
          '',
          'read, text kept',
          '',
        ]);
      });
    else
      it(`${title} is read, unpacked and packed to the same bytes`, async function () {
        if (isLeftForLater(sample)) this.skip();
        const path = await openableSample(sample, at('sample'));
        const { tables, findings } = await inspectPackage(path, nodeFiles, neverAborted);
        const same = await survives(path, at);
        const rows = tables.reduce((sum, table) => sum + table.rows, 0);
        const links = tables.reduce((sum, table) => sum + table.links, 0);
        results.set(sample.id, [
          sample.kind,
          sample.generator,
          String(tables.length),
          String(rows),
          String(links),
          `unpack, pack: ${same}`,
          [...new Set(findings.map(({ code }) => code))].sort().join(' '),
        ]);
      }).timeout(120_000);
  }

  for (const sample of corpusSamples())
    if (isWhole(sample) && !refused.has(sample.id))
      it(`#${sample.id} comes back from an environment that has its tables`, async function () {
        if (isLeftForLater(sample)) this.skip();
        const path = await openableSample(sample, at('sample'));
        const { hash, tables } = await openPackage(path, nodeFiles, neverAborted);
        // A template of a file: nothing to export.
        if (tables.length === 0) this.skip();
        const earlier = hashes.get(hash);
        if (earlier !== undefined) {
          sameAs.set(sample.id, earlier);
          this.skip();
        }
        hashes.set(hash, sample.id);
        const trip = await roundTrip(path, at('trip'));
        trips.set(sample.id, trip);
        assert.deepEqual(trip.unexplained, []);
        assert.equal(trip.secondImport?.writes ?? 0, 0);
      }).timeout(300_000);

  for (const sample of corpusSamples())
    if (sample.generator === 'cmt' && sample.kind === 'zip')
      it(`#${sample.id} has the bytes that its rows are written as`, async function () {
        if (isLeftForLater(sample)) this.skip();
        const path = await openableSample(sample, at('sample'));
        const original = withoutTimestamp(String(await partOf(path, 'data.xml')));
        const rewritten = await rewrite(path, at('rewritten.zip'));
        if (rewritten === original) return;
        const older = olderForms.find(([pattern]) => pattern.test(original));
        if (older !== undefined || twice.has(sample.id)) this.skip();
        // Some have records or links in another order; nothing else may differ.
        assert.deepEqual(sortedLines(rewritten), sortedLines(original));
      }).timeout(120_000);

  it('are listed in the docs with their results', async function () {
    if (!hasCorpus) this.skip();
    const table = resultPage(results) + tripTable(trips, sameAs);
    if (!corpusSamples().some(isLeftForLater)) {
      if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(page, table);
      assert.equal(await readFile(page, 'utf8'), table);
      return;
    }
    const listed = new Set((await readFile(page, 'utf8')).split('\n'));
    const missing = table.split('\n').filter((line) => !listed.has(line));
    assert.deepEqual(missing, []);
  });
});

async function readSchemas(sample: CorpusSample): Promise<number> {
  let tables = 0;
  for (const { name, role } of sample.files) {
    if (role !== 'schema') continue;
    const bytes = await readFile(corpusFile(sample, name));
    const text = decodeWhole(bytes, name);
    const schema = readSchema(text, name);
    assert.equal(schema.text, text);
    tables += schema.tables.length;
  }
  return tables;
}

async function survives(path: string, at: (name: string) => string): Promise<string> {
  const files = nodeFiles;
  await convertPackage(path, { path: at('folder'), form: 'folder', files }, neverAborted);
  await convertPackage(at('folder'), { path: at('back.zip'), form: 'zip', files }, neverAborted);
  for (const name of ['data.xml', 'data_schema.xml']) {
    const original = await partOf(path, name).catch(() => undefined);
    if (original === undefined) continue;
    assert.ok(original.equals(await partOf(at('back.zip'), name)), `${name} differs`);
  }
  const hasSchema = (await partOf(path, 'data_schema.xml').catch(() => undefined)) !== undefined;
  if (hasSchema) {
    const zip = await openPackage(path, files, neverAborted);
    const folder = await openPackage(at('folder'), files, neverAborted);
    assert.equal(folder.hash, zip.hash);
    // The hash says it all; that rows come the same way is shown where it takes no time.
    const rows = zip.tables.reduce((sum, table) => sum + zip.counts(table).rows, 0);
    if (rows < 1500) assert.deepEqual(await contentOf(folder), await contentOf(zip));
  }
  return 'same bytes';
}

/** Writes the rows again, as an export would. */
async function rewrite(path: string, to: string): Promise<string> {
  const opened = await openPackage(path, nodeFiles, neverAborted);
  const writer = await createPlainPackage(to, 'zip', nodeFiles);
  const step = await writer.step('step', { tables: opened.tables, text: '', findings: [] });
  for (const table of opened.tables)
    await step.table(
      table,
      opened.rows(table, neverAborted),
      opened.links(table, neverAborted),
      neverAborted,
    );
  await step.close();
  await writer.finish(() => {
    throw new Error('A plain package has no manifest.');
  });
  return String(await partOf(to, 'data.xml'));
}

/** Forms of older exports: rows are written in the present ones. */
const olderForms: readonly (readonly [RegExp, string])[] = [
  [/<entities xmlns:xsi/, 'namespaces in the order of 2018 to 2020'],
  [/value="\d{1,2}\/\d{1,2}\/\d{4} /, 'dates in the culture of the exporter'],
];
/** Its schema has a table twice, and its data each row of it. */
const twice = new Set(['113']);

function sortedLines(text: string): readonly string[] {
  return text
    .split('\r\n')
    .map((line) => line.trim())
    .filter((line) => !/^<\/?(m2mrelationship|targetids)/.test(line))
    .sort();
}

function withoutTimestamp(text: string): string {
  return text.replace(/ timestamp="[^"]*"/, '');
}

/** Data with the schema it was exported by. */
function isWhole({ kind, files }: CorpusSample): boolean {
  return kind === 'zip' || (kind === 'data' && files.some(({ role }) => role === 'schema'));
}

function tripTable(
  trips: ReadonlyMap<string, RoundTrip>,
  sameAs: ReadonlyMap<string, string>,
): string {
  const told = (id: string): string => {
    const trip = trips.get(id);
    if (trip === undefined) return `| ${id} | as ${sameAs.get(id) ?? '?'} | | |`;
    const { rows, rowsBack, links, linksBack } = trip;
    const back = `${String(rowsBack)} of ${String(rows)}`;
    const linked = links === 0 ? '' : `${String(linksBack)} of ${String(links)}`;
    return `| ${id} | ${back} | ${linked} | ${trip.told.join('; ')} |`;
  };
  return [
    '',
    '## Into an environment and back',
    '',
    'Each file with a schema is imported into an environment that has its tables and nothing else, and exported from there with its own schema. Every row that comes back is equal in every column that clients can write, but `importsequencenumber`, and in every lookup to a row of the file. A second import writes nothing. What is not the same is named with its reason:',
    '',
    '- *lookups to rows outside of the file*: the environment has no such row, so the column stays empty; an owner is then whoever imported.',
    '- *the platform keeps them*: no client can write these columns.',
    "- *rows outside of the schema's own filter*: they are in the environment, and its schema does not ask for them.",
    '- *dates that move with their date mode*: they move by the time since the export.',
    '- *links to rows outside of the file*: the other row is not there.',
    '',
    '| sample | rows back | links back | the rest, by reason |',
    '|---|---|---|---|',
    ...[...trips.keys(), ...sameAs.keys()].sort().map(told),
    '',
  ].join('\n');
}

function resultPage(results: ReadonlyMap<string, readonly string[]>): string {
  const lines = [...results].map(([id, cells]) => `| ${[id, ...cells].join(' | ')} |`);
  return [
    '# Real files and what becomes of them',
    '',
    'Configuration Migration files of many origins, by the number they have in the test corpus (which is no part of the project). The test `test/contract/cmt-corpus.test.ts` makes this page with `CORPUS=all UPDATE_GOLDEN=1` and compares it on every run.',
    '',
    '| sample | kind | written by | tables | rows | links | result | findings |',
    '|---|---|---|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}
