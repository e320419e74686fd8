import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openEmulator, type TestEmulator } from '#support/emulator.ts';

/** The filters that the documentation prints, kept beside the project where it is built. */
const folder = fileURLToPath(
  new URL('../../../shared/reference/sample-schemas/fetchxml/', import.meta.url),
);

/** Wrong as printed: placeholders, blanks in names, swapped ends of links, a condition without a value. */
const broken = new Set([
  'channels-custommessagingaccount.xml',
  'channels-gbm-partneraccount.xml',
  'channels-localization.xml',
  'channels-quickreply-1-all.xml',
  'channels-tag-1-all.xml',
  'channels-workstream-1-all.xml',
  'records-queue-assignmentconfigurationstep-without-selection-3-multiple.malformed.xml',
  'sms-channelsetting-by-workstream.xml',
  'voice-contextvariable-3-multiple.xml',
  'voice-localization.xml',
]);

/** Channels the seed does not have, and one filter whose misspelt join type selects nothing. */
const empty = new Set([
  'channels-custom-messagingchannel.xml',
  'channels-facebook-application.xml',
  'channels-facebook-page.xml',
  'channels-gbm-agentaccount.xml',
  'channels-line-account.xml',
  'channels-teams-account.xml',
  'records-intake-decisioncontract-1-all.xml',
]);

/** Filters of the areas that must leave rows out as well as select some. */
const both = /^records-(capacityprofile|queue)|capacity-profiles__|record-queues-step-/;

describe('the documented filters on the seed of a whole contact centre', function () {
  this.timeout(60_000);
  let emulator: TestEmulator;
  const sets = new Map<string, string>();
  const files = existsSync(folder)
    ? [folder, `${folder}embedded-in-schemas/`].flatMap((path) =>
        readdirSync(path)
          .filter((name) => name.endsWith('.xml'))
          .map((name) => ({ name, path: path + name })),
      )
    : [];

  before(async function () {
    if (files.length === 0) this.skip();
    emulator = await openEmulator({ seed: 'contoso' });
    const { body } = await emulator.send(
      'GET',
      'EntityDefinitions?$select=LogicalName,EntitySetName',
    );
    for (const each of body.value) sets.set(each.LogicalName, each.EntitySetName);
  });
  after(async () => {
    if (files.length > 0) await emulator.close();
  });

  async function select(path: string): Promise<{ status: number; rows: number; all: number }> {
    const fetchXml = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
    const table = /<entity name="\s*([^"]+)"/.exec(fetchXml)?.[1] ?? '';
    const set = sets.get(table) ?? '';
    const answer = await emulator.send('GET', `${set}?fetchXml=${encodeURIComponent(fetchXml)}`);
    const { tables } = await emulator.state();
    return {
      status: answer.status,
      rows: answer.body.value?.length ?? 0,
      all: tables[table] ?? 0,
    };
  }

  it('select rows, each of them', async () => {
    for (const { name, path } of files) {
      if (broken.has(name)) continue;
      const { status, rows } = await select(path);
      assert.equal(status, 200, name);
      if (empty.has(name)) assert.equal(rows, 0, name);
      else assert.ok(rows > 0, name);
    }
  });

  it('leave rows out, those of capacity profiles and queues', async () => {
    for (const { name, path } of files) {
      if (broken.has(name) || !both.test(name)) continue;
      const { rows, all } = await select(path);
      assert.ok(rows < all, name);
    }
  });

  it('are refused where they are wrong as printed', async () => {
    for (const { name, path } of files) {
      if (!broken.has(name)) continue;
      const { status } = await select(path);
      assert.equal(status, 400, name);
    }
  });
});
