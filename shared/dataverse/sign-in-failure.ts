import { DataverseError } from './dataverse-error.ts';
import type { FindingCode } from '../errors/codes.ts';
import { isObject, parseJson, textIn } from './json.ts';

/** What a sign-in was tried with, as far as it may be shown. */
export interface SignInPlace {
  readonly environment: string;
  readonly authority?: string;
  readonly tenantId?: string;
  readonly clientId?: string;
  /** The federated token that was presented; only its issuer, subject and audience are shown. */
  readonly assertion?: string;
}

interface Meaning {
  readonly code: FindingCode;
  readonly what: string;
  readonly next: string;
}

const federation: Meaning = {
  code: 'URM1026',
  what: 'No federated credential of the application matches the assertion',
  next: 'Add a federated credential with exactly this issuer, subject and audience to the app registration.',
};
const expired: Meaning = {
  code: 'URM1023',
  what: 'The client secret or certificate has expired',
  next: 'Create a new one in the app registration and update the service connection.',
};
const wrongCertificate: Meaning = {
  code: 'URM1022',
  what: 'The certificate is not one of the application',
  next: 'Upload the certificate to the app registration, or give the one that is there.',
};

/** By AADSTS number: learn.microsoft.com/entra/identity-platform/reference-error-codes. */
const meanings: Readonly<Record<string, Meaning>> = {
  '7000215': {
    code: 'URM1022',
    what: 'The client secret is wrong',
    next: 'Use the value of the secret, not its id, and check that it belongs to this application.',
  },
  '7000222': expired,
  '700024': {
    code: 'URM1023',
    what: 'The assertion is not valid at this time',
    next: 'Check the clock of this machine, and that the assertion is a fresh one.',
  },
  '700027': wrongCertificate,
  '90002': {
    code: 'URM1024',
    what: 'The tenant is not known',
    next: 'Check the tenant id, or leave it out: the environment names its own.',
  },
  '700016': {
    code: 'URM1025',
    what: 'The application is not known in the tenant',
    next: 'Check the client id and the tenant id.',
  },
  '70021': federation,
  '700211': federation,
  '700212': federation,
  '700213': federation,
  '70020': {
    code: 'URM1028',
    what: 'The code was not entered in time',
    next: 'Run again and enter the code shown.',
  },
};

/** The sentence for what the sign-in library threw. */
export function signInFailure(error: unknown, place: SignInPlace): DataverseError {
  if (error instanceof DataverseError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const number = /AADSTS(\d+)/.exec(text)?.[1];
  const meaning = number === undefined ? undefined : meanings[number];
  // Only a federated token is there to be shown.
  const claims = meaning === undefined ? '' : claimsOf(place.assertion);
  return new DataverseError(
    meaning?.code ?? 'URM1029',
    {
      what: (meaning?.what ?? `Sign-in failed: ${firstSentence(text)}`) + claims,
      where: placeText(place),
      next: meaning?.next ?? 'Correct what the message names, then run again.',
    },
    number === undefined ? {} : { serviceCode: `AADSTS${number}` },
    { cause: new Error(firstSentence(text)) },
  );
}

function placeText(place: SignInPlace): string {
  return [
    place.environment,
    ...(place.authority === undefined ? [] : [`sign-in at ${place.authority}`]),
    ...(place.tenantId === undefined ? [] : [`tenant ${place.tenantId}`]),
    ...(place.clientId === undefined ? [] : [`application ${place.clientId}`]),
  ].join(', ');
}

/** Trace ids and times follow the first line. */
function firstSentence(text: string): string {
  const line = text.split(/\r?\n|(?: - )?Trace ID:/, 1)[0]?.trim() ?? '';
  const plain = line.replace(/\.$/, '');
  return plain.length > 300 ? `${plain.slice(0, 300)}…` : plain;
}

/** Issuer, subject and audience of a federated token: what the app registration must name. Never the token. */
function claimsOf(assertion: string | undefined): string {
  const payload = assertion?.split('.')[1];
  const claims = parseJson(Buffer.from(payload ?? '', 'base64url').toString('utf8'));
  if (!isObject(claims)) return '';
  return `: issuer ${textIn(claims['iss']) ?? '–'}, subject ${textIn(claims['sub']) ?? '–'}, audience ${textIn(claims['aud']) ?? '–'}`;
}
