import type { Environment } from '#emulator/environment.ts';
import { MemoryStore } from '#emulator/store/memory-store.ts';
import type { RowChange, StoredRow } from '#emulator/store/store.ts';
import { rowState } from '#support/environment-state.ts';

/** Rows of an environment by `table/id`, as texts that compare. */
export type Holdings = ReadonlyMap<string, string>;

/** Every row of an environment at one moment, to be put back as often as it takes. */
export interface EnvironmentCopy {
  /** By table and id. */
  readonly rows: ReadonlyMap<string, ReadonlyMap<string, StoredRow>>;
  readonly holdings: Holdings;
}

const mostTold = 20_000;

/** Takes copies of one environment and puts them back, rows that did not change left alone. */
export class Copier {
  readonly #environment: Environment;
  /** By table, id and version, which no two rows share. */
  readonly #told = new Map<string, readonly [key: string, text: string] | undefined>();

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Rises with every write. */
  get lastVersion(): number {
    return this.#store().lastVersion;
  }

  copy(): EnvironmentCopy {
    const store = this.#store();
    const rows = new Map(
      store
        .tables()
        .map((table) => [table, new Map([...store.rows(table)].map((row) => [row.id, row]))]),
    );
    return { rows, holdings: this.holdings() };
  }

  putBack(copy: EnvironmentCopy): void {
    const store = this.#store();
    const changes: RowChange[] = [];
    for (const table of new Set([...store.tables(), ...copy.rows.keys()])) {
      const wanted = copy.rows.get(table);
      for (const { id } of store.rows(table))
        if (wanted?.has(id) !== true) changes.push({ table, id });
      for (const [id, row] of wanted ?? [])
        if (store.get(table, id)?.version !== row.version) changes.push({ table, id, row });
    }
    store.restore(changes);
  }

  /** What the environment holds, without the mark of the run that created a row: another plan has another. */
  holdings(): Holdings {
    const store = this.#store();
    const held = new Map<string, string>();
    for (const table of store.tables())
      // Names with `#` are the emulator's own.
      for (const row of table.startsWith('#') ? [] : store.rows(table)) {
        const told = this.#tell(table, row);
        if (told !== undefined) held.set(...told);
      }
    return held;
  }

  #tell(table: string, row: StoredRow): readonly [key: string, text: string] | undefined {
    const at = `${table} ${row.id} ${row.version}`;
    if (this.#told.has(at)) return this.#told.get(at);
    const state = rowState(table, row);
    const told =
      state === undefined ? undefined : ([unmarked(state[0]), unmarked(state[1])] as const);
    // A long campaign writes more versions than are worth keeping.
    if (this.#told.size > mostTold) this.#told.clear();
    this.#told.set(at, told);
    return told;
  }

  #store(): MemoryStore {
    const { store } = this.#environment;
    if (store instanceof MemoryStore) return store;
    throw new Error('The emulator keeps its rows in another store.');
  }
}

function unmarked(text: string): string {
  return text.replaceAll(/"importsequencenumber":\d+,?/g, '');
}

/** How an environment differs from the wanted one, row by row. */
export interface Deviation {
  /** Rows that are missing, or hold something else. */
  readonly lost: readonly string[];
  /** Rows that nobody planned. */
  readonly extra: readonly string[];
}

export function deviationOf(wanted: Holdings, actual: Holdings): Deviation {
  const lost = [...wanted].filter(([key, text]) => actual.get(key) !== text).map(([key]) => key);
  return { lost, extra: [...actual.keys()].filter((key) => !wanted.has(key)) };
}

/** A row that is not as wanted, with what differs. */
export function deviationText(key: string, wanted: Holdings, actual: Holdings): string {
  const [should, is] = [wanted.get(key), actual.get(key)];
  if (is === undefined) return `${key} is missing`;
  if (should === undefined) return `${key} is there`;
  const [before, after] = [should, is].map((text) => JSON.parse(text) as Record<string, unknown>);
  const columns = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  const told = [...columns].flatMap((column) => {
    const [one, other] = [before, after].map(
      (cells) => JSON.stringify(cells?.[column]) ?? 'nothing',
    );
    return one === other ? [] : [`${column} ${other} instead of ${one}`];
  });
  return `${key}: ${told.join(', ')}`.slice(0, 400);
}
