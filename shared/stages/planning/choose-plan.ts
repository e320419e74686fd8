import { join } from 'node:path';
import type { DataverseReader } from '../../dataverse/client.ts';
import type { Plan } from '../../model/plan.ts';
import { PlanConflict } from '../../plan/plan-errors.ts';
import type { Ports } from '../stage.ts';
import { openFileSpool, type FileSpool } from './file-spool.ts';
import { makePlan, type Opened, type PlanningOptions } from './make-plan.ts';
import { openPlan, writePlan } from './plan-file.ts';

export interface PlanChoice extends PlanningOptions {
  readonly plan: string | undefined;
  readonly planHash: string | undefined;
  readonly run: string;
  readonly resume: boolean;
}

/** The plan to apply, and the disk space of its long texts. */
export interface ChosenPlan {
  readonly plan: Plan;
  readonly spool: FileSpool;
  /** The plan was made earlier: the target may have changed since. */
  readonly isSaved: boolean;
}

/**
 * Opens the plan that was given, or the one of the run that is resumed, or makes one; whichever it
 * is, it ends as plan.json of the run folder and must be the approved one.
 */
export async function choosePlan(
  options: PlanChoice,
  opened: Opened,
  reader: DataverseReader,
  ports: Ports,
  signal: AbortSignal,
): Promise<ChosenPlan> {
  const { files } = ports;
  const ownPath = join(options.run, 'plan.json');
  const isResumed = options.resume && (await files.stat(ownPath)) !== undefined;
  const path = isResumed ? ownPath : options.plan;
  if (path === undefined) {
    const asked = { ...options, purpose: 'apply' } as const;
    const made = await makePlan(opened, asked, reader, ports, signal);
    try {
      checkApproved(made.plan, options, 'the plan made now');
      await writePlan(ownPath, made.plan, files, signal);
    } catch (error) {
      await made.spool.remove();
      throw error;
    }
    return { ...made, isSaved: false };
  }
  const plan = await openPlan(path, files, signal);
  checkApproved(plan, options, path);
  if (plan.package.hash !== opened.source.hash)
    throw new PlanConflict('URM1303', {
      what: 'The plan was made from another package, or the package was changed since',
      where: path,
      next: 'Give the package of the plan, or plan again.',
    });
  if (plan.target.organizationId !== opened.organizationId)
    throw new PlanConflict('URM1303', {
      what: `The plan was made for ${plan.target.url}, which is another environment than ${reader.url}`,
      where: path,
      next: 'Give the environment of the plan, or plan again.',
    });
  if (path !== ownPath) await files.write(ownPath, files.read(path, signal));
  return { plan, spool: await openFileSpool(files), isSaved: true };
}

/** Refuses a plan that is not the one whose hash was approved. */
export function checkApproved(
  plan: Plan,
  options: { readonly planHash: string | undefined },
  where: string,
): void {
  if (options.planHash === undefined || options.planHash === plan.hash) return;
  throw new PlanConflict('URM1302', {
    what: `The plan is not the approved one: its hash is ${plan.hash.slice(0, 12)}…, not ${options.planHash.slice(0, 12)}…`,
    where,
    next: 'Use the plan that was approved, or have this one approved.',
  });
}
