import type { ReportPage } from '#shared/report/html.ts';
import { readMap } from './read-map.ts';

/**
 * A page from what was attached to a run. Any step of a pipeline can attach anything, so nothing is
 * taken for granted; the page shows whatever texts there are as texts.
 */
export function readPage(value: unknown): ReportPage {
  const title = memberOf(value, 'title');
  const outcome = memberOf(value, 'outcome');
  const data = memberOf(value, 'data');
  if (typeof title !== 'string' || !isOutcome(outcome) || typeof data !== 'object' || data === null)
    throw new Error('The attachment is no report of this version');
  const page = { title, outcome, data, images: imagesOf(memberOf(value, 'images')) };
  const routing = readMap(memberOf(value, 'routing'));
  return routing === undefined ? page : { ...page, routing };
}

function imagesOf(value: unknown): ReportPage['images'] {
  return (Array.isArray(value) ? value : []).flatMap((item: unknown) => {
    const title = memberOf(item, 'title');
    const pngBase64 = memberOf(item, 'pngBase64');
    return typeof title === 'string' && typeof pngBase64 === 'string' ? [{ title, pngBase64 }] : [];
  });
}

function isOutcome(value: unknown): value is ReportPage['outcome'] {
  return value === 'succeeded' || value === 'succeededWithIssues' || value === 'failed';
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
