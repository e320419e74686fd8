import { escapeXml, jsonForScript } from './escape.ts';
import { changedLines, describeAction, describeValue, type TextWords } from './describe-action.ts';
import { countByTable, countNames } from './count-rows.ts';
import { pageScript, pageStyle } from './html-page.ts';
import { outcomeWords } from './markdown.ts';
import type { Action, Change } from '../model/plan.ts';
import type { Outcome } from '../model/result.ts';
import { planFacts } from './plan-facts.ts';
import type { Report } from './report.ts';
import { renderMapSection } from './routing-map-html.ts';
import type { RoutingMap } from './routing-map.ts';

/** What a page is made of: nothing but data, which the results tab of a run reads as well. */
export interface ReportPage {
  readonly title: string;
  readonly outcome: Outcome;
  readonly data: unknown;
  readonly images: NonNullable<Report['images']>;
  readonly routing?: RoutingMap;
}

/** The page of a report, as data. */
export function pageOf(report: Report): ReportPage {
  const { title, result, images = [], routing } = report;
  const page = { title, outcome: result.outcome, data: reportData(report), images };
  return routing === undefined ? page : { ...page, routing };
}

/** A report as one standalone page. */
export function renderHtml(report: Report): string {
  return renderPage(pageOf(report));
}

/**
 * One standalone page: no network, no library. The result is inlined as data, and a small script
 * builds the page from it with `createElement` and `textContent` only, so that no text from outside
 * can become markup. Without script the outcome is still said.
 */
export function renderPage(page: ReportPage, theme?: 'light' | 'dark'): string {
  const { outcome, images } = page;
  const title = escapeXml(page.title);
  return [
    '<!doctype html>',
    // Absent: as the reader's system is set.
    `<html lang="en"${theme === undefined ? '' : ` data-theme="${theme}"`}>`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'${images.length > 0 ? '; img-src data:' : ''}">`,
    `<title>${title}</title>`,
    `<style>${pageStyle}</style>`,
    '</head>',
    '<body>',
    `<header><h1>${title}</h1><p class="outcome ${outcome}" role="status">${outcomeWords[outcome]}</p></header>`,
    '<main id="report"><noscript><p>This page needs script to show its details; the same is in the Markdown report and in plan.json.</p></noscript></main>',
    ...renderMapSection(page.routing),
    ...images.map(figure),
    `<script type="application/json" id="data">${jsonForScript(page.data)}</script>`,
    `<script>${pageScript}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function figure(image: NonNullable<Report['images']>[number]): string {
  const title = escapeXml(image.title);
  const source = `data:image/png;base64,${escapeXml(image.pngBase64)}`;
  return `<figure><figcaption>${title}</figcaption><img alt="${title}" style="max-width:100%" src="${source}"></figure>`;
}

/** What the page shows, in the words of `describeAction`. */
export function reportData(report: Report): unknown {
  const { result, plan, checks } = report;
  return {
    counts: countNames
      .map((name) => [name, result.counts[name]])
      .filter(([, count]) => count !== 0),
    requests: result.requests,
    findings: result.findings,
    manual: report.manual ?? plan?.head.manual ?? [],
    checks: checks ?? [],
    tables: countByTable(plan?.actions ?? []),
    actions: (plan?.actions ?? []).map((action) => actionData(action, plan?.words)),
    omitted: plan?.omitted ?? 0,
    facts: [
      ...(plan === undefined
        ? []
        : [
            ['what it does', planFacts(plan.head).join('; ')],
            ['plan', plan.head.hash],
            ['package', plan.head.package.hash],
            ['target', `${plan.head.target.url} (${plan.head.target.organizationId})`],
            ['tool', plan.head.tool],
          ]),
      ...Object.entries(result.outputs).map(([name, value]) => [name, String(value)]),
    ],
  };
}

function actionData(action: Action, words: TextWords | undefined): unknown {
  const { glyph, verb, subject, id, details } = describeAction(action, words);
  const changes = action.kind === 'create' || action.kind === 'update' ? action.changes : [];
  return {
    glyph,
    verb,
    subject,
    id,
    table: action.row.table,
    kind: action.kind,
    step: action.step,
    details: changes.length === 0 ? details : [],
    changes: changes.map((change) => [
      change.column,
      action.kind === 'create' ? '' : describeValue(change.before),
      describeValue(change.after),
      [
        ...sentences(action, change, words),
        ...(change.rewrites ?? []).map(({ at, from, to }) => `${at}: ${from} → ${to}`),
      ],
    ]),
  };
}

function sentences(action: Action, change: Change, words: TextWords | undefined): string[] {
  const [before, after] = changedLines(action, change, words);
  return [...before.map((line) => `no longer: ${line}`), ...after.map((line) => `now: ${line}`)];
}
