import { documentedJson } from './documented-json.ts';
import type { Exchange } from './exchange.ts';

/** The closed list of reasons for which an exchange is not replayed. */
export const reasons = {
  'no response': 'the page shows the request only',
  'other service': 'it is sent to the discovery service, not to an environment',
  "someone's own code": 'it calls an operation that a plug-in of the page defines',
  'contradicts itself':
    'the page gives content to an answer without content, or names a set that its own answer does not',
  unreadable: 'what the page leaves out makes the request or the answer unreadable',
} as const;

export type Reason = keyof typeof reasons;

/** Why an exchange cannot be replayed; undefined for those that can. */
export function notApplicable(exchange: Exchange): Reason | undefined {
  const { request, response, host } = exchange;
  if (/disco\./.test(host)) return 'other service';
  if (response === undefined) return 'no response';
  if (ownOperation.test(request.url.split('?')[0] ?? '')) return "someone's own code";
  if (response.status === 204 && response.body.trim() !== '') return 'contradicts itself';
  if (contradictory(exchange)) return 'contradicts itself';
  if (unreadable(request.body) || unreadable(response.body)) return 'unreadable';
  return undefined;
}

/** Operations of customers begin with their publisher's prefix: `sample_IsSystemAdmin`. */
const ownOperation = /\/(?:Microsoft\.Dynamics\.CRM\.)?[a-z][a-z0-9]+_[A-Z]\w*(?:\([^)]*\))?$/;

function unreadable(body: string): boolean {
  const text = body.trim();
  return text.startsWith('{') && documentedJson(text) === undefined;
}

/** The path names one set and the answer's context another, or a value is of no type at all. */
function contradictory({ request, response }: Exchange): boolean {
  const body = response?.body ?? '';
  if (/"\d{4}-\d{2}-\d{2}Z\d/.test(body)) return true;
  if (request.url.endsWith('?FileContinuationToken')) return true;
  const made = response?.headers['OData-EntityId'];
  const set = /\/v\d+\.\d+\/(\w+)$/.exec(request.url.split('?')[0] ?? '')?.[1];
  const madeSet = made === undefined ? undefined : /\/v\d+\.\d+\/(\w+)/.exec(made)?.[1];
  if (set !== undefined && madeSet !== undefined && set !== madeSet) return true;
  // One option's text runs into the next: `@p4=50@p5=…`.
  return /=\d+@\w+=/.test(request.url);
}
