import { findSolution } from '#emulator/logic/solution-components.ts';
import { maskOf } from '#emulator/handlers/messages/sharing.ts';
import { isRow, type JsonRow } from './documented-json.ts';
import type { Planter } from './planted-rows.ts';
import { presumeSet } from './presumed-tables.ts';

const valuesOfPrefix = 10_000;

/** The solution of a new option, whose publisher's prefix the answer's value begins with. */
export function presumePublisher(planter: Planter, asked: JsonRow, answer: JsonRow): void {
  const { SolutionUniqueName: name } = asked;
  const { NewOptionValue: value } = answer;
  if (typeof name !== 'string' || typeof value !== 'number') return;
  if (findSolution(planter.environment, name) !== undefined) return;
  const publisher = planter.freshId();
  const prefix = Math.floor(value / valuesOfPrefix);
  planter.set('publisher', publisher, 'customizationoptionvalueprefix', prefix);
  const cells = new Map([['publisherid', { table: 'publisher', id: publisher }] as const]);
  const solution = planter.freshId();
  planter.row('solution', solution, cells);
  planter.set('solution', solution, 'uniquename', name);
}

/** Those with whom the row of a question is shared. */
export function presumeShares(planter: Planter, target: string, answer: JsonRow): void {
  const [, set = '', object = ''] = /(\w+)\(([0-9a-f-]{36})\)/i.exec(target) ?? [];
  const { PrincipalAccesses: accesses } = answer;
  if (set === '' || !Array.isArray(accesses)) return;
  const { logicalName } = presumeSet(planter.environment, set);
  for (const access of accesses as readonly unknown[]) {
    if (!isRow(access) || !isRow(access['Principal'])) continue;
    const { ownerid: principal } = access['Principal'];
    const type = String(access['Principal']['@odata.type']).replace(/^.*\./, '');
    if (typeof principal !== 'string') continue;
    planter.row(type, principal);
    planter.environment.store.put(
      'principalobjectaccess',
      planter.freshId(),
      new Map<string, string | number>([
        ['objectid', object],
        ['objecttypecode', logicalName],
        ['principalid', principal],
        ['principaltypecode', type],
        ['accessrightsmask', maskOf(access['AccessMask'])],
      ]),
    );
  }
}
