import type { DataverseReader } from '../../dataverse/client.ts';
import type { Plan } from '../../model/plan.ts';
import { isLookup } from '../../model/row.ts';
import type { PrivilegeVerb } from '../../model/table.ts';
import { isLongText, isVariable } from '../../plan/planned-value.ts';
import { ruleBook } from '../../routing/rule-book.ts';
import { eachOnce, Needs, type NeededPrivilege } from './needed-privileges.ts';

/**
 * Neither of the shipped roles that attach providers holds Append or AppendTo on them, although the
 * platform checks both sides of a link elsewhere: whether it asks here only its answer tells.
 */
const unsettled: Readonly<Record<string, readonly PrivilegeVerb[]>> = {
  msdyn_channelprovider: ['append', 'appendTo'],
};

/**
 * What applying a plan does beside another principal: new rows are given to the first of them, so that
 * they all belong to one.
 */
export async function besideNeeds(
  plan: Plan,
  reader: DataverseReader,
  purpose: string,
  signal: AbortSignal,
): Promise<readonly NeededPrivilege[]> {
  const made = new Set<string>();
  for await (const action of plan.actions(signal))
    if (action.kind === 'create') made.add(action.row.table);
  const needs = new Needs(await reader.tables([...made], signal));
  for (const table of made) needs.ask(table, { purpose, severity: 'error' }, 'assign');
  return eachOnce(await planNeeds(plan, reader, purpose, signal), needs.all);
}

/** What applying a plan does: no more than its actions ask for. */
export async function planNeeds(
  plan: Plan,
  reader: DataverseReader,
  purpose: string,
  signal: AbortSignal,
): Promise<readonly NeededPrivilege[]> {
  const wanted = new Map<string, Set<PrivilegeVerb>>();
  const want = (table: string, ...verbs: readonly PrivilegeVerb[]): void => {
    const known = wanted.get(table) ?? new Set();
    wanted.set(table, known);
    for (const verb of verbs) if (unsettled[table]?.includes(verb) !== true) known.add(verb);
  };
  for await (const action of plan.actions(signal)) {
    const { table } = action.row;
    if (action.kind === 'delete') want(table, 'read', 'delete');
    if (action.kind === 'link' || action.kind === 'unlink') {
      want(table, 'read', 'append');
      want(action.link.to.table, 'read', 'appendTo');
    }
    if (action.kind !== 'create' && action.kind !== 'update') continue;
    want(table, 'read', action.kind === 'create' ? 'create' : 'write');
    // The server's list of what a text names is read back, and the text saved again where it is short.
    const { derivedRows } = ruleBook.of(table);
    if (derivedRows !== undefined) {
      want(table, 'write');
      want(derivedRows.table, 'read');
    }
    for (const { after } of action.changes)
      if (!isLongText(after) && !isVariable(after) && isLookup(after)) {
        want(table, 'append');
        want(after.table, 'read', 'appendTo');
      }
  }
  const needs = new Needs(await reader.tables([...wanted.keys()], signal));
  for (const [table, verbs] of wanted) needs.ask(table, { purpose, severity: 'error' }, ...verbs);
  return needs.all;
}
