import { badQuery } from '../errors/query-errors.ts';
import type { Entity } from '../metadata/metadata.ts';
import type { ConditionContext } from './condition-tests.ts';
import { columnOfPath, newODataScope, type Lowering } from './odata-scope.ts';
import { lowerFilter } from './lower-filter.ts';
import { parseFilter } from './odata-expression.ts';
import { splitOutside } from './split-outside.ts';
import type { OrderTerm, QueryForm } from './query-form.ts';

/** Lowers `$filter` and `$orderby` over a table. */
export function lowerOData(
  context: ConditionContext,
  entity: Entity,
  options: { readonly filter?: string | undefined; readonly orderBy?: string | undefined },
): QueryForm {
  const lowering: Lowering = { context, slots: 0 };
  const scope = newODataScope(lowering, entity);
  const where =
    options.filter === undefined
      ? undefined
      : lowerFilter(lowering, scope, parseFilter(options.filter));
  const order = splitOutside(options.orderBy ?? '', ',')
    .filter((part) => part.trim() !== '')
    .map((part): OrderTerm => {
      const [path = '', direction = 'asc', ...more] = part.trim().split(/\s+/);
      if ((direction !== 'asc' && direction !== 'desc') || more.length > 0) {
        throw badQuery(`Syntax error at position ${part.trim().length} in '${part.trim()}'.`);
      }
      return {
        column: columnOfPath(lowering, scope, path),
        descending: direction === 'desc',
        // By number, other than in FetchXML: learn.microsoft.com/power-apps/developer/data-platform/webapi/query/order-rows
        raw: true,
      };
    });
  return {
    root: { slot: scope.slot, entity, columns: [], joins: scope.joins },
    ...(where === undefined ? {} : { where }),
    order,
    distinct: false,
    slots: lowering.slots,
  };
}
