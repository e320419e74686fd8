import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * Leaves out what no task ever runs: the HTTP library's multipart forms with their table of media
 * types, the XML reader's writer, and the agent library's own messages in languages that the tasks do not speak.
 */
export const slimBundles: Plugin = {
  name: 'slim-bundles',
  setup: (build) => {
    build.onResolve({ filter: /^(?:form-data|xmlbuilder)$/ }, ({ path }) => ({
      path,
      namespace: 'left-out',
    }));
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({
      contents: 'module.exports = class {};',
    }));
    build.onLoad({ filter: /azure-pipelines-task-lib[\\/]lib-resource\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const resource = JSON.parse(
        text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1),
      ) as Record<string, unknown>;
      return { contents: `module.exports = ${JSON.stringify(englishOnly(resource))};` };
    });
  },
};

/** The parts of the resource that are not texts by language, and the English ones. */
function englishOnly(resource: Readonly<Record<string, unknown>>): unknown {
  const isLanguage = (name: string): boolean => /^[a-z]{2}-[A-Z]{2}$/.test(name);
  return Object.fromEntries(
    Object.entries(resource)
      .filter(([name]) => !isLanguage(name) || name === 'en-US')
      .map(([name, value]) => [
        name,
        typeof value === 'object' && value !== null && Object.keys(value).some(isLanguage)
          ? englishOnly(value as Record<string, unknown>)
          : value,
      ]),
  );
}
