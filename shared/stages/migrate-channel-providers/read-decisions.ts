import { MigrationError } from '../../errors/migration-error.ts';
import { isPrefix } from '../../channel-providers/unique-name.ts';
import type {
  Decisions,
  ProfileDecision,
  ProviderDecision,
  UsersWithProfile,
} from '../../channel-providers/decisions.ts';
import { copiedColumns, multisessionApps } from '../../channel-providers/framework.ts';
import type { Files } from '../../host/files.ts';
import type { Host } from '../../host/host.ts';
import { isRecord } from '../../plan/planned-value.ts';
import { readYaml } from '../read-yaml.ts';

/** What inputs say of the migration; it wins over the file. */
export interface DecisionInputs {
  readonly config: string | undefined;
  readonly prefix: string | undefined;
  readonly apps: readonly string[];
  readonly deactivate: boolean;
}

class ConfigurationError extends MigrationError {
  readonly code = 'URM1816';
}

const defaultPrefix = 'cifv2';

/** Joins the inputs with the configuration file. */
export async function readDecisions(
  inputs: DecisionInputs,
  ports: { readonly files: Files; readonly host: Pick<Host, 'variable' | 'maskSecret'> },
): Promise<Decisions> {
  const file = inputs.config === undefined ? undefined : await openFile(inputs.config, ports.files);
  const content = new Section(file ?? {}, inputs.config ?? '', 'file', [
    'format',
    'prefix',
    'apps',
    'roles',
    'usersWithProfile',
    'deactivate',
    'profiles',
    'providers',
  ]);
  if (file !== undefined && file['format'] !== 1) content.refuse("It needs 'format: 1'");
  const prefix = inputs.prefix ?? content.text('prefix') ?? defaultPrefix;
  if (!isPrefix(prefix))
    content.refuse(`'${prefix}' cannot be a prefix: use 3 to 8 letters and digits`);
  const listed = content.texts('apps');
  const apps = inputs.apps.length > 0 ? inputs.apps : listed;
  return {
    prefix,
    apps: apps === undefined || apps.length === 0 ? multisessionApps : apps,
    appsAreGiven: apps !== undefined && apps.length > 0,
    copyRoles: content.oneOf('roles', ['copy', 'none'], 'none') === 'copy',
    usersWithProfile: content.oneOf<UsersWithProfile>(
      'usersWithProfile',
      ['move', 'attach', 'leave'],
      'move',
    ),
    deactivate: inputs.deactivate || content.flag('deactivate'),
    profiles: content
      .sections('profiles', ['app', 'name', 'uniqueName', 'copyFrom'])
      .map(profileOf),
    providers: content
      .sections('providers', ['provider', 'skip', 'uniqueName', 'apps', 'roles', 'users', 'values'])
      .map((section) => providerOf(section, ports.host)),
  };
}

async function openFile(path: string, files: Files): Promise<Readonly<Record<string, unknown>>> {
  const reading = await readYaml(path, files);
  if ('problem' in reading) throw refusal(path, reading.problem);
  const { content } = reading;
  if (!isRecord(content)) throw refusal(path, 'It holds no settings');
  return content;
}

/** One mapping of the file; a key that is none of its own is a slip of the pen. */
class Section {
  readonly #content: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #name: string;

  constructor(
    content: Readonly<Record<string, unknown>>,
    path: string,
    name: string,
    keys: readonly string[],
  ) {
    this.#content = content;
    this.#path = path;
    this.#name = name;
    const unknown = Object.keys(content).find((key) => !keys.includes(key));
    if (unknown !== undefined)
      this.refuse(`It knows no setting '${unknown}', only ${keys.join(', ')}`);
  }

