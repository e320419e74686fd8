import { InputError } from '#shared/errors/migration-error.ts';
import { parseEnvironmentUrl } from '#shared/host/environment-url.ts';
import type { ConnectionRole, Host } from '#shared/host/host.ts';
import { neutralize } from '#shared/host/neutralize.ts';
import { createSecretMask } from '#shared/host/secret-mask.ts';
import { optionName } from '#shared/stages/stage-options.ts';
import type { StageConnection, StageEntry } from '#shared/stages/stage-entry.ts';
import type { Arguments } from './arguments.ts';
import { credentialFrom, otherCredentialsFrom, type SignIn } from './sign-in.ts';
import type { Terminal } from './terminal.ts';

export interface TerminalHost extends Host {
  /** Masks secrets in a text that is about to be written. */
  clean(text: string): string;
}

/** The host of a person or script at a terminal. */
export function createTerminalHost(
  entry: StageEntry,
  given: Arguments,
  terminal: Terminal,
  variables: Readonly<Record<string, string | undefined>>,
): TerminalHost {
  const mask = createSecretMask();
  const line = (text: string): string => neutralize(mask.apply(text));
  const verbose = given.has('verbose');
  const urlOf = (connection: StageConnection): { url: string; flag: string } | undefined => {
    for (const flag of connection.flags) {
      const url = given.value(flag);
      if (url !== undefined) return { url, flag: `--${flag}` };
    }
    return undefined;
  };
  return {
    clean: (text) => mask.apply(text),
    maskSecret: (value) => mask.add(value),
    variable: (name) => variables[name],
    input: (name) => {
      const connection = entry.connections.find(({ role }) => role === name);
      if (connection !== undefined) return urlOf(connection)?.url;
      return given.value(
        entry.options.find(({ flag }) => optionName(flag) === name)?.flag ?? `(no flag) ${name}`,
      );
    },
    connection: (role) => {
      const connection = connectionFor(entry, role);
      const found = connection === undefined ? undefined : urlOf(connection);
      if (found === undefined) {
        const flag = `--${connection?.flags[0] ?? role}`;
        throw new InputError(
          flag,
          `${flag} is required`,
          'Give the URL of the environment, like https://contoso.crm4.dynamics.com.',
        );
      }
      const url = parseEnvironmentUrl(found.url, found.flag);
      const signIn: SignIn = {
        role,
        url,
        deviceCode: given.has('device-code'),
        show: (message) => terminal.complain(message),
      };
      const credential = credentialFrom(variables, signIn);
      const others =
        connection?.additional === undefined ? [] : otherCredentialsFrom(variables, signIn);
      for (const each of [credential, ...others]) {
        if (each.kind === 'secret') mask.add(each.clientSecret);
        if (each.kind === 'token') mask.add(each.token);
      }
      return { url, credential, others };
    },
    output: (name, value) => {
      if (verbose) terminal.print(line(`${name}=${value}`));
    },
    log: (level, text, part) => {
      if (!verbose && (level === 'debug' || part !== undefined)) return;
      const whole = part === undefined ? text : `${part}: ${text}`;
      if (level === 'warning' || level === 'error') terminal.complain(line(`${level}: ${whole}`));
      else terminal.print(line(whole));
    },
    progress: (label, done, total) => terminal.status(line(`${label} ${done}/${total}`)),
    publish: (kind, path) => {
      if (kind !== 'summary' && kind !== 'page' && kind !== 'artifact')
        terminal.print(line(`${kind}: ${path}`));
      return Promise.resolve();
    },
  };
}

/** A stage with one environment may ask for it by any role. */
function connectionFor(entry: StageEntry, role: ConnectionRole): StageConnection | undefined {
  const exact = entry.connections.find((connection) => connection.role === role);
  return exact ?? (entry.connections.length === 1 ? entry.connections[0] : undefined);
}
