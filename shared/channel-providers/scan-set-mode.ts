import { runInNewContext } from 'node:vm';
import { constantsIn, isNode, nameOfMember, nodesOf, numberOf, type Node } from './syntax.ts';

/** What a call of `setMode` asks for; the panel is docked by 1. */
export type ModeVerdict =
  | { readonly is: 'docked' }
  | { readonly is: 'other'; readonly mode: number }
  /** The argument, as the code writes it. */
  | { readonly is: 'unknown'; readonly expression: string };

export interface SetModeCall {
  /** From 1, in the whole file. */
  readonly line: number;
  readonly column: number;
  readonly verdict: ModeVerdict;
}

/** What one file says. */
export interface ScannedFile {
  readonly calls: readonly SetModeCall[];
  /** Why it, or a part of it, could not be read. */
  readonly problem?: string;
}

/** Names of files that may hold a provider's code. */
export const codeFile = /\.(?:[cm]?[jt]sx?|html?)$/i;

/**
 * Finds the calls of `Microsoft.CIFramework.setMode` by syntax tree:
 * learn.microsoft.com/dynamics365/channel-integration-framework/v2/reference/microsoft-ciframework/setmode
 *
 * The parser tries what it does not understand again and again, a page of nonsense for years: a file
 * that takes it longer than `maxMs` is told as a problem.
 */
export async function scanSetMode(
  text: string,
  name: string,
  maxMs: number = 2000 + text.length / 1000,
): Promise<ScannedFile> {
  const until = performance.now() + maxMs;
  const isPage = /\.html?$/i.test(name) || /^\s*<(?:!doctype|html|head|body|script)/i.test(text);
  if (!isPage) return scanScript(text, { name, line: 1, column: 0, until });
  const calls: SetModeCall[] = [];
  const problems: string[] = [];
  for (const script of scriptsIn(text)) {
    const scanned = await scanScript(script.text, { name: 'page.js', ...script, until });
    calls.push(...scanned.calls);
    if (scanned.problem !== undefined) problems.push(scanned.problem);
  }
  const [problem] = problems;
  return problem === undefined ? { calls } : { calls, problem };
}

/** Addresses of the scripts that a page loads. */
export function scriptAddresses(page: string): readonly string[] {
  return [...page.matchAll(/<script\b[^<>]*?\bsrc\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/gi)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? '',
  );
}

interface Place {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  /** When the file's time is used up. */
  readonly until: number;
}

