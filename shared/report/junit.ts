import type { Finding } from '../errors/finding.ts';
import { escapeXml } from './escape.ts';
import type { Check, Report } from './report.ts';

/**
 * JUnit XML for the Tests tab: one case per check, in suites by group. A report without checks gets
 * one case per finding, so that it is never empty.
 * https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/publish-test-results-v2
 */
export function renderJunit(report: Report): string {
  const checks = report.checks ?? findingChecks(report);
  const groups = [...new Set(checks.map((check) => check.group))];
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<testsuites name="${escapeXml(report.title)}" ${totals(checks)}>`,
    ...groups.flatMap((group) => {
      const own = checks.filter((check) => check.group === group);
      return [
        `  <testsuite name="${escapeXml(group)}" ${totals(own)}>`,
        ...own.map(testCase),
        '  </testsuite>',
      ];
    }),
    '</testsuites>',
    '',
  ].join('\n');
}

function findingChecks({ result }: Report): readonly Check[] {
  if (result.findings.length === 0) return [{ group: result.stage, name: 'no findings' }];
  return result.findings.map((finding) => ({
    group: result.stage,
    name: `${finding.code} ${finding.where}`,
    finding,
  }));
}

function totals(checks: readonly Check[]): string {
  const failures = checks.filter((check) => check.finding?.severity === 'error').length;
  const skipped = checks.filter((check) => check.skipped !== undefined).length;
  return `tests="${checks.length}" failures="${failures}" errors="0" skipped="${skipped}"`;
}

function testCase(check: Check): string {
  const opening = `    <testcase classname="${escapeXml(check.group)}" name="${escapeXml(check.name)}"`;
  const { finding, skipped } = check;
  if (finding?.severity === 'error')
    return `${opening}>\n      <failure type="${finding.code}" message="${escapeXml(finding.summary)}">${escapeXml(findingText(finding))}</failure>\n    </testcase>`;
  if (skipped !== undefined)
    return `${opening}>\n      <skipped message="${escapeXml(skipped)}"/>\n    </testcase>`;
  if (finding !== undefined)
    return `${opening}>\n      <system-out>${escapeXml(findingText(finding))}</system-out>\n    </testcase>`;
  return `${opening}/>`;
}

function findingText(finding: Finding): string {
  return [
    `${finding.severity} ${finding.code} ${finding.where}`,
    finding.summary,
    finding.detail,
    finding.remedy,
  ]
    .filter((part) => part !== '')
    .join('\n');
}
