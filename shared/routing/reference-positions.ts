/** What a variable of a rule holds the id of. Compared without regard to case. */
interface ReferencePosition {
  /** The last parts of the variable's path, or the key inside a JSON value. */
  readonly endings: readonly string[];
  /** Most likely first. */
  readonly tables: readonly string[];
}

/**
 * Variables whose value is a row's id.
 *
 * `assign_to.queue`, `overflowaction.msdyn_overflowactionconfig.msdyn_overflowactionconfigid`,
 * `requiredskills` and `characteristic` were seen in live rulesets; the other tables are the
 * remaining targets of `msdyn_rulesetdependencymapping`, the platform's own list of what a ruleset
 * refers to.
 */
const positions: readonly ReferencePosition[] = [
  { endings: ['queue', 'queueid', 'msdyn_queueid', 'cdsqueueid'], tables: ['queue'] },
  {
    endings: ['msdyn_overflowactionconfigid', 'msdyn_overflowactionconfig', 'overflowaction'],
    tables: ['msdyn_overflowactionconfig'],
  },
  {
    endings: [
      'requiredskills',
      'requiredskill',
      'characteristic',
      'characteristicid',
      'skill',
      'skillid',
      'skills',
    ],
    tables: ['characteristic', 'ratingvalue'],
  },
  {
    endings: ['ratingvalue', 'ratingvalueid', 'rating', 'proficiency', 'proficiencyid'],
    tables: ['ratingvalue'],
  },
  {
    endings: ['capacityprofile', 'msdyn_capacityprofileid', 'msdyn_capacityprofile_id'],
    tables: ['msdyn_capacityprofile'],
  },
  {
    endings: [
      'workstream',
      'liveworkstream',
      'msdyn_liveworkstream',
      'liveworkstreamid',
      'msdyn_liveworkstreamid',
    ],
    tables: ['msdyn_liveworkstream'],
  },
  {
    endings: ['contextvariable', 'msdyn_ocliveworkstreamcontextvariableid'],
    tables: ['msdyn_ocliveworkstreamcontextvariable'],
  },
  {
    endings: [
      'ruleset',
      'rulesetid',
      'decisionruleset',
      'msdyn_decisionrulesetid',
      'msdyn_rulesetid',
    ],
    tables: ['msdyn_decisionruleset'],
  },
];

/** An output whose variable is not known still names a row of one of these. */
export const anyReferenceTable: readonly string[] = [
  'queue',
  'msdyn_overflowactionconfig',
  'characteristic',
  'ratingvalue',
  'msdyn_capacityprofile',
  'msdyn_liveworkstream',
  'msdyn_ocliveworkstreamcontextvariable',
  'msdyn_decisionruleset',
];

const tablesByEnding: ReadonlyMap<string, readonly string[]> = new Map(
  positions.flatMap(({ endings, tables }) => endings.map((ending) => [ending, tables] as const)),
);

/** Tables that the value of a variable, or of a key inside a JSON value, points to. */
export function tablesOfPosition(path: string): readonly string[] | undefined {
  const last = path.slice(path.lastIndexOf('.') + 1);
  return tablesByEnding.get(last.trim().toLowerCase());
}
