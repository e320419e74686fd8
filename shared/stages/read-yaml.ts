import type { Document } from 'yaml';
import type { Files } from '../host/files.ts';

/** What a YAML file says, or in one sentence why it cannot be read. */
export type YamlReading = { readonly content: unknown } | { readonly problem: string };

/** A map of 36,000 rows; larger ones are no file that people keep by hand. */
export const maxYamlBytes = 4 * 1024 * 1024;

/** The parser's time grows with the square of the depth. */
const maxDepth = 64;

/** Each alias is looked for among all anchors before it, and may stand for much. */
const maxAliases = 100;

/**
 * Reads a YAML file of settings. Size, depth and the growth by aliases are bounded, and what is odd
 * but legal is read without a word: warnings of the parser would reach the log past its masking.
 */
export async function readYaml(path: string, files: Files): Promise<YamlReading> {
  const stat = await files.stat(path);
  if (stat?.kind !== 'file') return { problem: 'There is no such file' };
  if (stat.bytes > maxYamlBytes)
    return { problem: `It is larger than ${String(maxYamlBytes / 1024 / 1024)} MB` };
  return parseYaml(Buffer.from(await files.readWhole(path)).toString('utf8'));
}

interface Mistake {
  readonly what: string;
  /** In characters. */
  readonly at: number;
}

async function parseYaml(text: string): Promise<YamlReading> {
  const { Composer, Lexer, LineCounter, Parser } = await import('yaml');
  const lines = new LineCounter();
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  const composer = new Composer({
    // Drawing the place of each mistake takes as long as there are mistakes; the first one is enough.
    prettyErrors: false,
    logLevel: 'silent',
    // The composer would compare each key with all others.
    uniqueKeys: false,
  });
  const tokens = function* (): ReturnType<typeof parser.next> {
    for (const lexeme of new Lexer().lex(text)) {
      yield* parser.next(lexeme);
      if (parser.stack.length > maxDepth) throw new TooDeep();
    }
    yield* parser.end();
  };
  try {
    const [document, second] = composer.compose(tokens(), true, text.length);
    if (document === undefined) return { content: null };
    const mistake =
      (await mistakeIn(document)) ??
      (second === undefined
        ? undefined
        : { what: 'it holds several documents', at: second.range[0] });
    if (mistake === undefined) return { content: document.toJS({ maxAliasCount: maxAliases }) };
    const { line, col } = lines.linePos(mistake.at);
    return { problem: `It is no YAML: ${mistake.what} (line ${line}, column ${col})` };
  } catch (error) {
    if (error instanceof TooDeep)
      return { problem: `It is nested more than ${String(maxDepth)} deep` };
    const what = error instanceof Error ? error.message : String(error);
    return { problem: `It is no YAML: ${shortened(what)}` };
  }
}

class TooDeep extends Error {}

/** The first mistake: of the language, a key that stands twice, or too many aliases. */
async function mistakeIn(document: Document.Parsed): Promise<Mistake | undefined> {
  const [error] = document.errors;
  if (error !== undefined) return { what: shortened(error.message), at: error.pos[0] };
  const { isScalar, visit } = await import('yaml');
  let mistake: Mistake | undefined;
  let aliases = 0;
  visit(document, {
    Alias: (_, { range }) => {
      aliases += 1;
      if (aliases > maxAliases)
        mistake ??= { what: 'it repeats itself through aliases without end', at: range?.[0] ?? 0 };
    },
    Map: (_, { items }) => {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value))
          mistake ??= { what: 'a key stands there twice', at: key.range?.[0] ?? 0 };
        keys.add(key.value);
      }
    },
  });
  return mistake;
}

function shortened(text: string): string {
  return (text.split('\n', 1)[0] ?? '').slice(0, 200);
}
