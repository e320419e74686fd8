import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { documentedJson, isRow, rowsOf } from './documented-json.ts';

/** Where the documented exchanges are, beside the project; absent in a checkout of the project alone. */
export const exchangesFile = new URL(
  '../../../../shared/reference/webapi/exchanges.jsonl',
  import.meta.url,
);

/** `current` and `recorded` are strict; pages of other years show outdated codes and context URLs. */
export type Era = 'current' | 'recorded' | '2020' | '2019' | 'other';

export interface DocumentedRequest {
  readonly method: string;
  /** From the host's root: `/api/data/v9.2/accounts?$select=name`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface DocumentedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The parts of a batch's answer in their order. */
  readonly parts?: readonly DocumentedResponse[];
}

/** One exchange of the documentation, with the places it leaves open filled. */
export interface Exchange {
  readonly id: string;
  readonly era: Era;
  readonly request: DocumentedRequest;
  /** The host of the URL before it was cut off: other services have other hosts. */
  readonly host: string;
  readonly response?: DocumentedResponse;
  /** The page leaves something out of a body. */
  readonly abridged: boolean;
}

interface RawMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

interface RawExchange {
  readonly id: string;
  readonly era: Era;
  readonly request: RawMessage & {
    readonly method: string;
    readonly url: string;
    readonly reconstructed?: boolean;
  };
  readonly response:
    | (RawMessage & {
        readonly status: number;
        readonly parts?: readonly (RawMessage & { readonly status: number })[];
      })
    | null;
}

/** The documented exchanges, or undefined where they are not at hand. */
export function readExchanges(file: URL = exchangesFile): readonly Exchange[] | undefined {
  if (!existsSync(file)) return undefined;
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => readExchange(JSON.parse(line) as RawExchange));
}

function readExchange(raw: RawExchange): Exchange {
  const isLive = raw.era === 'recorded';
  const fill = (text: string): string => (isLive ? text : fillPlaceholders(text));
  const url = fill(raw.request.url);
  const bodies = [raw.request.body ?? '', raw.response?.body ?? ''];
  return {
    id: raw.id,
    era: raw.era,
    host: /^(?:https?:\/\/)?([^/]*)/.exec(raw.request.url)?.[1] ?? '',
    abridged: !isLive && bodies.some((body) => documentedJson(body)?.abridged === true),
    request: {
      method: raw.request.method,
      url: pathOf(url),
      headers: { ...sentHeaders(raw.request.headers), ...pageSize(raw) },
      body: fill(raw.request.body ?? ''),
    },
    ...(raw.response === null
      ? {}
      : {
          response: {
            status: raw.response.status,
            headers: filled(raw.response.headers, fill),
            body: fill(raw.response.body ?? ''),
            ...(raw.response.parts === undefined
              ? {}
              : {
                  parts: raw.response.parts.map((part) => ({
                    status: part.status,
                    headers: filled(part.headers, fill),
                    body: fill(part.body ?? ''),
                  })),
                }),
          },
        }),
  };
}

/** A recording tells the answer; the size of its page was asked for with a header that is lost. */
function pageSize(raw: RawExchange): Readonly<Record<string, string>> {
  if (raw.request.reconstructed !== true || raw.response === null) return {};
  const answer = documentedJson(raw.response.body ?? '')?.value;
  if (!isRow(answer) || !('@odata.nextLink' in answer)) return {};
  const prefer = raw.request.headers['Prefer'];
  const size = `odata.maxpagesize=${rowsOf(answer).length}`;
  return { Prefer: prefer === undefined ? size : `${prefer}, ${size}` };
}

function filled(
  headers: Readonly<Record<string, string>>,
  fill: (text: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));
}

/** `<accountid>` stands for one id, the same wherever the exchange names it; ids may lack a group. */
function fillPlaceholders(text: string): string {
  return text
    .replace(/<(?=[a-z ]*id\b|id of\b)([a-z ]+)>?/gi, (_, name: string) => placeholderId(name))
    .replace(
      /\b([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\b/gi,
      (_, a: string, b: string, c: string, d: string) => `${a}-${b}-${c}-0000-${d}`,
    );
}

function placeholderId(name: string): string {
  const word = name
    .toLowerCase()
    .replace(/ value$/, '')
    .replaceAll(/[^a-z]/g, '');
  const hex = createHash('sha256').update(word).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Pages write the host in many ways, and some an organization's name before the API. */
function pathOf(url: string): string {
  const at = url.indexOf('/api/data/');
  const path = at < 0 ? url : url.slice(at);
  // Some pages encode the query twice.
  return path.replace(
    /(fetchXml=)(%25[^&]*)/,
    (_, name: string, query: string) => name + decodeURIComponent(query),
  );
}

/** Headers that a client does not set itself are left to it; slips of the page are left away. */
const ownHeaders = new Set([
  'content-length',
  'host',
  'headers',
  'body',
  'authorization',
  'referer',
  'date',
]);

function sentHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !ownHeaders.has(name.toLowerCase())),
  );
}
