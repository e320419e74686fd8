import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { convertPackage } from '#shared/cmt/convert-package.ts';
import { FileFormatError } from '#shared/cmt/file-format-error.ts';
import { openPackage } from '#shared/cmt/open-package.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { Link, Row, Value } from '#shared/model/row.ts';
import type { ColumnType } from '#shared/model/table.ts';
import { aTable, contentOf, neverAborted, partOf, writePackage } from '#support/cmt-package.ts';
import type { TableContent } from '#support/cmt-package.ts';
import { useTemporaryFolder } from '#support/temporary-folder.ts';

const guid = fc.uuid().map((id) => id.toLowerCase());
/** What XML can carry: no control characters, no half surrogate pairs. */
const text = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 30 })
  .map((value) =>
    value.replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '?'),
  )
  .filter((value) => value !== '');
const longText = fc.oneof(
  text,
  text.map((value) => value.repeat(100)),
  fc.json(),
  fc.json().map((value) => `{"a":${value},"pad":"${'x'.repeat(400)}"}`),
  fc
    .uint8Array({ minLength: 300, maxLength: 400 })
    .map((bytes) => Buffer.from(bytes).toString('base64')),
);
const lookup = (...tables: string[]): fc.Arbitrary<Value> =>
  fc.record(
    { table: fc.constantFrom(...tables), id: guid, name: text },
    { requiredKeys: ['table', 'id'] },
  );
const utc = fc
  .date({ min: new Date('1753-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) =>
    date
      .toISOString()
      .replace('.000Z', 'Z')
      .replace(/(\.\d*?)0+Z$/, '$1Z'),
  );

const columns: Readonly<Record<string, readonly [ColumnType, fc.Arbitrary<Value>, ...string[]]>> = {
  name: ['text', text],
  definition: ['memo', longText],
  priority: ['integer', fc.integer()],
  rate: ['decimal', fc.integer().map((value) => `${String(value)}.0000000000`)],
  amount: ['money', fc.nat().map((value) => `${String(value)}.0500`)],
  factor: [
    'double',
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value || 0),
  ],
  isdefault: ['boolean', fc.boolean()],
  kind: ['choice', fc.integer()],
  tags: ['choices', fc.uniqueArray(fc.nat()).map((numbers) => numbers.sort((a, b) => a - b))],
  since: ['datetime', utc],
  day: ['datetime', utc.map((value) => value.replace('Z', ''))],
  owner: ['owner', lookup('systemuser', 'team')],
  regarding: ['lookup', lookup('account', 'contact'), 'account', 'contact'],
  image: [
    'image',
    fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  ],
  other: ['guid', guid],
};

const tableBuilder = (name: string): ReturnType<typeof aTable> =>
  Object.entries(columns)
    .reduce(
      (table, [column, [type, , ...targets]]) => table.with(column, type, ...targets),
      aTable(name),
    )
    .linked(`${name}_user`, 'systemuser')
    .linked(`${name}_${name}`, name);

const anyTable = (name: string): fc.Arbitrary<TableContent> => {
  const built = tableBuilder(name);
  const cells = fc.record(
    Object.fromEntries(Object.entries(columns).map(([column, [, values]]) => [column, values])),
    { requiredKeys: [] },
  );
  const row: fc.Arbitrary<Row> = fc
    .tuple(guid, cells)
    .map(([id, values]) => built.row(id, said(values)));
  const link = (relationship: string, target: string): fc.Arbitrary<Link> =>
    fc.tuple(guid, guid).map(([from, to]) => ({
      relationship,
      from: { table: name, id: from },
      to: { table: target, id: to },
    }));
  return fc
    .tuple(
      fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 6 }),
      fc.array(fc.oneof(link(`${name}_user`, 'systemuser'), link(`${name}_${name}`, name)), {
        maxLength: 4,
      }),
    )
    .map(([rows, links]) => ({ table: built.table, rows, links }));
};

