import { join } from 'node:path';
import {
  codeFile,
  scanSetMode,
  scriptAddresses,
  type SetModeCall,
} from '../../channel-providers/scan-set-mode.ts';
import type { MigrationCheck } from '../../channel-providers/check-migration.ts';
import { isSecure } from '../../channel-providers/url-parts.ts';
import type { DataverseReader } from '../../dataverse/client.ts';
import type { Finding } from '../../errors/finding.ts';
import type { Files } from '../../host/files.ts';
import { isRecord } from '../../plan/planned-value.ts';

const maxBytes = 20_000_000;
const maxFiles = 5000;
const timeoutMs = 30_000;
const skippedFolders = new Set(['node_modules', '.git']);

interface SourceText {
  readonly where: string;
  readonly text: string;
}

interface Unread {
  readonly where: string;
  readonly problem: string;
}

/**
 * Looks for the call of `setMode(1)` in the code of providers: a folder, a file, `webresource:NAME`, or
 * the URL of their page, each as one check.
 */
export async function scanProviderCode(
  places: readonly string[],
  frame: { readonly files: Files; readonly reader: DataverseReader },
  signal: AbortSignal,
): Promise<readonly MigrationCheck[]> {
  const checks: MigrationCheck[] = [];
  for (const place of places) checks.push(await scanPlace(place, frame, signal));
  return checks;
}

async function scanPlace(
  place: string,
  frame: { readonly files: Files; readonly reader: DataverseReader },
  signal: AbortSignal,
): Promise<MigrationCheck> {
  const name = `${place}: calls setMode(1)`;
  const check = { group: 'provider code', name };
  const unread: Unread[] = [];
  const calls: { readonly where: string; readonly call: SetModeCall }[] = [];
  let files = 0;
  try {
    for await (const source of sourcesOf(place, { ...frame, unread }, signal)) {
      files += 1;
      const scanned = await scanSetMode(source.text, source.where);
      if (scanned.problem !== undefined)
        unread.push({ where: source.where, problem: scanned.problem });
      for (const call of scanned.calls) calls.push({ where: source.where, call });
    }
  } catch (error) {
    signal.throwIfAborted();
    unread.push({ where: place, problem: error instanceof Error ? error.message : String(error) });
  }
  const finding = verdict(place, { calls, unread, files });
  return finding === undefined ? check : { ...check, finding };
}

function verdict(
  place: string,
  found: {
    readonly calls: readonly { readonly where: string; readonly call: SetModeCall }[];
    readonly unread: readonly Unread[];
    readonly files: number;
  },
): Finding | undefined {
  const { calls, unread, files } = found;
  if (calls.some(({ call }) => call.verdict.is === 'docked')) return undefined;
  const unknown = calls.filter(({ call }) => call.verdict.is === 'unknown');
  const all = calls.map(({ where, call }) => `${where}:${call.line}:${call.column} ${said(call)}`);
  const [first] = unknown.length > 0 ? unknown : calls;
  const where = first === undefined ? place : `${first.where}:${first.call.line}`;
  const detail = all.slice(0, 20).join('; ');
  if (unknown.length > 0)
    return {
      severity: 'warning',
      code: 'URM1842',
      where,
      summary: `The mode cannot be told: ${said(first?.call)}`,
      detail,
      remedy: 'Look at the line: the panel is docked by 1. A check in a browser tells for sure.',
    };
  if (calls.length > 0)
    return {
      severity: 'error',
      code: 'URM1841',
      where,
      summary: `The panel is set to another mode: ${said(first?.call)}`,
      detail,
      remedy: 'Call Microsoft.CIFramework.setMode(1) when the page has loaded.',
    };
  const problems = unread.slice(0, 20).map((each) => `${each.where}: ${each.problem}`);
  if (unread.length > 0 || files === 0)
    return {
      severity: 'warning',
      code: 'URM1843',
      where: unread[0]?.where ?? place,
      summary:
        unread.length > 0 ? 'Code could not be read' : 'There is no JavaScript or TypeScript here',
      detail: problems.join('; '),
      remedy: 'Give a folder, a file, webresource:NAME or a URL that holds the source.',
    };
  return {
    severity: 'error',
    code: 'URM1840',
    where: place,
    summary: `No call of setMode in ${files} ${files === 1 ? 'file' : 'files'}`,
    detail: '',
    remedy: 'Call Microsoft.CIFramework.setMode(1) when the page has loaded.',
  };
}

