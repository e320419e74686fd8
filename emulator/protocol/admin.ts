import { createFaultPlan, type FaultPlan } from './faults.ts';
import type { RequestLog } from './request-log.ts';
import type { Answer } from './answer.ts';
import { text } from './answer.ts';

/** What the admin interface reads and moves. */
export interface AdminTarget {
  readonly log: RequestLog;
  faults: FaultPlan;
  offsetMs: number;
  /** PEM; absent on plain http. */
  certificate?: string;
  reset(): Promise<void>;
  state(): object;
  /** Sets the secret of an application; all start with the documented one. */
  setSecret(applicationId: string, secret: string): void;
}

/** Answers `/emulator/…`: not listed, not throttled, no sign-in. */
export async function answerAdmin(
  target: AdminTarget,
  request: { readonly method: string; readonly url: string; readonly body: Uint8Array },
): Promise<Answer> {
  const url = new URL(request.url, 'http://emulator');
  const operation = `${request.method} ${url.pathname.replace(/(?<!\/)\/+$/, '')}`;
  const body = Buffer.from(request.body).toString('utf8');
  try {
    switch (operation) {
      case 'POST /emulator/reset':
        await target.reset();
        return { status: 204, headers: {} };
      case 'GET /emulator/state':
        return plainJson(target.state());
      case 'GET /emulator/certificate':
        return target.certificate === undefined
          ? text(404, 'This emulator serves plain http: it has no certificate.')
          : text(200, target.certificate);
      case 'GET /emulator/requests':
        return plainJson(target.log.since(Number(url.searchParams.get('since') ?? 0)));
      case 'GET /emulator/faults':
        return text(200, target.faults.text);
      case 'PUT /emulator/faults':
        target.faults = createFaultPlan(body);
        return { status: 204, headers: {} };
      case 'DELETE /emulator/faults':
        target.faults = createFaultPlan('');
        return { status: 204, headers: {} };
      case 'PUT /emulator/clock':
        target.offsetMs = readMember(body, 'offsetMs', 'number');
        return { status: 204, headers: {} };
      case 'PUT /emulator/clients': {
        const applicationId = readMember(body, 'applicationId', 'string');
        target.setSecret(applicationId, readMember(body, 'secret', 'string'));
        return { status: 204, headers: {} };
      }
      default:
        return text(404, `The emulator has no admin operation '${operation}'.`);
    }
  } catch (error) {
    if (error instanceof RangeError) return text(400, error.message);
    throw error;
  }
}

function plainJson(value: object): Answer {
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(value),
  };
}

function readMember(body: string, name: string, type: 'number'): number;
function readMember(body: string, name: string, type: 'string'): string;
function readMember(body: string, name: string, type: 'number' | 'string'): unknown {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    value = undefined;
  }
  const member: unknown =
    typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  if (typeof member === type) return member;
  throw new RangeError(`The body must be JSON with a ${type} '${name}'.`);
}
