import type { Finding, Severity } from '../../errors/finding.ts';
import type { Check } from '../../report/report.ts';
import { namedChecks, type CheckName } from './check-names.ts';

/** What a check weighs; `off`: it is not asked. */
export type CheckWeight = Severity | 'off';

export type CheckWeights = ReadonlyMap<CheckName, CheckWeight>;

/** What a failed check says; code and severity follow from its name. */
export type CheckProblem = Pick<Finding, 'where' | 'summary' | 'remedy'> & {
  readonly detail?: string;
  /** Nobody can tell whether it is a mistake. */
  readonly mayBeMeant?: boolean;
};

/** Makes checks of one run, with the weights that its configuration gives them. */
export class CheckBook {
  readonly #weights: CheckWeights;

  constructor(weights: CheckWeights) {
    this.#weights = weights;
  }

  /** A check that was asked: without a problem it passed. What may be meant weighs less than an error. */
  asked(name: CheckName, subject: string, problem: CheckProblem | undefined): Check {
    const check = { group: name, name: subject };
    const weight = this.#weightOf(name);
    const severity =
      weight === 'error' && problem?.mayBeMeant === true && !this.#weights.has(name)
        ? 'warning'
        : weight;
    if (severity === 'off') return { ...check, skipped: 'the configuration switches it off' };
    if (problem === undefined) return check;
    const { code } = namedChecks[name];
    const { where, summary, remedy, detail = '' } = problem;
    return { ...check, finding: { severity, code, where, summary, detail, remedy } };
  }

  /** A check that could not be asked. */
  skipped(name: CheckName, subject: string, why: string): Check {
    return { group: name, name: subject, skipped: why };
  }

  #weightOf(name: CheckName): CheckWeight {
    return this.#weights.get(name) ?? namedChecks[name].severity;
  }
}
