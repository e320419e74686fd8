import { contextVariableNames, rulesetText } from '#shared/routing/ruleset-text.ts';
import type { TestEmulator } from './emulator.ts';

/** A row as the Web API gives it. */
export type Json = Readonly<Record<string, unknown>>;

/** All rows of a set that fit a filter. */
export async function rowsIn(
  emulator: TestEmulator,
  set: string,
  query = '',
): Promise<readonly Json[]> {
  const { status, body, text } = await emulator.send('GET', `${set}${query}`);
  if (status !== 200) throw new Error(`GET ${set}: ${status} ${text}`);
  return (body as { readonly value: readonly Json[] }).value;
}

/** One row of a set by the value of a text column. */
export async function rowBy(
  emulator: TestEmulator,
  set: string,
  column: string,
  value: string,
): Promise<Json> {
  const rows = await rowsIn(emulator, set, `?$filter=${column} eq '${value}'`);
  const [row, second] = rows;
  if (row === undefined || second !== undefined)
    throw new Error(`${rows.length} rows of ${set} have ${column} ${value}.`);
  return row;
}

/** Rulesets that name rows or context variables, and those of them that have no dependency mapping. */
export async function rulesetsWithoutMappings(
  emulator: TestEmulator,
): Promise<{ readonly naming: number; readonly lacking: readonly unknown[] }> {
  const mapped = new Set(
    (await rowsIn(emulator, 'msdyn_rulesetdependencymappings')).map(
      (row) => row['_msdyn_referencingrulesetid_value'],
    ),
  );
  const naming = (await rowsIn(emulator, 'msdyn_decisionrulesets')).filter((row) => {
    const text = row['msdyn_rulesetdefinition'];
    return (
      typeof text === 'string' &&
      (rulesetText.find(text).references.length > 0 || contextVariableNames.find(text).length > 0)
    );
  });
  const lacking = naming.filter((row) => !mapped.has(row['msdyn_decisionrulesetid']));
  return { naming: naming.length, lacking: lacking.map((row) => row['msdyn_name']) };
}

/** Workstreams, each with how many active routing configurations it has. */
export async function activeConfigurations(
  emulator: TestEmulator,
): Promise<ReadonlyMap<string, number>> {
  const workstreams = await rowsIn(emulator, 'msdyn_liveworkstreams', '?$select=msdyn_name');
  const active = await rowsIn(
    emulator,
    'msdyn_routingconfigurations',
    '?$filter=msdyn_isactiveconfiguration eq true',
  );
  return new Map(
    workstreams.map((row) => [
      String(row['msdyn_name']),
      active.filter(
        (each) => each['_msdyn_liveworkstreamid_value'] === row['msdyn_liveworkstreamid'],
      ).length,
    ]),
  );
}

/** Tables of an environment of which some row holds one of the texts. */
export async function tablesWith(
  emulator: TestEmulator,
  texts: readonly string[],
): Promise<readonly string[]> {
  const { tables } = await emulator.state();
  const found: string[] = [];
  for (const [name, count] of Object.entries(tables)) {
    const entity = emulator.environment.metadata.entity(name);
    if (count === 0 || entity === undefined || entity.isIntersect) continue;
    const rows = JSON.stringify(await rowsIn(emulator, entity.entitySetName));
    if (texts.some((text) => rows.includes(text))) found.push(name);
  }
  return found;
}
