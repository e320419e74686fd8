import { parseArgs } from 'node:util';
import { InputError } from '#shared/errors/migration-error.ts';
import { closest } from './closest.ts';
import type { Grammar } from './grammar.ts';

/** What was said to a command, checked against what it takes. */
export interface Arguments {
  /** The value of a flag that takes one. */
  value(flag: string): string | undefined;
  /** Was a flag without a value given? */
  has(flag: string): boolean;
  readonly positionals: readonly string[];
}

/** Throws an `InputError` of one sentence for the first thing that the command does not take. */
export function readArguments(command: Grammar, argv: readonly string[]): Arguments {
  const place = `urm ${command.name}`;
  const help = `See ${place} --help.`;
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      command.flags.map(({ name, hint }) => [
        name,
        { type: hint === undefined ? 'boolean' : 'string' } as const,
      ]),
    ),
  });
  const values = new Map<string, string>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = command.flags.find(({ name }) => name === token.name);
    const where = token.rawName;
    if (flag === undefined) {
      const near = closest(
        token.name,
        command.flags.map(({ name }) => name),
      );
      const hint = near === undefined ? help : `Did you mean --${near}? ${help}`;
      throw new InputError(place, `There is no flag ${where}`, hint);
    }
    if (values.has(flag.name)) throw new InputError(place, `${where} is given twice`, help);
    if (flag.hint === undefined && token.value !== undefined)
      throw new InputError(place, `${where} takes no value`, help);
    // What looks like a flag is one: a path that begins with -- can be given as --flag=--path.
    const forgotten = token.inlineValue !== true && token.value?.startsWith('--') === true;
    if (flag.hint !== undefined && (token.value === undefined || token.value === '' || forgotten))
      throw new InputError(place, `${where} needs a value: ${flag.hint}`, help);
    values.set(flag.name, token.value ?? 'true');
  }
  const extra = positionals[command.positionals.length];
  if (extra !== undefined) throw new InputError(place, `'${extra}' is one word too many`, help);
  const missing = command.positionals[positionals.length];
  if (missing !== undefined) throw new InputError(place, `${missing} is missing`, help);
  for (const flag of command.flags)
    if (flag.required && !values.has(flag.name))
      throw new InputError(place, `--${flag.name} is required`, help);
  return {
    positionals,
    value: (flag) => values.get(flag),
    has: (flag) => values.has(flag),
  };
}
