import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { areas } from '#shared/routing/catalogue.ts';
import { neverExported } from '#shared/routing/never-exported.ts';
import { exportStage } from '#shared/stages/export.ts';
import { withEmulator } from '#support/emulator.ts';
import { rowsOf, runWith, told, withFolder } from '#support/stage-runs.ts';

/** A schema of tables with their id and name only. */
function schemaOf(tables: readonly (readonly [table: string, nameColumn: string])[]): string {
  const entities = tables.map(
    ([table, nameColumn]) =>
      `<entity name="${table}" displayname="${table}" etc="10000" primaryidfield="${table}id" primarynamefield="${nameColumn}" disableplugins="false"><fields><field displayname="Id" name="${table}id" type="guid" primaryKey="true" /><field displayname="Name" name="${nameColumn}" type="string" /></fields></entity>`,
  );
  return `<entities>${entities.join('')}</entities>`;
}

describe('what is never exported', () => {
  const source = withEmulator({ seed: 'contoso' });
  const folder = withFolder();
  const tables = neverExported.flatMap((each) => each.tables);

  it('is part of no area', () => {
    const moved = areas.flatMap((area) => area.steps.flatMap((step) => step.tables));
    assert.deepEqual(
      moved.filter(({ table }) => tables.includes(table)).map(({ table }) => table),
      [],
    );
  });

  it('stays where it is though a schema asks for it, and the reason is told', async () => {
    const path = join(folder.path, 'asked.xml');
    await writeFile(
      path,
      schemaOf([
        ['characteristic', 'name'],
        ['msdyn_ocphonenumber', 'msdyn_name'],
        ['msdyn_omnichannelconfiguration', 'msdyn_name'],
        ['msdyn_analytics', 'msdyn_name'],
      ]),
    );
    const { tables: there } = await source.state();
    assert.ok((there['msdyn_ocphonenumber'] ?? 0) > 0, 'the seed has phone numbers');
    const out = join(folder.path, 'package');
    const seen = (await source.requests()).length;
    const { result } = await runWith(exportStage, {
      source: source.url,
      schema: path,
      out,
      format: 'folder',
    });
    assert.deepEqual(told(result.findings), [
      `warning URM1243 ${path} msdyn_ocphonenumber`,
      `warning URM1243 ${path} msdyn_omnichannelconfiguration`,
      `warning URM1243 ${path} msdyn_analytics`,
    ]);
    const [numbers] = result.findings;
    assert.match(numbers?.detail ?? '', /acquired for one environment/);
    assert.deepEqual([...(await rowsOf(out)).keys()], ['package characteristic']);
    const asked = JSON.stringify((await source.requests()).slice(seen).map(({ path: at }) => at));
    assert.doesNotMatch(asked, /msdyn_ocphonenumbers|msdyn_omnichannelconfigurations/);
  });

  it('cannot be included by name, neither by input nor by configuration', async () => {
    const config = join(folder.path, 'unified-routing.yml');
    await writeFile(config, 'format: 1\ninclude: [phone-numbers]\n');
    const out = join(folder.path, 'never');
    for (const [inputs, words] of [
      [{ include: 'analytics' }, /'analytics' is never exported\. The page says/],
      [{ include: 'msdyn_ocphonemusic' }, /files of the environment/],
      [{ config }, /'phone-numbers' .* is never exported\. Numbers are acquired/],
    ] as const) {
      const { result } = await runWith(exportStage, { source: source.url, out, ...inputs });
      assert.equal(result.outcome, 'failed');
      assert.match(result.findings[0]?.summary ?? '', words);
    }
  });

  it('has a reason and a way for each', () => {
    for (const { what, reason, instead, tables: own } of neverExported) {
      assert.ok(own.length > 0, what);
      assert.ok(reason.endsWith('.') && instead.endsWith('.'), what);
    }
    assert.equal(new Set(tables).size, tables.length);
  });
});
