import type { JsonObject } from '../query/interface.ts';
import type { RequestContext } from '../protocol/request.ts';
import type { BoundRow } from './bind.ts';

/** One call of a Web API function. */
export interface FunctionCall {
  readonly context: RequestContext;
  /** Literals as sent, aliases replaced: `'prvReadAccount'`, `["a","b"]`, `{'@odata.id':'accounts(…)'}`. */
  readonly parameters: ReadonlyMap<string, string>;
  /** The row of a bound function. */
  readonly boundTo?: BoundRow;
}

/** Answers a function: members of the response without `@odata.context`; throws `ServiceError`. */
export type FunctionHandler = (call: FunctionCall) => JsonObject;
