import { notDataverse } from './answer-errors.ts';
import type { Caller } from './client.ts';
import { DataverseError } from './dataverse-error.ts';
import { isObject, parseJson, textIn } from './json.ts';
import { parseGuid } from '../model/guid.ts';
import { apiRoot } from './request-sender.ts';
import type { ServiceAnswer } from './service-answer.ts';
import type { Session } from './session.ts';

/** Who a connection acts as. */
export interface Callers {
  readonly first: Caller;
  readonly all: readonly Caller[];
}

/**
 * Asks the environment who the principals of the connection are; each has to sign in for it, so that one
 * that cannot is found before anything is written.
 */
export async function callersOf(session: Session, signal: AbortSignal): Promise<Callers> {
  const where = `GET ${session.origin}${apiRoot}WhoAmI`;
  const all = (await session.getAsEach('WhoAmI', signal)).map((answer) => callerIn(answer, where));
  const [first] = all;
  if (first === undefined) throw notDataverse(where);
  const users = new Set(all.map(({ userId }) => userId));
  if (users.size < all.length)
    throw new DataverseError(
      'URM1033',
      {
        what: `${all.length} principals are given, and only ${users.size} are different users of the environment`,
        where: session.origin,
        next: 'Give each principal an application user of its own: the limits of the service hold for each user.',
      },
      {},
    );
  return { first, all };
}

function callerIn(answer: ServiceAnswer, where: string): Caller {
  const json = parseJson(answer.body.toString('utf8'));
  const idIn = (name: string): string | undefined =>
    isObject(json) ? parseGuid(textIn(json[name]) ?? '') : undefined;
  const userId = idIn('UserId');
  const businessUnitId = idIn('BusinessUnitId');
  const organizationId = idIn('OrganizationId');
  if (userId === undefined || businessUnitId === undefined || organizationId === undefined)
    throw notDataverse(where);
  return { userId, businessUnitId, organizationId };
}
