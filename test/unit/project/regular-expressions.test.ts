import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from '@babel/parser';
import { analyse } from 'scslre';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Looked at one by one: the analysis cannot see why they take linear time. */
const linear: Readonly<Record<string, string>> = {
  [String.raw`/"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|-?\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)|-?\d{16,}/gs`]:
    'a string ends at its quote or with the text, so that no match of one fails',
  [String.raw`/\B(?=(\d{3})+(?!\d))/g`]: 'digits of one number that a column holds',
};

interface Literal {
  readonly pattern: string;
  readonly flags: string;
  readonly place: string;
}

/** Every regular expression that is written in the files of a folder. */
function literalsBelow(folder: string): readonly Literal[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .flatMap((name) => {
      const path = join(root, folder, name);
      const syntax = parse(readFileSync(path, 'utf8'), {
        sourceType: 'module',
        plugins: ['typescript', ...(name.endsWith('x') ? (['jsx'] as const) : [])],
      });
      return literalsIn(syntax.program, relative(root, path));
    });
}

function literalsIn(node: unknown, file: string): readonly Literal[] {
  if (typeof node !== 'object' || node === null) return [];
  if (Array.isArray(node)) return node.flatMap((each) => literalsIn(each, file));
  if ('type' in node && node.type === 'RegExpLiteral') {
    const { pattern, flags, loc } = node as unknown as {
      readonly pattern: string;
      readonly flags: string;
      readonly loc: { readonly start: { readonly line: number } };
    };
    return [{ pattern, flags, place: `${file}:${loc.start.line}` }];
  }
  return Object.entries(node).flatMap(([name, value]) =>
    name === 'loc' ? [] : literalsIn(value, file),
  );
}

function isSuperLinear({ pattern, flags }: Omit<Literal, 'place'>): boolean {
  return analyse({ source: pattern, flags }).reports.length > 0;
}

describe('regular expressions', () => {
  const literals = ['shared', 'emulator', 'cli', 'tasks', 'views'].flatMap(literalsBelow);

  it('are all found', () => {
    assert.ok(literals.length > 300, String(literals.length));
  });

  it('take linear time, whatever text they are held against', () => {
    const slow = literals.filter(
      (literal) =>
        linear[`/${literal.pattern}/${literal.flags}`] === undefined && isSuperLinear(literal),
    );
    assert.deepEqual(
      slow.map(({ pattern, place }) => `${place} ${pattern}`),
      [],
    );
  });

  it('are excused only while they are there', () => {
    const written = new Set(literals.map(({ pattern, flags }) => `/${pattern}/${flags}`));
    assert.deepEqual(
      Object.keys(linear).filter((each) => !written.has(each)),
      [],
    );
  });

  for (const [pattern, what] of [
    [String.raw`^[+-]?(\d+\.?\d*|\.\d+)$`, 'digits that two parts could take'],
    [String.raw`\/+$`, 'the end of a text searched from each of its characters'],
    [String.raw`(a+)+$`, 'repetitions of repetitions'],
  ] as const)
    it(`would not pass with ${what}`, () => {
      assert.ok(isSuperLinear({ pattern, flags: '' }));
    });
});
