import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../schemas');

/** A schema of the product, ready to check with: `plan`, `journal`, `result`. */
export async function schemaOf(name: string): Promise<ValidateFunction> {
  const text = await readFile(join(folder, `${name}.schema.json`), 'utf8');
  const schema: unknown = JSON.parse(text);
  if (typeof schema !== 'object' || schema === null) throw new Error(`${name} is no schema.`);
  return new Ajv({ allowUnionTypes: true, allErrors: true }).compile(schema);
}

/** What a schema has against a document; empty when nothing. */
export function complaints(validate: ValidateFunction, document: unknown): readonly string[] {
  if (validate(document)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message }) => `${instancePath} ${message ?? ''}`,
  );
}
