import { timeText } from '../../environment.ts';
import { invalidArgument } from '../../errors/payload-errors.ts';
import { json, type Answer } from '../../protocol/answer.ts';
import type { RequestContext } from '../../protocol/request.ts';
import type { JsonObject } from '../../query/interface.ts';
import { runFetchXml } from '../../query/run-fetch-xml.ts';
import { formattedValue } from '../../query/format-value.ts';
import type { Entity } from '../../metadata/metadata.ts';
import type { StoredRow } from '../../store/store.ts';
import { duplicatesOf } from '../duplicate-rules.ts';
import { isJsonObject } from '../read-payload.ts';
import { deleteRow } from '../write-row.ts';
import { rowByKey } from '../resolve-row.ts';
import {
  change,
  make,
  tableOf,
  textParameter,
  type MessageCall,
  type MessageHandler,
} from './message.ts';

/** Messages that start jobs; the emulator runs a job at once and leaves its row behind. */
export const jobActions: ReadonlyMap<string, MessageHandler> = new Map<string, MessageHandler>([
  ['BulkDelete', bulkDelete],
  ['BulkDetectDuplicates', bulkDetectDuplicates],
  ['PublishDuplicateRule', publishDuplicateRule],
  ['UnpublishDuplicateRule', unpublishDuplicateRule],
  ['SendEmail', sendEmail],
]);

/** `operationtype` of jobs: learn.microsoft.com/power-apps/developer/data-platform/reference/entities/asyncoperation */
const operationTypes = {
  bulkDelete: 13,
  bulkDetectDuplicates: 8,
  publishDuplicateRule: 7,
} as const;

const succeeded = { statecode: 3, statuscode: 30 };

function bulkDelete(call: MessageCall): JsonObject {
  const { context, parameters } = call;
  const queries = parameters['QuerySet'];
  if (!Array.isArray(queries))
    throw invalidArgument("The required parameter 'QuerySet' is missing.");
  let deleted = 0;
  for (const query of queries as readonly unknown[]) deleted += deleteMatching(context, query);
  const name = textParameter(call, 'JobName');
  const job = finishedJob(context, name, operationTypes.bulkDelete);
  make(context, 'bulkdeleteoperation', {
    name,
    asyncoperationid: { table: 'asyncoperation', id: job.id },
    successcount: deleted,
    failurecount: 0,
    ...succeeded,
  });
  return { JobId: job.id };
}

/** `duplicaterecord` rows tell what a job found: learn.microsoft.com/power-apps/developer/data-platform/run-duplicate-detection */
function bulkDetectDuplicates(call: MessageCall): JsonObject {
  const { context, parameters } = call;
  const { entity, rows } = matching(context, parameters['Query'], 'Query');
  const name = textParameter(call, 'JobName');
  const job = finishedJob(context, name, operationTypes.bulkDetectDuplicates);
  for (const row of rows) {
    for (const duplicate of duplicatesOf(context, entity, row)) {
      make(context, 'duplicaterecord', {
        asyncoperationid: { table: 'asyncoperation', id: job.id },
        baserecordid: { table: entity.logicalName, id: row.id },
        duplicaterecordid: duplicate,
      });
    }
  }
  return { JobId: job.id };
}

/** learn.microsoft.com/power-apps/developer/data-platform/duplicaterule-entities */
function publishDuplicateRule({ context, boundTo }: MessageCall): JsonObject {
  if (boundTo === undefined) throw invalidArgument('The action is bound to a row.');
  change(context, boundTo, { statecode: 1, statuscode: 2 });
  const job = finishedJob(context, 'PublishDuplicateRule', operationTypes.publishDuplicateRule);
  return { JobId: job.id };
}

function unpublishDuplicateRule(call: MessageCall): undefined {
  const entity = tableOf(call.context, 'duplicaterule');
  const id = textParameter(call, 'DuplicateRuleId');
  const row = rowByKey(call.context.environment, entity, id);
  change(call.context, { entity, row }, { statecode: 0, statuscode: 0 });
}

/** No mail leaves: learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/sendemail */
function sendEmail({ context, parameters, boundTo }: MessageCall): JsonObject {
  if (boundTo === undefined) throw invalidArgument('The action is bound to a row.');
  const { IssueSend: isSent } = parameters;
  if (typeof isSent !== 'boolean') {
    throw invalidArgument("The required parameter 'IssueSend' is missing.");
  }
  // What is to be sent waits for whoever sends; what is only recorded was sent by someone else.
  const row = change(context, boundTo, { statecode: 1, statuscode: isSent ? 6 : 3 });
  return { Subject: row.cells.get('subject') ?? '' };
}

function finishedJob(context: RequestContext, name: string, operationtype: number): StoredRow {
  const now = timeText(context.environment);
  return make(context, 'asyncoperation', {
    name,
    operationtype,
    startedon: now,
    completedon: now,
    ...succeeded,
  });
}

