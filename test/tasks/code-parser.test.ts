import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, type ParserOptions } from '@babel/parser';

const root = fileURLToPath(new URL('../../', import.meta.url));
const bundle = join(root, 'dist/extension/tasks/ChannelProviderMigrate/parser.js');

/** Files of a folder, of one kind. */
const filesIn = (folder: string, ending: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(root, folder, name));

const snippets: Readonly<Record<string, string>> = {
  'types of Flow':
    '// @flow\nopaque type A: string = string; type P = {| +a: number, b?: ?string |};\n' +
    'declare function f(x: number): string %checks(x); export type {P}; (x: any);\n' +
    'enum E of string { A = "a" } declare module M { declare module.exports: typeof A }',
  'tags in code': 'const x = <a.b {...c} d="e&amp;f"><>{/* g */}{h}</></a.b>;',
  'types of TypeScript':
    'abstract class A<in out T> implements B { declare readonly x?: T; private constructor(); }\n' +
    'type C<T> = T extends (infer U extends string)[] ? `a${U}` : asserts x is y; enum D { E = 1 }\n' +
    'namespace F.G { export import h = i.j } function k(this: void): asserts l; m satisfies n as const;\n' +
    'import type { o } from "p"; export = q; let r: typeof import("s"); let u: unique symbol; v!.w<X>();',
  'mistakes it goes on after': 'let a; let a; return 1; export { b }; for (const c;;) {}',
  'old and new code':
    'with (a) b; 010; `c${d}`; e?.f ??= 1n; class G { #h = import.meta; static {} }',
};

describe('the parser of the code scan, as it is built', function () {
  this.timeout(120_000);
  let built: typeof parse = parse;

  before(() => {
    if (!existsSync(bundle)) assert.fail('build first: npm run build');
    built = (createRequire(import.meta.url)(bundle) as { readonly parse: typeof parse }).parse;
    assert.notEqual(built, parse);
  });

  const readsAlike = (text: string, options: ParserOptions): void => {
    const tree = (read: typeof parse): string => {
      try {
        return JSON.stringify(read(text, { sourceType: 'unambiguous', ...options }));
      } catch (error) {
        return String(error);
      }
    };
    assert.ok(tree(built) === tree(parse), text.slice(0, 200));
  };

  it('reads TypeScript as the whole one does', () => {
    const files = [...filesIn('shared', '.ts'), ...filesIn('tasks', '.ts')];
    assert.ok(files.length > 200);
    for (const file of files)
      readsAlike(readFileSync(file, 'utf8'), { plugins: ['typescript', 'decorators-legacy'] });
  });

  it('reads scripts and modules as the whole one does', () => {
    const files = ['xml2js', 'jszip/lib', 'axios/lib', 'saxes', 'yazl'].flatMap((name) =>
      filesIn(`node_modules/${name}`, '.js'),
    );
    assert.ok(files.length > 80);
    for (const file of files) readsAlike(readFileSync(file, 'utf8'), { plugins: ['flow', 'jsx'] });
  });

  for (const [name, text] of Object.entries(snippets))
    it(`reads ${name} as the whole one does`, () => {
      readsAlike(text, { errorRecovery: true, plugins: ['flow', 'jsx'] });
      readsAlike(text, { errorRecovery: true, plugins: ['typescript', 'jsx'] });
    });
});
