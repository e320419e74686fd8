import type { Action, Change, PlannedValue } from '../model/plan.ts';
import type { Row } from '../model/row.ts';

/** An action in words. Every rendering is made from these parts, so that all say the same. */
export interface ActionText {
  readonly glyph: '+' | '~' | '-' | '!' | '?';
  /** `create`, `update`, `link`, … */
  readonly verb: string;
  /** `queue "Billing"`. */
  readonly subject: string;
  readonly id: string;
  /** What changes, one entry per column; or the reason. */
  readonly details: readonly string[];
}

/**
 * A text column in sentences, one per line: rulesets as people read them. `undefined` where the text
 * is no such text.
 */
export type TextWords = (
  table: string,
  column: string,
  text: string,
) => readonly string[] | undefined;

/** The one description of an action: terminal, Markdown and HTML all use it. */
export function describeAction(action: Action, words?: TextWords): ActionText {
  const base = {
    verb: action.kind,
    subject: `${action.row.table} "${action.name}"`,
    id: action.row.id,
  };
  switch (action.kind) {
    case 'create':
      return {
        ...base,
        glyph: '+',
        details: [
          ...(action.serverMade === undefined
            ? []
            : [
                `made by the server with ${action.serverMade.rows.map(({ table, id }) => `${table} ${id}`).join(', ')}`,
              ]),
          ...action.changes.flatMap((change) => describeChange(action, change, words)),
        ],
      };
    case 'update':
      return {
        ...base,
        glyph: '~',
        details: action.changes.flatMap((change) => describeChange(action, change, words)),
      };
    case 'link':
    case 'unlink':
      return {
        ...base,
        glyph: action.kind === 'link' ? '+' : '-',
        details: [`${action.link.relationship}: ${action.link.to.table} ${action.link.to.id}`],
      };
    case 'delete':
      return { ...base, glyph: '-', details: [reasons[action.because]] };
    case 'blocked':
      return {
        ...base,
        glyph: '!',
        details: [`${action.finding.code} ${action.finding.summary}`, action.finding.remedy],
      };
    case 'manual':
      return { ...base, verb: 'to do by hand', glyph: '?', details: [action.finding.summary] };
  }
}

/** One line: `~ update queue "Billing": description "a" → "b"`. */
export function actionLine(action: Action): string {
  const { glyph, verb, subject, details } = describeAction(action);
  const rest = details.length === 0 ? '' : `: ${details.join(', ')}`;
  return `${glyph} ${verb} ${subject}${rest}`;
}

/** A cell's value as a person reads it; long texts are cut. */
export function describeValue(value: PlannedValue | undefined): string {
  if (value === null || value === undefined) return '(empty)';
  if (typeof value === 'string') return JSON.stringify(cut(value, 120));
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (isList(value)) return describeList(value);
  if ('table' in value)
    return value.name === undefined
      ? `${value.table} ${value.id}`
      : `${value.table} "${value.name}" ${value.id}`;
  if ('variable' in value) return `the value of variable ${value.variable}`;
  if ('chars' in value)
    return `text of ${value.chars} characters, sha256 ${value.sha256.slice(0, 12)}…`;
  return `file ${value.fileName}, ${value.bytes} bytes`;
}

const reasons = {
  rule: 'a delete rule of the configuration names it',
  ours: 'an earlier run created it and the package no longer has it',
  'roll-back': 'the run that is rolled back created it',
} as const;

function describeChange(action: Action, change: Change, words?: TextWords): readonly string[] {
  const rewritten = change.rewrites?.length ?? 0;
  const note = rewritten === 0 ? '' : ` (${rewritten} ids in the text rewritten)`;
  const [before, after] = changedLines(action, change, words);
  if (before.length + after.length > 0)
    return [
      `${change.column}${note}`,
      ...before.map((line) => `no longer: ${line}`),
      ...after.map((line) => `now: ${line}`),
    ];
  return [
    action.kind === 'create'
      ? `${change.column} = ${describeValue(change.after)}${note}`
      : `${change.column} ${describeValue(change.before)} → ${describeValue(change.after)}${note}`,
  ];
}

/** The sentences that a change takes away and brings; none where it is no text of sentences. */
export function changedLines(
  { row }: Action,
  { column, before, after }: Change,
  words: TextWords | undefined,
): readonly [before: readonly string[], after: readonly string[]] {
  const read = (value: PlannedValue): readonly string[] =>
    typeof value === 'string' ? (words?.(row.table, column, value) ?? []) : [];
  const old = read(before);
  const fresh = read(after);
  if (old.length + fresh.length === 0) return lineDifference(before, after);
  return [old.filter((line) => !fresh.includes(line)), fresh.filter((line) => !old.includes(line))];
}

const longChars = 120;
const maxLines = 20;

/** The lines of a long text that go and that come; none where both values can be shown whole. */
function lineDifference(
  before: PlannedValue,
  after: PlannedValue,
): readonly [before: readonly string[], after: readonly string[]] {
  if (typeof before !== 'string' || typeof after !== 'string') return [[], []];
  if (before.length <= longChars && after.length <= longChars) return [[], []];
  const old = linesOf(before);
  const fresh = linesOf(after);
  const gone = old.filter((line) => !fresh.includes(line));
  const come = fresh.filter((line) => !old.includes(line));
  return [shortened(gone), shortened(come)];
}

/** Markup and lists without line ends count an element as a line. */
function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  const parts = lines.length > 1 ? lines : text.split(/(?<=>)(?=<)|(?<=[,;{}\]])/);
  return parts.map((line) => line.trim()).filter((line) => line !== '');
}

function shortened(lines: readonly string[]): readonly string[] {
  const shown = lines.slice(0, maxLines).map((line) => cut(line, 200));
  return lines.length > maxLines ? [...shown, `… ${lines.length - maxLines} more lines`] : shown;
}

/** `Array.isArray` does not narrow readonly arrays. */
function isList(value: PlannedValue): value is readonly number[] | readonly Row[] {
  return Array.isArray(value);
}

function describeList(values: readonly number[] | readonly Row[]): string {
  const numbers = values.every((value) => typeof value === 'number');
  return numbers ? `[${values.join(', ')}]` : `${values.length} rows`;
}

function cut(text: string, chars: number): string {
  return text.length <= chars ? text : `${text.slice(0, chars)}…`;
}
