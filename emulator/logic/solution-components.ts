import type { Environment } from '../environment.ts';
import { stableId } from '../metadata/stable-id.ts';
import type { Cell, StoredRow } from '../store/store.ts';

const table = 'solutioncomponent';

/** Up to here `componenttype` tells of definitions: learn.microsoft.com/power-apps/developer/data-platform/reference/entities/solutioncomponent */
const lastDefinition = 19;

/** The solution with a unique name, in whatever case. */
export function findSolution({ store }: Environment, name: string): StoredRow | undefined {
  for (const row of store.rows('solution')) {
    const uniqueName = row.cells.get('uniquename');
    if (typeof uniqueName === 'string' && uniqueName.toLowerCase() === name.toLowerCase())
      return row;
  }
  return undefined;
}

/** Puts something into a solution; what is in it already stays. Returns the component's id. */
export function putComponent(
  { store }: Environment,
  solution: StoredRow,
  component: { readonly objectId: string; readonly type: number },
): string {
  const { objectId, type } = component;
  const id = stableId(`component ${solution.id} ${type} ${objectId}`);
  const cells = new Map<string, Cell>([
    ['objectid', objectId],
    ['componenttype', type],
    ['solutionid', { table: 'solution', id: solution.id }],
    ['ismetadata', type <= lastDefinition],
    ['rootcomponentbehavior', 0],
  ]);
  store.transaction(() => store.put(table, id, cells));
  return id;
}

/** What is in a solution. */
export function componentsOf({ store }: Environment, solution: StoredRow): readonly StoredRow[] {
  return [...store.find(table, 'solutionid', { table: 'solution', id: solution.id })];
}
