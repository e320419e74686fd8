import { Emulator } from './emulator.ts';
import { listen } from './protocol/listen.ts';
import type { Limits } from './protocol/service-protection.ts';

/** What `urm emulator` and tests start. */
export interface EmulatorOptions {
  /** 0 picks a free port. */
  readonly port: number;
  /** A built-in seed's name or the path of a seed file; default `empty`. */
  readonly seed?: string;
  /** File that keeps the state. */
  readonly dataFile?: string;
  /** data_schema.xml, folder or zip whose tables are added. */
  readonly tablesFrom?: string;
  readonly latencyMs?: number;
  readonly writeCostMs?: number;
  readonly serviceProtection?: boolean;
  /** Requests side by side that answers recommend; 48 when not said. */
  readonly dopHint?: number;
  /** So many times faster than real: waits and windows shrink, what answers say of them does not. */
  readonly timeScale?: number;
  /** Smaller limits, so that tests reach them. */
  readonly limits?: Partial<Limits>;
  /** Fault rules as text. */
  readonly faults?: string;
  readonly serverLogic?: 'documented' | 'nasty';
  readonly https?: boolean;
}

export interface RunningEmulator {
  /** `http://127.0.0.1:1234` */
  readonly url: string;
  /** PEM of the certificate that signs an https emulator. */
  readonly certificate?: string;
  close(): Promise<void>;
}

/** Seeds an environment and serves it on the loopback address. */
export async function startEmulator(options: EmulatorOptions): Promise<RunningEmulator> {
  const emulator = await Emulator.open(options);
  return listen(emulator, options);
}
