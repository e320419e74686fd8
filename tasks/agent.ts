// Before the library: see there.
import { agentSecrets } from './agent-secrets.ts';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { Writable } from 'node:stream';
import * as tl from 'azure-pipelines-task-lib/task.js';
import { InputError } from '#shared/errors/migration-error.ts';
import { parseEnvironmentUrl } from '#shared/host/environment-url.ts';
import type { Connection, ConnectionRole, Host } from '#shared/host/host.ts';
import { openTransport } from '#shared/dataverse/transport.ts';
import { neutralize } from '#shared/host/neutralize.ts';
import { endSoon, onStopSignals } from '#shared/host/stop-signals.ts';
import { nodeFiles, randomIds, systemClock } from '#shared/host/node-ports.ts';
import { createSecretMask } from '#shared/host/secret-mask.ts';
import { countsText } from '#shared/report/count-rows.ts';
import { exitStatus, runStage, type StageEnd } from '#shared/stages/run-stage.ts';
import {
  connectionInput,
  connectionTypeInput,
  connectionTypes,
  type ConnectionType,
} from '#shared/stages/connection-types.ts';
import { attachmentName, attachmentType } from '#shared/stages/attachment.ts';
import { inputName, optionName } from '#shared/stages/stage-options.ts';
import type { StageConnection, StageEntry } from '#shared/stages/stage-entry.ts';
import type { Stage } from '#shared/stages/stage.ts';
import { createAgentLog, logFindings, logPlan, type AgentLog } from './agent-log.ts';
import { requestIdToken } from './federated-token.ts';
import { credentialOf, secretParameters, type ServiceConnection } from './service-connection.ts';

/** The host of the Azure Pipelines agent, and what the task still owes it at the end. */
interface AgentHost extends Host, AgentLog {
  /** Publishes the output folder where the platform can. */
  publishArtifact(end: StageEnd): void;
  clean(text: string): string;
}

/** Runs a stage as a task: the one place where its end becomes a task result. */
export async function runTask<Options>(entry: StageEntry, stage: Stage<Options>): Promise<void> {
  const cancel = new AbortController();
  const host = createAgentHost(entry);
  let isThrough = false;
  const unlisten = onStopSignals({
    stop: () => cancel.abort(new Error('The agent cancelled the task.')),
    overdue: () => {
      if (isThrough) process.exit();
      const text = `${entry.title} was stopped at once, because something did not end in time. Run it again.`;
      tl.command('task.complete', { result: 'Cancelled' }, text);
      process.exit(1);
    },
  });
  const ports = { host, clock: systemClock, files: nodeFiles, ids: randomIds };
  const end = await runStage(entry, stage, ports, cancel.signal);
  logPlan(host, end);
  logFindings(host, end.result.findings, (place) => inputOf(entry, place));
  for (const { name } of entry.outputs) {
    const value = end.result.outputs[name];
    if (value !== undefined) host.output(name, String(value));
  }
  host.publishArtifact(end);
  unlisten();
  host.finish(end.usage ? undefined : entry.title);
  const text = `${entry.title}: ${countsText(end.result.counts)}`;
  // Not setResult: on failure it would log the first finding a second time.
  tl.command('task.complete', { result: taskOutcome(end) }, host.clean(firstError(end) ?? text));
  isThrough = true;
  endSoon();
}

/** The words of `task.complete`. */
type TaskOutcome = 'Succeeded' | 'SucceededWithIssues' | 'Failed' | 'Cancelled';

function taskOutcome(end: StageEnd): TaskOutcome {
  if (end.cancelled) return 'Cancelled';
  if (exitStatus(end, { detailed: false }) !== 0) return 'Failed';
  return end.result.outcome === 'succeededWithIssues' ? 'SucceededWithIssues' : 'Succeeded';
}

function firstError({ result }: StageEnd): string | undefined {
  const errors = result.findings.filter((finding) => finding.severity === 'error');
  const first = errors[0];
  if (first === undefined) return undefined;
  const more = errors.length === 1 ? '' : ` (and ${errors.length - 1} more errors)`;
  return `${first.code} ${first.where}: ${first.summary}${more}`;
}

