import type { TestEmulator } from '../emulator.ts';
import { documentedJson, isRow } from './documented-json.ts';
import type { Exchange } from './exchange.ts';

/** A request as it is sent: versions and tokens of the page replaced by those of the environment. */
export interface Prepared {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** Does what the page did before the exchange, and puts the answers of that into the request. */
export async function prelude(emulator: TestEmulator, exchange: Exchange): Promise<Prepared> {
  const { request, response } = exchange;
  const status = response?.status ?? 0;
  const headers: Record<string, string> = { ...request.headers };
  for (const [name, value] of Object.entries(headers)) {
    const isMatch = name.toLowerCase() === 'if-match' && status < 400;
    const isNoneMatch = name.toLowerCase() === 'if-none-match' && status === 304;
    if (value.startsWith('W/') && (isMatch || isNoneMatch)) {
      headers[name] = await currentVersion(emulator, request.url);
    }
  }
  const prepared: Prepared = {
    method: request.method,
    url: request.url,
    headers,
    ...(request.body === '' || request.method === 'GET' ? {} : { body: sentBody(exchange) }),
  };
  return withTokens(emulator, exchange, prepared);
}

/** Batches need their line ends and their boundary; what a page left out of a body is left out. */
function sentBody(exchange: Exchange): string | Uint8Array<ArrayBuffer> {
  const { body, url } = exchange.request;
  if (url.endsWith('/$batch')) {
    return body
      .replaceAll(/\[Organization UR[IL]\]|\[Organization Ur[il]\]/g, '')
      .replaceAll(/\r?\n/g, '\r\n');
  }
  const json = documentedJson(body);
  if (json === undefined) return new Uint8Array(16);
  return JSON.stringify(json.value).replaceAll(
    /https?:\/\/(?:\[Organization UR[IL]\])|\[Organization UR[IL]\]|https?:\/\/\[[^\]]*\]\/\w+/gi,
    '',
  );
}

async function currentVersion(emulator: TestEmulator, url: string): Promise<string> {
  const path = (url.split('?')[0] ?? '').replace(/^\/api\/data\/v\d+\.\d+\//, '');
  const row = /^\w+\([^)]*\)/.exec(path)?.[0] ?? path;
  const answer = await emulator.send('GET', row);
  return answer.headers.get('etag') ?? '';
}

async function withTokens(
  emulator: TestEmulator,
  exchange: Exchange,
  prepared: Prepared,
): Promise<Prepared> {
  const { url } = prepared;
  if (url.includes('sessiontoken=')) return chunk(emulator, prepared);
  if (url.includes('$deltatoken=')) return delta(emulator, exchange, prepared);
  const json = documentedJson(exchange.request.body)?.value;
  if (isRow(json) && 'FileContinuationToken' in json) {
    return { ...prepared, body: JSON.stringify(await fileStep(emulator, url, json)) };
  }
  if (url.endsWith('/DeleteFile')) {
    return { ...prepared, body: JSON.stringify({ FileId: await uploadedFile(emulator) }) };
  }
  if (url.endsWith('InitializeFileBlocksDownload') && isRow(json)) await storedFile(emulator, json);
  if (url.endsWith('/$batch') && prepared.headers['Content-Type']?.includes('boundary') !== true) {
    const boundary = /^--(\S+)/.exec(exchange.request.body)?.[1] ?? '';
    return {
      ...prepared,
      headers: { ...prepared.headers, 'Content-Type': `multipart/mixed; boundary=${boundary}` },
    };
  }
  return prepared;
}

