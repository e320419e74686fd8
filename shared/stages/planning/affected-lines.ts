import type { Finding } from '../../errors/finding.ts';
import { AffectedLines } from '../../plan/affected-lines.ts';
import type { BuiltPlan } from '../../plan/build-plan.ts';
import { placeOf } from '../../plan/row-finding.ts';
import type { Node } from '../../plan/source-index.ts';
import { recordTypeFinding, recordTypeTable } from './record-types.ts';

/**
 * Names the workstreams and queues that are there already and whose routing a plan changes, and each
 * record type that it changes or makes.
 */
export async function affectedLines(
  plan: BuiltPlan,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { index, identities } = plan;
  const isRecordType = (line: Node): boolean => index.refOf(line).table === recordTypeTable;
  const lines = new AffectedLines(index);
  const touched = new Map<Node, Set<string>>();
  for await (const { kind, row, source, name } of plan.actions(signal)) {
    if (kind === 'blocked' || kind === 'manual') continue;
    const changed = index.nodeOf({ table: row.table, id: source ?? row.id });
    if (changed === undefined) continue;
    for (const line of lines.of(changed))
      if (!identities.isCreated(line) || isRecordType(line))
        touched.set(line, (touched.get(line) ?? new Set()).add(`${row.table} ${name}`));
  }
  return [...touched].map(([line, by]) =>
    isRecordType(line)
      ? recordTypeFinding(plan, line, [...by])
      : {
          severity: 'info',
          code: 'URM1350',
          where: placeOf({
            ref: identities.targetOf(line) ?? index.refOf(line),
            name: index.nameOf(line),
          }),
          summary: `Its conversations are affected: ${by.size === 1 ? '1 row that routes them changes' : `${by.size} rows that route them change`}`,
          detail: [...by].slice(0, 10).join('; '),
          remedy: 'Apply the plan when little is going on, or tell those who answer.',
        },
  );
}
