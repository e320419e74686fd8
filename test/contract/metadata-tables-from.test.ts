import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadMetadata } from '#emulator/metadata/load-metadata.ts';
import { addTables, readTablesFrom } from '#emulator/metadata/tables-from.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';

/** Configuration Migration files that people published, kept beside the project where it is built. */
const folder = fileURLToPath(new URL('../../../shared/corpus/files/', import.meta.url));

/** Data without a schema says nothing of tables. */
function sources(): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const files = readdirSync(`${folder}${name}`);
    if (files.includes('data_schema.xml')) return [name];
    if (files.includes('data.xml')) return [];
    return files.filter((file) => /\.(xml|zip)$/i.test(file)).map((file) => `${name}/${file}`);
  });
}

describe('tables of published Configuration Migration files', function () {
  this.timeout(120_000);

  it('become tables of an environment, with all columns, lookups and links', async function () {
    const paths = sources();
    if (paths.length === 0) {
      this.skip();
    }
    for (const path of paths) {
      const tables = await readTablesFrom(
        `${folder}${path}`,
        nodeFiles,
        new AbortController().signal,
      );
      const metadata = loadMetadata({ typeCodeShift: 0 });
      addTables(metadata, tables);
      for (const table of tables) {
        const entity = metadata.entity(table.name);
        assert.ok(entity, `${path}: ${table.name}`);
        for (const column of table.columns.keys()) {
          assert.ok(entity.attributes.has(column), `${path}: ${table.name}.${column}`);
        }
        const links = metadata.manyToMany(table.name).map((each) => each.intersectEntity);
        for (const link of table.manyToMany) assert.ok(links.includes(link.name), link.name);
        const lookups = metadata.manyToOne(table.name);
        for (const lookup of lookups) {
          assert.ok(metadata.entity(lookup.referencedEntity), `${path}: ${lookup.schemaName}`);
        }
        const navigation = new Set(lookups.map((each) => each.referencingNavigation));
        assert.equal(navigation.size, lookups.length, `${path}: ${table.name}`);
      }
    }
  });
});