  refuse(what: string): never {
    throw refusal(this.#path === '' ? this.#name : `${this.#path}, ${this.#name}`, what);
  }

  text(key: string): string | undefined {
    const value = this.#content[key];
    if (value === undefined) return undefined;
    return typeof value === 'string' ? value : this.refuse(`'${key}' must be a text`);
  }

  needed(key: string): string {
    return this.text(key) ?? this.refuse(`'${key}' is missing`);
  }

  texts(key: string): readonly string[] | undefined {
    const value = this.#content[key];
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return this.refuse(`'${key}' must be a list`);
    return value.map((item: unknown) =>
      typeof item === 'string' ? item : this.refuse(`'${key}' must hold texts only`),
    );
  }

  flag(key: string): boolean {
    const value = this.#content[key];
    if (value === undefined) return false;
    return typeof value === 'boolean' ? value : this.refuse(`'${key}' must be true or false`);
  }

  oneOf<Word extends string>(key: string, words: readonly Word[], fallback: Word): Word {
    const value = this.#content[key];
    if (value === undefined) return fallback;
    return (
      words.find((word) => word === value) ??
      this.refuse(`'${key}' must be one of ${words.join(', ')}`)
    );
  }

  sections(key: string, keys: readonly string[]): readonly Section[] {
    const value = this.#content[key];
    if (value === undefined) return [];
    if (!Array.isArray(value)) return this.refuse(`'${key}' must be a list`);
    return value.map((item: unknown, at) =>
      isRecord(item)
        ? new Section(item, this.#path, `${key}[${at}]`, keys)
        : this.refuse(`'${key}' must hold mappings only`),
    );
  }

  mapping(key: string): Readonly<Record<string, unknown>> | undefined {
    const value = this.#content[key];
    if (value === undefined || isRecord(value)) return value;
    return this.refuse(`'${key}' must be a mapping`);
  }
}

function profileOf(section: Section): ProfileDecision {
  const name = section.text('name');
  const uniqueName = section.text('uniqueName');
  const copyFrom = section.text('copyFrom');
  return {
    app: section.needed('app'),
    ...(name === undefined ? {} : { name }),
    ...(uniqueName === undefined ? {} : { uniqueName }),
    ...(copyFrom === undefined ? {} : { copyFrom }),
  };
}

function providerOf(
  section: Section,
  host: Pick<Host, 'variable' | 'maskSecret'>,
): ProviderDecision {
  const uniqueName = section.text('uniqueName');
  const apps = section.texts('apps');
  const roles = section.texts('roles');
  const values = section.mapping('values');
  return {
    provider: section.needed('provider'),
    ...(section.flag('skip') ? { skip: true } : {}),
    ...(uniqueName === undefined ? {} : { uniqueName }),
    ...(apps === undefined ? {} : { apps }),
    ...(roles === undefined ? {} : { roles }),
    users: section.oneOf('users', ['copy', 'none'], 'copy'),
    ...(values === undefined ? {} : { values: valuesOf(section, values, host) }),
  };
}

function valuesOf(
  section: Section,
  values: Readonly<Record<string, unknown>>,
  host: Pick<Host, 'variable' | 'maskSecret'>,
): NonNullable<ProviderDecision['values']> {
  const known = new Map<string, string | number | boolean | null>();
  for (const [column, value] of Object.entries(values)) {
    const copied = copiedColumns.find(({ to }) => to === column);
    if (copied === undefined)
      return section.refuse(
        `'values' knows no column '${column}', only ${copiedColumns.map(({ to }) => to).join(', ')}`,
      );
    if (typeof value === 'string') {
      const filled = withVariables(section, value, host);
      if (copied.hidden === true) host.maskSecret(filled);
      known.set(column, filled);
    } else if (value === null || typeof value === 'number' || typeof value === 'boolean')
      known.set(column, value);
    else return section.refuse(`'values' holds no single value for '${column}'`);
  }
  return known;
}

function withVariables(section: Section, text: string, host: Pick<Host, 'variable'>): string {
  return text.replaceAll(/\$\{([A-Za-z_][\w.]*)\}/g, (_, name: string) => {
    const value = host.variable(name);
    return value ?? section.refuse(`The variable ${name} has no value`);
  });
}

function refusal(where: string, what: string): ConfigurationError {
  return new ConfigurationError({
    what,
    where,
    next: 'Correct the configuration: docs/guides/channel-providers.md shows every setting.',
  });
}
