import { DataverseError } from './dataverse-error.ts';
import type { FindingCode } from '../errors/codes.ts';
import { statedRetryAfterMs } from './retry-after.ts';

/** An answer of the service: of a request, or of one part of a batch. Header names in lower case. */
export interface ServiceAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** What the error envelope said. */
interface Envelope {
  /** `0x80040217`, whatever form it came in; `undefined` without one. */
  readonly code: string | undefined;
  readonly message: string;
}

interface Meaning {
  readonly code: FindingCode;
  readonly next: string;
}

const missingPrivilege: Meaning = {
  code: 'URM1040',
  next: 'Add the privilege to a security role of the user, then run again.',
};
/** The package asked for it: the flag may be taken away instead. */
const missingBypass: Meaning = {
  code: 'URM1040',
  next: 'Add the privilege to a security role of the user, or set disableplugins="false" in the schema.',
};
const notThere: Meaning = {
  code: 'URM1041',
  next: 'Plan again: the environment does not hold what the request names.',
};
const duplicate: Meaning = {
  code: 'URM1042',
  next: 'Look for the row that is there already; map it, or change its key.',
};
const changed: Meaning = { code: 'URM1043', next: 'Plan again.' };
const badValue: Meaning = {
  code: 'URM1044',
  next: 'Correct the value in the source, or the column in the target.',
};
const refused: Meaning = {
  code: 'URM1045',
  next: 'Correct what the text of the service names, then run again.',
};
const limited: Meaning = {
  code: 'URM1046',
  next: 'Run again later, or with another application user: the limits hold for each user.',
};
const unavailable: Meaning = { code: 'URM1047', next: 'Run again later.' };
const badToken: Meaning = {
  code: 'URM1030',
  next: 'Check that the credential belongs to the tenant of the environment; give a fresh token.',
};
const onTheWay: Meaning = {
  code: 'URM1012',
  next: 'Check the proxy (HTTPS_PROXY, NO_PROXY), its sign-in, and whether it lets this host through.',
};
const noColumn: Meaning = {
  code: 'URM1049',
  next: 'Take the column out of the schema, or install the solution that brings it.',
};

/** By the service's code: the numbers of learn.microsoft.com/power-apps/developer/data-platform/reference/web-service-error-codes. */
const meanings: Readonly<Record<string, Meaning>> = {
  '0x80040217': notThere,
  '0x80060891': notThere,
  '0x80041102': notThere,
  '0x80040237': duplicate,
  '0x80060892': duplicate,
  '0x80040333': duplicate,
  '0x80060882': changed,
  '0x80060883': changed,
  '0x80040220': missingPrivilege,
  '0x80048306': missingPrivilege,
  '0x80044331': badValue,
  '0x8004431a': badValue,
  '0x8004432f': badValue,
  '0x80044330': badValue,
  '0x80040278': badValue,
  '0x80048408': badValue,
  '0x80041103': noColumn,
  '0x80072560': {
    code: 'URM1031',
    next: 'Add an application user with a security role in the Power Platform admin center.',
  },
  '0x80040225': { code: 'URM1032', next: 'Enable the user in the environment.' },
  '0x8004d24b': { code: 'URM1032', next: 'Assign a licence, or use an application user.' },
};

/** Deadlocks, SQL timeouts, locks and the like: the same request works a moment later. */
const transient = new Set([
  '0x80044150',
  '0x80044151',
  '0x80044339',
  '0x80048105',
  '0x80071151',
  '0x80040216',
]);

const throttling = new Set(['0x80072322', '0x80072321', '0x80072326', '0x8005f103', '0x80060308']);

/** Is it the service protection that answered? */
export function isThrottled(answer: ServiceAnswer): boolean {
  if (answer.status === 429) return true;
  if (answer.status < 400) return false;
  const { code } = readEnvelope(answer);
  return code !== undefined && throttling.has(code);
}

/** The error that an answer of status 400 or more tells of. */
export function answerError(
  answer: ServiceAnswer,
  /** Method and path, or table and id; without the query. */
  where: string,
  now: number,
): DataverseError {
  const envelope = readEnvelope(answer);
  const stated = statedRetryAfterMs(answer.headers, now);
  const known = meaningOf(answer.status, envelope.code);
  const isBypass = known === missingPrivilege && envelope.message.includes('prvBypassCustom');
  const meaning = isBypass ? missingBypass : known;
  const requestId =
    answer.headers.get('x-ms-service-request-id')?.split(',')[0] ?? answer.headers.get('req_id');
  return new DataverseError(
    meaning.code,
    { what: sentence(answer, envelope, meaning), where, next: meaning.next },
    {
      status: answer.status,
      serviceMessage: envelope.message,
      retryable: isRetryable(answer.status, envelope.code),
      ...(envelope.code === undefined ? {} : { serviceCode: envelope.code }),
      ...(requestId === undefined ? {} : { requestId }),
      ...(stated === undefined ? {} : { retryAfterMs: stated }),
    },
  );
}

