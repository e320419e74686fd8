import { documentedJson, isRow } from './documented-json.ts';
import type { DocumentedResponse, Exchange } from './exchange.ts';

/** What the emulator answered. */
export interface GivenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const strict = new Set(['current', 'recorded']);

/** Differences between a documented answer and the one given; none where they are equal. */
export function compareAnswers(exchange: Exchange, given: GivenAnswer): readonly string[] {
  const { response } = exchange;
  if (response === undefined) return [];
  return compareMessages(exchange, response, given);
}

function compareMessages(
  exchange: Exchange,
  wanted: DocumentedResponse,
  given: GivenAnswer,
): readonly string[] {
  const differences: string[] = [];
  if (wanted.status !== given.status && !isRenumbered(exchange, wanted, given)) {
    differences.push(
      `status ${given.status} instead of ${wanted.status}: ${given.body.slice(0, 300)}`,
    );
    return differences;
  }
  compareHeaders(exchange, wanted, { given, differences });
  if (wanted.parts !== undefined) {
    compareParts(exchange, wanted.parts, { given, differences });
    return differences;
  }
  compareBodies(exchange, wanted.body, { given, differences });
  return differences;
}

/** Older pages answer business errors with 500; the current ones have a status for each code. */
function isRenumbered(exchange: Exchange, wanted: DocumentedResponse, given: GivenAnswer): boolean {
  if (strict.has(exchange.era) || wanted.status !== 500 || given.status < 400) return false;
  const code = /"code"\s*:\s*"(0x[0-9a-f]+)"/i.exec(wanted.body)?.[1];
  return code !== undefined && given.body.includes(code);
}

interface Comparison {
  readonly given: GivenAnswer;
  readonly differences: string[];
}

/** Headers that clients read. The others are the server's own business, or an accident of the page. */
const compared: Readonly<Record<string, 'text' | 'presence' | 'list' | 'media'>> = {
  'odata-version': 'text',
  'odata-entityid': 'text',
  location: 'text',
  etag: 'presence',
  'preference-applied': 'list',
  'content-type': 'media',
  'accept-ranges': 'text',
  mimetype: 'text',
  'x-ms-file-name': 'text',
  'x-ms-file-size': 'text',
  'x-ms-chunk-size': 'text',
  'x-ms-session-token': 'presence',
};

function compareHeaders(exchange: Exchange, wanted: DocumentedResponse, of: Comparison): void {
  for (const [name, value] of Object.entries(wanted.headers)) {
    const how = compared[name.toLowerCase()];
    if (how === undefined) continue;
    const given = of.given.headers[name.toLowerCase()];
    if (given === undefined) {
      // Older pages give a type to answers without content.
      if (how === 'media' && wanted.body === '') continue;
      of.differences.push(`no header ${name}`);
      continue;
    }
    if (how === 'presence') continue;
    const same =
      how === 'media'
        ? mediaType(value) === mediaType(given)
        : how === 'list' && !strict.has(exchange.era)
          ? asList(value).every((each) => asList(given).includes(each))
          : normalised(value) === normalised(given);
    if (!same) of.differences.push(`header ${name}: '${given}' instead of '${value}'`);
  }
}

function mediaType(value: string): string {
  return value
    .split(';')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => !part.includes('=') || part.startsWith('odata.metadata'))
    .join(';');
}

function asList(value: string): readonly string[] {
  return value.replaceAll('"', '').split(/,\s*/);
}

function compareParts(
  exchange: Exchange,
  wanted: readonly DocumentedResponse[],
  of: Comparison,
): void {
  const parts = readParts(of.given.body);
  if (parts.length !== wanted.length) {
    of.differences.push(`${parts.length} parts instead of ${wanted.length}`);
    return;
  }
  for (const [index, part] of wanted.entries()) {
    const given = parts[index];
    if (given === undefined) continue;
    for (const difference of compareMessages(exchange, part, given)) {
      of.differences.push(`part ${index + 1}: ${difference}`);
    }
  }
}

function readParts(body: string): readonly GivenAnswer[] {
  return body
    .split(/^HTTP\/1\.1 /m)
    .slice(1)
    .map((text) => {
      const [head = '', ...rest] = text.replaceAll('\r\n', '\n').split('\n\n');
      const [status = '', ...lines] = head.split('\n');
      const headers = lines.map((line) => {
        const at = line.indexOf(':');
        return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()] as const;
      });
      const content = rest.join('\n\n').replace(/\n--(batch|changeset)response_[\s\S]*$/, '');
      return {
        status: Number(status.slice(0, 3)),
        headers: Object.fromEntries(headers),
        body: content.trim(),
      };
    });
}

