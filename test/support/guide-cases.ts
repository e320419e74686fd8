import { readFile } from 'node:fs/promises';

const fence = /```yaml case=([\w-]+)\n([^]*?)```/g;

/** The cases of a guide by name, so that tests run what the page shows. */
export async function guideCases(page: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(new URL(`../../docs/guides/${page}.md`, import.meta.url), 'utf8');
  return new Map([...text.matchAll(fence)].map(([, name = '', body = '']) => [name, body]));
}
