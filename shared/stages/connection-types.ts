import type { StageConnection } from './stage-entry.ts';

/** One kind of service connection that the tasks take. */
export interface ConnectionType {
  /** Value of the input `authenticationType`. */
  readonly value: string;
  readonly label: string;
  /** The type's name, as its contribution gives it. */
  readonly type: string;
  /** Before the name of the connection's own input. */
  readonly prefix: string;
  /** The connection's URL is that of an environment. */
  readonly holdsUrl: boolean;
  readonly help: string;
}

/** The input that chooses among the kinds. */
export const connectionTypeInput = 'authenticationType';

/** The kinds: an input can name one type only, so each kind has an input of its own. */
export const connectionTypes = [
  {
    value: 'powerPlatform',
    label: 'Power Platform',
    type: 'powerplatform-spn',
    prefix: '',
    holdsUrl: true,
    help: "A service connection of type Power Platform: client secret, workload identity federation or managed identity. The type comes with Microsoft's Power Platform Build Tools.",
  },
  {
    value: 'azure',
    label: 'Azure Resource Manager',
    type: 'AzureRM',
    prefix: 'azure',
    holdsUrl: false,
    help: "A service connection of type Azure Resource Manager, which every organization has: workload identity federation, client secret, certificate or managed identity. It holds no environment, so the environment's URL must be given.",
  },
  {
    value: 'dataverse',
    label: 'Dataverse',
    type: 'unified-routing-dataverse',
    prefix: 'dataverse',
    holdsUrl: true,
    help: 'A service connection of type Dataverse, which this extension brings: client secret, certificate or workload identity federation.',
  },
] as const satisfies readonly ConnectionType[];

/** The task's input for a connection of one kind: `azureServiceConnection`. */
export function connectionInput(
  { serviceConnection }: Pick<StageConnection, 'serviceConnection'>,
  { prefix }: ConnectionType,
): string {
  if (prefix === '') return serviceConnection;
  return prefix + serviceConnection.slice(0, 1).toUpperCase() + serviceConnection.slice(1);
}
