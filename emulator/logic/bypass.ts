import type { Caller, Environment } from '../environment.ts';
import { bypassDenied } from '../errors/access-errors.ts';
import { holds } from './held-privileges.ts';

const privilege = 'prvBypassCustomBusinessLogic';

/**
 * Refuses a request that asks to bypass custom server logic without the privilege for it:
 * learn.microsoft.com/power-apps/developer/data-platform/bypass-custom-business-logic.
 */
export function assertMayBypass(
  environment: Environment,
  caller: Caller,
  headers: Readonly<Record<string, string | undefined>>,
): void {
  const asked = headers['mscrm.bypassbusinesslogicexecution'];
  if (asked === undefined || holds(environment, caller, privilege)) return;
  throw bypassDenied(caller.userId, privilege);
}
