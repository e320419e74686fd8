import type { Caller, Environment } from '../environment.ts';
import { callerOf } from '../logic/access.ts';
import { holds, textOf } from '../logic/held-privileges.ts';
import { ServiceError } from '../service-error.ts';
import type { RequestHeaders } from './request.ts';

/** Who a request acts as; throws the challenge, or that the user is no member. */
export function signIn(environment: Environment, headers: RequestHeaders, origin: string): Caller {
  const token = /^Bearer\s+(\S.*)$/i.exec(headers['authorization'] ?? '')?.[1]?.trim();
  if (token === undefined) throw challenge(environment, origin);
  const claims = readClaims(token);
  if (claims !== undefined && !isCurrent(claims, environment.now(), origin)) {
    throw challenge(environment, origin);
  }
  const caller = callerOf(environment, token);
  if (caller === undefined) {
    throw new ServiceError(403, '0x80072560', 'The user is not a member of the organization.');
  }
  return actingAs(environment, caller, headers);
}

/** `WWW-Authenticate` tells clients the authority and the resource: both are the emulator's own. */
function challenge(environment: Environment, origin: string): ServiceError {
  const authority = `${origin}/${environment.tenantId}/oauth2/authorize`;
  return new ServiceError(401, '', '', {
    'WWW-Authenticate': `Bearer authorization_uri=${authority}, resource_id=${origin}/`,
  });
}

interface Claims {
  readonly aud?: unknown;
  readonly exp?: unknown;
}

function readClaims(token: string): Claims | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? claims : undefined;
  } catch {
    return undefined;
  }
}

function isCurrent(claims: Claims, now: number, origin: string): boolean {
  if (typeof claims.exp === 'number' && claims.exp * 1000 <= now) return false;
  if (typeof claims.aud !== 'string') return true;
  // A token for another environment; tokens that name no URL are tests' own.
  if (!/^https?:/i.test(claims.aud)) return true;
  return claims.aud.replace(/(?<!\/)\/+$/, '').toLowerCase() === origin.toLowerCase();
}

/** Impersonation: `CallerObjectId` names an Entra object, the older `MSCRMCallerID` a systemuser. */
function actingAs(environment: Environment, caller: Caller, headers: RequestHeaders): Caller {
  const objectId = headers['callerobjectid'];
  const userId = headers['mscrmcallerid'];
  if (objectId === undefined && userId === undefined) return caller;
  if (!holds(environment, caller, 'prvActOnBehalfOfAnotherUser')) {
    throw new ServiceError(
      403,
      '0x80040204',
      'User does not have the privilege to act on behalf another user.',
    );
  }
  const { store } = environment;
  const [row] =
    objectId === undefined
      ? [store.get('systemuser', (userId ?? '').toLowerCase())]
      : store.find('systemuser', 'azureactivedirectoryobjectid', objectId.toLowerCase());
  if (row === undefined) {
    throw new ServiceError(403, '0x80072560', 'The user is not a member of the organization.');
  }
  return { userId: row.id, businessUnitId: textOf(row.cells.get('businessunitid')) };
}