/** A chunk of an upload goes to the place that its beginning named. */
async function chunk(emulator: TestEmulator, prepared: Prepared): Promise<Prepared> {
  const path = (prepared.url.split('?')[0] ?? '').replace(/^\/api\/data\/v\d+\.\d+\//, '');
  const name = prepared.headers['x-ms-file-name'] ?? 'file';
  const begun = await emulator.send('PATCH', `${path}?x-ms-file-name=${name}`, {
    headers: { 'x-ms-transfer-mode': 'chunked' },
  });
  const location = new URL(begun.headers.get('location') ?? emulator.url);
  const range = /bytes (\d+)-(\d+)\/(\d+)/.exec(prepared.headers['Content-Range'] ?? '');
  const [, first = '0', last = '15', size = '16'] = range ?? [];
  const target = `${location.pathname}${location.search}`;
  for (let at = 0; at < Number(first); at += 4_194_304) {
    await fetch(`${emulator.url}${target}`, {
      method: 'PATCH',
      headers: {
        Authorization: 'Bearer any',
        'x-ms-file-name': name,
        'Content-Type': 'application/octet-stream',
        'Content-Range': `bytes ${at}-${at + 4_194_303}/${size}`,
      },
      body: new Uint8Array(4_194_304),
    });
  }
  return { ...prepared, url: target, body: new Uint8Array(Number(last) - Number(first) + 1) };
}

/** Changes since a token: what the answer shows as deleted is deleted after it was given out. */
async function delta(
  emulator: TestEmulator,
  exchange: Exchange,
  prepared: Prepared,
): Promise<Prepared> {
  const [path = '', query = ''] = prepared.url.split('?');
  const relative = path.replace(/^\/api\/data\/v\d+\.\d+\//, '').replace(/\/\$count$/, '');
  const plain = query.split('&').filter((part) => !part.includes('deltatoken'));
  const first = await emulator.send('GET', `${relative}?${plain.join('&')}`, {
    headers: { Prefer: 'odata.track-changes' },
  });
  const body: unknown = first.body;
  const link = isRow(body) ? String(body['@odata.deltaLink']) : '';
  const answer = documentedJson(exchange.response?.body ?? '')?.value;
  const rows: readonly unknown[] =
    isRow(answer) && Array.isArray(answer['value']) ? answer['value'] : [];
  for (const row of rows) {
    if (!isRow(row)) continue;
    if (row['reason'] === 'deleted')
      await emulator.send('DELETE', `${relative}(${String(row['id'])})`);
    else
      await emulator.send(
        'PATCH',
        `${relative}(${String(row[`${relative.replace(/s$/, '')}id`])})`,
        { body: touched(row) },
      );
  }
  const token = /\$deltatoken=[^&]*/.exec(link)?.[0] ?? '$deltatoken=';
  return { ...prepared, url: prepared.url.replace(/\$deltatoken=[^&]*/, token) };
}

function touched(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(row).filter(
      ([name, value]) => !name.includes('@') && !name.endsWith('id') && typeof value === 'string',
    ),
  );
}

/** The steps of block uploads and downloads before the one that a page shows. */
async function fileStep(
  emulator: TestEmulator,
  url: string,
  json: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const account = await emulator.send('POST', 'accounts', {
    body: { name: 'With a file' },
    headers: { Prefer: 'return=representation' },
  });
  const id = String((account.body as Readonly<Record<string, unknown>>)['accountid']);
  const note = await emulator.send('POST', 'annotations', {
    body: { subject: 'With a file' },
    headers: { Prefer: 'return=representation' },
  });
  const target = { '@odata.type': 'Microsoft.Dynamics.CRM.account', accountid: id };
  const noteTarget = {
    '@odata.type': 'Microsoft.Dynamics.CRM.annotation',
    annotationid: String((note.body as Readonly<Record<string, unknown>>)['annotationid']),
  };
  const attachment = await emulator.send('POST', 'InitializeAttachmentBlocksUpload', {
    body: { Target: json['Target'] },
  });
  const annotation = await emulator.send('POST', 'InitializeAnnotationBlocksUpload', {
    body: { Target: noteTarget },
  });
  const image = { Target: target, FileAttributeName: 'entityimage', FileName: 'a.bin' };
  const upload = await emulator.send('POST', 'InitializeFileBlocksUpload', { body: image });
  const begun = /Attachment/.test(url) ? attachment : /Annotation/.test(url) ? annotation : upload;
  let token = (begun.body as Readonly<Record<string, unknown>>)['FileContinuationToken'];
  const blocks: readonly unknown[] = Array.isArray(json['BlockList'])
    ? json['BlockList']
    : ['YQ=='];
  for (const block of blocks) {
    await emulator.send('POST', 'UploadBlock', {
      body: { BlockId: block, BlockData: 'YQ==', FileContinuationToken: token },
    });
  }
  if (url.endsWith('DownloadBlock')) {
    await emulator.send('POST', 'CommitFileBlocksUpload', {
      body: {
        FileName: 'a.bin',
        MimeType: 'image/png',
        BlockList: blocks,
        FileContinuationToken: token,
      },
    });
    const download = await emulator.send('POST', 'InitializeFileBlocksDownload', { body: image });
    token = (download.body as Readonly<Record<string, unknown>>)['FileContinuationToken'];
  }
  const data = 'BlockData' in json ? { BlockData: 'YQ==' } : {};
  return { ...json, ...data, FileContinuationToken: token };
}

async function storedFile(
  emulator: TestEmulator,
  json: Readonly<Record<string, unknown>>,
): Promise<void> {
  const target = json['Target'];
  const id = isRow(target) ? target['accountid'] : undefined;
  if (typeof id !== 'string') return;
  await emulator.send('PATCH', `accounts(${id})/${String(json['FileAttributeName'])}`, {
    body: 'content',
    headers: { 'Content-Type': 'application/octet-stream', 'x-ms-file-name': '25mb.pdf' },
  });
}

/** A file in a column of files; returns its id. */
async function uploadedFile(emulator: TestEmulator): Promise<unknown> {
  const name = 'sample_filecolumn';
  await emulator.send('POST', "EntityDefinitions(LogicalName='account')/Attributes", {
    body: { '@odata.type': 'Microsoft.Dynamics.CRM.FileAttributeMetadata', SchemaName: name },
  });
  const account = await emulator.send('POST', 'accounts', {
    body: { name: 'With a file' },
    headers: { Prefer: 'return=representation' },
  });
  const path = `accounts(${String((account.body as Readonly<Record<string, unknown>>)['accountid'])})`;
  await emulator.send('PATCH', `${path}/${name}`, {
    body: 'content',
    headers: { 'Content-Type': 'application/octet-stream', 'x-ms-file-name': 'a.txt' },
  });
  const read = await emulator.send('GET', `${path}?$select=${name}`);
  return (read.body as Readonly<Record<string, unknown>>)[name];
}