function compareBodies(exchange: Exchange, wanted: string, of: Comparison): void {
  const expected = documentedJson(wanted);
  if (expected === undefined) {
    const text = wanted.trim().replace(/^\u00EF\u00BB\u00BF|^\uFEFF/, '');
    // Bytes are never printed on a page.
    if (text === '' || /removed for brevity|byte\[\]/.test(text)) return;
    const given = of.given.body.trim().replace(/^\uFEFF/, '');
    if (text !== given) of.differences.push(`text '${given}' instead of '${text}'`);
    return;
  }
  const given = documentedJson(of.given.body);
  if (given === undefined) {
    of.differences.push('no JSON');
    return;
  }
  const walk: Walk = { exchange, abridged: expected.abridged, differences: of.differences };
  compareValues(walk, '$', { wanted: expected.value, given: given.value });
}

interface Walk {
  readonly exchange: Exchange;
  readonly abridged: boolean;
  readonly differences: string[];
}

interface Pair {
  readonly wanted: unknown;
  readonly given: unknown;
}

function compareValues(walk: Walk, at: string, pair: Pair): void {
  const { wanted, given } = pair;
  if (Array.isArray(wanted)) {
    if (!Array.isArray(given)) walk.differences.push(`${at}: ${kind(given)} instead of a list`);
    else compareLists(walk, at, { wanted, given });
    return;
  }
  if (isRow(wanted)) {
    if (!isRow(given)) walk.differences.push(`${at}: ${kind(given)} instead of an object`);
    else if (!compareLabels(walk, at, pair)) compareObjects(walk, at, { wanted, given });
    return;
  }
  compareScalars(walk, at, pair);
}

function compareLists(
  walk: Walk,
  at: string,
  pair: { readonly wanted: readonly unknown[]; readonly given: readonly unknown[] },
): void {
  const { wanted, given } = pair;
  // Lists of definitions are longer than a page can show: each shown one must be among the given.
  if (isSample(walk, at)) {
    for (const item of wanted) {
      const name = nameOf(item);
      const same = given.find((each) => nameOf(each) === name);
      if (same === undefined) {
        walk.differences.push(`${at}: '${String(name)}' is missing`);
      } else compareValues(walk, `${at}[${String(name)}]`, { wanted: item, given: same });
    }
    return;
  }
  const isCounted = walk.exchange.response?.body.includes('@odata.count') === true;
  // Pages that count show a few of the rows they counted.
  const isPart = walk.abridged || (isCounted && at === '$.value');
  if (wanted.length > given.length || (!isPart && wanted.length !== given.length)) {
    walk.differences.push(`${at}: ${given.length} items instead of ${wanted.length}`);
  }
  for (const [index, item] of wanted.entries()) {
    if (index < given.length)
      compareValues(walk, `${at}[${index}]`, { wanted: item, given: given[index] });
  }
}

/** What tells a definition from its siblings. */
function nameOf(item: unknown): string | undefined {
  if (!isRow(item)) return undefined;
  const name = item['SchemaName'] ?? item['LogicalName'] ?? item['KeyAttributes'];
  return name === undefined ? undefined : JSON.stringify(name);
}

/** Tables, columns and keys of a whole environment: the page shows a few of them. */
function isSample(walk: Walk, at: string): boolean {
  const { url } = walk.exchange.request;
  if (/RetrieveMetadataChanges/.test(url)) return /\.(Attributes|EntityMetadata)$/.test(at);
  return /EntityDefinitions\?/.test(url) && /^\$\.value(\[[^\]]*\]\.Keys)?$/.test(at);
}

/** What a definition is called and since when it is there, belongs to the environment that was recorded. */
const environmentsOwn =
  /\.(Label|LanguageCode|IsManaged|IntroducedVersion|IsCustomOptionSet|IsGlobal|Name|Color|ExternalValue|ExternalTypeName|InvariantName|IsCustomizable\.\w+)$/;

function isOwn(walk: Walk, at: string): boolean {
  return (
    /Definitions|RetrieveMetadataChanges/.test(walk.exchange.request.url) &&
    environmentsOwn.test(at)
  );
}

