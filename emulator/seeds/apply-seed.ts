import { contosoRows } from './contoso/contoso-rows.ts';
import { documentedIds } from './contoso/documented-ids.ts';
import type { Environment } from '../environment.ts';
import { afterWrite } from '../logic/server-logic.ts';
import { stableId } from '../metadata/stable-id.ts';
import { plantMessages } from './plant-messages.ts';
import { plantRoles } from './plant-roles.ts';
import { plantRows, type SeedIds } from './plant-rows.ts';
import { plantInstalledComponents, plantSolutions } from './plant-solutions.ts';
import { readSeedFile } from './read-seed-file.ts';
import { removeMetadata } from './remove-metadata.ts';
import type { SeedTables } from './seed-rows.ts';
import { systemRows } from './system-rows.ts';

/** Built-in seeds, beside seed files given by path. */
const seedNames = ['contoso', 'empty', 'contoso-by-hand'] as const;

/** How far the type codes of custom tables are moved: no two environments have the same. */
export function typeCodeShiftOf(seed: string): number {
  const known: Readonly<Record<string, number>> = {
    contoso: 0,
    empty: 117,
    'contoso-by-hand': 253,
  };
  return known[seed] ?? 300 + (Number.parseInt(stableId(`codes ${seed}`).slice(0, 4), 16) % 500);
}

/** Fills a fresh environment: system rows first, then the seed's configuration. */
export async function applySeed(environment: Environment, seed: string): Promise<void> {
  const isBuiltIn = seedNames.some((name) => name === seed);
  const file = isBuiltIn ? undefined : await readSeedFile(seed);
  if (file !== undefined) removeMetadata(environment.metadata, file.without);
  const ids: SeedIds = new Map();
  // What setup creates has other ids in every environment; what a seed holds, the same in every run.
  const salt = `environment ${environment.organizationId}`;
  plantRows(environment, systemRows(environment), { ids, salt });
  plantInstalledComponents(environment, {
    table: 'msdyn_decisioncontract',
    solutionId: ids.get('solution#msdyn_UnifiedRouting') ?? '',
  });
  plantRoles(environment, { ids, salt });
  plantMessages(environment);
  const base = file === undefined ? seed : (file.extends ?? 'empty');
  plantRows(environment, builtInRows(base), {
    ids,
    salt: `seed ${base}`,
    // What was made by hand elsewhere has other ids, these too.
    ...(base === 'contoso' ? { fixed: documentedIds } : {}),
  });
  if (file !== undefined) {
    plantRows(environment, file.tables, { ids, salt: 'seed file' });
    plantSolutions(environment, file.solutions, { ids, salt: 'seed file' });
  }
  mapRulesets(environment);
}

function builtInRows(seed: string): SeedTables {
  switch (seed) {
    case 'empty':
      return {};
    case 'contoso':
    case 'contoso-by-hand':
      return contosoRows;
    default:
      throw new Error(`There is no seed '${seed}' to extend: ${seedNames.join(', ')}`);
  }
}

/** Lists what the seed's rulesets name, as saving them would have. */
function mapRulesets(environment: Environment): void {
  const entity = environment.metadata.entity('msdyn_decisionruleset');
  if (entity === undefined) return;
  const caller = {
    userId: environment.administratorId,
    businessUnitId: environment.rootBusinessUnitId,
  };
  for (const row of environment.store.rows('msdyn_decisionruleset')) {
    let made = 0;
    const newId = (): string => stableId(`mapping ${row.id} ${(made += 1)}`);
    const event = {
      environment: { ...environment, newId },
      caller,
      entity,
      id: row.id,
      before: row,
      cells: new Map(row.cells),
    };
    afterWrite(event, row);
  }
}
