import { invalidArgument } from '../../errors/payload-errors.ts';
import { unknownAttribute } from '../../errors/query-errors.ts';
import { unquote } from '../../protocol/path.ts';
import type { JsonObject } from '../../query/interface.ts';
import type { Cell, StoredRow } from '../../store/store.ts';
import type { FunctionCall, FunctionHandler } from '../function-handler.ts';
import { rowOfReference } from '../entity-parameter.ts';
import { executeCosmosSqlQuery } from './cosmos-query.ts';
import { timeZoneCodes } from './time-zones.ts';

/** Functions of the platform and of its business tables. */
export const platformFunctions: ReadonlyMap<string, FunctionHandler> = new Map<
  string,
  FunctionHandler
>([
  ['FormatAddress', formatAddress],
  ['GetTimeZoneCodeByLocalizedName', timeZoneCode],
  ['CalculateTotalTimeIncident', totalTime],
  ['ExecuteCosmosSqlQuery', executeCosmosSqlQuery],
  ['InitializeFrom', initializeFrom],
  [
    'RetrieveTimestamp',
    ({ context }) => ({ Timestamp: String(context.environment.store.lastVersion) }),
  ],
  ['RetrieveInstalledLanguagePacks', () => ({ RetrieveInstalledLanguagePacks: [1033] })],
  ['RetrieveDeprovisionedLanguages', () => ({ RetrieveDeprovisionedLanguages: [] })],
  [
    'RetrieveInstalledLanguagePackVersion',
    ({ context }) => ({ Version: context.environment.version }),
  ],
  [
    'ValidateApp',
    () => ({ AppValidationResponse: { ValidationSuccess: true, ValidationIssueList: [] } }),
  ],
  ['IsValidStateTransition', validTransition],
  ['RetrieveLocLabels', localLabels],
  ['GetValidManyToMany', (call) => ({ EntityNames: relatable(call) })],
  ['GetValidReferencedEntities', (call) => ({ EntityNames: relatable(call) })],
  ['GetValidReferencingEntities', (call) => ({ EntityNames: relatable(call) })],
]);

function textOf({ parameters }: FunctionCall, name: string): string {
  const literal = parameters.get(name);
  if (literal === undefined) throw invalidArgument(`The required parameter '${name}' is missing.`);
  return unquote(literal);
}

/** Lines of an address as its country writes them; Japan from the large to the small: learn.microsoft.com/power-apps/developer/data-platform/webapi/web-api-functions-actions-sample */
function formatAddress({ parameters }: FunctionCall): JsonObject {
  const part = (name: string): string => unquote(parameters.get(name) ?? '').trim();
  const street = ['Line1', 'Line2', 'Line3'].map(part);
  const country = part('Country');
  const region = [part('StateOrProvince'), part('PostalCode')].filter((text) => text !== '');
  const town = [part('City'), region.join(' ')].filter((text) => text !== '').join(', ');
  const lines = /^(japan|jp|jpn)$/i.test(country)
    ? [part('PostalCode'), part('StateOrProvince'), part('City'), ...street, country]
    : [...street, town, country];
  return { Address: lines.filter((line) => line !== '').join('\r\n') };
}

/** Texts of a row by language; kept in one. learn.microsoft.com/power-apps/developer/data-platform/create-custom-api-with-code */
function localLabels(call: FunctionCall): JsonObject {
  const { context } = call;
  const { entity, row } = rowOfReference(context, call.parameters.get('EntityMoniker') ?? '');
  const name = textOf(call, 'AttributeName');
  if (!entity.attributes.has(name)) throw unknownAttribute(entity.logicalName, name);
  const text = row.cells.get(name);
  const label = {
    Label: typeof text === 'string' ? text : '',
    LanguageCode: 1033,
    IsManaged: null,
    MetadataId: null,
    HasChanged: null,
  };
  return typeof text === 'string'
    ? { Label: { LocalizedLabels: [label], UserLocalizedLabel: label } }
    : { Label: { LocalizedLabels: [], UserLocalizedLabel: null } };
}

