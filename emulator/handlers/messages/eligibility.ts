import { tableOf, textParameter, type MessageCall, type MessageHandler } from './message.ts';

/** Whether a table can take part in a relationship; actions, not functions: learn.microsoft.com/power-apps/developer/data-platform/webapi/create-update-entity-relationships-using-web-api */
export const eligibilityActions: ReadonlyMap<string, MessageHandler> = new Map<
  string,
  MessageHandler
>(
  ['CanBeReferenced', 'CanBeReferencing', 'CanManyToMany'].map((name) => [
    name,
    (call) => ({ [name]: isEligible(call) }),
  ]),
);

function isEligible(call: MessageCall): boolean {
  return !tableOf(call.context, textParameter(call, 'EntityName')).isIntersect;
}