function said(call: SetModeCall | undefined): string {
  if (call === undefined) return '';
  const { verdict: told } = call;
  if (told.is === 'docked') return 'setMode(1)';
  return told.is === 'other' ? `setMode(${told.mode})` : `setMode(${told.expression})`;
}

interface ReadFrame {
  readonly files: Files;
  readonly reader: DataverseReader;
  readonly unread: Unread[];
}

function sourcesOf(
  place: string,
  frame: ReadFrame,
  signal: AbortSignal,
): AsyncIterable<SourceText> {
  if (/^https?:\/\//i.test(place)) return pageSources(place, frame, signal);
  const resource = /^webresource:(.+)$/i.exec(place)?.[1];
  if (resource !== undefined) return webResource(resource, frame, signal);
  return fileSources(place, frame);
}

async function* fileSources(path: string, frame: ReadFrame): AsyncGenerator<SourceText> {
  const { files, unread } = frame;
  const waiting = [path];
  let seen = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const stat = await files.stat(next);
    if (stat === undefined) {
      unread.push({ where: next, problem: 'There is no such file or folder' });
      continue;
    }
    if (stat.kind === 'folder') {
      const inside = await files.list(next);
      for (const name of [...inside].reverse())
        if (!skippedFolders.has(name)) waiting.push(join(next, name));
      continue;
    }
    if (stat.kind !== 'file' || (next !== path && !codeFile.test(next))) continue;
    seen += 1;
    if (stat.bytes > maxBytes) unread.push({ where: next, problem: 'The file is too long' });
    else if (seen > maxFiles) {
      unread.push({ where: path, problem: `Only the first ${maxFiles} files were read` });
      return;
    } else yield { where: next, text: Buffer.from(await files.readWhole(next)).toString('utf8') };
  }
}

async function* webResource(
  name: string,
  { reader, unread }: ReadFrame,
  signal: AbortSignal,
): AsyncGenerator<SourceText> {
  const quoted = encodeURIComponent(name.replaceAll("'", "''"));
  const answer = await reader.get(
    `webresourceset?$select=name,content&$filter=name eq '${quoted}'`,
    signal,
  );
  const rows: readonly unknown[] =
    isRecord(answer) && Array.isArray(answer['value']) ? answer['value'] : [];
  const [row] = rows;
  const content = isRecord(row) ? row['content'] : undefined;
  if (typeof content === 'string')
    yield { where: `webresource:${name}`, text: Buffer.from(content, 'base64').toString('utf8') };
  else unread.push({ where: `webresource:${name}`, problem: 'There is no such web resource' });
}

/** A page and the scripts of its own origin that it loads. */
async function* pageSources(
  url: string,
  { unread }: ReadFrame,
  signal: AbortSignal,
): AsyncGenerator<SourceText> {
  const page = await fetchText(url, signal);
  yield page;
  for (const address of scriptAddresses(page.text)) {
    let script: URL;
    try {
      script = new URL(address, page.where);
    } catch {
      continue;
    }
    if (script.origin !== new URL(page.where).origin) continue;
    try {
      yield await fetchText(script.href, signal);
    } catch (error) {
      signal.throwIfAborted();
      unread.push({
        where: script.href,
        problem: error instanceof Error ? error.message : String(error),
      });
    }
  }
}

/** Nothing secret goes along: the page is asked as anybody may. */
async function fetchText(url: string, signal: AbortSignal): Promise<SourceText> {
  if (!isSecure(url)) throw new Error('Only https is read');
  const answer = await fetch(url, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    credentials: 'omit',
    headers: { Accept: 'text/html, application/javascript, */*' },
  });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}`);
  if (!isSecure(answer.url)) throw new Error('It leads to a page without https');
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> | null = answer.body;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new Error('The page is too long');
    chunks.push(chunk);
  }
  return { where: answer.url, text: Buffer.concat(chunks).toString('utf8') };
}
