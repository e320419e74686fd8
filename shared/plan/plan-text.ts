import { createHash } from 'node:crypto';
import type { Action, Plan, PlanHead } from '../model/plan.ts';
import { noCounts, type Counts } from '../model/result.ts';
import { maxEntryChars, textLines, utf8Text } from '../model/text-lines.ts';
import { decodeAction, decodeFinding, encodeFinding, parseJson } from './action-json.ts';
import { PlanConflict } from './plan-errors.ts';
import { isRecord } from './planned-value.ts';

/** The lines of an encoded plan's actions, in apply order; may be read more than once. */
export type ActionLines = (signal: AbortSignal) => AsyncIterable<string>;

/** A plan that can be written as plan.json. */
export interface SavablePlan extends Plan {
  /** The actions as lines of plan.json. */
  lines(signal: AbortSignal): AsyncIterable<string>;
}

const hashLine = /^ {2}"hash": "([0-9a-f]*)",$/;
const actionsLine = '  "actions": [';

/** plan.json as text, one line at a time: deterministic, one action a line. */
export async function* planLines(
  head: PlanHead,
  actions: ActionLines,
  signal: AbortSignal,
): AsyncGenerator<string> {
  yield '{\n';
  yield `  "format": ${head.format},\n`;
  yield `  "hash": ${JSON.stringify(head.hash)},\n`;
  yield `  "tool": ${JSON.stringify(head.tool)},\n`;
  if (head.slice !== undefined)
    yield `  "slice": ${JSON.stringify({ of: head.slice.of, part: head.slice.part })},\n`;
  yield `  "package": ${JSON.stringify({ hash: head.package.hash })},\n`;
  const { organizationId, url } = head.target;
  yield `  "target": ${JSON.stringify({ organizationId, url })},\n`;
  yield `  "complete": ${head.complete},\n`;
  yield `  "applyable": ${head.applyable},\n`;
  yield `  "counts": ${JSON.stringify(orderedCounts(head.counts))},\n`;
  const { reads, writes, seconds } = head.estimate;
  yield `  "estimate": ${JSON.stringify({ reads, writes, seconds })},\n`;
  yield* listLines('findings', head.findings.map(encodeFinding));
  yield* listLines('manual', head.manual.map(encodeFinding));
  yield actionsLine;
  let first = true;
  for await (const line of actions(signal)) {
    yield `${first ? '' : ','}\n    ${line}`;
    first = false;
  }
  yield first ? ']\n}\n' : '\n  ]\n}\n';
}

function* listLines(name: string, items: readonly object[]): Generator<string> {
  yield `  "${name}": [`;
  for (const [at, item] of items.entries())
    yield `${at === 0 ? '' : ','}\n    ${JSON.stringify(item)}`;
  yield items.length === 0 ? '],\n' : '\n  ],\n';
}

function orderedCounts(counts: Counts): Counts {
  return { ...noCounts, ...counts };
}

/** The hash that the head of a plan must carry. */
export async function planHash(
  head: PlanHead,
  actions: ActionLines,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256');
  for await (const line of planLines({ ...head, hash: '' }, actions, signal)) hash.update(line);
  return hash.digest('hex');
}

/** Opens the file again, from its first byte. */
export type OpenText = (signal: AbortSignal) => AsyncIterable<Uint8Array>;

/**
 * Reads a plan: the whole file once for its hash, and its actions again each time they are asked
 * for. `where` names the file in errors.
 */
export async function readPlan(open: OpenText, where: string, signal: AbortSignal): Promise<Plan> {
  const headLines: string[] = [];
  const hash = createHash('sha256');
  let said: string | undefined;
  let inHead = true;
  let last = '';
  for await (const line of linesOf(open(signal), where)) {
    const found = inHead ? hashLine.exec(line) : null;
    if (found !== null) said = found[1];
    hash.update(found === null ? `${line}\n` : '  "hash": "",\n');
    if (inHead) headLines.push(line);
    if (line.startsWith(actionsLine)) inHead = false;
    if (headLines.length > maxHeadLines) break;
    last = line;
  }
  if (said === undefined || inHead || last !== '}') throw unreadable(where);
  if (hash.digest('hex') !== said)
    throw new PlanConflict('URM1302', {
      what: 'The plan was changed after it was made: its content does not match its hash',
      where,
      next: 'Use the file as the plan stage wrote it, or plan again.',
    });
  const head = decodeHead(headLines, said);
  if (head === undefined) throw unreadable(where);
  return { ...head, actions: (again) => readActions(open, where, again) };
}