function* scriptsIn(
  page: string,
): Generator<{ readonly text: string; readonly line: number; readonly column: number }> {
  const opening = /<script\b([^<>]*)>/gi;
  const closing = /<\/script\s*>/gi;
  let line = 1;
  let lineStart = 0;
  for (let found = opening.exec(page); found !== null; found = opening.exec(page)) {
    const [tag, attributes = ''] = found;
    const start = found.index + tag.length;
    closing.lastIndex = start;
    const end = closing.exec(page);
    // Where none is closed any more, there is no other script either: a page is read once.
    if (end === null) return;
    opening.lastIndex = closing.lastIndex;
    const text = page.slice(start, end.index);
    const type = /\btype\s*=\s*["']?([^"'\s>]+)/i.exec(attributes)?.[1] ?? 'module';
    if (!/javascript|ecmascript|module|babel/i.test(type) || text.trim() === '') continue;
    let next = page.indexOf('\n', lineStart);
    while (next >= 0 && next < start) {
      line += 1;
      lineStart = next + 1;
      next = page.indexOf('\n', lineStart);
    }
    yield { text, line, column: start - lineStart };
  }
}

/**
 * What no code says and the parser fills the memory with before its time is up: type arguments in type
 * arguments are tried again and again, and each label inside others of its name is one mistake more for
 * each.
 */
const repetitions = [
  /(?<![\w$.])(?:[\w$.]{1,100}\s{0,10}<\s{0,10}){40}/,
  /(?<![\w$\\])(?:[\w$\\]{1,100}\s{0,10}:\s{0,10}){40}/,
];
const maxScriptChars = 20 * 1024 * 1024;

async function scanScript(text: string, place: Place): Promise<ScannedFile> {
  if (text.length > maxScriptChars) return { calls: [], problem: 'it is larger than 20 MB' };
  if (repetitions.some((repetition) => repetition.test(text)))
    return { calls: [], problem: 'its labels or type arguments are nested more than 40 deep' };
  // 500 kB of parser: loaded only when somebody asks for a scan.
  const { parse } = await import('@babel/parser');
  const isTyped = /\.[cm]?tsx?$/i.test(place.name);
  const hasTags = !/\.[cm]?ts$/i.test(place.name);
  let tree: ReturnType<typeof parse>;
  try {
    tree = endedBy(place.until, () =>
      parse(text, {
        sourceType: 'unambiguous',
        errorRecovery: true,
        allowReturnOutsideFunction: true,
        allowAwaitOutsideFunction: true,
        startLine: place.line,
        plugins: [
          ...(isTyped ? (['typescript', 'decorators-legacy'] as const) : (['flow'] as const)),
          ...(hasTags ? (['jsx'] as const) : []),
        ],
      }),
    );
  } catch (error) {
    if (isTimeout(error))
      return { calls: [], problem: 'the parser does not come to an end with it' };
    // The parser goes into expressions by calls of its own.
    if (error instanceof RangeError) return { calls: [], problem: 'it is nested too deep' };
    return { calls: [], problem: error instanceof Error ? error.message : String(error) };
  }
  const calls = isNode(tree) ? callsIn(tree, text, place) : [];
  // The parser goes on after small mistakes; where nothing was found they may be why.
  const [mistake] = tree.errors ?? [];
  return calls.length > 0 || mistake === undefined
    ? { calls }
    : { calls, problem: `${mistake.code}: ${mistake.reasonCode}` };
}

/** Runs what cannot be asked to stop, and throws when its time is up. */
function endedBy<Result>(until: number, run: () => Result): Result {
  let result: { readonly is: Result } | undefined;
  const timeout = Math.max(1, Math.ceil(until - performance.now()));
  runInNewContext('run()', { run: () => void (result = { is: run() }) }, { timeout });
  if (result === undefined) throw new Error('It ended without a result.');
  return result.is;
}

function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}

function callsIn(tree: Node, text: string, place: Place): readonly SetModeCall[] {
  const constants = constantsIn(tree);
  const framework = new FrameworkNames(tree);
  const calls: SetModeCall[] = [];
  for (const node of nodesOf(tree)) {
    if (node.type !== 'CallExpression' && node.type !== 'OptionalCallExpression') continue;
    const call = framework.setModeCall(node);
    const argument = call?.argument;
    const value = argument === undefined ? undefined : numberOf(argument, constants);
    const known = value !== undefined && value >= 0 && value <= 3;
    const isOther = argument !== undefined && argument.type.endsWith('Literal') && !known;
    if (call !== undefined && (call.isFramework || known || !(isOther || argument === undefined)))
      calls.push({ ...placeOf(node, place), verdict: verdictOf(value, argument, text) });
  }
  return calls;
}

function verdictOf(
  value: number | undefined,
  argument: Node | undefined,
  text: string,
): ModeVerdict {
  if (value === 1) return { is: 'docked' };
  if (value !== undefined) return { is: 'other', mode: value };
  const { start, end } = argument ?? {};
  const written =
    typeof start === 'number' && typeof end === 'number' ? text.slice(start, end) : '';
  const expression = written.replaceAll(/\s+/g, ' ');
  return {
    is: 'unknown',
    expression: expression.length > 60 ? `${expression.slice(0, 60)}…` : expression,
  };
}

function placeOf(node: Node, place: Place): { readonly line: number; readonly column: number } {
  const { line, column } = node.loc?.start ?? { line: place.line, column: 0 };
  return { line, column: column + 1 + (line === place.line ? place.column : 0) };
}

