/** What the service answers with: Dataverse's envelope, codes and texts. Made by the factories beside this class. */
export class ServiceError extends Error {
  readonly status: number;
  /** `0x80040217`; empty for the few plain-text answers. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
