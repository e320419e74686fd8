import { InputError } from '../../errors/migration-error.ts';
import type { Files } from '../../host/files.ts';
import { readYaml } from '../read-yaml.ts';
import type { CheckWeight, CheckWeights } from './check-book.ts';
import { checkNames, isCheckName, type CheckName } from './check-names.ts';

const weights = ['error', 'warning', 'info', 'off'] as const satisfies readonly CheckWeight[];

/** What the configuration file says under `checks`. */
export async function readWeights(path: string | undefined, files: Files): Promise<CheckWeights> {
  const chosen = new Map<CheckName, CheckWeight>();
  if (path === undefined || (await files.stat(path))?.kind !== 'file') return chosen;
  const reading = await readYaml(path, files);
  if ('problem' in reading) throw wrong(path, reading.problem);
  const { content } = reading;
  const checks = isRecord(content) ? content['checks'] : undefined;
  if (checks === undefined || checks === null) return chosen;
  if (!isRecord(checks)) throw wrong(path, `'checks' is no mapping of names to weights`);
  for (const [name, value] of Object.entries(checks)) {
    if (!isCheckName(name))
      throw wrong(path, `'${name}' is no check; there are ${checkNames.join(', ')}`);
    const weight = weights.find((each) => each === value);
    if (weight === undefined)
      throw wrong(path, `'${name}' must be one of ${weights.join(', ')}, not '${String(value)}'`);
    chosen.set(name, weight);
  }
  return chosen;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(path: string, what: string): InputError {
  return new InputError('config', `${what} (in ${path})`, 'Correct the configuration file.');
}