/** Which names of a file stand for the framework, or for its `setMode`. */
class FrameworkNames {
  readonly #objects = new Set(['CIFramework']);
  readonly #functions = new Set<string>();

  constructor(tree: Node) {
    // Twice, so that a name made from another name is found whichever comes first.
    for (let round = 0; round < 2; round += 1)
      for (const node of nodesOf(tree)) this.#collect(node);
  }

  /** The argument of a call of `setMode`, and whether it is surely the framework's. */
  setModeCall(
    node: Node,
  ): { readonly argument: Node | undefined; readonly isFramework: boolean } | undefined {
    const callee = unwrapped(node.callee);
    if (callee === undefined) return undefined;
    const [first, second] = node.arguments ?? [];
    const direct = this.#setMode(callee);
    if (direct !== undefined) return { argument: first, isFramework: direct === 'framework' };
    // setMode.call(framework, 1) and setMode.apply(framework, [1])
    const through = nameOfMember(callee);
    const inner = unwrapped(callee.object);
    if (inner === undefined || (through !== 'call' && through !== 'apply')) return undefined;
    const found = this.#setMode(inner);
    if (found === undefined) return undefined;
    const argument = through === 'call' ? second : second?.elements?.[0];
    return { argument: argument ?? undefined, isFramework: found === 'framework' };
  }

  #setMode(callee: Node): 'framework' | 'some' | undefined {
    if (callee.type === 'Identifier')
      return this.#functions.has(callee.name ?? '') ? 'framework' : undefined;
    if (nameOfMember(callee) !== 'setMode') return undefined;
    return this.#isFramework(callee.object) ? 'framework' : 'some';
  }

  #isFramework(given: Node | undefined): boolean {
    for (let node = unwrapped(given); node !== undefined; node = unwrapped(node.object)) {
      if (node.type === 'Identifier') return this.#objects.has(node.name ?? '');
      const name = nameOfMember(node);
      if (name === undefined) return false;
      if (this.#objects.has(name)) return true;
    }
    return false;
  }

  #collect(node: Node): void {
    if (node.type === 'VariableDeclarator') this.#bind(node.id, node.init);
    if (node.type === 'AssignmentExpression') this.#bind(node.left, node.right);
  }

  #bind(target: Node | undefined, value: Node | null | undefined): void {
    const from = unwrapped(value ?? undefined);
    if (target === undefined || from === undefined) return;
    const isFramework = this.#isFramework(from);
    if (target.type === 'Identifier' && target.name !== undefined) {
      if (nameOfMember(from) === 'setMode' && this.#isFramework(from.object))
        this.#functions.add(target.name);
      else if (isFramework && nameOfMember(from) !== 'setMode') this.#objects.add(target.name);
    }
    if (target.type !== 'ObjectPattern') return;
    for (const property of target.properties ?? []) {
      const name = property.key?.name;
      const local = property.value;
      if (local?.type !== 'Identifier' || local.name === undefined) continue;
      if (name === 'setMode' && isFramework) this.#functions.add(local.name);
      if (name === 'CIFramework') this.#objects.add(local.name);
    }
  }
}

/** The expression that counts: without parentheses, types, and what bundlers put before it. */
function unwrapped(node: Node | undefined): Node | undefined {
  let inner = node;
  while (inner !== undefined) {
    if (inner.type === 'SequenceExpression') inner = inner.expressions?.at(-1);
    else if (
      inner.type === 'ParenthesizedExpression' ||
      inner.type === 'TSAsExpression' ||
      inner.type === 'TSNonNullExpression' ||
      inner.type === 'TSTypeAssertion' ||
      inner.type === 'TSSatisfiesExpression' ||
      inner.type === 'TypeCastExpression'
    )
      inner = isNode(inner.expression) ? inner.expression : undefined;
    else return inner;
  }
  return undefined;
}
