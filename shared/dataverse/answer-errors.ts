import { DataverseError } from './dataverse-error.ts';
import type { ServiceAnswer } from './service-answer.ts';

/** The server points elsewhere; a token must not follow. */
export function redirectRefused(answer: ServiceAnswer, where: string): DataverseError {
  const target = answer.headers.get('location');
  const host = target !== undefined && URL.canParse(target) ? ` to ${new URL(target).host}` : '';
  return new DataverseError(
    'URM1016',
    {
      what: `The server answered with a redirect${host}; it is not followed`,
      where,
      next: 'Give the URL of the environment itself, not of a page or an app.',
    },
    { status: answer.status },
  );
}

/** A login page, a captive portal or a proxy answered. */
export function webPageInstead(answer: ServiceAnswer, where: string): DataverseError {
  return new DataverseError(
    'URM1017',
    {
      what: `The server answered ${answer.status} with a web page, not as the Dataverse Web API does`,
      where,
      next: 'Check the URL, and whether the network or a proxy asks for a sign-in of its own.',
    },
    { status: answer.status },
  );
}

/** The answer ended early although the connection did not break. */
export function answerCutOff(answer: ServiceAnswer, where: string): DataverseError {
  return new DataverseError(
    'URM1015',
    {
      what: 'The answer stops in the middle, again and again',
      where,
      next: 'Run again; when it repeats, look at the network and the proxy.',
    },
    { status: answer.status, retryable: true },
  );
}

/** Something answered that is no Dataverse environment. */
export function notDataverse(where: string, answered = ''): DataverseError {
  return new DataverseError(
    'URM1019',
    {
      what: `The server does not answer as a Dataverse environment does${answered}`,
      where,
      next: 'Give the origin of the environment, such as https://contoso.crm4.dynamics.com.',
    },
    {},
  );
}

/** A batch was answered by something that is no batch. */
export function batchUnreadable(answer: ServiceAnswer, where: string): DataverseError {
  return new DataverseError(
    'URM1052',
    {
      what: 'The answer to a batch is no batch',
      where,
      next: 'Run again; when it repeats, report it with the log.',
    },
    { status: answer.status, retryable: true },
  );
}

/** Parts of a batch stayed without an answer after all attempts. */
export function partsUnanswered(missing: number, of: number, where: string): DataverseError {
  return new DataverseError(
    'URM1048',
    {
      what: `${missing} of ${of} parts of a batch have no answer`,
      where,
      next: 'Run again later.',
    },
    { retryable: true },
  );
}

/** The service protection limits held for longer than a request may wait. */
export function limitedForTooLong(minutes: number, where: string): DataverseError {
  return new DataverseError(
    'URM1046',
    {
      what: `The service protection limits did not ease within ${minutes} minutes`,
      where,
      next: 'Run again later, or with another application user: the limits hold for each user.',
    },
    { status: 429, retryable: true },
  );
}