function createAgentHost(entry: StageEntry): AgentHost {
  const mask = createSecretMask();
  const clean = (text: string): string => neutralize(mask.apply(text));
  const maskSecret = (value: string): void => {
    // The agent refuses secrets of several lines; each line is a form of its own.
    for (const form of mask.add(value)) if (!/[\r\n]/.test(form)) tl.setSecret(form);
  };
  const log = createAgentLog(
    {
      print: (line) => console.log(line),
      debug: (text) => tl.debug(text),
      progress: (percent, label) => tl.setProgress(percent, label),
      issue: (severity, text, code) =>
        tl.logIssue(
          severity === 'error' ? tl.IssueType.Error : tl.IssueType.Warning,
          text,
          undefined,
          undefined,
          undefined,
          code,
        ),
    },
    clean,
  );
  for (const secret of agentSecrets.values()) maskSecret(secret);
  return {
    ...log,
    clean,
    maskSecret,
    input: (name) => {
      const connection = entry.connections.find(({ role }) => role === name);
      if (connection !== undefined) return urlOf(connection)?.url;
      const option = entry.options.find(({ flag }) => optionName(flag) === name);
      if (option === undefined) return undefined;
      return option.kind === 'path' ? pathInput(inputName(option)) : textInput(inputName(option));
    },
    variable: variableOf,
    connection: (role) => connect(entry, role, maskSecret),
    output: (name, value) => tl.setVariable(name, clean(value), false, true),
    publish: (kind, path) => {
      if (kind === 'summary') tl.uploadSummary(path);
      else if (kind === 'tests')
        tl.command(
          'results.publish',
          { type: 'JUnit', mergeResults: 'false', runTitle: entry.title, resultFiles: path },
          '',
        );
      else if (kind === 'page')
        tl.addAttachment(
          attachmentType,
          attachmentName({
            stage: entry.name,
            pipelineStage: tl.getVariable('System.StageName') ?? '',
            job: tl.getVariable('System.JobId') ?? '',
            attempt: tl.getVariable('System.StageAttempt') ?? '1',
            step: tl.getVariable('System.TaskInstanceId') ?? '',
          }),
          path,
        );
      else if (kind === 'artifact') {
        // What a roll-back needs is on its way before anything is written: the agent may be lost.
        const name = textInput('artifactName');
        if (name !== undefined && tl.getVariable('System.HostType') !== 'release') {
          const full = `${name}-before-${tl.getVariable('System.StageAttempt') ?? '1'}`;
          tl.uploadArtifact(full, path, full);
        }
      } else log.log('info', `written: ${path}`);
      return Promise.resolve();
    },
    publishArtifact: ({ result: { outputs } }) => {
      const name = textInput('artifactName');
      const path = pathInput('outputPath') ?? folderOf(outputs['runPath'] ?? outputs['planPath']);
      if (name === undefined || path === undefined || !existsSync(path)) return;
      if (tl.getVariable('System.HostType') === 'release')
        log.log('info', `A classic release cannot publish artifacts: the files are in ${path}.`);
      else {
        const full = `${name}-${tl.getVariable('System.StageAttempt') ?? '1'}`;
        tl.uploadArtifact(full, path, full);
      }
    },
  };
}

function connect(
  entry: StageEntry,
  role: ConnectionRole,
  maskSecret: (value: string) => void,
): Connection {
  const connection = connectionFor(entry, role);
  if (connection === undefined)
    throw new InputError(role, `this task has no ${role} environment`, 'Use another task.');
  const chosen = chosenService(connection);
  if (chosen === undefined)
    throw new InputError(
      connection.serviceConnection,
      `'${connection.serviceConnection}' is required`,
      `Choose a service connection: ${connectionTypes.map((type) => `${connectionInput(connection, type)} (${type.label})`).join(', ')}.`,
    );
  const service = maskedService(chosen.id, maskSecret);
  const given = urlOf(connection);
  if (given === undefined)
    throw new InputError(
      connection.environmentUrl,
      `neither '${connection.environmentUrl}' nor the service connection says the environment's URL`,
      chosen.type.holdsUrl
        ? 'Give one of them.'
        : `A service connection of type ${chosen.type.label} holds none: give '${connection.environmentUrl}'.`,
    );
  return {
    url: parseEnvironmentUrl(given.url, given.from),
    credential: credentialOf(service, chosen.input, textInput('managedIdentityClientId')),
    others: additionalServices(connection).map(({ id, input }) =>
      credentialOf(maskedService(id, maskSecret), input, undefined),
    ),
  };
}

/** A service connection none of whose secrets is ever shown. */
function maskedService(id: string, maskSecret: (value: string) => void): ServiceConnection {
  const service = serviceConnection(id, maskSecret);
  for (const name of secretParameters) {
    const secret = service.parameter(name);
    if (secret !== undefined && secret !== '') maskSecret(secret);
  }
  return service;
}

/** Whose principals write beside the first: several may be chosen in one input, of each kind. */
function additionalServices({
  additional,
}: StageConnection): readonly Omit<ChosenService, 'type'>[] {
  if (additional === undefined) return [];
  return connectionTypes.flatMap((type) => {
    const input = connectionInput({ serviceConnection: additional }, type);
    return listInput(input).map((id) => ({ input, id }));
  });
}