function deleteMatching(context: RequestContext, query: unknown): number {
  const { entity, rows } = matching(context, query, 'QuerySet');
  let deleted = 0;
  for (const { id } of rows) {
    // A cascade may have taken it.
    const row = context.environment.store.get(entity.logicalName, id);
    if (row === undefined) continue;
    deleteRow(context, entity, row);
    deleted += 1;
  }
  return deleted;
}

/** A query expression names a table and conditions; those are run as FetchXML, which says the same. */
function matching(
  context: RequestContext,
  query: unknown,
  parameter: string,
): { readonly entity: Entity; readonly rows: readonly StoredRow[] } {
  const name = isJsonObject(query) ? query['EntityName'] : undefined;
  if (!isJsonObject(query) || typeof name !== 'string') {
    throw invalidArgument(`Every query of '${parameter}' needs an 'EntityName'.`);
  }
  const entity = tableOf(context, name);
  const filter = filterXml(query['Criteria']);
  const fetch = `<fetch><entity name="${name}"><attribute name="${entity.primaryId}" />${filter}</entity></fetch>`;
  const shown = runFetchXml(context, entity, fetch)['value'];
  const rows = (Array.isArray(shown) ? (shown as readonly unknown[]) : []).flatMap((each) => {
    const id = isJsonObject(each) ? each[entity.primaryId] : undefined;
    return context.environment.store.get(name, String(id)) ?? [];
  });
  return { entity, rows };
}

function filterXml(criteria: unknown): string {
  if (!isJsonObject(criteria)) return '';
  const type = criteria['FilterOperator'] === 'Or' ? 'or' : 'and';
  const conditions = Array.isArray(criteria['Conditions'])
    ? (criteria['Conditions'] as readonly unknown[])
    : [];
  const filters = Array.isArray(criteria['Filters'])
    ? (criteria['Filters'] as readonly unknown[])
    : [];
  const parts = [...conditions.map(conditionXml), ...filters.map(filterXml)].join('');
  return parts === '' ? '' : `<filter type="${type}">${parts}</filter>`;
}

/** `BeginsWith` is `begins-with` in FetchXML, a few names differ. */
const operators: Readonly<Record<string, string>> = {
  Equal: 'eq',
  NotEqual: 'ne',
  GreaterThan: 'gt',
  GreaterEqual: 'ge',
  LessThan: 'lt',
  LessEqual: 'le',
  DoesNotBeginWith: 'not-begin-with',
  DoesNotEndWith: 'not-end-with',
};

function conditionXml(condition: unknown): string {
  if (!isJsonObject(condition)) return '';
  const given = String(condition['Operator']);
  const operator = operators[given] ?? given.replace(/(?!^)([A-Z])/g, '-$1').toLowerCase();
  const values = Array.isArray(condition['Values'])
    ? (condition['Values'] as readonly unknown[])
    : [];
  const texts = values.map((value) => {
    const inner = isJsonObject(value) ? (value['Value'] ?? value['value']) : value;
    return escapeXml(String(inner));
  });
  const name = escapeXml(String(condition['AttributeName']));
  if (texts.length === 0) return `<condition attribute="${name}" operator="${operator}" />`;
  if (texts.length === 1)
    return `<condition attribute="${name}" operator="${operator}" value="${texts[0] ?? ''}" />`;
  const items = texts.map((text) => `<value>${text}</value>`).join('');
  return `<condition attribute="${name}" operator="${operator}">${items}</condition>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/**
 * `Prefer: respond-async`: the operation runs in the background and the answer names the row that tells
 * of it: learn.microsoft.com/power-apps/developer/data-platform/background-operations. Here it has run
 * when the answer leaves; the answer still says that it waits.
 */
export function answerInBackground(
  context: RequestContext,
  name: string,
  run: () => Answer,
): Answer {
  const now = timeText(context.environment);
  const answer = run();
  const text = answer.body === undefined ? '' : Buffer.from(answer.body).toString('utf8');
  const operation = make(context, 'backgroundoperation', {
    name,
    displayname: name,
    starttime: now,
    endtime: now,
    outputparameters: text,
    retrycount: 0,
    backgroundoperationstatecode: 3,
    backgroundoperationstatuscode: 30,
  });
  const entity = tableOf(context, 'backgroundoperation');
  const members: Record<string, unknown> = { backgroundOperationId: operation.id };
  for (const [member, column] of [
    ['backgroundOperationStateCode', 'backgroundoperationstatecode'],
    ['backgroundOperationStatusCode', 'backgroundoperationstatuscode'],
  ] as const) {
    const attribute = entity.attributes.get(column);
    const annotation = 'OData.Community.Display.V1.FormattedValue';
    if (attribute !== undefined && context.preferences.annotation(annotation)) {
      members[`${member}@${annotation}`] = formattedValue(context.environment, attribute, 0);
    }
    members[member] = 0;
  }
  members['location'] = `${context.rootUrl}backgroundoperations(${operation.id})`;
  return json(members, {
    headers: {
      Location: `${new URL(context.rootUrl).origin}/api/backgroundoperation/${operation.id}`,
      'x-ms-dyn-backgroundoperationid': operation.id,
    },
  });
}
