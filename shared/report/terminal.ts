import type { Finding, Severity } from '../errors/finding.ts';
import type { StageResult } from '../model/result.ts';
import { describeAction } from './describe-action.ts';
import { actionKinds, countByTable, countsText } from './count-rows.ts';
import { oneLine } from '../host/neutralize.ts';
import { outcomeWords } from './markdown.ts';
import { planFacts } from './plan-facts.ts';
import type { Report } from './report.ts';

export interface TerminalStyle {
  readonly colours: boolean;
}

/** A result for people at a terminal or reading a log. */
export function renderTerminal(report: Report, style: TerminalStyle): readonly string[] {
  const { result, plan } = report;
  return [
    ...(plan === undefined ? [] : renderPlan(plan, style)),
    ...renderFindings(result.findings, style),
    outcomeLine(result, style),
  ];
}

/** The last line: `Succeeded: 120 in, 100 created; 41 read and 12 write requests`. */
export function outcomeLine(result: StageResult, style: TerminalStyle): string {
  const colour = { succeeded: 'green', succeededWithIssues: 'yellow', failed: 'red' } as const;
  const { read, write, throttled } = result.requests;
  const waits = throttled === 0 ? '' : `, throttled ${throttled} times`;
  const outcome = paint(outcomeWords[result.outcome], colour[result.outcome], style);
  return `${outcome}: ${countsText(result.counts)}; ${read} read and ${write} write requests${waits}`;
}

/** Each finding on a line of its own, detail and remedy indented below. */
export function renderFindings(
  findings: readonly Finding[],
  style: TerminalStyle,
): readonly string[] {
  return findings.flatMap((finding) => [
    `${paint(finding.severity, severityColours[finding.severity], style)} ${finding.code} ${oneLine(finding.where)}: ${oneLine(finding.summary)}`,
    ...[finding.detail, finding.remedy]
      .filter((part) => part !== '')
      .map((part) => `      ${oneLine(part)}`),
  ]);
}

/** Columns padded to their widest cell; the first is aligned left, the others right. */
export function renderTable(given: readonly (readonly string[])[]): readonly string[] {
  const rows = given.map((row) => row.map(oneLine));
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((text, at) => (widths[at] = Math.max(widths[at] ?? 0, text.length)));
  return rows.map((row) =>
    row
      .map((text, at) => (at === 0 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** A plan as somebody reads it who has to approve it: how much first, then what, then what is left to do. */
export function renderPlan(
  plan: NonNullable<Report['plan']>,
  style: TerminalStyle,
): readonly string[] {
  const { manual } = plan.head;
  return [
    ...planFacts(plan.head).map((fact, at) => (at === 0 ? `Plan: ${fact}` : `  ${fact}`)),
    ...renderActionTable(plan),
    ...renderActions(plan, style),
    ...(manual.length === 0 ? [] : ['To do by hand:']),
    ...manual.map(({ where, summary }) => `  ${oneLine(where)}: ${oneLine(summary)}`),
  ];
}

/** Every action with what it changes. */
export function renderActions(
  { actions, omitted, words }: NonNullable<Report['plan']>,
  style: TerminalStyle,
): readonly string[] {
  const lines = actions.flatMap((action) => {
    const { glyph, verb, subject, details } = describeAction(action, words);
    return [
      `${paint(glyph, glyphColours[glyph], style)} ${verb} ${oneLine(subject)}`,
      ...details.map((detail) => `    ${oneLine(detail)}`),
    ];
  });
  return omitted === 0 ? lines : [...lines, `… and ${omitted} more, in plan.json`];
}

/** How many actions of each kind every table has. */
export function renderActionTable({ actions }: NonNullable<Report['plan']>): readonly string[] {
  if (actions.length === 0) return [];
  const kinds = actionKinds.filter((kind) => actions.some((action) => action.kind === kind));
  return renderTable([
    ['table', ...kinds],
    ...countByTable(actions).map((row) => [
      row.table,
      ...kinds.map((kind) => String(row.kinds[kind] ?? '')),
    ]),
  ]);
}

const codesOf = { red: 31, green: 32, yellow: 33, cyan: 36, grey: 90 } as const;
type Colour = keyof typeof codesOf;

const severityColours: Readonly<Record<Severity, Colour>> = {
  error: 'red',
  warning: 'yellow',
  info: 'cyan',
};

const glyphColours = {
  '+': 'green',
  '~': 'yellow',
  '-': 'red',
  '!': 'red',
  '?': 'cyan',
} as const satisfies Record<string, Colour>;

function paint(text: string, colour: Colour, style: TerminalStyle): string {
  return style.colours ? `\u001B[${codesOf[colour]}m${text}\u001B[39m` : text;
}
