import { dirname, resolve } from 'node:path';
import { InputError } from '../../errors/migration-error.ts';
import type { Files } from '../../host/files.ts';
import { isRecord } from '../../plan/planned-value.ts';
import { catalogueTables, tableNameOf } from '../configuration-tables.ts';
import { readIgnoreRules, type IgnoreRule } from '../check-drift/ignore-rules.ts';
import { scopeWithConfiguration } from '../configuration.ts';
import { readYaml } from '../read-yaml.ts';

export type PlainValue = string | number | boolean | null;

/** What one environment has of its own. */
export interface EnvironmentSettings {
  readonly name: string;
  readonly url: string;
  /** Its map file; relative to the configuration file. */
  readonly map: string | undefined;
  readonly keep: readonly { readonly table: string; readonly column: string }[];
  readonly values: readonly {
    readonly table: string;
    /** Name or id. */
    readonly row: string;
    readonly column: string;
    readonly value: PlainValue;
  }[];
  /** Secrets are written to rows that exist, too. */
  readonly writeSecrets: boolean;
}

/** What `unified-routing.yml` says to plans. */
export interface PlanningSettings {
  readonly carriedBy: 'data' | 'solution';
  readonly match: ReadonlyMap<string, readonly string[]>;
  readonly environments: readonly EnvironmentSettings[];
  readonly ignore: readonly IgnoreRule[];
  readonly delete: {
    readonly mode: 'never' | 'ours' | 'rules';
    readonly rules: readonly {
      readonly table: string;
      readonly where: ReadonlyMap<string, PlainValue>;
    }[];
    readonly max: number;
    readonly deactivate: readonly string[];
  };
}

const everything = { channels: [], queues: [], workstreams: [] };

/** Reads the configuration file; every slip in it is refused, for it could overwrite what it should protect. */
export async function readSettings(
  path: string | undefined,
  tables: Iterable<string>,
  files: Files,
): Promise<PlanningSettings | undefined> {
  if (path === undefined) return undefined;
  // Whatever is the same for all stages is checked where they read it.
  await scopeWithConfiguration(everything, path, files);
  const rules = await readIgnoreRules(path, files);
  const reading = await readYaml(path, files);
  const reader = new SettingsReader(path, new Set([...catalogueTables(), ...tables]));
  const of = reader.mapping('problem' in reading ? undefined : reading.content, 'the file');
  return {
    carriedBy: reader.oneOf(of['carriedBy'], 'carriedBy', ['data', 'solution']),
    match: reader.match(of['match']),
    environments: reader.environments(of['environments']),
    ignore: rules.map((rule) => ({ ...rule, table: reader.table(rule.table) })),
    delete: reader.deletes(of['delete']),
  };
}

/** The settings of the environment with this address. */
export function settingsOf(
  settings: PlanningSettings | undefined,
  url: string,
): EnvironmentSettings | undefined {
  const origin = (text: string): string => (URL.canParse(text) ? new URL(text).origin : text);
  return settings?.environments.find((each) => origin(each.url) === origin(url));
}

type Mapping = Readonly<Record<string, unknown>>;

/** Reads parts of the file; lives as long as one reading. */
class SettingsReader {
  readonly #path: string;
  readonly #tables: ReadonlySet<string>;

  constructor(path: string, tables: ReadonlySet<string>) {
    this.#path = path;
    this.#tables = tables;
  }