/** Texts come in the languages of the environment; that a text has the members of one is compared. */
function compareLabels(walk: Walk, at: string, pair: Pair): boolean {
  const { wanted, given } = pair;
  if (!isRow(wanted) || !isRow(given) || !('UserLocalizedLabel' in wanted)) return false;
  compareOwnNames(walk, at, { wanted, given });
  const one = wanted['UserLocalizedLabel'];
  const other = given['UserLocalizedLabel'];
  if (isRow(one) && isRow(other))
    compareOwnNames(walk, `${at}.UserLocalizedLabel`, { wanted: one, given: other });
  return true;
}

function compareOwnNames(
  walk: Walk,
  at: string,
  pair: {
    readonly wanted: Readonly<Record<string, unknown>>;
    readonly given: Readonly<Record<string, unknown>>;
  },
): void {
  const wanted = Object.keys(pair.wanted).join(' ');
  const given = Object.keys(pair.given).join(' ');
  if (wanted !== given) walk.differences.push(`${at}: ${given} instead of ${wanted}`);
}

function compareObjects(
  walk: Walk,
  at: string,
  pair: {
    readonly wanted: Readonly<Record<string, unknown>>;
    readonly given: Readonly<Record<string, unknown>>;
  },
): void {
  const { wanted, given } = pair;
  const ignored = (name: string): boolean => isOutdated(walk, at, name);
  const wantedNames = Object.keys(wanted).filter((name) => !ignored(name));
  const givenNames = Object.keys(given).filter((name) => !ignored(name));
  const missing = wantedNames.filter((name) => !(name in given));
  const extra = givenNames.filter((name) => !(name in wanted) && !isOptional(walk, name));
  if (missing.length > 0) walk.differences.push(`${at}: without ${missing.join(', ')}`);
  if (extra.length > 0) walk.differences.push(`${at}: with ${extra.join(', ')} besides`);
  if (missing.length === 0 && extra.length === 0)
    compareOrder(walk, at, { wantedNames, givenNames });
  for (const name of wantedNames) {
    if (name in given)
      compareValues(walk, `${at}.${name}`, { wanted: wanted[name], given: given[name] });
  }
}

/** Members that pages of their time have and the service has no more, or the other way round. */
function isOutdated(walk: Walk, at: string, name: string): boolean {
  if (strict.has(walk.exchange.era)) return false;
  if (/Definitions/.test(walk.exchange.request.url)) {
    if (/^(ExternalValue|ParentValues|Tag|\w+@odata\.context)$/.test(name)) return true;
  }
  if (at === '$.error') return name === 'innererror' || name === 'code';
  // Etags of expanded rows, their links and foreign keys came and went.
  if (name === '@odata.etag') return true;
  if (name.endsWith('@odata.nextLink') && name !== '@odata.nextLink') return true;
  return (
    /^_.*_value(@.*)?$/.test(name) && /\.\w+(\[\d+\])?$/.test(at.replace(/^\$\.value\[\d+\]/, '$'))
  );
}

/** What the page left away, when it says that it did. */
function isOptional(walk: Walk, name: string): boolean {
  if (walk.abridged) return true;
  if (name === '@odata.context')
    return !strict.has(walk.exchange.era) || /EntityDefinitions/.test(walk.exchange.request.url);
  // Options have it since 2022; recordings are of several years.
  return (
    name === 'IsHidden' ||
    name === 'Tag' ||
    name === '@Microsoft.Dynamics.CRM.globalmetadataversion'
  );
}

/** The order of what was selected, and each annotation before its value; columns that come unasked may stand anywhere. */
function compareOrder(
  walk: Walk,
  at: string,
  names: { readonly wantedNames: readonly string[]; readonly givenNames: readonly string[] },
): void {
  const { wantedNames, givenNames } = names;
  const selected = selectedNames(walk.exchange.request.url);
  const relevant = (name: string): boolean => {
    const [column = ''] = name.split('@');
    if (strict.has(walk.exchange.era)) return true;
    return column === '' || selected.has(column);
  };
  const inOrder = (list: readonly string[]): string =>
    (strict.has(walk.exchange.era) ? list : annotationsAside(list)).filter(relevant).join(' ');
  if (!strict.has(walk.exchange.era)) return;
  const wanted = inOrder(wantedNames);
  const shared = new Set(wantedNames);
  const given = inOrder(givenNames.filter((name) => shared.has(name)));
  if (wanted !== given) walk.differences.push(`${at}: order ${given} instead of ${wanted}`);
}

