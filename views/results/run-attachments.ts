import {
  attachmentType,
  readAttachmentName,
  type AttachmentPlace,
} from '#shared/stages/attachment.ts';
import { readPage } from './read-page.ts';
import type { ReportPage } from '#shared/report/html.ts';

/** The run whose reports are shown, and how to ask for them. */
export interface Run {
  /** `https://dev.azure.com/contoso/` */
  readonly collectionUrl: string;
  readonly projectId: string;
  readonly buildId: number;
  /** A fresh token of whoever looks. */
  accessToken(): Promise<string>;
}

/** A report that a task attached to the run. */
export interface RunReport {
  readonly place: AttachmentPlace;
  load(): Promise<ReportPage>;
}

/** The reports of a run, in the order in which the stages of the product follow each other. */
export async function reportsOf(run: Run): Promise<readonly RunReport[]> {
  const base = new URL(run.collectionUrl);
  const list = new URL(
    `${encodeURIComponent(run.projectId)}/_apis/build/builds/${run.buildId}/attachments/${attachmentType}?api-version=7.1-preview.2`,
    base.href.endsWith('/') ? base : `${base.href}/`,
  );
  const answer: unknown = await (await ask(list, run)).json();
  const reports: RunReport[] = [];
  for (const { name, href } of attachmentsOf(answer)) {
    const place = readAttachmentName(name);
    // A token goes nowhere but to the server that the page belongs to.
    if (place === undefined || !URL.canParse(href) || new URL(href).origin !== base.origin)
      continue;
    reports.push({
      place,
      load: async () => readPage(await (await ask(new URL(href), run)).json()),
    });
  }
  return reports.sort((a, b) => rank(a) - rank(b) || compareText(sortKey(a), sortKey(b)));
}

async function ask(url: URL, run: Run): Promise<Response> {
  const response = await fetch(url, {
    headers: {
      Accept: 'application/json',
      Authorization: `Bearer ${await run.accessToken()}`,
      'X-TFS-FedAuthRedirect': 'Suppress',
    },
    redirect: 'error',
  });
  if (!response.ok) throw new Error(`Azure DevOps answered ${response.status}`);
  return response;
}

function attachmentsOf(answer: unknown): readonly { name: string; href: string }[] {
  const list: unknown = memberOf(answer, 'value');
  return (Array.isArray(list) ? list : []).flatMap((item: unknown) => {
    const name = memberOf(item, 'name');
    const href = memberOf(memberOf(memberOf(item, '_links'), 'self'), 'href');
    return typeof name === 'string' && typeof href === 'string' ? [{ name, href }] : [];
  });
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

const order = ['validate', 'generate-schema', 'export', 'plan', 'import', 'verify'];

function rank({ place }: RunReport): number {
  const at = order.indexOf(place.stage);
  return at < 0 ? order.length : at;
}

function sortKey({ place }: RunReport): string {
  return `${place.stage} ${place.pipelineStage} ${place.attempt.padStart(4, '0')} ${place.job}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
