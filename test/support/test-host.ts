import type { Connection, Credential, Host, LogLevel } from '#shared/host/host.ts';
import { InputError } from '#shared/errors/migration-error.ts';
import { nodeFiles, randomIds, systemClock } from '#shared/host/node-ports.ts';
import type { Ports } from '#shared/stages/stage.ts';

/** A host that remembers what it was told. */
export interface TestHost extends Host {
  readonly logged: readonly { readonly level: LogLevel; readonly text: string }[];
  readonly outputs: ReadonlyMap<string, string>;
  readonly masked: ReadonlySet<string>;
  readonly published: readonly { readonly kind: string; readonly path: string }[];
}

/** Inputs by camelCase name; `environment`, `source` and `target` hold URLs. Any token signs in to an emulator. */
export function createTestHost(
  inputs: Readonly<Record<string, string>>,
  credential: Credential = { kind: 'token', token: 'test' },
  others: readonly Credential[] = [],
): TestHost {
  const logged: { level: LogLevel; text: string }[] = [];
  const outputs = new Map<string, string>();
  const masked = new Set<string>();
  const published: { kind: string; path: string }[] = [];
  return {
    logged,
    outputs,
    masked,
    published,
    input: (name) => inputs[name],
    variable: () => undefined,
    connection: (role): Connection => {
      const url = inputs[role];
      if (url === undefined) throw new InputError(role, `'${role}' is required`, 'Give its URL.');
      return { url, credential, others };
    },
    output: (name, value) => void outputs.set(name, value),
    maskSecret: (value) => void masked.add(value),
    log: (level, text) => void logged.push({ level, text }),
    progress: () => {},
    publish: (kind, path) => {
      published.push({ kind, path });
      return Promise.resolve();
    },
  };
}

export function testPorts(host: Host): Ports {
  return { host, clock: systemClock, files: nodeFiles, ids: randomIds };
}
