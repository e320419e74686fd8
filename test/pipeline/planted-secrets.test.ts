import assert from 'node:assert/strict';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { applicationIds } from '#emulator/seeds/system-rows.ts';
import type { Attribute } from '#emulator/metadata/metadata.ts';
import type { RuleBook, WithheldReason } from '#shared/model/rules.ts';
import { ruleBook } from '#shared/routing/rule-book.ts';
import { exportBy } from '#shared/stages/export.ts';
import { stageTable } from '#shared/stages/stage-table.ts';
import { withEmulator, type TestEmulator } from '#support/emulator.ts';
import { openFront, type Front } from '#support/listening-front.ts';
import {
  agentNodes,
  isBuilt,
  runTask,
  type TaskEnd,
  type TestEndpoint,
} from '#support/run-task.ts';
import { runUrm } from '#support/run-urm.ts';
import { rowsIn } from '#support/routing-rows.ts';
import { filesBelow, formsOf, filledSecrets } from '#support/secret-forms.ts';
import { runWith, withFolder } from '#support/stage-runs.ts';
import { watchLeaks } from '#support/watch-leaks.ts';

const taskNames = stageTable.map(({ task }) => task).sort();

/** Characters that every encoding changes, so that each form is its own. */
const own = {
  clientSecret: 'cLient/Secret+5e1f~"planted"&<1>',
  token: 'tokEn.5e1f.pLanted-in-the-answer-of-the-login-host',
  variable: 'vaRiable/Secret=5e1f?planted',
  jobToken: 'jOb-access/Token+5e1f=',
  proxyPassword: 'pRoxy-password-5e1f',
  certificatePassword: 'cErtificate-password-5e1f',
  urlPassword: 'uRl-password-5e1f',
};

/** Every secret that is found in any form, by where. */
function findAll(secrets: readonly string[], places: readonly Buffer[]): readonly string[] {
  const all = Buffer.concat(places);
  return secrets.filter((secret) => formsOf(secret).some((form) => all.includes(form)));
}

