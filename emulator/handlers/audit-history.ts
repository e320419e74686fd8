import { timeText, type Caller, type Environment } from '../environment.ts';
import { rowNotFound } from '../errors/payload-errors.ts';
import type { Entity } from '../metadata/metadata.ts';
import type { JsonObject } from '../query/interface.ts';
import { isLookup, scalarText } from '../query/column-value.ts';
import { jsonValue, propertyName } from '../query/row-members.ts';
import { cellsEqual } from '../store/index-key.ts';
import type { Cell, StoredRow } from '../store/store.ts';
import type { FunctionCall, FunctionHandler } from './function-handler.ts';
import { rowOfReference } from './entity-parameter.ts';

/** A change that is kept in the audit history. */
export interface AuditedChange {
  readonly environment: Environment;
  readonly caller: Caller;
  readonly entity: Entity;
  readonly id: string;
  readonly before?: ReadonlyMap<string, Cell>;
  readonly after?: ReadonlyMap<string, Cell>;
}

/** `action` and `operation` of an audit row: learn.microsoft.com/power-apps/developer/data-platform/reference/entities/audit */
const create = 1;
const update = 2;
const remove = 3;

/** Columns that change with every write are not audited. */
const silent = new Set(['modifiedon', 'modifiedby', 'versionnumber', 'createdon']);

/** Keeps a change where the organization audits and the table does not refuse to. */
export function audit(change: AuditedChange): void {
  const { environment, caller, entity, id, before, after } = change;
  if (!isAudited(environment, entity)) return;
  const operation = before === undefined ? create : after === undefined ? remove : update;
  const names = [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])].filter(
    (name) => !silent.has(name) && !cellsEqual(before?.get(name), after?.get(name)),
  );
  const numbers = names.map((name) => [...entity.attributes.keys()].indexOf(name) + 1);
  const changedAttributes = names.map((name) => ({
    logicalName: name,
    oldValue: textOf(before?.get(name) ?? null),
    newValue: textOf(after?.get(name) ?? null),
  }));
  const cells: readonly [string, Cell][] = [
    ['action', operation],
    ['operation', operation],
    ['objectid', { table: entity.logicalName, id }],
    ['objecttypecode', entity.logicalName],
    ['userid', { table: 'systemuser', id: caller.userId }],
    ['createdon', timeText(environment)],
    ['attributemask', numbers.length === 0 ? null : `,${numbers.join(',')},`],
    ['changedata', JSON.stringify({ changedAttributes })],
    ['transactionid', '00000000-0000-0000-0000-000000000000'],
  ];
  const shown = new Map(cells.filter(([, cell]) => cell !== null));
  environment.store.put('audit', environment.newId(), shown);
}

function isAudited({ store, organizationId }: Environment, entity: Entity): boolean {
  if (store.get('organization', organizationId)?.cells.get('isauditenabled') !== true) return false;
  if (entity.isIntersect || entity.logicalName === 'audit') return false;
  const given = entity.given?.['IsAuditEnabled'];
  const refused =
    typeof given === 'object' && given !== null && 'Value' in given && given.Value === false;
  return !refused;
}

/** `queue,3f2a…` for lookups, the plain text of other values. */
function textOf(cell: Cell): string | null {
  if (cell === null) return null;
  if (typeof cell === 'object' && 'table' in cell) return `${cell.table},${cell.id}`;
  return scalarText(cell);
}

/** Functions that read the audit history. */
export const auditFunctions: ReadonlyMap<string, FunctionHandler> = new Map<
  string,
  FunctionHandler
>([
  ['RetrieveRecordChangeHistory', recordHistory],
  ['RetrieveAttributeChangeHistory', recordHistory],
  ['RetrieveAuditDetails', auditDetails],
]);

function recordHistory(call: FunctionCall): JsonObject {
  const { context, parameters } = call;
  const { store } = context.environment;
  const target = rowOfReference(context, parameters.get('Target') ?? '');
  const column = parameters.get('AttributeLogicalName')?.replaceAll("'", '');
  const object: Cell = { table: target.entity.logicalName, id: target.row.id };
  const rows = [...store.find('audit', 'objectid', object)].toSorted(
    (one, two) => two.version - one.version,
  );
  const details = rows
    .filter(
      (row) => column === undefined || changesOf(row).some((each) => each.logicalName === column),
    )
    .map((row) => detailOf(target.entity, row));
  return {
    AuditDetailCollection: {
      MoreRecords: false,
      PagingCookie: '',
      TotalRecordCount: details.length,
      AuditDetails: details,
    },
  };
}

function auditDetails({ context, boundTo }: FunctionCall): JsonObject {
  const row = boundTo?.row;
  const name = scalarText(row?.cells.get('objecttypecode') ?? null);
  const entity = context.environment.metadata.entity(name);
  if (row === undefined || entity === undefined) throw rowNotFound('audit', row?.id ?? '');
  return { AuditDetail: detailOf(entity, row) };
}

interface ChangedAttribute {
  readonly logicalName: string;
  readonly oldValue: string | null;
  readonly newValue: string | null;
}

function changesOf(row: StoredRow): readonly ChangedAttribute[] {
  const text = row.cells.get('changedata');
  if (typeof text !== 'string') return [];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `audit` wrote it
  return (JSON.parse(text) as { readonly changedAttributes: readonly ChangedAttribute[] })
    .changedAttributes;
}

function detailOf(entity: Entity, row: StoredRow): JsonObject {
  const changes = changesOf(row);
  const side = (name: 'oldValue' | 'newValue'): JsonObject => {
    const members: Record<string, unknown> = {
      '@odata.type': `#Microsoft.Dynamics.CRM.${entity.logicalName}`,
    };
    for (const each of changes) {
      const attribute = entity.attributes.get(each.logicalName);
      const value = each[name];
      if (attribute === undefined || value === null) continue;
      const id = isLookup(attribute) ? value.split(',')[1] : undefined;
      const isNumber = attribute.options !== undefined || attribute.type === 'Integer';
      const cell: Cell =
        id ?? (isNumber && value !== 'true' && value !== 'false' ? Number(value) : value);
      members[propertyName(attribute)] = jsonValue({ entity, attribute }, cell);
    }
    return members;
  };
  return {
    '@odata.type': '#Microsoft.Dynamics.CRM.AttributeAuditDetail',
    InvalidNewValueAttributes: [],
    LocLabelLanguageCode: 0,
    DeletedAttributes: { Count: 0, IsReadOnly: false, Keys: [], Values: [] },
    OldValue: side('oldValue'),
    NewValue: side('newValue'),
  };
}
