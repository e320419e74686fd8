import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

const namespace = 'names-on-demand';

/**
 * A package that is imported on demand arrives whole, and with code splitting a CommonJS one without
 * its names. In between comes a module with the names that the importing file takes out of it, but
 * for those that nothing in the bundle asks for.
 */
export function namesOnDemand(without: ReadonlySet<string>): Plugin {
  return {
    name: namespace,
    setup: (build) => {
      build.onResolve({ filter: /^[^.#/]/ }, ({ kind, path, importer }) => {
        if (kind !== 'dynamic-import' || path.startsWith('node:')) return undefined;
        const names = namesTaken(readFileSync(importer, 'utf8'), path);
        if (names.length === 0) return undefined;
        const kept = names.filter((name) => !without.has(name));
        return { path, namespace, pluginData: kept, suffix: `?${kept.join()}` };
      });
      build.onLoad({ filter: /.*/, namespace }, ({ path, pluginData }) => ({
        contents: `export { ${(pluginData as readonly string[]).join(', ')} } from '${path}';`,
        resolveDir: '.',
      }));
    },
  };
}

/** The names in every `const { … } = await import('package')` of a file. */
function namesTaken(text: string, path: string): readonly string[] {
  const names = [...text.matchAll(/\{([^{}]*)\}\s*=\s*await import\('([^']+)'\)/g)]
    .filter(([, , from]) => from === path)
    .flatMap(([, list = '']) => list.split(',').map((name) => name.trim()));
  return [...new Set(names)].filter((name) => name !== '').sort();
}
