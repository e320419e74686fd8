import type { Finding } from '../errors/finding.ts';
import type { Action, PlanHead } from '../model/plan.ts';
import { describeAction } from './describe-action.ts';
import { actionKinds, countByTable, countNames } from './count-rows.ts';
import { escapeMarkdown } from './escape.ts';
import { planFacts } from './plan-facts.ts';
import type { Report } from './report.ts';

/** Azure Pipelines shows summaries of up to about 1 MB; a quarter of it is more than anyone reads. */
const maxSummaryChars = 250_000;

/** The summary for the run page. Everything from outside is escaped; nothing in it is HTML of others. */
export function renderMarkdown(report: Report): string {
  const { result, plan } = report;
  const lines = [
    `# ${escapeMarkdown(report.title)}`,
    '',
    `**${outcomeWords[result.outcome]}**`,
    '',
    ...countsTable(report),
    ...(plan === undefined ? [] : factLines(plan.head)),
    ...(plan === undefined ? [] : planTables(plan.actions)),
    ...findingList('Findings', result.findings),
    ...findingList('To do by hand', report.manual ?? plan?.head.manual ?? []),
    ...checkTable(report),
    ...(plan === undefined ? [] : actionList(plan)),
  ];
  return limited(lines);
}

/** What people call the outcomes. */
export const outcomeWords = {
  succeeded: 'Succeeded',
  succeededWithIssues: 'Succeeded with issues',
  failed: 'Failed',
} as const;

function countsTable({ result }: Report): string[] {
  const named = countNames.filter((name) => result.counts[name] > 0);
  if (named.length === 0) return [];
  return [
    `| ${named.join(' | ')} |`,
    `|${named.map(() => ' ---: |').join('')}`,
    `| ${named.map((name) => result.counts[name]).join(' | ')} |`,
    '',
  ];
}

function factLines(head: PlanHead): string[] {
  return [...planFacts(head).map((fact) => `- ${escapeMarkdown(fact)}`), ''];
}

function planTables(actions: readonly Action[]): string[] {
  if (actions.length === 0) return ['No changes.', ''];
  const kinds = actionKinds.filter((kind) => actions.some((action) => action.kind === kind));
  return [
    `| table | ${kinds.join(' | ')} |`,
    `| --- |${kinds.map(() => ' ---: |').join('')}`,
    ...countByTable(actions).map(
      (row) =>
        `| ${escapeMarkdown(row.table)} | ${kinds.map((kind) => row.kinds[kind] ?? '').join(' | ')} |`,
    ),
    '',
  ];
}

function findingList(title: string, findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const lines = findings.flatMap((finding) => [
    `- **${finding.severity} ${finding.code}** ${escapeMarkdown(finding.where)}: ${escapeMarkdown(finding.summary)}`,
    ...(finding.detail === '' ? [] : [`  ${escapeMarkdown(finding.detail)}`]),
    ...(finding.remedy === '' ? [] : [`  *${escapeMarkdown(finding.remedy)}*`]),
  ]);
  return [`## ${title}`, '', ...lines, ''];
}

function checkTable({ checks }: Report): string[] {
  if (checks === undefined || checks.length === 0) return [];
  const groups = [...new Set(checks.map((check) => check.group))];
  return [
    '## Checks',
    '',
    '| | passed | failed | skipped |',
    '| --- | ---: | ---: | ---: |',
    ...groups.map((group) => {
      const own = checks.filter((check) => check.group === group);
      const failed = own.filter((check) => check.finding?.severity === 'error').length;
      const skipped = own.filter((check) => check.skipped !== undefined).length;
      return `| ${escapeMarkdown(group)} | ${own.length - failed - skipped} | ${failed} | ${skipped} |`;
    }),
    '',
  ];
}

function actionList({ actions, omitted, words }: NonNullable<Report['plan']>): string[] {
  if (actions.length === 0) return [];
  const lines = actions.map((action) => {
    const { glyph, verb, subject, details } = describeAction(action, words);
    const rest = details.length === 0 ? '' : `: ${details.join(', ')}`;
    return `- \`${glyph}\` ${verb} ${escapeMarkdown(subject)}${escapeMarkdown(rest)}`;
  });
  const more = omitted === 0 ? [] : [`- … and ${omitted} more, in plan.json`];
  return ['## Actions', '', ...lines, ...more, ''];
}

function limited(lines: readonly string[]): string {
  const kept: string[] = [];
  let chars = 0;
  for (const line of lines) {
    chars += line.length + 1;
    if (chars > maxSummaryChars) {
      kept.push('', '… the rest is in the report and in plan.json', '');
      break;
    }
    kept.push(line);
  }
  return `${kept.join('\n').trimEnd()}\n`;
}
