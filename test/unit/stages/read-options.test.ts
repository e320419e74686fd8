import assert from 'node:assert/strict';
import { inputName, optionName } from '#shared/stages/stage-options.ts';
import type { StageEntry } from '#shared/stages/stage-entry.ts';
import { stageTable } from '#shared/stages/stage-table.ts';
import { createTestHost } from '#support/test-host.ts';
import { loadStage } from '../../../cli/stage-loaders.ts';

const url = 'https://contoso.crm4.dynamics.com';
/** What only a host reads. */
const hostsOwn = ['artifactName'];

describe('what stages read', () => {
  for (const entry of stageTable as readonly StageEntry[])
    it(`is what the table says: ${entry.name}`, async () => {
      const stage = await loadStage(entry.name);
      const asked = new Set<string>();
      const roles = new Set<string>();
      // Some options are read only when another is absent.
      for (const inputs of [{}, { package: 'p', plan: 'p', resume: 'true' }]) {
        const host = createTestHost({ environment: url, source: url, target: url, ...inputs });
        stage.readOptions({
          ...host,
          input: (name) => {
            asked.add(name);
            return host.input(name);
          },
          connection: (role) => {
            roles.add(role);
            return host.connection(role);
          },
        });
      }
      const connections = entry.connections.map(({ role }) => role);
      const named = entry.options.map(({ flag }) => optionName(flag));
      asked.add('deadline');
      // Reports are written after every stage, by the code around it.
      if (entry.reports === 'in-output') asked.add('out');
      const read = [...asked].filter((name) => !connections.some((role) => role === name));
      assert.deepEqual(
        read.sort(),
        named.filter((name) => !hostsOwn.includes(name)).sort(),
        `${entry.name} reads other options than the table names`,
      );
      assert.deepEqual([...roles].sort(), [...connections].sort());
    });

  it('says of every required option that it is missing, and of no other', async () => {
    for (const entry of stageTable as readonly StageEntry[]) {
      const stage = await loadStage(entry.name);
      const errors = stage.readOptions(
        createTestHost({ environment: url, source: url, target: url }),
      );
      const missing = Array.isArray(errors) ? errors.map((error) => String(error.input)) : [];
      const required = entry.options
        // What has a folder of its own by default is filled in before the stage reads it.
        .filter((option) => option.required ?? option.newFolder)
        .map((option) => optionName(option.flag));
      assert.deepEqual(missing.sort(), required.sort(), entry.name);
      assert.ok(entry.options.every((option) => inputName(option) !== ''));
    }
  });
});
