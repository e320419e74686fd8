import { randomUUID } from 'node:crypto';
import type { Environment } from './environment.ts';
import { restoreDefinitions } from './handlers/definition-writes.ts';
import { FileTransfers } from './handlers/file-transfers.ts';
import { loadMetadata } from './metadata/load-metadata.ts';
import { addActivityParties } from './metadata/activity-parties.ts';
import { addTables, readTablesFrom } from './metadata/tables-from.ts';
import type { AdminTarget } from './protocol/admin.ts';
import type { SignInTarget } from './protocol/token-endpoint.ts';
import { createFaultPlan, type FaultPlan } from './protocol/faults.ts';
import type { HomePage } from './protocol/home-page.ts';
import { RequestLog } from './protocol/request-log.ts';
import { documentedLimits, ServiceProtection } from './protocol/service-protection.ts';
import { applySeed, typeCodeShiftOf } from './seeds/apply-seed.ts';
import type { EmulatorOptions } from './server.ts';
import { InputError } from '#shared/errors/migration-error.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { SourceTable } from '#shared/model/table.ts';
import { DataFile } from './store/data-file.ts';
import { sequentialIds } from './store/sequential-ids.ts';
import { MemoryStore } from './store/memory-store.ts';

/** What makes an organization itself; it outlives resets. */
interface Identity {
  /** A data file goes on with the seed it began with. */
  readonly seed: string;
  readonly name: string;
  readonly organizationId: string;
  readonly tenantId: string;
  readonly rootBusinessUnitId: string;
  readonly administratorId: string;
}

/** What `/emulator/state` answers. */
export interface EmulatorState {
  readonly name: string;
  readonly organizationId: string;
  readonly tenantId: string;
  /** Rows by table; empty tables are left out. */
  readonly tables: Readonly<Record<string, number>>;
}

/** One emulated organization with what tests do to it. */
export class Emulator implements AdminTarget, SignInTarget {
  readonly log = new RequestLog();
  readonly #options: EmulatorOptions;
  /** Of `--tables-from`. */
  readonly #tables: readonly SourceTable[];
  readonly #identity: Identity;
  readonly #newId: () => string;
  readonly #store: MemoryStore;
  readonly #dataFile: DataFile | undefined;
  readonly transfers = new FileTransfers();
  readonly deviceCodes = new Map<string, { polls: number; scope: string }>();
  readonly #secrets = new Map<string, string>();
  faults: FaultPlan;
  offsetMs = 0;
  certificate?: string;
  protection: ServiceProtection;
  #environment: Environment;
  /** The rows came from the data file. */
  #restored = false;

  static async open(options: EmulatorOptions): Promise<Emulator> {
    const tables =
      options.tablesFrom === undefined
        ? []
        : await readTablesFrom(options.tablesFrom, nodeFiles, AbortSignal.timeout(600_000));
    const emulator = new Emulator(options, tables);
    if (!emulator.#restored) await emulator.#fill();
    return emulator;
  }

  private constructor(options: EmulatorOptions, tables: readonly SourceTable[]) {
    this.#options = options;
    this.#tables = tables;
    this.faults = readFaults(options);
    this.#store = new MemoryStore((changes) => this.#dataFile?.append(changes));
    const identity = createIdentity(options.seed ?? 'empty');
    if (options.dataFile === undefined) this.#identity = identity;
    else {
      const data = DataFile.open(options.dataFile, (changes) => this.#store.restore(changes));
      this.#dataFile = data.file;
      this.#restored = data.complete;
      this.#identity = { ...identity, ...data.header };
    }
    this.#newId = sequentialIds(this.#identity.organizationId);
    this.protection = this.#createProtection();
    this.#environment = this.#createEnvironment();
    if (this.#restored) restoreDefinitions(this.#environment);
  }

  get environment(): Environment {
    return this.#environment;
  }

  /** Back to the seed: rows, tables, faults, clock and requests. */
  async reset(): Promise<void> {
    this.log.clear();
    this.faults = readFaults(this.#options);
    this.offsetMs = 0;
    this.protection = this.#createProtection();
    this.#secrets.clear();
    this.deviceCodes.clear();
    this.#environment = this.#createEnvironment();
    await this.#fill();
  }

  state(): EmulatorState {
    const { name, organizationId, tenantId } = this.#identity;
    // Names with `#` are the emulator's own.
    const tables = this.#store
      .tables()
      .filter((name) => !name.startsWith('#'))
      .sort();
    const counts = tables.map((table) => [table, this.#store.count(table)] as const);
    return { name, organizationId, tenantId, tables: Object.fromEntries(counts) };
  }

  /** What the page for people shows. */
  overview(): Omit<HomePage, 'origin'> {
    const { version } = this.#environment;
    const { requests } = this.log.since(0);
    return { ...this.state(), version, faults: this.faults.text, requests };
  }

  setSecret(applicationId: string, secret: string): void {
    this.#secrets.set(applicationId.toLowerCase(), secret);
  }

  /** The secret that signs an application in. */
  secretOf(applicationId: string): string {
    return this.#secrets.get(applicationId.toLowerCase()) ?? defaultSecret;
  }

  /** Ends the file that keeps the state. */
  close(): void {
    this.#dataFile?.close();
  }

  async #fill(): Promise<void> {
    this.#store.clear();
    this.#dataFile?.begin({ ...this.#identity });
    await applySeed(this.#environment, this.#identity.seed);
    this.#dataFile?.markSeeded();
  }

  #createProtection(): ServiceProtection {
    const limits = { ...documentedLimits, ...this.#options.limits };
    return new ServiceProtection(limits, { enforced: this.#options.serviceProtection === true });
  }

  #createEnvironment(): Environment {
    const { seed, ...identity } = this.#identity;
    const metadata = loadMetadata({ typeCodeShift: typeCodeShiftOf(seed) });
    addTables(metadata, this.#tables);
    addActivityParties(metadata);
    return {
      ...identity,
      version: '9.2.25093.168',
      metadata,
      store: this.#store,
      now: () => Date.now() + this.offsetMs,
      newId: this.#newId,
      serverLogic: this.#options.serverLogic ?? 'documented',
    };
  }
}

/** Every application signs in with it until a test sets another. */
export const defaultSecret = 'emulator-secret';

function readFaults(options: EmulatorOptions): FaultPlan {
  try {
    return createFaultPlan(options.faults ?? '');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError('--fault', reason, 'Write rules as KIND:key=value,key=value;KIND.');
  }
}

function createIdentity(seed: string): Identity {
  const name = seed
    .slice(Math.max(seed.lastIndexOf('/'), seed.lastIndexOf('\\')) + 1)
    .replace(/\.json$/i, '');
  return {
    seed,
    name,
    organizationId: randomUUID(),
    tenantId: randomUUID(),
    rootBusinessUnitId: randomUUID(),
    administratorId: randomUUID(),
  };
}
