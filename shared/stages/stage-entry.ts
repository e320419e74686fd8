import type { ConnectionRole } from '../host/host.ts';
import type { StageOption } from './stage-options.ts';

/** An environment that a stage talks to: one service connection of the task, one flag of the command. */
export interface StageConnection {
  readonly role: ConnectionRole;
  /** Names of the flag that gives the URL; the first is the one the usage shows. */
  readonly flags: readonly string[];
  /** Task inputs. */
  readonly serviceConnection: string;
  readonly environmentUrl: string;
  readonly label: string;
  readonly help: string;
  readonly required: boolean;
  /** The task's input for more connections, whose principals write beside the first. */
  readonly additional?: string;
}

/** A pipeline variable that the task sets, `urm --json` under `outputs`. */
export interface StageOutput {
  readonly name: string;
  readonly help: string;
}

/** One stage as people meet it. */
export interface StageEntry {
  /** Command: `generate-schema`. */
  readonly name: StageName;
  /** Task name in YAML, without its major. */
  readonly task: string;
  /** The task's id: never changes. */
  readonly taskId: string;
  readonly major: number;
  /** At most 40 characters. */
  readonly title: string;
  readonly summary: string;
  readonly reads: string;
  readonly writes: string;
  /** Shown in the list of a pipeline's steps. */
  readonly instanceName: string;
  readonly connections: readonly StageConnection[];
  readonly options: readonly StageOption[];
  readonly outputs: readonly StageOutput[];
  /** Reports lie in the output folder; absent: the output is something else, and holds none. */
  readonly reports?: 'in-output';
  /** Takes `--detailed-exit-code`: status 3 instead of 0 when there are changes. */
  readonly detailedExitCode?: true;
  /** A step of a pipeline, as its page shows it. */
  readonly example: string;
}

export type StageName =
  | 'validate'
  | 'generate-schema'
  | 'export'
  | 'plan'
  | 'import'
  | 'verify'
  | 'check-drift'
  | 'roll-back'
  | 'migrate-channel-providers';
