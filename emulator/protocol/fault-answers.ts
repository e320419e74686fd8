import { json, type Answer } from './answer.ts';
import type { FaultRule } from './faults.ts';

/** What a faulted operation answers instead of its own answer. */
export function faultAnswer(rule: FaultRule, place: 'request' | 'part'): Answer {
  switch (rule.kind) {
    case '429':
      return throttled(rule, place);
    case '503':
      return {
        status: 503,
        headers: { 'Content-Type': 'text/html', ...retryAfter(rule, undefined) },
        body: '<html><head><title>Service Unavailable</title></head><body><h2>Service Unavailable</h2><hr><p>HTTP Error 503. The service is unavailable.</p></body></html>',
      };
    case 'html':
      return {
        status: rule.status ?? 200,
        headers: { 'Content-Type': 'text/html; charset=utf-8' },
        body: '<!DOCTYPE html>\r\n<html><head><title>Sign in to your account</title></head><body><p>Please wait while we sign you in.</p></body></html>',
      };
    case 'deadlock':
      return failure(
        500,
        '0x80044150',
        'Generic SQL error. Transaction (Process ID 71) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction. Sql Number: 1205',
      );
    case 'error':
      return failure(
        rule.status ?? 400,
        rule.code ?? '0x80040265',
        'A fault rule of this emulator refuses the operation.',
      );
    case 'duplicate':
      return failure(412, '0x80040237', 'A record with matching key values already exists.');
    case 'drop-after':
    case 'drop-before':
    case 'slow':
    case 'truncate':
      throw new RangeError(`'${rule.kind}' has no answer of its own.`);
    default:
      return rule.kind satisfies never;
  }
}

function failure(status: number, code: string, message: string): Answer {
  return json({ error: { code, message } }, { status });
}

/** Throttled parts of a batch come in the old envelope on some stacks; whole requests in the new one. */
function throttled(rule: FaultRule, place: 'request' | 'part'): Answer {
  const status = rule.status ?? 429;
  const code = rule.code ?? '0x80072322';
  const message = 'Number of requests exceeded the limit of 6000 over time window of 300 seconds.';
  const headers = retryAfter(rule, 1);
  if (place === 'request') return json({ error: { code, message } }, { status, headers });
  const legacy = {
    ErrorCode: Number(code) | 0,
    Message: message,
    ErrorDetails: {},
    HelpLink: null,
    TraceText: null,
    ExceptionType: null,
    StackTrace: null,
  };
  return json(legacy, { status, headers });
}

function retryAfter(rule: FaultRule, fallback: number | undefined): Record<string, string> {
  const seconds = rule.seconds ?? fallback;
  if (seconds === undefined || seconds === 'none') return {};
  return { 'Retry-After': seconds === 'bad' ? 'soon' : String(seconds) };
}
