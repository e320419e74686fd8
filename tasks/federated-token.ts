import type { HttpAnswer, Transport } from '#shared/dataverse/transport.ts';
import { PrerequisiteError } from './prerequisite-error.ts';

/** What the agent tells a job about its pipeline's identity provider. */
export interface FederationVariables {
  /** `SYSTEM_OIDCREQUESTURI`; absent on older servers. */
  readonly requestUri: string | undefined;
  /** The parts of the address that serves instead. */
  readonly collectionUri: string | undefined;
  readonly projectId: string | undefined;
  readonly hostType: string | undefined;
  readonly planId: string | undefined;
  readonly jobId: string | undefined;
  /** `System.AccessToken`: used for this request only. */
  readonly accessToken: string | undefined;
}

/** Where a job asks for an id token of a service connection. */
export function idTokenUrl(variables: FederationVariables, connectionId: string): string {
  const { requestUri, collectionUri, projectId, hostType, planId, jobId } = variables;
  const id = encodeURIComponent(connectionId);
  if (requestUri !== undefined) return `${requestUri}?api-version=7.1&serviceConnectionId=${id}`;
  return `${collectionUri ?? ''}${projectId ?? ''}/_apis/distributedtask/hubs/${hostType ?? ''}/plans/${planId ?? ''}/jobs/${jobId ?? ''}/oidctoken?serviceConnectionId=${id}&api-version=7.2-preview.1`;
}

/**
 * Asks Azure DevOps for a token that proves which service connection runs. It lives about ten
 * minutes, so a fresh one is asked for each time:
 * learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken/create
 */
export async function requestIdToken(
  variables: FederationVariables,
  connectionId: string,
  network: Pick<Transport, 'send'>,
  signal: AbortSignal,
): Promise<string> {
  const where = 'workload identity federation';
  if (variables.accessToken === undefined)
    throw new PrerequisiteError(
      'The agent gave the task no access token to ask for a federated token with',
      where,
      'Use a client secret, or run the task in a job of Azure Pipelines.',
    );
  const url = idTokenUrl(variables, connectionId);
  let answer: HttpAnswer;
  try {
    answer = await network.send(
      {
        method: 'POST',
        url,
        headers: {
          Authorization: `Bearer ${variables.accessToken}`,
          'Content-Type': 'application/json',
          'X-TFS-FedAuthRedirect': 'Suppress',
        },
        timeoutMs: 60_000,
      },
      signal,
    );
  } catch (error) {
    signal.throwIfAborted();
    throw new PrerequisiteError(
      'Azure DevOps gave no federated token: the request failed',
      where,
      'Check that the agent reaches Azure DevOps, through its proxy if it has one.',
      { cause: error },
    );
  }
  const token = answer.status === 200 ? tokenOf(answer.body.toString('utf8')) : undefined;
  if (token === undefined)
    throw new PrerequisiteError(
      `Azure DevOps gave no federated token: it answered ${answer.status}`,
      where,
      'Check that the pipeline may use the service connection, and that its federation is complete.',
    );
  return token;
}

function tokenOf(text: string): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  return typeof body === 'object' &&
    body !== null &&
    'oidcToken' in body &&
    typeof body.oidcToken === 'string'
    ? body.oidcToken
    : undefined;
}
