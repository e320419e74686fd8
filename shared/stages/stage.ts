import type { Timeouts } from '../dataverse/request-sender.ts';
import type { BrowserPort } from '../host/browser.ts';
import type { Clock } from '../host/clock.ts';
import type { Files } from '../host/files.ts';
import type { Host } from '../host/host.ts';
import type { Ids } from '../host/ids.ts';
import type { InputError } from '../errors/migration-error.ts';
import type { StageResult } from '../model/result.ts';

export interface Ports {
  readonly host: Host;
  readonly clock: Clock;
  readonly files: Files;
  readonly ids: Ids;
  /** Absent where nobody could sign in as a person. */
  readonly browser?: BrowserPort;
  /** How long an answer may take; absent: as long as the service needs for its longest. */
  readonly timeouts?: Timeouts;
}

/** The code behind one task and one command. */
export interface Stage<Options, Result extends StageResult = StageResult> {
  /** The one verb: file, command, and the tail of the task's name. */
  readonly name: string;
  /** Strings in; typed options or all input errors out. Sends nothing. */
  readOptions(host: Host): Options | readonly InputError[];
  run(options: Options, ports: Ports, signal: AbortSignal): Promise<Result>;
}
