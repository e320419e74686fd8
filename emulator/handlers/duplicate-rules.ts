import { duplicatesFound } from '../errors/message-errors.ts';
import type { Entity } from '../metadata/metadata.ts';
import type { RequestContext } from '../protocol/request.ts';
import { cellsEqual } from '../store/index-key.ts';
import type { Cell, StoredRow } from '../store/store.ts';
import { scalarText } from '../query/column-value.ts';
import { shapeRow } from '../query/shape-row.ts';
import type { JsonObject } from '../query/interface.ts';
import { invalidArgument } from '../errors/payload-errors.ts';
import { unquote } from '../protocol/path.ts';
import type { FunctionCall } from './function-handler.ts';
import { objectLiteral, rowOf, typeOf } from './entity-parameter.ts';
import { readPayload } from './read-payload.ts';

/** Columns of a row and the columns they are compared with. */
interface Rule {
  readonly matching: string;
  readonly conditions: readonly {
    readonly base: string;
    readonly matching: string;
    readonly operator: number;
    readonly characters: number;
    readonly ignoreBlank: boolean;
  }[];
}

/** Rules that every environment comes with, until it has rules of its own for the table. */
const platformRules: ReadonlyMap<string, readonly string[]> = new Map([
  ['account', ['name']],
  ['contact', ['emailaddress1']],
  ['lead', ['emailaddress1']],
]);

/**
 * Refuses a write that a duplicate detection rule finds a like row for, when the client asks for it with
 * `MSCRM.SuppressDuplicateDetection: false`; without the header nothing is looked for:
 * learn.microsoft.com/power-apps/developer/data-platform/webapi/manage-duplicate-detection-create-update
 */
export function assertNoDuplicates(
  context: RequestContext,
  entity: Entity,
  row: { readonly id?: string; readonly cells: ReadonlyMap<string, Cell> },
): void {
  const header = context.request.headers['mscrm.suppressduplicatedetection'];
  if (header?.trim().toLowerCase() !== 'false') return;
  for (const rule of rulesOf(context, entity)) {
    if (matches(context, rule, row).length > 0) throw duplicatesFound();
  }
}

/** `RetrieveDuplicates`: rows that the rules find for a row. */
export function retrieveDuplicates({ context, parameters }: FunctionCall): JsonObject {
  const base = baseOf(context, objectLiteral(parameters.get('BusinessEntity') ?? ''));
  const name = unquote(parameters.get('MatchingEntityName') ?? '');
  const target = context.environment.metadata.entity(name);
  if (target === undefined) throw invalidArgument(`There is no table '${name}'.`);
  const found = new Map<string, StoredRow>();
  for (const rule of rulesOf(context, base.entity)) {
    if (rule.matching !== name) continue;
    for (const row of matches(context, rule, base)) found.set(row.id, row);
  }
  return {
    '@odata.context': `${context.rootUrl}$metadata#${target.entitySetName}`,
    value: [...found.values()].map((row) => {
      const { '@odata.context': _, ...shown } = shapeRow(context, target, row, new Map());
      return shown;
    }),
  };
}

/** A row that is there, with what the request says of it, or one that is not there yet. */
function baseOf(
  context: RequestContext,
  value: JsonObject,
): { readonly entity: Entity; readonly id?: string; readonly cells: ReadonlyMap<string, Cell> } {
  if (typeof value['@odata.id'] === 'string') {
    const { entity, row } = rowOf(context, value, 'BusinessEntity');
    return { entity, id: row.id, cells: row.cells };
  }
  const entity = typeOf(context, value, 'BusinessEntity');
  const given = readPayload(context, entity, { body: value, mode: 'create' });
  if (given.id === undefined) return { entity, cells: given.cells };
  const { row } = rowOf(context, value, 'BusinessEntity');
  return { entity, id: row.id, cells: new Map([...row.cells, ...given.cells]) };
}

/** Rows that the rules find for a row, whatever table they are of. */
export function duplicatesOf(
  context: RequestContext,
  entity: Entity,
  row: StoredRow,
): readonly { readonly table: string; readonly id: string }[] {
  return rulesOf(context, entity).flatMap((rule) =>
    matches(context, rule, row).map(({ id }) => ({ table: rule.matching, id })),
  );
}

function rulesOf({ environment }: RequestContext, entity: Entity): readonly Rule[] {
  const { store } = environment;
  const own = [...store.find('duplicaterule', 'baseentityname', entity.logicalName)];
  if (own.length === 0) {
    const columns = platformRules.get(entity.logicalName);
    if (columns === undefined) return [];
    const conditions = columns.map((column) => ({
      base: column,
      matching: column,
      operator: 0,
      characters: 0,
      ignoreBlank: true,
    }));
    return [{ matching: entity.logicalName, conditions }];
  }
  return own
    .filter((rule) => rule.cells.get('statecode') === 1)
    .map((rule) => ({
      matching: scalarText(rule.cells.get('matchingentityname') ?? null),
      conditions: [
        ...store.find('duplicaterulecondition', 'regardingobjectid', {
          table: 'duplicaterule',
          id: rule.id,
        }),
      ].map(({ cells }) => ({
        base: scalarText(cells.get('baseattributename') ?? null),
        matching: scalarText(cells.get('matchingattributename') ?? null),
        operator: Number(cells.get('operatorcode') ?? 0),
        characters: Number(cells.get('operatorparam') ?? 0),
        ignoreBlank: cells.get('ignoreblankvalues') === true,
      })),
    }));
}

function matches(
  { environment }: RequestContext,
  rule: Rule,
  row: { readonly id?: string; readonly cells: ReadonlyMap<string, Cell> },
): readonly StoredRow[] {
  const [first] = rule.conditions;
  if (first === undefined) return [];
  const wanted = row.cells.get(first.base) ?? null;
  const candidates =
    first.operator === 0
      ? environment.store.find(rule.matching, first.matching, wanted)
      : environment.store.rows(rule.matching);
  return [...candidates].filter(
    (other) =>
      other.id !== row.id &&
      rule.conditions.every((condition) => {
        const one = row.cells.get(condition.base) ?? null;
        const two = other.cells.get(condition.matching) ?? null;
        if (one === null) return !condition.ignoreBlank && two === null;
        return alike(one, two, condition);
      }),
  );
}

function alike(
  one: Cell,
  two: Cell,
  condition: { readonly operator: number; readonly characters: number },
): boolean {
  const [left, right] = [scalarText(one).toLowerCase(), scalarText(two).toLowerCase()];
  switch (condition.operator) {
    case 1:
      return left.slice(0, condition.characters) === right.slice(0, condition.characters);
    case 2:
      return left.slice(-condition.characters) === right.slice(-condition.characters);
    case 3:
      return left.slice(0, 10) === right.slice(0, 10);
    default:
      return cellsEqual(one, two);
  }
}
