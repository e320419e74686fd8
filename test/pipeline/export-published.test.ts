import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSchema } from '#shared/cmt/schema.ts';
import { withEmulator } from '#support/emulator.ts';
import { aPromotion, savedActions } from '#support/promotion.ts';
import { rowsIn } from '#support/routing-rows.ts';
import { rowsOf, told, withFolder } from '#support/stage-runs.ts';

const published = join(
  dirname(fileURLToPath(import.meta.url)),
  '../../../shared/reference/sample-schemas',
);

/** Published schemas, each with what it selects beyond the channel or leaves out, as `kind table name`. */
const schemas: ReadonlyMap<string, readonly RegExp[]> = new Map([
  // The filter also takes every contract of record routing.
  ['voice-workstream-sample-schema.xml', [/^create msdyn_decisioncontract \w+ intake input$/]],
  // Messages have no filter: those of other channels come along.
  ['voice-channel-config-sample.xml', [/^create msdyn_ocsystemmessage We are closed$/]],
  [
    'Live-chat-workstreams.xml',
    [
      /^create msdyn_decisioncontract \w+ intake input$/,
      // Only unmanaged contracts are selected, and no step of the page replaces the ids of the others.
      /^blocked msdyn_decisionruleset Web chat: route to queues$/,
    ],
  ],
  ['live-chat-channel-sample-config.xml', []],
]);

describe('the published schemas of voice and live chat', function () {
  this.timeout(120_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  const promotion = aPromotion(source, target, folder);

  before(async function () {
    if (!existsSync(published)) this.skip();
    await promotion.export({ out: 'whole' });
    await promotion.import('run', { package: 'whole' });
  });

  for (const [name, known] of schemas) {
    it(`select by ${name} exactly the rows that its filters give`, async () => {
      const path = join(published, name);
      const exported = await promotion.export({ schema: path, out: name });
      assert.deepEqual(told(exported.findings.filter(({ severity }) => severity === 'error')), []);
      const rows = await rowsOf(join(folder.path, name));
      for (const table of readSchema(await readFile(path, 'utf8'), path).tables) {
        const entity = source.environment.metadata.entity(table.name);
        assert.ok(entity !== undefined, table.name);
        const query =
          table.filter === undefined ? '' : `?fetchXml=${encodeURIComponent(table.filter.trim())}`;
        const selected = await rowsIn(source, `${entity.entitySetName}${query}`);
        const [, own = []] = [...rows].find(([key]) => key.endsWith(` ${table.name}`)) ?? [];
        assert.deepEqual(
          own.map(({ id }) => id).sort(),
          [...new Set(selected.map((row) => String(row[table.idColumn])))].sort(),
          table.name,
        );
        assert.ok(own.length > 0, table.name);
      }
    });

    it(`say by ${name} what the generated schemas say, but for what is known`, async () => {
      await promotion.plan(`plan-${name}`, { package: name });
      const actions = await savedActions(join(folder.path, `plan-${name}`, 'plan.json'));
      const lines = actions.map(({ kind, row, name: label }) => `${kind} ${row.table} ${label}`);
      assert.deepEqual(
        lines.filter((line) => !known.some((pattern) => pattern.test(line))),
        [],
      );
    });
  }
});
