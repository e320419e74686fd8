import type { Metadata } from './metadata/metadata.ts';
import type { Store } from './store/store.ts';

/** Who is asking: the systemuser whose token it is. */
export interface Caller {
  readonly userId: string;
  readonly businessUnitId: string;
}

/** One emulated organization: what every handler gets. */
export interface Environment {
  readonly name: string;
  readonly organizationId: string;
  /** The Entra tenant that signs its users in. */
  readonly tenantId: string;
  readonly rootBusinessUnitId: string;
  readonly administratorId: string;
  /** `9.2.25093.168` */
  readonly version: string;
  readonly metadata: Metadata;
  readonly store: Store;
  /** Milliseconds since 1970; moved by the admin interface. */
  now(): number;
  newId(): string;
  readonly serverLogic: 'documented' | 'nasty';
}

/** The environment's time as a cell, to the second. */
export function timeText(environment: Environment): string {
  return `${new Date(environment.now()).toISOString().slice(0, 19)}Z`;
}
