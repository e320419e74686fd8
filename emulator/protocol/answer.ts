import type { JsonObject } from '../query/interface.ts';
import { toJson } from '../query/json-text.ts';
import { ServiceError } from '../service-error.ts';

/** Answer of a handler, before the headers that every answer has. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Rows a bulk message wrote; other writes count as one. */
  readonly writes?: number;
}

export const jsonType = 'application/json; odata.metadata=minimal';
/** Collections are streamed by the service and say so. */
export const streamedJsonType = `${jsonType}; odata.streaming=true`;

export function noContent(headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 204, headers };
}

export function json(
  body: JsonObject,
  options: { status?: number; headers?: Record<string, string>; streamed?: boolean } = {},
): Answer {
  return {
    status: options.status ?? 200,
    headers: {
      'Content-Type': options.streamed === true ? streamedJsonType : jsonType,
      ...options.headers,
    },
    body: toJson(body),
  };
}

export function text(status: number, body: string): Answer {
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body };
}

/** The error envelope; a fault of the emulator itself is a 500 that names it. */
export function errorAnswer(error: unknown, options: { detailed: boolean }): Answer {
  const known = asServiceError(error);
  if (known.code === '') {
    const plain = text(known.status, known.message);
    return { ...plain, headers: { ...plain.headers, ...known.headers } };
  }
  const details = options.detailed ? errorDetails(known) : {};
  return json(
    { error: { code: known.code, message: known.message, ...details } },
    { status: known.status, headers: known.headers },
  );
}

function asServiceError(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  const cause = error instanceof Error ? error.message : String(error);
  return new ServiceError(
    500,
    '0x80040216',
    `An unexpected error occurred. Emulator fault: ${cause}`,
  );
}

/** Members that `odata.include-annotations="*"` adds: learn.microsoft.com/power-apps/developer/data-platform/webapi/compose-http-requests-handle-errors */
function errorDetails(error: ServiceError): JsonObject {
  const code = error.code.replace(/^0x/, '');
  const link = `http://go.microsoft.com/fwlink/?LinkID=398563&error=Microsoft.Crm.CrmException%3a${code}&client=platform`;
  return {
    '@Microsoft.PowerApps.CDS.ErrorDetails.OperationStatus': '0',
    '@Microsoft.PowerApps.CDS.ErrorDetails.SubErrorCode': '-2146233088',
    '@Microsoft.PowerApps.CDS.HelpLink': link,
    '@Microsoft.PowerApps.CDS.InnerError.Message': error.message,
  };
}