// More findings than this no plan of ours has; a file that is no plan is not read into memory.
const maxHeadLines = 1_000_000;

function linesOf(bytes: AsyncIterable<Uint8Array>, where: string): AsyncIterable<string> {
  const limit = { maxChars: maxEntryChars, tooLong: () => unreadable(where) };
  return textLines(utf8Text(bytes), limit);
}

async function* readActions(
  open: OpenText,
  where: string,
  signal: AbortSignal,
): AsyncGenerator<Action> {
  let reading = false;
  for await (const line of linesOf(open(signal), where)) {
    if (reading && line.startsWith('    ')) {
      const action = decodeAction(line.endsWith(',') ? line.slice(0, -1) : line);
      if (action === undefined) throw unreadable(where);
      yield action;
    } else reading = line === actionsLine;
  }
}

function decodeHead(lines: readonly string[], hash: string): PlanHead | undefined {
  const last = lines.length - 1;
  const closed = lines.map((line, at) => (at === last ? '  "actions": []}' : line));
  const json = parseJson(closed.join('\n'));
  if (!isRecord(json) || json['format'] !== 1) return undefined;
  const { tool, complete, applyable, counts, estimate, target } = json;
  const of = json['package'];
  const slice = decodeSlice(json['slice']);
  const findings = decodeFindings(json['findings']);
  const manual = decodeFindings(json['manual']);
  if (!isRecord(of) || !isRecord(target) || !isRecord(estimate) || !isRecord(counts))
    return undefined;
  const { organizationId, url } = target;
  const { reads, writes, seconds } = estimate;
  if (
    typeof tool !== 'string' ||
    typeof complete !== 'boolean' ||
    typeof applyable !== 'boolean' ||
    typeof of['hash'] !== 'string' ||
    typeof organizationId !== 'string' ||
    typeof url !== 'string' ||
    typeof reads !== 'number' ||
    typeof writes !== 'number' ||
    typeof seconds !== 'number' ||
    findings === undefined ||
    manual === undefined
  )
    return undefined;
  return {
    format: 1,
    hash,
    tool,
    ...(slice === undefined ? {} : { slice }),
    package: { hash: of['hash'] },
    target: { organizationId, url },
    complete,
    applyable,
    counts: decodeCounts(counts),
    estimate: { reads, writes, seconds },
    findings,
    manual,
  };
}

function decodeSlice(json: unknown): PlanHead['slice'] {
  if (!isRecord(json)) return undefined;
  const { of, part } = json;
  return typeof of === 'string' && typeof part === 'string' ? { of, part } : undefined;
}

function decodeFindings(json: unknown): PlanHead['findings'] | undefined {
  if (!Array.isArray(json)) return undefined;
  const found = json.map(decodeFinding).filter((finding) => finding !== undefined);
  return found.length === json.length ? found : undefined;
}

function decodeCounts(json: Readonly<Record<string, unknown>>): Counts {
  const of = (name: keyof Counts): number => {
    const count = json[name];
    return typeof count === 'number' ? count : 0;
  };
  return {
    in: of('in'),
    created: of('created'),
    updated: of('updated'),
    unchanged: of('unchanged'),
    skipped: of('skipped'),
    failed: of('failed'),
    linked: of('linked'),
    unlinked: of('unlinked'),
    deleted: of('deleted'),
    settled: of('settled'),
  };
}

function unreadable(where: string): PlanConflict {
  return new PlanConflict('URM1301', {
    what: 'This is no complete plan of format 1',
    where,
    next: 'Give the plan.json that the plan stage wrote, or plan again.',
  });
}
