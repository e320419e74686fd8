import type { FindingCode } from '../../errors/codes.ts';
import type { Severity } from '../../errors/finding.ts';

/** A question that verification asks, under the name by which the configuration file sets its weight. */
export interface NamedCheck {
  readonly code: FindingCode;
  /** What it weighs when the configuration does not say. Steps that people still have to take are told as info. */
  readonly severity: Severity;
  /** What is wrong when it fails, as documentation lists it. */
  readonly title: string;
}

/** Every check by name: `checks: { unstaffed-queue: warning }` in unified-routing.yml. */
export const namedChecks = {
  'missing-row': {
    code: 'URM1501',
    severity: 'error',
    title: 'A row of the package is not in the target',
  },
  'different-row': {
    code: 'URM1502',
    severity: 'error',
    title: 'A row holds other values than the package',
  },
  'lost-lookup': {
    code: 'URM1503',
    severity: 'error',
    title: 'A lookup is empty where the package names a row',
  },
  'missing-link': {
    code: 'URM1509',
    severity: 'error',
    title: 'Two rows that the package links are not linked',
  },
  'row-count': {
    code: 'URM1510',
    severity: 'error',
    title: 'The filter of the export finds fewer of the rows in the target',
  },
  'extra-row': {
    code: 'URM1527',
    severity: 'info',
    title: 'The filter of the export finds rows that the package does not have',
  },
  'unreadable-ruleset': {
    code: 'URM1504',
    severity: 'error',
    title: 'The definition of a ruleset is not well formed',
  },
  'dangling-reference': {
    code: 'URM1505',
    severity: 'error',
    title: 'A rule or an overflow action names a row that does not exist',
  },
  'source-reference': {
    code: 'URM1506',
    severity: 'error',
    title: 'Something points back to the source',
  },
  'unknown-name': {
    code: 'URM1511',
    severity: 'error',
    title: 'A rule uses a table, column or choice value that does not exist',
  },
  'unknown-context-variable': {
    code: 'URM1512',
    severity: 'error',
    title: 'A rule uses a context variable that its workstream does not have',
  },
  'missing-dependency-mapping': {
    code: 'URM1513',
    severity: 'error',
    title: 'The platform has not noted which context variables a ruleset uses',
  },
  'active-configuration': {
    code: 'URM1514',
    severity: 'error',
    title: 'A workstream has no active routing configuration, or several',
  },
  'routing-steps': {
    code: 'URM1515',
    severity: 'error',
    title: 'Routing steps are out of order or have no ruleset',
  },
  'extra-step': {
    code: 'URM1528',
    severity: 'warning',
    title: 'A workstream or queue has steps that the package does not have',
  },
  'assignment-steps': {
    code: 'URM1507',
    severity: 'error',
    title: 'Assignment steps are out of order or have no ruleset',
  },
  'queue-routing': {
    code: 'URM1508',
    severity: 'error',
    title: 'A queue has another type, strategy, operating hours or overflow than the package says',
  },
  'unreached-queue': {
    code: 'URM1516',
    severity: 'error',
    title: 'A workstream leads to no queue',
  },
  'inactive-row': {
    code: 'URM1517',
    severity: 'error',
    title: 'Routing leads to a row that is switched off',
  },
  'wrong-queue-type': {
    code: 'URM1518',
    severity: 'error',
    title: 'A workstream leads to a queue of another kind of work',
  },
  'overflow-target': {
    code: 'URM1519',
    severity: 'error',
    title: 'An overflow action leads nowhere, or back to its own queue',
  },
  'unstaffed-queue': {
    code: 'URM1520',
    severity: 'info',
    title: 'Nobody takes work of a queue that a workstream reaches',
  },
  'unheld-skill': {
    code: 'URM1521',
    severity: 'info',
    title: 'A rule asks for a skill that nobody has',
  },
  'missing-template': {
    code: 'URM1522',
    severity: 'info',
    title: 'A session or notification template that a workstream names is not there',
  },
  'missing-calendar': {
    code: 'URM1523',
    severity: 'info',
    title: 'Operating hours have no calendar',
  },
  'missing-widget': {
    code: 'URM1524',
    severity: 'error',
    title: 'A chat widget has no app id or no snippet',
  },
  'missing-phone-number': {
    code: 'URM1525',
    severity: 'info',
    title: 'A voice channel has no phone number',
  },
  'unconnected-account': {
    code: 'URM1529',
    severity: 'info',
    title: 'An account of a messaging channel is not connected',
  },
  'unclean-provisioning': {
    code: 'URM1526',
    severity: 'error',
    title: 'The provisioning of a voice channel failed',
  },
} as const satisfies Readonly<Record<string, NamedCheck>>;

export type CheckName = keyof typeof namedChecks;

/** All names, in the order in which documentation lists them. */
export const checkNames = Object.keys(namedChecks).filter(isCheckName);

export function isCheckName(name: string): name is CheckName {
  return name in namedChecks;
}
