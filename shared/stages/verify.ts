import { openReader } from '../dataverse/connect.ts';
import type { Connection } from '../host/host.ts';
import type { Counts, StageResult } from '../model/result.ts';
import type { Check } from '../report/report.ts';
import type { RoutingMap } from '../report/routing-map.ts';
import { OptionReader } from './option-reader.ts';
import { outcomeOf } from './outcome.ts';
import { makePlan, openBoth, type PlanningOptions } from './planning/make-plan.ts';
import { buildMap, marksOfFindings } from './routing-state/build-map.ts';
import type { Stage } from './stage.ts';
import { CheckBook } from './verify/check-book.ts';
import { filterChecks } from './verify/filter-checks.ts';
import { MeaningChecks } from './verify/meaning-checks.ts';
import { readWeights } from './verify/read-weights.ts';
import { rowChecks } from './verify/row-checks.ts';

export interface VerifyOptions extends PlanningOptions {
  readonly target: Connection;
}

export interface VerifyResult extends StageResult {
  /** Every question asked, for the Tests tab. */
  readonly checks: readonly Check[];
  /** How the target routes, with what is wrong pinned to its place. */
  readonly routing: RoutingMap;
}

/** Reads the target back: the comparison with the package must be empty, and routing must make sense. */
export const verifyStage: Stage<VerifyOptions, VerifyResult> = {
  name: 'verify',

  readOptions: (host) => {
    const reader = new OptionReader(host);
    return reader.finish({
      target: reader.connection('target'),
      package: reader.required('package'),
      map: reader.text('map'),
      config: reader.text('config'),
      // Nothing is written: a package may always be held against the environment it came from.
      allowSameEnvironment: true,
    });
  },

  run: async (options, ports, signal) => {
    const reader = openReader(options.target, ports);
    const opened = await openBoth(options, reader, ports, signal);
    const book = new CheckBook(await readWeights(options.config, ports.files));
    const meaning = new MeaningChecks(book, opened.pkg, opened.organizationId);
    const { plan, spool } = await makePlan(
      opened,
      { ...options, compared: (row) => meaning.see(row) },
      reader,
      ports,
      signal,
    );
    try {
      const tables = [...new Set(opened.pkg.tables.map((table) => table.name))];
      const asked = await meaning.checks(plan, reader, signal);
      const whole = { pkg: opened.source, isWhole: opened.pkg.manifest !== undefined };
      const checks = [
        ...(await rowChecks(plan, tables, book, signal)),
        ...(await filterChecks(whole, plan, reader, book, signal)),
        ...asked.checks,
      ];
      const failed = checks.flatMap(({ finding }) => (finding === undefined ? [] : [finding]));
      // Nothing moves here: what a plan says of texts that it would move does not count.
      const told = plan.findings.filter(({ code }) => code !== 'URM1324');
      const findings = [...told, ...failed];
      return {
        stage: 'verify',
        outcome: outcomeOf(findings),
        counts: verified(plan.counts),
        findings,
        outputs: {
          checks: checks.length,
          failedChecks: failed.filter(({ severity }) => severity === 'error').length,
        },
        requests: reader.requests,
        checks,
        routing: buildMap(asked.rows, marksOfFindings(findings)),
      };
    } finally {
      await spool.remove();
    }
  },
};

/** Nothing is written: what a plan would create or update is what the target fails to show. */
function verified(counts: Counts): Counts {
  const failed = counts.failed + counts.created + counts.updated;
  return { ...counts, created: 0, updated: 0, linked: 0, failed };
}
