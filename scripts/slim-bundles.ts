import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

/** A module that nothing we ship runs, and what stands for it. */
interface LeftOut {
  readonly module: RegExp;
  /** Only when this file asks for it. */
  readonly importer?: RegExp;
  readonly contents: string;
}

const nothing = 'module.exports = class {};';
const agentLibrary = /azure-pipelines-task-lib/;

const leftOut: readonly LeftOut[] = [
  // The HTTP library's multipart forms, with their table of media types, and its ways for browsers.
  { module: /^form-data$/, contents: nothing },
  { module: /^\.\/xhr\.js$/, importer: /axios/, contents: 'export default null;' },
  {
    module: /^\.\/fetch\.js$/,
    importer: /axios/,
    contents: 'export const getFetch = () => null;',
  },
  // Redirects are refused: a token goes to the host it is for and no other.
  {
    module: /^follow-redirects$/,
    importer: /axios/,
    contents: "module.exports = { http: require('http'), https: require('https') };",
  },
  // The XML reader's writer.
  { module: /^xmlbuilder$/, contents: nothing },
  // The agent library's ways to find files and to start programs: tasks do neither by it.
  { module: /^minimatch$/, importer: agentLibrary, contents: nothing },
  { module: /^\.\/toolrunner$/, importer: agentLibrary, contents: nothing },
  // Ways to sign in on somebody else's behalf, which the sign-in library offers beside ours.
  {
    module: /^\.\/(?:OnBehalfOf|UsernamePassword|UserFederatedIdentityCredential)Client\.mjs$/,
    importer: /msal-node/,
    contents: `export const OnBehalfOfClient = undefined;
      export const UsernamePasswordClient = undefined;
      export const UserFederatedIdentityCredentialClient = undefined;`,
  },
  // Questions about versions of Node below 16, asked by the agent library and the token signer.
  {
    module: /^semver$/,
    importer: /azure-pipelines-task-lib|jsonwebtoken/,
    contents: 'module.exports = { lt: () => false, satisfies: () => true };',
  },
  // What Node has had itself for long. Streams stay open at their end, as those of this library do.
  {
    module: /^readable-stream$/,
    importer: /jszip/,
    contents: `const { Readable } = require('stream');
      exports.Readable = function (options) {
        Readable.call(this, { ...options, autoDestroy: false, emitClose: false });
      };
      Object.setPrototypeOf(exports.Readable.prototype, Readable.prototype);`,
  },
  { module: /^(?:lie|setimmediate)$/, contents: nothing },
  // Log output for those who debug the proxy library.
  {
    module: /^debug$/,
    contents: 'module.exports = () => Object.assign(() => {}, { enabled: false });',
  },
];

/**
 * Leaves out what no task ever runs, so that agents unpack and read less: parts of libraries, the
 * agent library's own messages in languages that the tasks do not speak, and of the YAML reader all
 * that nobody asks for, which only its form for browsers allows.
 */
export const slimBundles: Plugin = {
  name: 'slim-bundles',
  setup: (build) => {
    for (const [at, { module, importer }] of leftOut.entries())
      build.onResolve({ filter: module }, (asked) =>
        importer === undefined || importer.test(asked.importer)
          ? { path: asked.path, namespace: 'left-out', pluginData: at }
          : undefined,
      );
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, ({ pluginData }) => ({
      contents: leftOut[Number(pluginData)]?.contents ?? '',
    }));
    build.onResolve({ filter: /^yaml$/ }, () => ({
      path: fileURLToPath(new URL('../node_modules/yaml/browser/dist/index.js', import.meta.url)),
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
