import { join } from 'node:path';
import { collectActions } from '../report/collect-actions.ts';
import { pageOf, renderHtml } from '../report/html.ts';
import { renderJunit } from '../report/junit.ts';
import { renderMarkdown } from '../report/markdown.ts';
import type { Check, Report } from '../report/report.ts';
import type { RoutingMap } from '../report/routing-map.ts';
import { renderMapMermaid } from '../report/routing-map-mermaid.ts';
import { renderMapPicture } from '../report/routing-map-svg.ts';
import type { StageResult } from '../model/result.ts';
import { openPlan } from './planning/plan-file.ts';
import { textWords } from './text-words.ts';
import type { StageEntry } from './stage-entry.ts';
import type { Ports } from './stage.ts';

/** Reports of one stage's end. */
export interface WrittenReports {
  /** What they were made of, for a rendering of the host's own. */
  readonly report: Report;
  /** Absent where the stage has no folder for reports. */
  readonly reportPath?: string;
}

/**
 * Writes the reports of a stage beside its other output and hands them to the platform. Where no
 * output folder was asked for, an agent's temporary folder serves the run summary.
 */
export async function writeReports(
  entry: StageEntry,
  result: StageResult,
  ports: Ports,
  signal: AbortSignal,
): Promise<WrittenReports> {
  const { host, files } = ports;
  const out = outputFolder(entry, host, result);
  const report = await reportOf(entry, result, out, ports, signal);
  const temporary = host.variable('Agent.TempDirectory');
  const folder =
    entry.reports === 'in-output' && out !== undefined
      ? out
      : temporary === undefined
        ? undefined
        : join(temporary, `unified-routing-${entry.name}-${ports.ids.next().slice(0, 8)}`);
  if (folder === undefined) return { report };

  const markdown = join(folder, 'report.md');
  const html = join(folder, 'report.html');
  await files.write(markdown, renderMarkdown(report));
  await files.write(html, renderHtml(report));
  await writeMap(folder, report, files);
  await host.publish('summary', markdown);
  await host.publish('report', html);
  // For the results tab: the agent keeps it, whatever becomes of the output folder.
  if (temporary !== undefined) {
    const page = join(temporary, `unified-routing-${ports.ids.next()}.json`);
    await files.write(page, JSON.stringify(pageOf(report)));
    await host.publish('page', page);
  }
  if (entry.reports === 'in-output' && !isPlanOnly(entry, result)) {
    const junit = join(folder, 'junit.xml');
    await files.write(junit, renderJunit(report));
    // An import's failures are its own result; only verification belongs in the Tests tab.
    if (report.checks !== undefined) await host.publish('tests', junit);
  }
  return { report, reportPath: html };
}

/** Where reports go; a run knows its folder, one that is continued names it, and a plan file has none. */
function outputFolder(
  entry: StageEntry,
  host: Ports['host'],
  { outputs }: StageResult,
): string | undefined {
  if (typeof outputs['runPath'] === 'string') return outputs['runPath'];
  // The run that drift is checked against stays as the import left it.
  const out = host.input('out') ?? (entry.name === 'check-drift' ? undefined : host.input('run'));
  return out?.toLowerCase().endsWith('.json') === true ? undefined : out;
}

async function reportOf(
  entry: StageEntry,
  result: StageResult,
  out: string | undefined,
  { files }: Ports,
  signal: AbortSignal,
): Promise<Report> {
  const checks = checksOf(result);
  const report: Report = {
    title: entry.title,
    result,
    ...(checks === undefined ? {} : { checks }),
    ...(await imagesOf(result, files)),
    ...routingOf(result),
  };
  const told = result.outputs['planPath'];
  const planPath =
    typeof told === 'string' ? told : out === undefined ? undefined : join(out, 'plan.json');
  if (!('plan' in result) || planPath === undefined) return report;
  if ((await files.stat(planPath)) === undefined) return report;
  const plan = await openPlan(planPath, files, signal);
  const collected = await collectActions(plan, signal);
  return {
    ...report,
    title: `${entry.title}: ${plan.target.url}`,
    plan: { ...collected, words: textWords(collected.actions, report.routing) },
  };
}

/** A stage that looked at routing has a map of it. */
function routingOf(result: StageResult): Pick<Report, 'routing'> {
  const routing: unknown = 'routing' in result ? result.routing : undefined;
  return isMap(routing) && routing.workstreams.length > 0 ? { routing } : {};
}

function isMap(value: unknown): value is RoutingMap {
  return typeof value === 'object' && value !== null && 'workstreams' in value;
}

/** The map in files of its own: a picture for pages, Mermaid for wikis. */
async function writeMap(
  folder: string,
  { routing, title }: Report,
  files: Ports['files'],
): Promise<void> {
  if (routing === undefined) return;
  await files.write(join(folder, 'routing-map.svg'), renderMapPicture(routing, title));
  await files.write(join(folder, 'routing-map.mmd'), renderMapMermaid(routing));
}

/** A plan that was only made has nothing to test. */
function isPlanOnly(entry: StageEntry, result: StageResult): boolean {
  return entry.name === 'plan' || ('plan' in result && result.outputs['planPath'] !== undefined);
}

/** A stage that asks questions lists them in its result, for the Tests tab. */
function checksOf(result: StageResult): readonly Check[] | undefined {
  return 'checks' in result && Array.isArray(result.checks)
    ? result.checks.filter(isCheck)
    : undefined;
}

/** A stage that looked at something shows what it saw. */
async function imagesOf(
  result: StageResult,
  files: Ports['files'],
): Promise<Pick<Report, 'images'>> {
  if (!('screenshots' in result) || !Array.isArray(result.screenshots)) return {};
  const images: { title: string; pngBase64: string }[] = [];
  for (const shot of result.screenshots as readonly unknown[]) {
    if (typeof shot !== 'object' || shot === null || !('path' in shot) || !('title' in shot))
      continue;
    if (typeof shot.path !== 'string' || typeof shot.title !== 'string') continue;
    const bytes = await files.readWhole(shot.path);
    images.push({ title: shot.title, pngBase64: Buffer.from(bytes).toString('base64') });
  }
  return images.length === 0 ? {} : { images };
}

function isCheck(value: unknown): value is Check {
  return typeof value === 'object' && value !== null && 'group' in value && 'name' in value;
}
