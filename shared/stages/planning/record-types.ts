import type { Finding } from '../../errors/finding.ts';
import type { BuiltPlan } from '../../plan/build-plan.ts';
import { placeOf } from '../../plan/row-finding.ts';
import type { Node } from '../../plan/source-index.ts';

/** A row for each table whose rows are routed, with its intake rules. */
export const recordTypeTable = 'msdyn_masterentityroutingconfiguration';

/**
 * The three cases in which Microsoft's procedure for intake rules has data.xml or the target changed by
 * hand, each with what the plan does instead:
 * learn.microsoft.com/dynamics365/customer-service/administer/migrate-config-data-for-records.
 */
export function recordTypeFinding(
  { index, identities }: Pick<BuiltPlan, 'index' | 'identities'>,
  node: Node,
  changes: readonly string[],
): Finding {
  const source = index.refOf(node);
  const target = identities.targetOf(node) ?? source;
  const said = {
    where: placeOf({ ref: target, name: index.nameOf(node) }),
    detail: changes.slice(0, 10).join('; '),
  };
  if (identities.isCreated(node))
    return {
      ...said,
      severity: 'info',
      code: 'URM1353',
      summary:
        'The target does not have the record type: it is made, and its intake rules are written after the workstreams they name',
      remedy: 'Enable the table for unified routing in the target, if it is not.',
    };
  if (target.id === source.id)
    return {
      ...said,
      severity: 'info',
      code: 'URM1354',
      summary: `The record type is in the target: ${changes.length === 1 ? '1 row changes' : `${changes.length} rows change`} that route its records, last of all`,
      remedy: 'Apply the plan when little is going on.',
    };
  return {
    ...said,
    severity: 'warning',
    code: 'URM1355',
    summary: `The record type is in the target with another id: it is kept, and led to the intake rules of the package (its id in the source is ${source.id})`,
    remedy:
      'Nothing has to be deleted. Where the intake rules of the target should stay, leave record types out with --channels, or name them in a map file.',
  };
}
