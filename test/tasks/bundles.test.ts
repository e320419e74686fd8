import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultSecret } from '#emulator/emulator.ts';
import { openEmulator, withEmulator } from '#support/emulator.ts';
import {
  agentNodes,
  isBuilt,
  runTask,
  type TaskEnd,
  type TestEndpoint,
} from '#support/run-task.ts';
import { secretEndpoint } from '#support/secret-endpoint.ts';

for (const node of agentNodes)
  describe(`the built tasks on ${node.title}`, function () {
    this.timeout(60_000);
    const source = withEmulator({ seed: 'contoso' });
    const target = withEmulator({ seed: 'empty' });
    let folder = '';

    before(async function () {
      if (!existsSync(node.path)) this.skip();
      if (!isBuilt('UnifiedRoutingExport')) assert.fail('build first: npm run build');
      folder = await mkdtemp(join(tmpdir(), 'tasks-'));
      await mkdir(join(folder, 's'));
    });
    after(async () => {
      if (folder !== '') await rm(folder, { recursive: true, force: true });
    });

    const run = async (
      task: string,
      inputs: Readonly<Record<string, string>>,
      more: {
        readonly endpoints?: Readonly<Record<string, TestEndpoint>>;
        readonly variables?: Readonly<Record<string, string>>;
      } = {},
    ): Promise<TaskEnd> => {
      const endpoints = more.endpoints ?? {
        dev: await secretEndpoint(source),
        test: await secretEndpoint(target),
      };
      const variables = more.variables ?? {};
      return runTask({ task, node: node.path, inputs, endpoints, variables, folder });
    };
    const at = (name: string): string => join(folder, name);

    it('validate, generate, export, plan, import, verify, and plan nothing again', async () => {
      const validated = await run('UnifiedRoutingValidate', {
        sourceServiceConnection: 'dev',
        serviceConnection: 'test',
      });
      succeeded(validated);

      const generated = await run('UnifiedRoutingGenerateSchema', {
        serviceConnection: 'dev',
        outputPath: at('schemas'),
      });
      succeeded(generated);
      assert.ok(existsSync(at('schemas/01-skills/data_schema.xml')));

      const exported = await run('UnifiedRoutingExport', {
        serviceConnection: 'dev',
        outputPath: at('package'),
        format: 'zip',
        artifactName: 'routing-package',
      });
      succeeded(exported);
      assert.ok(existsSync(at('package/migration.json')));
      assert.deepEqual(
        exported.commands.find(({ name }) => name === 'artifact.upload'),
        {
          name: 'artifact.upload',
          properties: { containerfolder: 'routing-package-1', artifactname: 'routing-package-1' },
          message: at('package'),
        },
      );

      const inputs = { serviceConnection: 'test', packagePath: at('package') };
      const planned = await run('UnifiedRoutingPlan', { ...inputs, outputPath: at('plan') });
      succeeded(planned);
      assert.equal(planned.outputs['hasChanges'], 'true');
      assert.match(planned.outputs['planHash'] ?? '', /^[0-9a-f]{64}$/);
      assert.equal(planned.outputs['reportPath'], at('plan/report.html'));
      assert.ok(planned.commands.some(({ name }) => name === 'task.uploadsummary'));

      const imported = await run('UnifiedRoutingImport', {
        ...inputs,
        planPath: at('plan/plan.json'),
        planHash: planned.outputs['planHash'] ?? '',
        outputPath: at('run'),
      });
      succeeded(imported);
      assert.equal(imported.outputs['reportPath'], at('run/report.html'));
      assert.ok(existsSync(imported.outputs['runPath'] ?? ''));

      const verified = await run('UnifiedRoutingVerify', {
        ...inputs,
        outputPath: at('verification'),
      });
      succeeded(verified);
      const published = verified.commands.find(({ name }) => name === 'results.publish');
      assert.equal(published?.properties['type'], 'JUnit');
      assert.match(readFileSync(published?.properties['resultFiles'] ?? '', 'utf8'), /<testcase/);

      const again = await run('UnifiedRoutingPlan', { ...inputs, outputPath: at('again') });
      succeeded(again);
      assert.equal(again.outputs['hasChanges'], 'false');
    });

    it('never show the client secret, but tell the agent to mask it in every form', async () => {
      const end = await run(
        'UnifiedRoutingExport',
        { serviceConnection: 'dev', outputPath: at('secret'), format: 'folder' },
        { variables: { SYSTEM_DEBUG: 'true' } },
      );
      succeeded(end);
      const masked = end.commands.filter(({ name }) => name === 'task.setsecret');
      const forms = masked.map(({ message }) => message);
      assert.ok(forms.includes(defaultSecret));
      assert.ok(forms.includes(Buffer.from(defaultSecret).toString('base64')));
      const rest = end.text
        .split('\n')
        .filter((line) => !line.includes('task.setsecret'))
        .join('\n');
      assert.equal(rest.includes(defaultSecret), false);
      assert.equal(rest.includes(Buffer.from(defaultSecret).toString('base64')), false);
    });

    it('read a connection that the agent gives part by part, without repeating its secret', async () => {
      const { url, parameters } = await secretEndpoint(source);
      const end = await run(
        'UnifiedRoutingGenerateSchema',
        { serviceConnection: 'dev', outputPath: at('part-by-part') },
        {
          endpoints: {},
          variables: {
            ENDPOINT_URL_dev: url,
            ENDPOINT_AUTH_SCHEME_dev: 'None',
            ENDPOINT_AUTH_PARAMETER_dev_TENANTID: parameters['tenantId'] ?? '',
            ENDPOINT_AUTH_PARAMETER_dev_APPLICATIONID: parameters['applicationId'] ?? '',
            ENDPOINT_AUTH_PARAMETER_dev_CLIENTSECRET: defaultSecret,
          },
        },
      );
      succeeded(end);
      const told = end.text.replaceAll(/##vso\[task\.setsecret\].*/g, '');
      assert.equal(told.includes(defaultSecret), false);
    });

    it('fail in one issue with a code when the secret is refused', async () => {
      const dev = await secretEndpoint(source);
      const wrong = { ...dev, parameters: { ...dev.parameters, clientSecret: 'wrong-secret' } };
      const end = await run(
        'UnifiedRoutingExport',
        { serviceConnection: 'dev', outputPath: at('refused') },
        { endpoints: { dev: wrong } },
      );
      assert.equal(end.result, 'Failed');
      assert.equal(end.issues.length, 1);
      assert.match(end.issues[0]?.properties['code'] ?? '', /^URM1\d{3}$/);
      assert.equal(
        end.text.replaceAll(/##vso\[task\.setsecret\].*/g, '').includes('wrong-secret'),
        false,
      );
      assert.equal(existsSync(at('refused')), false);
    });

    it('sign in with a federated token that the pipeline gives', async () => {
      const claims = { aud: 'api://AzureADTokenExchange', sub: 'sc://contoso/routing/dev' };
      const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
      const oidcToken = `eyJhbGciOiJub25lIn0.${payload}.signature`;
      const pipeline = createServer((_, response) => {
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ oidcToken }));
      });
      await new Promise<void>((resolve) => pipeline.listen(0, '127.0.0.1', resolve));
      const { port } = pipeline.address() as AddressInfo;
      try {
        const dev = await secretEndpoint(source);
        const end = await run(
          'UnifiedRoutingGenerateSchema',
          { serviceConnection: 'dev', outputPath: at('federated') },
          {
            endpoints: {
              dev: {
                url: source.url,
                scheme: 'WorkloadIdentityFederation',
                parameters: {
                  tenantid: dev.parameters['tenantId'] ?? '',
                  serviceprincipalid: dev.parameters['applicationId'] ?? '',
                },
              },
              SYSTEMVSSCONNECTION: {
                url: 'https://dev.azure.com/contoso',
                scheme: 'OAuth',
                parameters: { AccessToken: 'job-access-token' },
              },
            },
            variables: { SYSTEM_OIDCREQUESTURI: `http://127.0.0.1:${port}/oidc` },
          },
        );
        succeeded(end);
        const told = end.text.replaceAll(/##vso\[task\.setsecret\].*/g, '');
        assert.equal(told.includes('job-access-token') || told.includes(oidcToken), false);
      } finally {
        pipeline.closeAllConnections();
        pipeline.close();
      }
    });

    it('report every wrong input together, by the name of the task input', async () => {
      const end = await run('UnifiedRoutingPlan', { environmentUrl: 'nonsense' });
      assert.equal(end.result, 'Failed');
      const text = end.issues.map(({ message }) => message).join('\n');
      for (const name of ['serviceConnection', 'packagePath'])
        assert.ok(text.includes(name), `${name} is not in: ${text}`);
      assert.ok(end.issues.every(({ properties }) => properties['code'] === 'URM1001'));
    });

    it('prefer the input over the variable over the URL of the connection', async () => {
      const connection = await secretEndpoint(source);
      const elsewhere = { ...connection, url: 'http://127.0.0.1:1' };
      const inputs = { serviceConnection: 'dev', outputPath: at('from-variable') };
      const byVariable = await run('UnifiedRoutingGenerateSchema', inputs, {
        endpoints: { dev: elsewhere },
        variables: { BUILDTOOLS_ENVIRONMENTURL: source.url },
      });
      succeeded(byVariable);
      const byInput = await run(
        'UnifiedRoutingGenerateSchema',
        { ...inputs, outputPath: at('from-input'), environmentUrl: source.url },
        {
          endpoints: { dev: elsewhere },
          variables: { BUILDTOOLS_ENVIRONMENTURL: 'http://127.0.0.1:1' },
        },
      );
      succeeded(byInput);
    });

    it('take an optional path that the agent filled with its working directory as empty', async () => {
      const end = await run('UnifiedRoutingExport', {
        serviceConnection: 'dev',
        outputPath: at('no-schema'),
        schemaPath: join(folder, 's'),
      });
      succeeded(end);
    });

    it('say in a classic release that artifacts cannot be published', async () => {
      const end = await run(
        'UnifiedRoutingGenerateSchema',
        { serviceConnection: 'dev', outputPath: at('classic'), artifactName: 'schemas' },
        { variables: { SYSTEM_HOSTTYPE: 'release' } },
      );
      succeeded(end);
      assert.match(end.text, /classic release cannot publish artifacts/);
      assert.equal(
        end.commands.some(({ name }) => name === 'artifact.upload'),
        false,
      );
    });

    it('stop when the job is cancelled, and leave nothing half-written', async () => {
      const slow = await openEmulator({ seed: 'contoso', latencyMs: 300 });
      try {
        const end = await runTask({
          task: 'UnifiedRoutingExport',
          node: node.path,
          inputs: { serviceConnection: 'dev', outputPath: at('cancelled') },
          endpoints: { dev: await secretEndpoint(slow) },
          folder,
          cancelWhen: /outputPath=/,
        });
        assert.equal(end.result, 'Cancelled', end.text);
        assert.equal(end.issues[0]?.properties['code'], 'URM1002');
        assert.deepEqual(
          readdirSync(folder).filter((name) => name.startsWith('cancelled')),
          [],
        );
      } finally {
        await slow.close();
      }
    });

    it('say what is wrong with a package that is none', async () => {
      await writeFile(at('broken.zip'), 'this is no zip');
      const end = await run('UnifiedRoutingPlan', {
        serviceConnection: 'test',
        packagePath: at('broken.zip'),
        outputPath: at('broken-plan'),
      });
      assert.equal(end.result, 'Failed');
      assert.equal(end.issues.length, 1);
      assert.match(end.issues[0]?.message ?? '', /broken\.zip/);
      assert.equal(existsSync(at('broken-plan')), false);
    });
  });

function succeeded(end: TaskEnd): void {
  assert.match(end.result ?? end.text, /^Succeeded(WithIssues)?$/, end.text);
  assert.equal(end.exitCode, 0);
}