/** A web page where JSON was due: a login page, a captive portal, a gateway. */
export function isWebPage(answer: ServiceAnswer): boolean {
  const type = answer.headers.get('content-type') ?? '';
  // The bytes of a file: a web page among files is none that got in the way.
  if (/octet-stream/i.test(type)) return false;
  return (
    /^\s*text\/html/i.test(type) ||
    /^\s*<(!doctype|html)/i.test(answer.body.subarray(0, 200).toString('latin1'))
  );
}

/** A web page that came in place of a part's answer, as if all were well: nothing says what became of it. */
export function isStrayPage(answer: ServiceAnswer): boolean {
  return answer.status < 400 && isWebPage(answer);
}

/** JSON that stops in the middle: a stream that was cut off without the transport noticing. */
export function isCutOff(answer: ServiceAnswer): boolean {
  if (!/json/i.test(answer.headers.get('content-type') ?? '')) return false;
  const end = answer.body.subarray(-64).toString('latin1').trimEnd();
  return end !== '' && !end.endsWith('}') && !end.endsWith(']');
}

function isRetryable(status: number, code: string | undefined): boolean {
  if (code !== undefined && transient.has(code)) return true;
  if (status === 408 || status === 429 || status === 502 || status === 503 || status === 504)
    return true;
  return status === 500 && code === undefined;
}

function meaningOf(status: number, code: string | undefined): Meaning {
  if (status === 429 || (code !== undefined && throttling.has(code))) return limited;
  const known = code === undefined ? undefined : meanings[code];
  if (known !== undefined) return known;
  if (status === 401) return badToken;
  // The service never refuses with 403 without its code; proxies do, before the tunnel is open.
  if (status === 407 || (status === 403 && code === undefined)) return onTheWay;
  if (status === 403) return missingPrivilege;
  if (status === 404) return notThere;
  if (status === 412) return changed;
  return isRetryable(status, code) || (status >= 500 && status !== 501) ? unavailable : refused;
}

function sentence(answer: ServiceAnswer, envelope: Envelope, meaning: Meaning): string {
  if (isWebPage(answer)) return `The service answered ${answer.status} with a web page`;
  if (meaning === onTheWay)
    return `Something on the way, such as a proxy, answered ${answer.status} in place of the environment`;
  const text = shortened(envelope.message);
  const code = envelope.code === undefined ? '' : ` ${envelope.code}`;
  const privilege = /missing (prv\w{1,100}) privilege/.exec(envelope.message)?.[1];
  if (meaning.code === 'URM1040' && privilege !== undefined)
    return `The user is missing the privilege ${privilege} (${answer.status}${code})`;
  return text === ''
    ? `The service answered ${answer.status}${code}`
    : `The service answered ${answer.status}${code}: ${text}`;
}

/** Payload errors carry a help link and a .NET exception: only what tells something to people stays. */
function shortened(message: string): string {
  const inner = /InnerException\s*:([\s\S]*)$/.exec(message)?.[1];
  const text =
    (inner?.trimStart().replace(/^[\w.]+Exception:\s*/, '') ?? message)
      .split(/\r?\n/, 1)[0]
      ?.trim()
      .replace(/\.$/, '') ?? '';
  return text.length > 400 ? `${text.slice(0, 400)}…` : text;
}

function readEnvelope(answer: ServiceAnswer): Envelope {
  const text = answer.body.toString('utf8').replace(/^\uFEFF/, '');
  const json = parsed(text);
  if (!isObject(json)) {
    const plain = isWebPage(answer) ? '' : text.trim();
    return { code: undefined, message: plain };
  }
  const { error } = json;
  if (isObject(error))
    return { code: normalCode(error['code']), message: textOf(error['message']) };
  // The older shape, still seen in throttled parts of batches.
  return {
    code: normalCode(json['ErrorCode']),
    message: textOf(json['Message'] ?? json['message']),
  };
}

/** The same code comes as hex text, as signed and as unsigned number. */
export function normalCode(code: unknown): string | undefined {
  if (typeof code === 'string' && /^0x[0-9a-f]+$/i.test(code)) {
    const number = Number(code);
    return number === 0 ? undefined : hex(number);
  }
  const number = typeof code === 'string' && code.trim() !== '' ? Number(code) : code;
  return typeof number === 'number' && Number.isInteger(number) && number !== 0
    ? hex(number)
    : undefined;
}

function hex(number: number): string {
  return `0x${(number >>> 0).toString(16).padStart(8, '0')}`;
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
