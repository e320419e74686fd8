import { managedDelete } from '../errors/logic-errors.ts';
import type { StoredRow } from '../store/store.ts';
import { contractLogic } from './contract-logic.ts';
import { queueLogic } from './queue-logic.ts';
import { rulesetLogic } from './ruleset-logic.ts';
import { assertSecuredColumns } from './secured-columns.ts';
import { contextVariableLogic, questionSequenceLogic, widgetLogic } from './widget-logic.ts';
import {
  recordRoutingLogic,
  routingConfigurationLogic,
  workstreamLogic,
} from './workstream-logic.ts';
import type { TableLogic, WriteEvent } from './write-event.ts';

export type { WriteEvent } from './write-event.ts';

/** What server plug-ins do when rows are written, by table. */
const logicOfTables: ReadonlyMap<string, TableLogic> = new Map([
  ['msdyn_decisioncontract', contractLogic],
  ['msdyn_decisionruleset', rulesetLogic],
  ['msdyn_livechatconfig', widgetLogic],
  ['msdyn_liveworkstream', workstreamLogic],
  ['msdyn_masterentityroutingconfiguration', recordRoutingLogic],
  ['msdyn_ocliveworkstreamcontextvariable', contextVariableLogic],
  ['msdyn_questionsequence', questionSequenceLogic],
  ['msdyn_routingconfiguration', routingConfigurationLogic],
  ['queue', queueLogic],
]);

/** Runs before the row is written; throws `ServiceError` to refuse. */
export function beforeWrite(event: WriteEvent): void {
  assertSecuredColumns(event);
  logicOfTables.get(event.entity.logicalName)?.beforeWrite?.(event);
}

/** Runs after the row is written, in the same transaction; may write other rows through the store. */
export function afterWrite(event: WriteEvent, row: StoredRow): void {
  logicOfTables.get(event.entity.logicalName)?.afterWrite?.(event, row);
}

/** Runs before a row is deleted; throws `ServiceError` to refuse. */
export function beforeDelete(event: Omit<WriteEvent, 'cells'>): void {
  const isManaged = event.before?.cells.get('ismanaged') === true;
  // Rows of managed solutions go with their solution: learn.microsoft.com/…/alm-best-practices.
  if (isManaged && event.entity.solutionAware) throw managedDelete(event.entity, event.id);
}
