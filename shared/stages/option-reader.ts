import type { Connection, ConnectionRole, Host } from '../host/host.ts';
import { InputError } from '../errors/migration-error.ts';

/**
 * Reads a stage's inputs and collects every problem, so that all wrong inputs are reported together.
 * A getter that found a problem returns a placeholder: `finish` decides, and must be asked last.
 */
export class OptionReader {
  readonly #host: Host;
  readonly #errors: InputError[] = [];

  constructor(host: Host) {
    this.#host = host;
  }

  text(name: string): string | undefined {
    const value = this.#host.input(name)?.trim();
    return value === '' ? undefined : value;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) this.refuse(name, `'${name}' is required`, 'Give it a value.');
    return value ?? '';
  }

  flag(name: string): boolean {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined || value === 'false') return false;
    if (value !== 'true')
      this.refuse(
        name,
        `'${name}' must be true or false, not '${value}'`,
        'Use one of these two words.',
      );
    return value === 'true';
  }

  /** Comma-separated names; blanks around them do not count. */
  list(name: string): readonly string[] {
    return (this.text(name) ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }

  oneOf<const Choice extends string>(
    name: string,
    choices: readonly Choice[],
    fallback: Choice,
  ): Choice {
    const value = this.text(name);
    if (value === undefined) return fallback;
    const chosen = choices.find((choice) => choice === value);
    if (chosen === undefined)
      this.refuse(
        name,
        `'${name}' must be one of ${choices.join(', ')}, not '${value}'`,
        'Use one of these words.',
      );
    return chosen ?? fallback;
  }

  connection(role: ConnectionRole): Connection {
    try {
      return this.#host.connection(role);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#errors.push(error);
      return { url: 'https://invalid.invalid', credential: { kind: 'token', token: '' } };
    }
  }

  refuse(name: string, what: string, next: string): void {
    this.#errors.push(new InputError(name, what, next));
  }

  finish<Options>(options: Options): Options | readonly InputError[] {
    return this.#errors.length === 0 ? options : this.#errors;
  }
}
