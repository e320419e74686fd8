import { areas } from '../../routing/catalogue.ts';
import { isCarriedBySolution } from '../../routing/solution-route.ts';

/**
 * Whether solutions carry an area's rows of a table. Where the area is not known, as in files of other
 * tools, only what solutions carry wherever the catalogue has it.
 */
export function isLeftToSolution(areaName: string | undefined, table: string): boolean {
  const area = areas.find((each) => each.area === areaName);
  if (area !== undefined) return isCarriedBySolution(area, table);
  const having = areas.filter((each) =>
    each.steps.some((step) => step.tables.some((entry) => entry.table === table)),
  );
  return having.length > 0 && having.every((each) => isCarriedBySolution(each, table));
}