describe('secrets that are planted everywhere', function () {
  this.timeout(300_000);
  const source = withEmulator({ seed: 'contoso' });
  const target = withEmulator({ seed: 'empty' });
  const folder = withFolder();
  let fronts: { readonly source: Front; readonly target: Front };
  let columns: readonly string[] = [];
  const streams: string[] = [];
  const at = (name: string): string => join(folder.path, 'work', name);

  before(async () => {
    fronts = {
      source: await openFront(source.url, own),
      target: await openFront(target.url, own),
    };
    columns = await filledSecrets(source);
    await mkdir(at('temporary'), { recursive: true });
    await writeFile(
      at('unified-routing.yml'),
      `format: 1
environments:
  test:
    url: ${fronts.target.url}
    writeSecrets: true
    values:
      - { table: msdyn_authenticationsettings, row: Customer portal sign-in, column: msdyn_authenticationclientsecret, value: "\${PORTAL_SIGN_IN}" }
`,
    );
  });

  after(async () => {
    await fronts.source.close();
    await fronts.target.close();
  });

  const environment = async (): Promise<Record<string, string>> => ({
    DATAVERSE_TENANT_ID: (await source.state()).tenantId,
    DATAVERSE_CLIENT_ID: applicationIds.releasePipeline,
    DATAVERSE_CLIENT_SECRET: own.clientSecret,
    PORTAL_SIGN_IN: own.variable,
    HTTPS_PROXY: `http://ann:${own.proxyPassword}@127.0.0.1:9`,
    TMPDIR: at('temporary'),
  });

  const urm = async (line: string, expected: number = 0): Promise<void> => {
    const words = line.split(' ');
    const args = words[0] === 'inspect' ? words : [...words, '--verbose'];
    const { status, out, err } = await runUrm(args, { cwd: at(''), env: await environment() });
    streams.push(out, err);
    assert.equal(status, expected, `${line}\n${out}${err}`);
  };

  it('are in columns of many tables', () => {
    assert.ok(columns.length >= 8, String(columns.length));
    assert.equal(new Set(columns).size, columns.length, 'each is its own');
  });

  it('are seen by nobody while all stages run', async () => {
    const seen = watchLeaks(at('temporary'));
    const from = fronts.source.url;
    const onto = `--environment ${fronts.target.url} --package package --config unified-routing.yml`;
    try {
      await urm(`validate --source ${from} --target ${fronts.target.url} --json validate.json`);
      await urm(`generate-schema --environment ${from} --out schemas --json schemas.json`);
      await urm(`export --environment ${from} --schema schemas --out package --json export.json`);
      await urm(`export --environment ${from} --out folder --format folder --json folder.json`);
      await urm(`plan ${onto} --out plan --json plan.json`);
      await urm(`import ${onto} --plan plan/plan.json --out run --json import.json`);
      await urm(`verify ${onto} --out verification --json verify.json`);
      await urm(`check-drift ${onto} --out drift --json drift.json`);
      await urm(
        `roll-back --environment ${fronts.target.url} --run run --out back --json back.json`,
      );
      const providers = `migrate-channel-providers --environment ${from}`;
      await urm(`${providers} --mode plan --out cif-plan --json cif-plan.json`);
      await urm(`${providers} --mode apply --out cif-run --json cif-run.json`);
      await urm(`${providers} --mode verify --out cif-verify --json cif-verify.json`);
      await urm(`inspect package --json inspect.json`);
    } finally {
      seen.stop();
    }
    for (const { signed } of Object.values(fronts))
      assert.ok(signed > 10, `token used ${signed} times`);
    const runs = seen.commandLines.filter((text) => text.includes('urm.js')).length;
    if (process.platform === 'linux') assert.ok(runs >= 10, `${runs} command lines seen`);
    const places = [...seen.files, ...seen.commandLines.map((line) => Buffer.from(line))];
    assert.deepEqual(findAll([...columns, ...Object.values(own)], places), []);
  });

  it('are masked where a service repeats them in its errors', async () => {
    const { clientSecret, token } = own;
    const encoded = [token, clientSecret].flatMap((secret) => [
      secret,
      Buffer.from(secret).toString('base64'),
      encodeURIComponent(secret),
    ]);
    for (const type of ['json', 'html'] as const) {
      fronts.source.refuse(`Not for ${encoded.join(' or ')}.`, type);
      await urm(
        `export --environment ${fronts.source.url} --out no-${type} --json no-${type}.json`,
        1,
      );
    }
    fronts.source.refuse(undefined);
    const said = streams.slice(-4).join('');
    assert.match(said, /Not for \*\*\* or /, 'the rest of the text is there');
  });

  it('are in no address that is shown', async () => {
    const url = new URL(fronts.source.url);
    url.username = 'ann';
    url.password = own.urlPassword;
    await urm(`export --environment ${url.href} --out with-user --json with-user.json`, 2);
    await urm(`export --environment ${fronts.source.url}/?key=${own.urlPassword} --out with-key`);
    await urm(`export --environment ${url.href.replace('http:', 'ftp:')} --out none`, 2);
  });

  describe('in service connections and variables of built tasks', () => {
    let connections: Readonly<Record<string, TestEndpoint>> = {};

    before(async function () {
      if (!taskNames.every((task) => isBuilt(task))) this.skip();
      const connect = async (front: Front, from: TestEmulator): Promise<TestEndpoint> => ({
        url: front.url,
        scheme: 'None',
        parameters: {
          tenantId: (await from.state()).tenantId,
          applicationId: applicationIds.releasePipeline,
          clientSecret: own.clientSecret,
        },
      });
      connections = {
        dev: await connect(fronts.source, source),
        test: await connect(fronts.target, target),
        SYSTEMVSSCONNECTION: {
          url: 'https://dev.azure.com/contoso',
          scheme: 'OAuth',
          parameters: { AccessToken: own.jobToken },
        },
      };
      await source.reset();
      await target.reset();
      await mkdir(at('temporary/agent'));
    });

    /** Runs a task as the agent does, in a folder of its own, and keeps what the agent would show. */
    const run = async (
      task: string,
      inputs: Readonly<Record<string, string>>,
      node: string = process.execPath,
    ): Promise<TaskEnd> => {
      const home = await mkdtemp(at('task-'));
      const end = await runTask({
        task,
        node,
        inputs: { ...inputs, artifactName: 'files' },
        endpoints: connections,
        variables: {
          // As the agent hands over a variable that is a secret.
          SECRET_PORTAL_SIGN_IN: own.variable,
          AGENT_PROXYURL: 'http://127.0.0.1:9',
          AGENT_PROXYUSERNAME: 'ann',
          AGENT_PROXYPASSWORD: own.proxyPassword,
          AGENT_CLIENTCERT: at('client.pem'),
          SECRET_AGENT_CLIENTCERTPASSWORD: own.certificatePassword,
          AGENT_TEMPDIRECTORY: at('temporary/agent'),
          SYSTEM_DEBUG: 'true',
          TMPDIR: at('temporary'),
        },
        folder: home,
      });
      // The agent is told what to mask: those commands name the secret, and the agent shows none of them.
      const shown = end.text.replaceAll(/^##vso\[task\.setsecret\].*$/gm, '');
      streams.push(shown, JSON.stringify(end.outputs));
      assert.equal(end.exitCode, 0, shown);
      assert.match(end.result ?? '', /^Succeeded/, shown);
      return end;
    };

    it('are shown by none of them and left nowhere', async () => {
      const seen = watchLeaks(at('temporary'));
      const before = Object.values(fronts).map(({ signed }) => signed);
      const onto = {
        serviceConnection: 'test',
        packagePath: at('of-tasks/package'),
        configPath: at('unified-routing.yml'),
      };
      const out = (name: string): Readonly<Record<string, string>> => ({
        outputPath: at(`of-tasks/${name}`),
      });
      try {
        const both = { sourceServiceConnection: 'dev', serviceConnection: 'test' };
        await run('UnifiedRoutingValidate', { ...both, ...out('validation') });
        const from = { serviceConnection: 'dev' };
        await run('UnifiedRoutingGenerateSchema', { ...from, ...out('schemas') });
        const schemaPath = at('of-tasks/schemas');
        await run('UnifiedRoutingExport', { ...from, schemaPath, ...out('package') });
        const planned = await run('UnifiedRoutingPlan', { ...onto, ...out('plan') });
        const planHash = planned.outputs['planHash'] ?? assert.fail(planned.text);
        const planPath = at('of-tasks/plan/plan.json');
        await run('UnifiedRoutingImport', { ...onto, planPath, planHash, ...out('run') });
        assert.equal(
          await portalSecret(target),
          own.variable,
          'the secret has come where it belongs',
        );
        await run('UnifiedRoutingVerify', { ...onto, ...out('verification') });
        await run('UnifiedRoutingCheckDrift', { ...onto, ...out('drift') });
        const runPath = at('of-tasks/run');
        await run('UnifiedRoutingRollBack', { serviceConnection: 'test', runPath, ...out('back') });
        await run('ChannelProviderMigrate', { ...from, mode: 'apply', ...out('providers') });
      } finally {
        seen.stop();
      }
      const used = Object.values(fronts).map(({ signed }, which) => signed - (before[which] ?? 0));
      assert.ok(Math.min(...used) > 10, `tokens used ${used.join(' and ')} times`);
      const bundles = taskNames.filter((task) =>
        seen.commandLines.some((line) => line.includes(`/${task}/`)),
      );
      if (process.platform === 'linux') assert.deepEqual(bundles, taskNames);
      const places = [...seen.files, ...seen.commandLines.map((line) => Buffer.from(line))];
      assert.deepEqual(findAll([...columns, ...Object.values(own)], places), []);
    });

    for (const { title, path } of agentNodes.slice(1))
      it(`are not shown on ${title} either`, async () => {
        const inputs = { serviceConnection: 'dev', outputPath: at('of-tasks/package-24') };
        await run('UnifiedRoutingExport', inputs, path);
      });

    it('are masked where a service repeats them to a task', async () => {
      fronts.source.refuse(`Not for ${own.token} or ${own.clientSecret}.`);
      const end = await runTask({
        task: 'UnifiedRoutingExport',
        node: process.execPath,
        inputs: { serviceConnection: 'dev', outputPath: at('of-tasks/none') },
        endpoints: connections,
        variables: { AGENT_TEMPDIRECTORY: at('temporary/agent'), TMPDIR: at('temporary') },
        folder: at('temporary/agent'),
      });
      fronts.source.refuse(undefined);
      const shown = end.text.replaceAll(/^##vso\[task\.setsecret\].*$/gm, '');
      streams.push(shown);
      assert.equal(end.result, 'Failed', shown);
      assert.match(shown, /Not for \*\*\* or \*\*\*/, shown);
    });
  });

  // After all others: whatever a suite ran before its inner ones would not have been searched.
  describe('when all is done', () => {
    it('are in no file and no stream of all of this', async () => {
      const files = await filesBelow(at(''));
      assert.ok(files.length > 60, String(files.length));
      assert.ok(streams.length > 30, String(streams.length));
      const places = [...files, Buffer.from(streams.join('\n'))];
      assert.deepEqual(findAll([...columns, ...Object.values(own)], places), []);
    });
  });

  describe('with a rule removed', () => {
    const removed = { table: 'msdyn_liveworkstream', column: 'msdyn_apikey' };

    it('are found by the same search', async () => {
      const column = `${removed.table}.${removed.column}`;
      await plant(source, removed, 'aPi-key-5e1f-of-the-workstream');
      const withRule = await exported('with-rule', ruleBook);
      assert.deepEqual(findAll(['aPi-key-5e1f-of-the-workstream'], withRule), [], column);
      const without = await exported('without-rule', bookWithout(removed));
      assert.deepEqual(
        findAll([...columns, 'aPi-key-5e1f-of-the-workstream'], without),
        ['aPi-key-5e1f-of-the-workstream'],
        column,
      );
    });

    it('are still withheld where the environment protects the column', async () => {
      const attributes = source.environment.metadata.entity(removed.table)?.attributes as Map<
        string,
        Attribute
      >;
      const attribute = attributes.get(removed.column);
      assert.ok(attribute !== undefined);
      attributes.set(removed.column, { ...attribute, secured: true });
      const protectedOnly = await exported('protected', bookWithout(removed));
      assert.deepEqual(findAll(['aPi-key-5e1f-of-the-workstream'], protectedOnly), []);
    });

    const exported = async (name: string, book: RuleBook): Promise<readonly Buffer[]> => {
      const out = join(folder.path, name);
      const { result } = await runWith(exportBy(book), { source: source.url, out });
      assert.notEqual(result.outcome, 'failed');
      return [...(await filesBelow(out)), Buffer.from(JSON.stringify(result))];
    };
  });
});

/** What the secret of the portal's sign-in is in an environment. */
async function portalSecret(emulator: TestEmulator): Promise<unknown> {
  const rows = await rowsIn(
    emulator,
    "msdyn_authenticationsettingses?$filter=msdyn_name eq 'Customer portal sign-in'",
  );
  return rows[0]?.['msdyn_authenticationclientsecret'];
}

interface Column {
  readonly table: string;
  readonly column: string;
}

/** The catalogue's rules but one. */
function bookWithout({ table, column }: Column): RuleBook {
  return {
    of: (name) => {
      const rules = ruleBook.of(name);
      if (name !== table) return rules;
      const withheld = new Map<string, WithheldReason>(rules.withheld);
      assert.ok(withheld.delete(column));
      return { ...rules, withheld };
    },
  };
}

/** Gives every row of a table a value in a column. */
async function plant(
  emulator: TestEmulator,
  { table, column }: Column,
  value: string,
): Promise<void> {
  const set = emulator.environment.metadata.entity(table)?.entitySetName ?? '';
  const { body } = await emulator.send('GET', `${set}?$select=${table}id`);
  for (const row of body.value) {
    const answer = await emulator.send('PATCH', `${set}(${String(row[`${table}id`])})`, {
      body: { [column]: value },
    });
    assert.equal(answer.status, 204, answer.text);
  }
}