/** Only what has a value. */
function said(
  values: Readonly<Record<string, Value | undefined>>,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

const anyPackage = fc.tuple(anyTable('queue'), anyTable('account'));

describe('laws of packages', () => {
  const at = useTemporaryFolder();
  const open = (path: string): ReturnType<typeof openPackage> =>
    openPackage(path, nodeFiles, neverAborted);

  it('what is written is read again', async () => {
    await fc.assert(
      fc.asyncProperty(anyPackage, async (tables) => {
        await writePackage(at('a.zip'), 'zip', tables);
        const opened = await open(at('a.zip'));
        assert.deepEqual(opened.findings, []);
        const read = await contentOf(opened);
        const expected = tables.map(({ table, rows }) => ({
          table: table.name,
          rows: new Map(
            rows.map((row) => [
              row.id,
              Object.fromEntries(row.shape.columns.map((name, n) => [name, row.cells[n]])),
            ]),
          ),
        }));
        const found = read as { table: string; rows: [string, Record<string, unknown>][] }[];
        for (const { table, rows } of expected) {
          const its = found.find((candidate) => candidate.table === table)?.rows ?? [];
          assert.deepEqual(
            Object.fromEntries(its),
            JSON.parse(JSON.stringify(Object.fromEntries(rows))),
          );
        }
      }),
      { numRuns: 60 },
    );
  });

  it('folder, zip and folder again are the same package', async () => {
    await fc.assert(
      fc.asyncProperty(anyPackage, async (tables) => {
        await writePackage(at('a.zip'), 'zip', tables);
        await writePackage(at('direct'), 'folder', tables);
        await convertPackage(
          at('a.zip'),
          { path: at('f'), form: 'folder', files: nodeFiles },
          neverAborted,
        );
        await convertPackage(
          at('f'),
          { path: at('b.zip'), form: 'zip', files: nodeFiles },
          neverAborted,
        );
        assert.ok((await readFile(at('a.zip'))).equals(await readFile(at('b.zip'))));
        const zip = await open(at('a.zip'));
        assert.equal((await open(at('direct'))).hash, zip.hash);
        const folder = await open(at('f'));
        assert.equal(folder.hash, zip.hash);
        assert.deepEqual(await contentOf(folder), await contentOf(zip));
        for (const name of ['f', 'direct']) await rm(at(name), { recursive: true });
      }),
      { numRuns: 40 },
    );
  });

  describe('of damaged files', () => {
    const sample = async (): Promise<Buffer> => {
      const [tables] = fc.sample(anyPackage, { seed: 7, numRuns: 1 });
      await writePackage(at('a.zip'), 'zip', tables ?? []);
      return readFile(at('a.zip'));
    };
    const hashOf = async (bytes: Buffer): Promise<string | undefined> => {
      await writeFile(at('x.zip'), bytes);
      try {
        return (await open(at('x.zip'))).hash;
      } catch (error) {
        if (error instanceof FileFormatError) return undefined;
        throw error;
      }
    };

    it('any bit that flips in a zip is an error or changes nothing', async () => {
      const bytes = await sample();
      const hash = await hashOf(bytes);
      for (let place = 0; place < bytes.length; place += 3) {
        const flipped = Buffer.from(bytes);
        flipped[place] = (flipped[place] ?? 0) ^ (1 << (place % 8));
        const found = await hashOf(flipped);
        assert.ok(found === undefined || found === hash, `byte ${String(place)}`);
      }
    }).timeout(120_000);

    it('a zip that is cut anywhere is an error', async () => {
      const bytes = await sample();
      for (let length = 0; length < bytes.length; length += 7)
        assert.equal(await hashOf(bytes.subarray(0, length)), undefined, String(length));
    }).timeout(120_000);

    it('a document that is cut anywhere is an error with its place', async () => {
      await sample();
      const data = await partOf(at('a.zip'), 'data.xml');
      const schema = await partOf(at('a.zip'), 'data_schema.xml');
      const step = Math.max(1, Math.floor(data.length / 300));
      await nodeFiles.makeFolder(at('loose'));
      await writeFile(at('loose/data_schema.xml'), schema);
      for (let length = 0; length < data.length; length += step) {
        await writeFile(at('loose/data.xml'), data.subarray(0, length));
        await assert.rejects(open(at('loose')), { code: 'URM1103' }, String(length));
      }
    }).timeout(120_000);
  });
});
