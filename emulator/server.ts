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
  /** Fault rules as text. */
  readonly faults?: string;
  readonly serverLogic?: 'documented' | 'nasty';
  readonly https?: boolean;
}

export interface RunningEmulator {
  /** `http://127.0.0.1:1234` */
  readonly url: string;
  close(): Promise<void>;
}

export async function startEmulator(options: EmulatorOptions): Promise<RunningEmulator> {
  return await Promise.reject(new Error(`no server on port ${options.port} yet`));
}
