import { InputError } from '../../errors/migration-error.ts';
import type { Files } from '../../host/files.ts';
import { isRecord } from '../../plan/planned-value.ts';
import { readYaml } from '../read-yaml.ts';

/** A person of the target, and what the person is to have there. */
export interface LinkedPerson {
  /** Sign-in name, e-mail address, Entra object id or id of the user. */
  readonly user: string;
  /** Names or ids. */
  readonly queues: readonly string[];
  readonly skills: readonly { readonly skill: string; readonly rating?: string }[];
  readonly capacity: readonly { readonly profile: string; readonly units?: number }[];
  /** Time zone code of a resource that is made for the person. */
  readonly timeZone: number;
}

/** A row that gets a reference that only the target can give. */
export interface LinkedPair {
  readonly row: string;
  readonly to: string;
}

/** What a map file says beside its rows: what the procedure leaves to hands. */
export interface Linking {
  readonly people: readonly LinkedPerson[];
  readonly bots: readonly LinkedPair[];
  readonly calendars: readonly LinkedPair[];
  readonly numbers: readonly LinkedPair[];
  readonly smsNumbers: readonly LinkedPair[];
  readonly waitMusic: readonly LinkedPair[];
  readonly holdMusic: readonly LinkedPair[];
}

const universalTime = 92;

/** Reads what a map file links; every slip is refused. */
export async function readLinking(path: string, files: Files): Promise<Linking> {
  const reading = await readYaml(path, files);
  // Whoever reads the rows of the file says what is wrong with it.
  const document = 'problem' in reading ? undefined : reading.content;
  const reader = new LinkingReader(path);
  const of = isRecord(document) ? document : {};
  const linking = {
    people: reader.list(of['people'], 'people', (entry, at) => reader.person(entry, at)),
    bots: reader.pairs(of['bots'], 'bots', ['workstream', 'user']),
    calendars: reader.pairs(of['calendars'], 'calendars', ['hours', 'calendar']),
    numbers: reader.pairs(of['numbers'], 'numbers', ['channel', 'number']),
    smsNumbers: reader.pairs(of['smsNumbers'], 'smsNumbers', ['channel', 'number']),
    waitMusic: reader.pairs(of['waitMusic'], 'waitMusic', ['language', 'music']),
    holdMusic: reader.pairs(of['holdMusic'], 'holdMusic', ['language', 'music']),
  };
  reader.finish();
  return linking;
}

/** Collects all slips of one file. */
class LinkingReader {
  readonly #path: string;
  readonly #wrong: string[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  list<Item>(
    value: unknown,
    name: string,
    read: (entry: Readonly<Record<string, unknown>>, at: string) => Item,
  ): readonly Item[] {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) {
      this.#wrong.push(`'${name}' is no list`);
      return [];
    }
    return value.flatMap((entry: unknown, index) => {
      const at = `entry ${index + 1} of '${name}'`;
      if (isRecord(entry)) return [read(entry, at)];
      this.#wrong.push(`${at} is no mapping`);
      return [];
    });
  }

  pairs(
    value: unknown,
    name: string,
    [row, to]: readonly [row: string, to: string],
  ): readonly LinkedPair[] {
    return this.list(value, name, (entry, at) => {
      this.#refuseOthers(entry, [row, to], at);
      return { row: this.#text(entry, row, at), to: this.#text(entry, to, at) };
    });
  }

  person(entry: Readonly<Record<string, unknown>>, at: string): LinkedPerson {
    this.#refuseOthers(entry, ['user', 'queues', 'skills', 'capacity', 'timeZone'], at);
    const timeZone = entry['timeZone'] ?? universalTime;
    if (typeof timeZone !== 'number') this.#wrong.push(`'timeZone' of ${at} is no number`);
    return {
      user: this.#text(entry, 'user', at),
      queues: this.#entries(entry, 'queues', at).map((queue) =>
        typeof queue === 'string' ? queue : this.#refuse(`'queues' of ${at} holds no name`),
      ),
      skills: this.#entries(entry, 'skills', at).map((skill) => this.#skill(skill, at)),
      capacity: this.#entries(entry, 'capacity', at).map((profile) => this.#profile(profile, at)),
      timeZone: typeof timeZone === 'number' ? timeZone : universalTime,
    };
  }

  finish(): void {
    if (this.#wrong.length > 0)
      throw new InputError(
        'map',
        `The map file ${this.#path} cannot be used: ${this.#wrong.join('; ')}`,
        'Correct the file.',
      );
  }

  #skill(entry: unknown, at: string): LinkedPerson['skills'][number] {
    if (typeof entry === 'string') return { skill: entry };
    if (!isRecord(entry)) return { skill: this.#refuse(`'skills' of ${at} holds no skill`) };
    this.#refuseOthers(entry, ['skill', 'rating'], at);
    const skill = this.#text(entry, 'skill', at);
    const { rating } = entry;
    return typeof rating === 'string' ? { skill, rating } : { skill };
  }

  #profile(entry: unknown, at: string): LinkedPerson['capacity'][number] {
    if (typeof entry === 'string') return { profile: entry };
    if (!isRecord(entry)) return { profile: this.#refuse(`'capacity' of ${at} holds no profile`) };
    this.#refuseOthers(entry, ['profile', 'units'], at);
    const profile = this.#text(entry, 'profile', at);
    const { units } = entry;
    return typeof units === 'number' ? { profile, units } : { profile };
  }

  #entries(entry: Readonly<Record<string, unknown>>, name: string, at: string): readonly unknown[] {
    const value = entry[name] ?? [];
    if (Array.isArray(value)) return value;
    this.#wrong.push(`'${name}' of ${at} is no list`);
    return [];
  }

  #text(entry: Readonly<Record<string, unknown>>, name: string, at: string): string {
    const value = entry[name];
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    if (typeof value === 'number') return String(value);
    return this.#refuse(`${at} needs '${name}'`);
  }

  #refuseOthers(
    entry: Readonly<Record<string, unknown>>,
    known: readonly string[],
    at: string,
  ): void {
    for (const name of Object.keys(entry))
      if (!known.includes(name)) this.#wrong.push(`${at} has the unknown member '${name}'`);
  }

  #refuse(what: string): string {
    this.#wrong.push(what);
    return '';
  }
}