function annotationsAside(list: readonly string[]): readonly string[] {
  return list.filter((name) => !name.includes('@'));
}

function selectedNames(url: string): ReadonlySet<string> {
  const lists = [
    ...decodeURIComponent(url.replaceAll(/%(?![0-9a-f]{2})/gi, '%25')).matchAll(
      /\$select=([^&;)]*)/g,
    ),
  ];
  return new Set(lists.flatMap(([, list = '']) => list.split(',').map((name) => name.trim())));
}

function compareScalars(walk: Walk, at: string, { wanted, given }: Pair): void {
  if (isOwn(walk, at)) return;
  if (kind(wanted) !== kind(given)) {
    walk.differences.push(
      `${at}: ${kind(given)} ${String(given)} instead of ${kind(wanted)} ${String(wanted)}`,
    );
    return;
  }
  if (typeof wanted === 'string' && typeof given === 'string') {
    // The options that a link repeats changed with the years.
    if (at.endsWith('nextLink') && !strict.has(walk.exchange.era)) return;
    if (at.endsWith('@odata.context')) compareContexts(walk, wanted, given);
    else if (!sameText(walk, at, { wanted, given })) {
      walk.differences.push(`${at}: '${given.slice(0, 200)}' instead of '${wanted.slice(0, 200)}'`);
    }
    return;
  }
  if (isMade(walk, at) || isOwn(walk, at)) return;
  if (wanted !== given)
    walk.differences.push(`${at}: ${String(given)} instead of ${String(wanted)}`);
}

function compareContexts(walk: Walk, wanted: string, given: string): void {
  const shown = (text: string): string => {
    const normal = normalised(text).replaceAll(' ', '');
    // Older pages name expanded properties twice, and some leave the selection away.
    return strict.has(walk.exchange.era)
      ? normal
      : normal.replace(/\(.*$/, '').replace(/\/\$entity$/, '');
  };
  if (shown(wanted) !== shown(given))
    walk.differences.push(`context '${given}' instead of '${wanted}'`);
}

function sameText(
  walk: Walk,
  at: string,
  { wanted, given }: { readonly wanted: string; readonly given: string },
): boolean {
  if (normalised(wanted) === normalised(given)) return true;
  // Dates as text are in the time zone and the format of the page's author.
  if (at.endsWith('FormattedValue') && isDateText(wanted) && isDateText(given)) return true;
  if (/removed for brevity|^…$|truncated/.test(wanted)) return true;
  return isMade(walk, at) || isOwn(walk, at);
}

/** Values that the platform makes anew: ids, tokens, stamps, times of a write. */
function isMade(walk: Walk, at: string): boolean {
  if (
    /(MetadataId|Token|Stamp|globalmetadataversion|totalrecordcount|PagingCookie|FileSizeInBytes|versionnumber)$/.test(
      at,
    )
  )
    return true;
  if (/\.(backgroundOperation\w*|location|@odata\.deltaLink)$/.test(at)) return true;
  // Labels differ with the languages and the renamings of the environment that was recorded.
  return walk.exchange.request.method !== 'GET' && /createdon|modifiedon$/.test(at);
}

function isDateText(text: string): boolean {
  return /^\d{1,2}\/\d{1,2}\/\d{4}/.test(text);
}

function kind(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
}

/** A text without what differs from environment to environment. */
export function normalised(text: string): string {
  return (
    text
      .replaceAll(
        /(?:https?:\/\/)?(?:\[Organization UR[IL]\]|\[Organization Ur[il]\]|<organization URL>|[\w.-]+\.dynamics\.com|127\.0\.0\.1:\d+)(?:\/org1)?/gi,
        'ROOT',
      )
      .replaceAll(/ROOT(?:\/api)?\/data\/v\d+\.\d+\//g, 'ROOT/api/data/')
      .replaceAll(/\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?/gi, 'ID')
      .replaceAll(/W\/"\d+"/g, 'W/"N"')
      .replaceAll(/(skiptoken|deltatoken|sessiontoken)=[^&"]*/g, '$1=…')
      .replaceAll(/(pagingcookie=\\?")[^"\\]*/g, '$1…')
      // A definition is named by its id or by its name.
      .replaceAll(/EntityDefinitions\((?:ID|LogicalName='[^']*')\)/g, 'EntityDefinitions(KEY)')
      .replaceAll('%20', ' ')
      .replaceAll('%27', "'")
      .replaceAll('%0A', '')
      .trim()
  );
}
