import { join } from 'node:path';
import { openReader } from '../dataverse/connect.ts';
import type { Finding } from '../errors/finding.ts';
import type { Files } from '../host/files.ts';
import type { Connection } from '../host/host.ts';
import type { Plan, PlanHead } from '../model/plan.ts';
import type { StageResult } from '../model/result.ts';
import type { RoutingMap } from '../report/routing-map.ts';
import { planSummary } from '../report/plan-facts.ts';
import { OptionReader } from './option-reader.ts';
import { outcomeOf } from './outcome.ts';
import { planMap } from './routing-state/package-map.ts';
import { affectedLines } from './planning/affected-lines.ts';
import { checkImporter } from './planning/importer-privileges.ts';
import { makePlan, openBoth, type PlanningOptions } from './planning/make-plan.ts';
import { checkOutputFolder } from './planning/output-folder.ts';
import { writePlan } from './planning/plan-file.ts';
import { hasChanges } from './planning/plan-summary.ts';
import { writeMap } from './planning/write-map.ts';
import type { Stage } from './stage.ts';

export interface PlanOptions extends PlanningOptions {
  readonly target: Connection;
  /** Folder of plan.json, or the plan file. */
  readonly out: string;
  /** Where a proposed map file goes. */
  readonly writeMap: string | undefined;
  /** The identity that will import, where another one plans. */
  readonly importerApplicationId: string | undefined;
}

export interface PlanResult extends StageResult {
  readonly plan: PlanHead;
  /** How the package routes, with what would change marked. */
  readonly routing: RoutingMap;
}

/** Compares a package with an environment and saves the differences as plan.json. Sends reads only. */
export const planStage: Stage<PlanOptions, PlanResult> = {
  name: 'plan',

  readOptions: (host) => {
    const reader = new OptionReader(host);
    return reader.finish({
      target: reader.connection('target'),
      package: reader.required('package'),
      map: reader.text('map'),
      config: reader.text('config'),
      allowSameEnvironment: reader.flag('allowSameEnvironment'),
      out: reader.required('out'),
      writeMap: reader.text('writeMap'),
      previous: reader.text('previous'),
      importerApplicationId: reader.text('importerApplicationId'),
    });
  },

  run: async (options, ports, signal) => {
    const path = await planPath(options.out, ports.files);
    const reader = openReader(options.target, ports);
    const opened = await openBoth(options, reader, ports, signal);
    const { plan, spool, map } = await makePlan(
      opened,
      { ...options, purpose: 'apply' },
      reader,
      ports,
      signal,
    );
    try {
      await writePlan(path, plan, ports.files, signal);
      const mapPath = options.writeMap;
      if (mapPath !== undefined) {
        const proposal = { plan, source: opened.source, reader, map };
        const { proposed, stubs } = await writeMap(mapPath, proposal, ports.files, signal);
        ports.host.log(
          'info',
          `${mapPath}: ${proposed} rows proposed, ${stubs} left to decide. Review it, then plan with it.`,
        );
      }
      const lacking =
        options.importerApplicationId === undefined
          ? []
          : await checkImporter(
              plan,
              { applicationId: options.importerApplicationId, reader },
              signal,
            );
      const findings = [
        ...plan.findings,
        ...(await blockedFindings(plan, signal)),
        ...lacking,
        ...(await affectedLines(plan, signal)),
      ];
      return {
        stage: 'plan',
        outcome: outcomeOf(findings),
        counts: plan.counts,
        findings,
        outputs: {
          ...planOutputs(plan),
          planPath: path,
          ...(mapPath === undefined ? {} : { mapPath }),
        },
        requests: reader.requests,
        plan: headOf(plan),
        routing: await planMap(opened.source, plan, signal),
      };
    } finally {
      await spool.remove();
    }
  },
};

/** A name that ends in .json is the plan itself; anything else is the folder that gets it. */
async function planPath(out: string, files: Files): Promise<string> {
  if (out.toLowerCase().endsWith('.json') && (await files.stat(out))?.kind !== 'folder') return out;
  await checkOutputFolder(out, files);
  return join(out, 'plan.json');
}

/** What a pipeline asks a plan. */
export function planOutputs(head: PlanHead): Readonly<Record<string, string | boolean>> {
  return {
    hasChanges: hasChanges(head),
    hasDeletes: head.counts.deleted + head.counts.unlinked > 0,
    hasBlocking: head.counts.failed > 0,
    planHash: head.hash,
    planSummary: planSummary(head),
  };
}

/** Findings of the rows that a plan cannot write. */
export async function blockedFindings(
  plan: Plan,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for await (const action of plan.actions(signal))
    if (action.kind === 'blocked') findings.push(action.finding);
  return findings;
}

/** The plan without its actions, as results carry it. */
export function headOf(plan: PlanHead): PlanHead {
  const {
    format,
    hash,
    tool,
    slice,
    target,
    complete,
    applyable,
    counts,
    estimate,
    findings,
    manual,
  } = plan;
  return {
    format,
    hash,
    tool,
    ...(slice === undefined ? {} : { slice }),
    package: plan.package,
    target,
    complete,
    applyable,
    counts,
    estimate,
    findings,
    manual,
  };
}