function listInput(name: string): readonly string[] {
  return (textInput(name) ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

/** A service connection that was chosen, and the input that says so. */
interface ChosenService {
  readonly input: string;
  readonly id: string;
  readonly type: ConnectionType;
}

/**
 * The form fills one of a connection's inputs; a YAML pipeline may leave out which. Of several the
 * chosen kind decides.
 */
function chosenService(connection: StageConnection): ChosenService | undefined {
  const given = connectionTypes.flatMap((type): ChosenService[] => {
    const input = connectionInput(connection, type);
    const id = textInput(input);
    return id === undefined ? [] : [{ input, id, type }];
  });
  const asked = textInput(connectionTypeInput);
  const chosen = given.find(({ type }) => type.value === asked);
  if (chosen !== undefined || given.length < 2) return chosen ?? given[0];
  throw new InputError(
    connectionTypeInput,
    `'${given.map(({ input }) => input).join("' and '")}' are given, and '${connectionTypeInput}' chooses neither`,
    'Give one of them.',
  );
}

/** A stage with one environment may ask for it by any role. */
function connectionFor(entry: StageEntry, role: ConnectionRole): StageConnection | undefined {
  const exact = entry.connections.find((connection) => connection.role === role);
  return exact ?? (entry.connections.length === 1 ? entry.connections[0] : undefined);
}

/**
 * The environment's URL, in the order that the Power Platform tasks use, so that pipelines mix:
 * input, variable `BuildTools.EnvironmentUrl`, service connection.
 */
function urlOf(connection: StageConnection): { url: string; from: string } | undefined {
  const given = textInput(connection.environmentUrl);
  if (given !== undefined) return { url: given, from: connection.environmentUrl };
  const chosen = chosenService(connection);
  if (chosen === undefined) return undefined;
  const fromVariable =
    connection.environmentUrl === 'environmentUrl'
      ? tl.getVariable('BuildTools.EnvironmentUrl')
      : undefined;
  if (fromVariable !== undefined && fromVariable !== '')
    return { url: fromVariable, from: 'BuildTools.EnvironmentUrl' };
  // The URL of a connection to Azure is that of Azure's own management.
  const url = chosen.type.holdsUrl ? tl.getEndpointUrl(chosen.id, true) : undefined;
  return url === undefined || url === '' ? undefined : { url, from: chosen.input };
}

function serviceConnection(id: string, maskSecret: (value: string) => void): ServiceConnection {
  const whole = tl.getEndpointAuthorization(id, true);
  const parameters = Object.entries(whole?.parameters ?? {});
  let lateBound = true;
  return {
    id,
    scheme: tl.getEndpointAuthorizationScheme(id, true) ?? whole?.scheme ?? 'None',
    url: tl.getEndpointUrl(id, true),
    parameter: (name) =>
      parameters.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] ??
      quietly(() => tl.getEndpointAuthorizationParameter(id, name, true)),
    idToken: async (signal) => {
      // Newer agents hand out the first token themselves; it lives ten minutes only.
      const handed = lateBound
        ? quietly(() => tl.getEndpointAuthorizationParameter(id, 'idToken', true))
        : undefined;
      lateBound = false;
      if (handed !== undefined && handed !== '') {
        maskSecret(handed);
        return handed;
      }
      const network = openTransport({ variable: variableOf, maxSockets: 1 });
      const token = await requestIdToken(
        {
          requestUri: tl.getVariable('System.OidcRequestUri'),
          collectionUri: tl.getVariable('System.CollectionUri'),
          projectId: tl.getVariable('System.TeamProjectId'),
          hostType: tl.getVariable('System.HostType'),
          planId: tl.getVariable('System.PlanId'),
          jobId: tl.getVariable('System.JobId'),
          accessToken: tl.getEndpointAuthorization('SYSTEMVSSCONNECTION', true)?.parameters[
            'AccessToken'
          ],
        },
        id,
        network,
        signal,
      ).finally(() => network.close());
      maskSecret(token);
      return token;
    },
  };
}

/** The library writes what it reads to its debug log, secrets too: no name tells which are. */
function quietly<Value>(read: () => Value): Value {
  tl.setStdStream(new Writable({ write: (_chunk, _encoding, done) => done() }));
  try {
    return read();
  } finally {
    tl.setStdStream(process.stdout);
  }
}

function variableOf(name: string): string | undefined {
  return agentSecrets.get(name) ?? quietly(() => tl.getVariable(name) ?? process.env[name]);
}

function textInput(name: string): string | undefined {
  const value = tl.getInput(name)?.trim();
  return value === '' ? undefined : value;
}

/** Stages know options by their own names; people with a pipeline know inputs. */
function inputOf(entry: StageEntry, name: string): string {
  const option = entry.options.find(({ flag }) => optionName(flag) === name);
  return option === undefined ? name : inputName(option);
}

/** A path input left empty arrives as the working directory; the agent fills it in. */
function pathInput(name: string): string | undefined {
  const value = textInput(name);
  return value !== undefined && tl.filePathSupplied(name) ? value : undefined;
}

/** The folder that a stage chose itself: a run's, or that of the plan file. */
function folderOf(told: string | number | boolean | undefined): string | undefined {
  if (typeof told !== 'string') return undefined;
  return told.endsWith('.json') ? dirname(told) : told;
}