  table(name: string): string {
    return tableNameOf(name, this.#tables);
  }

  match(json: unknown): ReadonlyMap<string, readonly string[]> {
    if (json === undefined) return new Map();
    return new Map(
      Object.entries(this.mapping(json, 'match')).map(([table, columns]) => [
        this.table(table),
        this.#list(columns, `match.${table}`).map((column) => this.#text(column, `match.${table}`)),
      ]),
    );
  }

  environments(json: unknown): readonly EnvironmentSettings[] {
    if (json === undefined) return [];
    return Object.entries(this.mapping(json, 'environments')).map(([name, each]) => {
      const at = `environments.${name}`;
      const of = this.#members(each, at, ['url', 'map', 'keep', 'values', 'writeSecrets']);
      const map = of['map'] === undefined ? undefined : this.#text(of['map'], `${at}.map`);
      const { writeSecrets } = of;
      if (writeSecrets !== undefined && typeof writeSecrets !== 'boolean')
        this.#refuse(`${at}.writeSecrets is neither true nor false`);
      return {
        name,
        url: this.#text(of['url'], `${at}.url`),
        map: map === undefined ? undefined : resolve(dirname(this.#path), map),
        keep: this.#list(of['keep'], `${at}.keep`).map((item) => {
          const { table, column } = this.#members(item, `${at}.keep`, ['table', 'column']);
          return {
            table: this.table(this.#text(table, `${at}.keep: table`)),
            column: this.#text(column, `${at}.keep: column`),
          };
        }),
        values: this.#list(of['values'], `${at}.values`).map((item) => {
          const within = `${at}.values`;
          const overlay = this.#members(item, within, ['table', 'row', 'column', 'value']);
          return {
            table: this.table(this.#text(overlay['table'], `${within}: table`)),
            row: this.#text(overlay['row'], `${within}: row`),
            column: this.#text(overlay['column'], `${within}: column`),
            value: this.#plain(overlay['value'], `${within}: value`),
          };
        }),
        writeSecrets: writeSecrets === true,
      };
    });
  }

  deletes(json: unknown): PlanningSettings['delete'] {
    const of = this.#members(json ?? {}, 'delete', ['mode', 'rules', 'max', 'deactivate']);
    const max = of['max'] ?? 0;
    if (typeof max !== 'number' || !Number.isInteger(max) || max < 0)
      return this.#refuse('delete.max is no number of rows');
    return {
      mode: this.oneOf(of['mode'], 'delete.mode', ['never', 'ours', 'rules']),
      rules: this.#list(of['rules'], 'delete.rules').map((item) => {
        const rule = this.#members(item, 'delete.rules', ['table', 'where']);
        const where = Object.entries(this.mapping(rule['where'], 'delete.rules: where'));
        // A rule without a condition would empty the table.
        if (where.length === 0) this.#refuse('a rule of delete.rules has no condition in where');
        return {
          table: this.table(this.#text(rule['table'], 'delete.rules: table')),
          where: new Map(
            where.map(([column, value]) => [column, this.#plain(value, `where: ${column}`)]),
          ),
        };
      }),
      max,
      deactivate: this.#list(of['deactivate'], 'delete.deactivate').map((name) =>
        this.table(this.#text(name, 'delete.deactivate')),
      ),
    };
  }

  oneOf<const Word extends string>(json: unknown, at: string, words: readonly Word[]): Word {
    const [first] = words;
    const word = json === undefined ? first : words.find((each) => each === json);
    return word ?? this.#refuse(`${at} is none of ${words.join(', ')}`);
  }

  mapping(json: unknown, at: string): Mapping {
    return isRecord(json) ? json : this.#refuse(`${at} is no mapping`);
  }

  #members(json: unknown, at: string, known: readonly string[]): Mapping {
    const of = this.mapping(json, at);
    const strange = Object.keys(of).find((key) => !known.includes(key));
    if (strange !== undefined)
      return this.#refuse(
        `${at} has the unknown member '${strange}'; known are ${known.join(', ')}`,
      );
    return of;
  }

  #list(json: unknown, at: string): readonly unknown[] {
    if (json === undefined) return [];
    return Array.isArray(json) ? json : this.#refuse(`${at} is no list`);
  }

  #text(json: unknown, at: string): string {
    if (typeof json === 'number') return String(json);
    return typeof json === 'string' && json.trim() !== ''
      ? json.trim()
      : this.#refuse(`${at} needs a text`);
  }

  #plain(json: unknown, at: string): PlainValue {
    if (json === null || typeof json === 'boolean' || typeof json === 'number') return json;
    return typeof json === 'string' ? json : this.#refuse(`${at} is no plain value`);
  }

  #refuse(what: string): never {
    throw new InputError(
      'config',
      `The configuration ${this.#path} cannot be used: ${what}`,
      'Correct the configuration file; schemas/unified-routing.schema.json describes it.',
    );
  }
}