function relatable({ context }: FunctionCall): readonly string[] {
  return [...context.environment.metadata.entities()]
    .filter((entity) => !entity.isIntersect)
    .map((entity) => entity.logicalName)
    .sort();
}

function timeZoneCode(call: FunctionCall): JsonObject {
  const name = textOf(call, 'LocalizedStandardName');
  return { TimeZoneCode: timeZoneCodes.get(name) ?? -1 };
}

/** Minutes of the completed activities regarding a case: learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/calculatetotaltimeincident */
function totalTime({ context, boundTo }: FunctionCall): JsonObject {
  if (boundTo === undefined) throw invalidArgument('The function is bound to a case.');
  const { metadata, store } = context.environment;
  const regarding: Cell = { table: boundTo.entity.logicalName, id: boundTo.row.id };
  let total = 0;
  for (const relationship of metadata.oneToMany(boundTo.entity.logicalName)) {
    if (relationship.referencingAttribute !== 'regardingobjectid') continue;
    for (const row of store.find(relationship.referencingEntity, 'regardingobjectid', regarding)) {
      if (row.cells.get('statecode') !== 1) continue;
      total += Number(row.cells.get('actualdurationminutes') ?? 0);
    }
  }
  return { TotalTime: total };
}

/** Columns that a new row takes over from a row it is made from: those both tables map. */
const mapped =
  /^(address1_(line1|line2|line3|city|stateorprovince|postalcode|country)|transactioncurrencyid)$/;

function initializeFrom(call: FunctionCall): JsonObject {
  const { context } = call;
  const { metadata } = context.environment;
  const source = rowOfReference(context, call.parameters.get('EntityMoniker') ?? '');
  const table = textOf(call, 'TargetEntityName');
  const target = metadata.entity(table);
  if (target === undefined) throw invalidArgument(`There is no table '${table}'.`);
  const members: Record<string, unknown> = {
    '@odata.context': `${context.rootUrl}$metadata#${target.entitySetName}/$entity`,
    '@odata.type': `#Microsoft.Dynamics.CRM.${table}`,
  };
  const back = metadata
    .manyToOne(table)
    .find(
      (each) =>
        each.referencedEntity === source.entity.logicalName &&
        /^(parent|customer)/.test(each.referencingAttribute),
    );
  if (back !== undefined) {
    members[`${back.referencingNavigation}@odata.bind`] =
      `${source.entity.entitySetName}(${source.row.id})`;
  }
  for (const [name, attribute] of target.attributes) {
    if (!mapped.test(name) || !attribute.validForCreate) continue;
    bind(call, { members, name, row: source.row });
  }
  return members;
}

function bind(
  { context }: FunctionCall,
  given: {
    readonly members: Record<string, unknown>;
    readonly name: string;
    readonly row: StoredRow;
  },
): void {
  const cell = given.row.cells.get(given.name) ?? null;
  if (cell === null) return;
  if (typeof cell === 'object' && 'table' in cell) {
    const set = context.environment.metadata.entity(cell.table)?.entitySetName ?? cell.table;
    given.members[`${given.name}@odata.bind`] = `${set}(${cell.id})`;
    return;
  }
  given.members[given.name] = cell;
}

function validTransition(call: FunctionCall): JsonObject {
  const { context, parameters } = call;
  const { entity } = rowOfReference(context, parameters.get('Entity') ?? '');
  const state = textOf(call, 'NewState');
  const status = Number(textOf(call, 'NewStatus'));
  const states = entity.attributes.get('statecode')?.options ?? [];
  const wanted = states.find((each) => each.label === state || String(each.value) === state);
  const reasons = entity.attributes.get('statuscode')?.options ?? [];
  return { IsValid: reasons.some((each) => each.value === status && each.state === wanted?.value) };
}
