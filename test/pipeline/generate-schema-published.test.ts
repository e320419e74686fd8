import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSchema } from '#shared/cmt/schema.ts';
import { generateSchemaStage } from '#shared/stages/generate-schema.ts';
import { withEmulator } from '#support/emulator.ts';
import { schemaDifferences } from '#support/schema-differences.ts';
import { runWith, withFolder } from '#support/stage-runs.ts';

interface Reviewed {
  readonly step: string;
  readonly published: string;
  readonly differences: readonly {
    readonly table: string;
    readonly what: string;
    readonly reason: string;
  }[];
}

const here = dirname(fileURLToPath(import.meta.url));
const published = join(here, '../../../shared/reference/sample-schemas');
const list = join(here, '../fixtures/published-schema-differences.json');

describe('generated schemas beside the published ones', () => {
  const source = withEmulator({ seed: 'contoso' });
  const folder = withFolder();
  const out = (): string => join(folder.path, 'schemas');
  let reviewed: readonly Reviewed[] = [];

  before(async () => {
    reviewed = JSON.parse(await readFile(list, 'utf8')) as readonly Reviewed[];
    await runWith(generateSchemaStage, { source: source.url, out: out() });
  });

  it('are compared step by step', async () => {
    assert.deepEqual(
      reviewed.map(({ step }) => step),
      await readdir(out()),
    );
  });

  it('differ only as the reviewed list says, each time for a reason', async function () {
    if (!existsSync(published)) this.skip();
    for (const { step, published: name, differences } of reviewed) {
      const [theirs, ours] = [join(published, name), join(out(), step, 'data_schema.xml')];
      assert.deepEqual(
        schemaDifferences(
          readSchema(await readFile(theirs, 'utf8'), theirs),
          readSchema(await readFile(ours, 'utf8'), ours),
        ),
        differences.map(({ table, what }) => ({ table, what })),
        step,
      );
      assert.ok(differences.every(({ reason }) => reason.length > 20));
    }
  });
});
