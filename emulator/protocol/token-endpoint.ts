import { randomUUID, timingSafeEqual } from 'node:crypto';
import type { Environment } from '../environment.ts';
import type { Answer } from './answer.ts';

/** What the sign-in endpoints need of an emulator. */
export interface SignInTarget {
  readonly environment: Environment;
  secretOf(applicationId: string): string;
  /** Device codes given out, by code; the first poll finds them pending. */
  readonly deviceCodes: Map<string, { polls: number; scope: string }>;
}

/** One request to the authority. */
export interface TokenRequest {
  readonly method: string;
  /** From the host's root. */
  readonly path: string;
  readonly body: Uint8Array;
  /** `http://127.0.0.1:1234` */
  readonly origin: string;
}

const lifetimeSeconds = 3599;

/** Answers as Entra does for one tenant: discovery, tokens, device codes; `undefined` for other paths. */
export function answerSignIn(target: SignInTarget, request: TokenRequest): Answer | undefined {
  const path = /^\/([^/]+)\/(?:oauth2\/)?(v2\.0\/.+|token|devicecode)$/i.exec(request.path);
  if (path?.[1] === undefined || path[2] === undefined) return undefined;
  const tenant = decodeURIComponent(path[1]);
  try {
    if (!isTenant(target.environment, tenant)) {
      throw new Refusal(
        400,
        'invalid_request',
        90002,
        `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
      );
    }
    switch (`${request.method} ${path[2].toLowerCase()}`) {
      case 'GET v2.0/.well-known/openid-configuration':
        return plainJson(200, discovery(request.origin, tenant));
      case 'POST v2.0/token':
      case 'POST token':
        return plainJson(200, issue(target, request, tenant));
      case 'POST v2.0/devicecode':
      case 'POST devicecode':
        return plainJson(200, startDevice(target, request));
      default:
        return undefined;
    }
  } catch (error) {
    if (error instanceof Refusal) return plainJson(error.status, error.body(target.environment));
    throw error;
  }
}

/** What Entra refuses with: learn.microsoft.com/entra/identity-platform/reference-error-codes */
class Refusal extends Error {
  readonly status: number;
  readonly error: string;
  readonly number: number;

  constructor(status: number, error: string, number: number, message: string) {
    super(message);
    this.status = status;
    this.error = error;
    this.number = number;
  }

  body(environment: Environment): object {
    const trace = randomUUID();
    const correlation = randomUUID();
    const timestamp = `${new Date(environment.now()).toISOString().slice(0, 19).replace('T', ' ')}Z`;
    return {
      error: this.error,
      error_description: `AADSTS${this.number}: ${this.message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
      error_codes: [this.number],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `https://login.microsoftonline.com/error?code=${this.number}`,
    };
  }
}

function isTenant(environment: Environment, tenant: string): boolean {
  const known = [environment.tenantId, 'organizations', 'common'];
  return known.includes(tenant.toLowerCase());
}

function discovery(origin: string, tenant: string): object {
  const authority = `${origin}/${tenant}`;
  return {
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: [
      'client_secret_post',
      'private_key_jwt',
      'client_secret_basic',
    ],
    jwks_uri: `${authority}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: `${authority}/v2.0`,
    request_uri_parameter_supported: false,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${authority}/oauth2/v2.0/devicecode`,
    end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'tid', 'ver'],
    tenant_region_scope: 'NA',
  };
}

function issue(target: SignInTarget, request: TokenRequest, tenant: string): object {
  const form = new URLSearchParams(Buffer.from(request.body).toString('utf8'));
  const grant = required(form, 'grant_type');
  switch (grant) {
    case 'client_credentials':
      return issueToApplication(target, request, { form, tenant });
    case 'urn:ietf:params:oauth:grant-type:device_code':
    case 'device_code':
      return issueToDevice(target, request, { form, tenant });
    default:
      throw new Refusal(
        400,
        'unsupported_grant_type',
        70003,
        `The app requested an unsupported grant type '${grant}'.`,
      );
  }
}

interface Asked {
  readonly form: URLSearchParams;
  readonly tenant: string;
}

function issueToApplication(target: SignInTarget, request: TokenRequest, asked: Asked): object {
  const { form, tenant } = asked;
  const clientId = required(form, 'client_id').toLowerCase();
  const { environment } = target;
  const [user] = environment.store.find('systemuser', 'applicationid', clientId);
  if (user === undefined) {
    throw new Refusal(
      400,
      'unauthorized_client',
      700016,
      `Application with identifier '${clientId}' was not found in the directory '${tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`,
    );
  }
  const assertion = form.get('client_assertion');
  if (assertion === null) {
    const secret = form.get('client_secret');
    if (secret === null) {
      throw new Refusal(
        401,
        'invalid_client',
        7000218,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
      );
    }
    if (!isSame(secret, target.secretOf(clientId))) {
      throw new Refusal(
        401,
        'invalid_client',
        7000215,
        `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
      );
    }
  } else assertAssertion(environment, assertion, clientId);
  assertScope(required(form, 'scope'), request.origin, { suffix: '/.default' });
  const claims = { appid: clientId, azp: clientId, idtyp: 'app', oid: user.id };
  return tokenAnswer(environment, request, claims);
}

/** The signature is not checked: the emulator knows no certificates. Who it names and its time are. */
function assertAssertion(environment: Environment, assertion: string, clientId: string): void {
  const payload = assertion.split('.')[1];
  let claims: { sub?: unknown; exp?: unknown; aud?: unknown } = {};
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every member is checked before use
    claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString('utf8')) as typeof claims;
  } catch {
    throw new Refusal(401, 'invalid_client', 50027, 'JWT token is invalid or malformed.');
  }
  if (typeof claims.exp === 'number' && claims.exp * 1000 <= environment.now()) {
    throw new Refusal(
      401,
      'invalid_client',
      700024,
      'Client assertion is not within its valid time range.',
    );
  }
  // A federated token is issued by another authority for another subject.
  const isFederated = claims.aud === 'api://AzureADTokenExchange';
  if (!isFederated && claims.sub !== clientId) {
    throw new Refusal(
      401,
      'invalid_client',
      700021,
      'Client assertion application identifier does not match the client_id parameter.',
    );
  }
}

function startDevice(target: SignInTarget, request: TokenRequest): object {
  const form = new URLSearchParams(Buffer.from(request.body).toString('utf8'));
  required(form, 'client_id');
  const deviceCode = randomUUID();
  const userCode = deviceCode.slice(0, 8).toUpperCase();
  target.deviceCodes.set(deviceCode, { polls: 0, scope: form.get('scope') ?? '' });
  const page = `${request.origin}/devicelogin`;
  return {
    user_code: userCode,
    device_code: deviceCode,
    verification_uri: page,
    expires_in: 900,
    interval: 1,
    message: `To sign in, use a web browser to open the page ${page} and enter the code ${userCode} to authenticate.`,
  };
}

function issueToDevice(target: SignInTarget, request: TokenRequest, asked: Asked): object {
  const code = asked.form.get('device_code') ?? '';
  const pending = target.deviceCodes.get(code);
  if (pending === undefined) {
    throw new Refusal(400, 'bad_verification_code', 501811, 'The device code is not known.');
  }
  pending.polls += 1;
  // The first poll comes before anyone could type the code; from the second on someone has.
  if (pending.polls === 1) {
    throw new Refusal(
      400,
      'authorization_pending',
      70016,
      'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
    );
  }
  target.deviceCodes.delete(code);
  const { environment } = target;
  const scope = pending.scope.split(' ').find((part) => /^https?:/i.test(part)) ?? '';
  assertScope(scope, request.origin, {});
  const user = { oid: environment.administratorId, tid: environment.tenantId };
  const answer = tokenAnswer(environment, request, { ...user, scp: 'user_impersonation' });
  const name = environment.store
    .get('systemuser', environment.administratorId)
    ?.cells.get('domainname');
  const identity = {
    aud: asked.form.get('client_id') ?? '',
    iss: `${request.origin}/${environment.tenantId}/v2.0`,
    preferred_username: typeof name === 'string' ? name : 'administrator',
    sub: environment.administratorId,
    ...user,
    ver: '2.0',
  };
  const clientInfo = { uid: environment.administratorId, utid: environment.tenantId };
  return {
    ...answer,
    scope: pending.scope,
    id_token: jsonWebToken(identity),
    client_info: Buffer.from(JSON.stringify(clientInfo)).toString('base64url'),
  };
}

/** Tokens are for this environment only. */
function assertScope(scope: string, origin: string, options: { readonly suffix?: string }): void {
  const { suffix } = options;
  const resource = scope
    .replace(/\/(\.default|user_impersonation)$/i, '')
    .replace(/(?<!\/)\/+$/, '');
  if (suffix !== undefined && !scope.toLowerCase().endsWith(suffix)) {
    throw new Refusal(
      400,
      'invalid_scope',
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    );
  }
  if (resource.toLowerCase() === origin.toLowerCase()) return;
  throw new Refusal(
    400,
    'invalid_resource',
    500011,
    `The resource principal named ${resource} was not found in the tenant. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
  );
}

function tokenAnswer(environment: Environment, request: TokenRequest, claims: object): object {
  const issuedAt = Math.floor(environment.now() / 1000);
  const token = jsonWebToken({
    aud: request.origin,
    iss: `${request.origin}/${environment.tenantId}/`,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + lifetimeSeconds,
    tid: environment.tenantId,
    ver: '1.0',
    ...claims,
  });
  return {
    token_type: 'Bearer',
    expires_in: lifetimeSeconds,
    ext_expires_in: lifetimeSeconds,
    access_token: token,
  };
}

/** The form of a token; its signature is no signature. */
function jsonWebToken(claims: object): string {
  const encode = (value: object): string =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode({ typ: 'JWT', alg: 'none' })}.${encode(claims)}.emulator`;
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value !== null && value !== '') return value;
  throw new Refusal(
    400,
    'invalid_request',
    900144,
    `The request body must contain the following parameter: '${name}'.`,
  );
}

function isSame(given: string, expected: string): boolean {
  const one = Buffer.from(given);
  const other = Buffer.from(expected);
  return one.length === other.length && timingSafeEqual(one, other);
}

function plainJson(status: number, value: object): Answer {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' },
    body: JSON.stringify(value),
  };
}
