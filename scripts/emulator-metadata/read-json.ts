import { readFileSync } from 'node:fs';

/** Reads a file whose content a guard knows. */
export function readJson<Document>(
  path: string,
  is: (value: unknown) => value is Document,
): Document {
  const document: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!is(document)) throw new Error(`${path} does not hold what it should.`);
  return document;
}
