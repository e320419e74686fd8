import type { Environment } from '../environment.ts';
import { stableId } from '../metadata/stable-id.ts';
import type { Cell } from '../store/store.ts';
import { plantRows, type SeedIds } from './plant-rows.ts';

/** A solution that a seed puts rows into. */
export interface SeedSolution {
  readonly uniquename: string;
  readonly friendlyname: string;
  readonly version: string;
  /** Its rows came with it: they count as managed. */
  readonly managed: boolean;
  /** Whole tables; rows of managed solutions that are there already stay theirs. */
  readonly tables: readonly string[];
}

/**
 * Puts rows that are there into solutions, each as a component. The numbers of component types of
 * these tables are each environment's own, so they are left out:
 * learn.microsoft.com/power-apps/developer/data-platform/reference/entities/solutioncomponent
 */
export function plantSolutions(
  environment: Environment,
  solutions: readonly SeedSolution[],
  planting: { readonly ids: SeedIds; readonly salt: string },
): void {
  for (const { uniquename, friendlyname, version, managed, tables } of solutions) {
    plantRows(
      environment,
      {
        solution: [
          {
            key: uniquename,
            uniquename,
            friendlyname,
            version,
            publisherid: 'publisher#default',
            isvisible: true,
            ismanaged: managed,
          },
        ],
      },
      planting,
    );
    const solutionId = planting.ids.get(`solution#${uniquename}`) ?? '';
    for (const table of tables) plantComponents(environment, { table, solutionId, managed });
  }
}

/** Rows that setup brings are components of the solution that brings them. */
export function plantInstalledComponents(
  environment: Environment,
  installed: { readonly table: string; readonly solutionId: string },
): void {
  for (const { id, cells } of environment.store.rows(installed.table))
    if (cells.get('ismanaged') === true) plantComponent(environment, { ...installed, id });
}

function plantComponents(
  environment: Environment,
  part: { readonly table: string; readonly solutionId: string; readonly managed: boolean },
): void {
  const { table, solutionId, managed } = part;
  const { metadata, store } = environment;
  const entity = metadata.entity(table);
  if (entity?.solutionAware !== true)
    throw new Error(`The seed puts rows of ${table} into a solution, which cannot hold them`);
  const rows = [...store.rows(table)];
  for (const { id, cells } of rows) {
    if (cells.get('ismanaged') === true) continue;
    if (managed)
      store.put(
        table,
        id,
        new Map<string, Cell>([...cells, ['ismanaged', true], ['solutionid', solutionId]]),
      );
    plantComponent(environment, { table, id, solutionId });
  }
}

function plantComponent(
  { store }: Environment,
  {
    table,
    id,
    solutionId,
  }: { readonly table: string; readonly id: string; readonly solutionId: string },
): void {
  store.put(
    'solutioncomponent',
    stableId(`component ${solutionId} ${table} ${id}`),
    new Map<string, Cell>([
      ['objectid', id],
      ['solutionid', { table: 'solution', id: solutionId }],
      ['ismetadata', false],
    ]),
  );
}
