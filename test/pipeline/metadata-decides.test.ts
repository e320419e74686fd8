import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeMetadata } from '#emulator/seeds/remove-metadata.ts';
import { readSchema } from '#shared/cmt/schema.ts';
import { cell } from '#shared/model/row.ts';
import { exportStage } from '#shared/stages/export.ts';
import { generateSchemaStage } from '#shared/stages/generate-schema.ts';
import { withEmulator } from '#support/emulator.ts';
import { spoil } from '#support/spoiled-target.ts';
import { rowsOf, runWith, withFolder } from '#support/stage-runs.ts';

describe('the metadata of an environment decides what moves', function () {
  this.timeout(60_000);
  const source = withEmulator({ seed: 'contoso' });
  const folder = withFolder();
  const at = (name: string): string => join(folder.path, name);
  const queues = async (path: string): Promise<ReadonlySet<string>> => {
    const file = join(path, '03-queues', 'data_schema.xml');
    const { tables } = readSchema(await readFile(file, 'utf8'), file);
    return new Set(tables.find(({ name }) => name === 'queue')?.columns.keys());
  };

  before(async () => {
    // An older version has no such column; a customer has one of its own.
    removeMetadata(source.environment.metadata, {
      tables: [],
      columns: ['queue.msdyn_priority'],
      choices: [],
    });
    const { status, text } = await source.send(
      'POST',
      "EntityDefinitions(LogicalName='queue')/Attributes",
      {
        body: {
          '@odata.type': 'Microsoft.Dynamics.CRM.StringAttributeMetadata',
          SchemaName: 'contoso_Floor',
          MaxLength: 20,
          FormatName: { Value: 'Text' },
          RequiredLevel: { Value: 'None' },
          DisplayName: {
            '@odata.type': 'Microsoft.Dynamics.CRM.Label',
            LocalizedLabels: [
              {
                '@odata.type': 'Microsoft.Dynamics.CRM.LocalizedLabel',
                Label: 'Floor',
                LanguageCode: 1033,
              },
            ],
          },
        },
      },
    );
    assert.equal(status, 204, text);
    const queue = spoil(source).id('queue', 'Chat: Support');
    const patched = await source.send('PATCH', `queues(${queue})`, {
      body: { contoso_floor: 'Third' },
    });
    assert.equal(patched.status, 204, patched.text);
  });

  it('reports a column that is gone and leaves it out', async () => {
    const { result } = await runWith(generateSchemaStage, {
      source: source.url,
      out: at('schemas'),
    });
    const gone = result.findings.filter(({ code }) => code === 'URM1202');
    assert.deepEqual(
      gone.map(({ summary }) => summary),
      ['The environment has no column queue.msdyn_priority'],
    );
    assert.ok(!(await queues(at('schemas'))).has('msdyn_priority'));
    assert.equal(result.outcome, 'succeededWithIssues');
  });

  it('includes a column that a customer added, and shows it', async () => {
    const { result } = await runWith(generateSchemaStage, {
      source: source.url,
      out: at('schemas'),
    });
    const [added, ...more] = result.findings.filter(({ code }) => code === 'URM1222');
    assert.deepEqual(more, []);
    assert.equal(added?.detail, 'contoso_floor');
    assert.match(added.summary, /1 custom column of queue included/);
    assert.ok((await queues(at('schemas'))).has('contoso_floor'));
  });

  it('exports its values with it', async () => {
    await runWith(exportStage, { source: source.url, out: at('package'), format: 'folder' });
    const rows = (await rowsOf(at('package'))).get('03-queues queue') ?? [];
    const floors = rows.map((row) => cell(row, 'contoso_floor')).filter((floor) => floor != null);
    assert.deepEqual(floors, ['Third']);
    assert.ok(rows.every((row) => cell(row, 'msdyn_priority') === undefined));
  });
});
