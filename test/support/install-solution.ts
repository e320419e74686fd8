import type { Cell } from '#emulator/store/store.ts';
import type { TestEmulator } from './emulator.ts';

/**
 * Imports a solution of one environment into another as a managed one: its rows arrive under their own
 * ids, and system rows they refer to under those of the target. Server logic runs: the target makes its
 * own snippets of widgets and lists what rulesets name.
 */
export async function installSolution(
  from: TestEmulator,
  to: TestEmulator,
  name: string,
): Promise<number> {
  const source = from.environment.store;
  const target = to.environment.store;
  const [solution] = [...source.find('solution', 'uniquename', name)];
  if (solution === undefined) throw new Error(`There is no solution ${name}.`);
  const lookup: Cell = { table: 'solution', id: solution.id };
  target.put('solution', solution.id, new Map([...solution.cells, ['ismanaged', true]]));
  const own = new Map<string, string>();
  for (const each of source.rows('msdyn_decisioncontract')) {
    const uniqueName = each.cells.get('msdyn_uniquename') ?? null;
    const [there] = [...target.find('msdyn_decisioncontract', 'msdyn_uniquename', uniqueName)];
    if (there !== undefined) own.set(each.id, there.id);
  }
  const inTarget = (cell: Cell): Cell => {
    if (typeof cell === 'string')
      return [...own].reduce((text, [id, other]) => text.replaceAll(id, other), cell);
    const isLookup = typeof cell === 'object' && cell !== null && 'table' in cell;
    return isLookup ? { ...cell, id: own.get(cell.id) ?? cell.id } : cell;
  };
  let rows = 0;
  const components = [...source.find('solutioncomponent', 'solutionid', lookup)];
  for (const component of components) {
    target.put('solutioncomponent', component.id, new Map(component.cells));
    const id = component.cells.get('objectid');
    if (typeof id !== 'string') continue;
    const found = componentTables.find((table) => source.get(table, id) !== undefined);
    if (found === undefined || own.has(id)) continue;
    const cells = [...(source.get(found, id)?.cells ?? [])].map(
      ([column, cell]): [string, Cell] => [column, inTarget(cell)],
    );
    target.put(found, id, new Map([...cells, ['ismanaged', true], ['solutionid', solution.id]]));
    rows += 1;
  }
  for (const { id, cells } of target.rows('msdyn_livechatconfig')) {
    const appId = to.environment.newId();
    const snippet = `<script data-app-id="${appId}" data-org-id="${to.environment.organizationId}"></script>`;
    const made: readonly (readonly [string, Cell])[] = [
      ['msdyn_widgetappid', appId],
      ['msdyn_widgetsnippet', snippet],
    ];
    target.put('msdyn_livechatconfig', id, new Map([...cells, ...made]));
  }
  for (const { id, cells } of target.rows('msdyn_decisionruleset')) {
    const body = { msdyn_rulesetdefinition: cells.get('msdyn_rulesetdefinition') ?? null };
    const { status, text } = await to.send('PATCH', `msdyn_decisionrulesets(${id})`, { body });
    if (status >= 300) throw new Error(`A ruleset was not saved: ${status} ${text}`);
  }
  return rows;
}

const componentTables: readonly string[] = [
  'msdyn_authenticationsettings',
  'msdyn_chatansweroption',
  'msdyn_decisioncontract',
  'msdyn_decisionruleset',
  'msdyn_livechatconfig',
  'msdyn_liveworkstream',
  'msdyn_liveworkstreamcapacityprofile',
  'msdyn_ocliveworkstreamcontextvariable',
  'msdyn_ocvoice',
  'msdyn_ocvoicechannellanguagesetting',
  'msdyn_ocvoicechannelsetting',
  'msdyn_questionsequence',
  'msdyn_routingconfiguration',
  'msdyn_routingconfigurationstep',
  'msdyn_surveyquestion',
];
