import { DataverseError } from './dataverse-error.ts';
import type { EnvironmentTable } from '../model/table.ts';
import { isObject, objectsIn, parseJson, textIn, type JsonObject } from './json.ts';
import {
  definitionPaths,
  entitySetsPath,
  metadataChangesPath,
  tablesPerQuery,
} from './metadata-query.ts';
import { readTable, type EntitySet } from './metadata-table.ts';
import type { ServiceAnswer } from './service-answer.ts';
import type { Session } from './session.ts';
import { slices } from './slices.ts';

const partsPerBatch = 100;

/** Tables of one environment, asked for once and kept for the run. */
export class Metadata {
  readonly #session: Session;
  /** Asked for already: callers at the same time share one request. */
  readonly #tables = new Map<string, Promise<EnvironmentTable | undefined>>();
  #entitySets: Promise<ReadonlyMap<string, EntitySet>> | undefined;
  #isFunctionMissing = false;

  constructor(session: Session) {
    this.#session = session;
  }

  async tables(
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, EnvironmentTable>> {
    const entitySets = await this.entitySets(signal);
    const wanted = [...new Set(names)].filter((name) => entitySets.has(name));
    const missing = wanted.filter((name) => !this.#tables.has(name));
    if (missing.length > 0) {
      const loading = this.#load(missing, entitySets, signal);
      for (const name of missing) {
        const table = loading.then((tables) => tables.get(name));
        // Whoever waits for the first of them learns of a failure; the others must not end the process.
        table.catch(() => undefined);
        this.#tables.set(name, table);
      }
    }
    const found = new Map<string, EnvironmentTable>();
    for (const name of wanted) {
      const table = await this.#tables.get(name);
      if (table !== undefined) found.set(name, table);
    }
    return found;
  }

  async #load(
    names: readonly string[],
    entitySets: ReadonlyMap<string, EntitySet>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, EnvironmentTable>> {
    try {
      const tables = new Map<string, EnvironmentTable>();
      for (const definition of await this.#definitions(names, signal)) {
        const table = readTable(definition, entitySets);
        tables.set(table.name, table);
      }
      return tables;
    } catch (error) {
      // What failed may be asked again.
      for (const name of names) this.#tables.delete(name);
      throw error;
    }
  }

  /** The entity sets of all tables: one request. */
  entitySets(signal: AbortSignal): Promise<ReadonlyMap<string, EntitySet>> {
    this.#entitySets ??= this.#loadEntitySets(signal).catch((error: unknown) => {
      this.#entitySets = undefined;
      throw error;
    });
    return this.#entitySets;
  }

  async #loadEntitySets(signal: AbortSignal): Promise<ReadonlyMap<string, EntitySet>> {
    const sets = new Map<string, EntitySet>();
    const answer = await this.#session.get(entitySetsPath, {}, signal);
    for (const definition of listIn(answer, entitySetsPath)) {
      const name = textIn(definition['LogicalName']);
      if (name === undefined) continue;
      const idColumn = textIn(definition['PrimaryIdAttribute']) ?? `${name}id`;
      sets.set(name, { entitySet: textIn(definition['EntitySetName']) ?? '', idColumn });
    }
    return sets;
  }

  async #definitions(
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly JsonObject[]> {
    if (!this.#isFunctionMissing) {
      try {
        const answers = await Promise.all(
          slices(names, tablesPerQuery).map((some) =>
            this.#session.get(metadataChangesPath(some), {}, signal),
          ),
        );
        return answers.flatMap((answer) =>
          listIn(answer, 'RetrieveMetadataChanges', 'EntityMetadata'),
        );
      } catch (error) {
        // Not every server has the function; what it would say can be asked for table by table.
        if (!(error instanceof DataverseError) || !isMissing(error)) throw error;
        this.#isFunctionMissing = true;
      }
    }
    return this.#definitionsByTable(names, signal);
  }

  async #definitionsByTable(
    names: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly JsonObject[]> {
    const asked = names.flatMap((name) => definitionPaths(name).map((path) => ({ name, path })));
    const batches = await Promise.all(
      slices(asked, partsPerBatch).map((some) => this.#session.getBatch(some, signal)),
    );
    const answers = batches.flat();
    const definitions = new Map<string, JsonObject>();
    const choices = new Map<string, Map<string, JsonObject>>();
    for (const [index, { name, path }] of asked.entries()) {
      const answer = answers[index];
      if (answer === undefined || answer.status === 404) continue;
      if (answer.status >= 400) throw this.#session.error(answer, path);
      const json = parseJson(answer.body.toString('utf8'));
      if (!isObject(json)) throw unreadable(path);
      if (!path.includes('/Attributes/')) definitions.set(name, json);
      else
        for (const attribute of objectsIn(json['value'])) {
          const ofTable = choices.get(name) ?? new Map<string, JsonObject>();
          ofTable.set(textIn(attribute['LogicalName']) ?? '', attribute);
          choices.set(name, ofTable);
        }
    }
    return [...definitions].map(([name, definition]) =>
      withChoices(definition, choices.get(name) ?? new Map<string, JsonObject>()),
    );
  }
}

function withChoices(definition: JsonObject, choices: ReadonlyMap<string, JsonObject>): JsonObject {
  const attributes = objectsIn(definition['Attributes']).map((attribute) => ({
    ...attribute,
    ...choices.get(textIn(attribute['LogicalName']) ?? ''),
  }));
  return { ...definition, Attributes: attributes };
}

function isMissing(error: DataverseError): boolean {
  return error.status === 404 || error.status === 400 || error.status === 501;
}

function listIn(answer: ServiceAnswer, path: string, member = 'value'): readonly JsonObject[] {
  const json = parseJson(answer.body.toString('utf8'));
  const list = isObject(json) ? json[member] : undefined;
  if (!Array.isArray(list)) throw unreadable(path);
  return objectsIn(list);
}

function unreadable(path: string): DataverseError {
  return new DataverseError(
    'URM1052',
    {
      what: 'The description of tables cannot be read',
      where: `GET ${path.split('?')[0] ?? ''}`,
      next: 'Check that the URL is that of a Dataverse environment; when it repeats, report it with the log.',
    },
    {},
  );
}
