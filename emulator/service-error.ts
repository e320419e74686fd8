/** What the service answers with: Dataverse's envelope, codes and texts. Made by the factories in `errors/`. */
export class ServiceError extends Error {
  readonly status: number;
  /** `0x80040217`; empty for the few plain-text answers. */
  readonly code: string;
  /** Headers beside the usual ones: `Retry-After`, `WWW-Authenticate`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}
