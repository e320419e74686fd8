import { join } from 'node:path';
import type { Files } from '../../host/files.ts';
import type { Guid } from '../../model/guid.ts';
import type { Plan } from '../../model/plan.ts';
import type { BuiltPlan } from '../../plan/build-plan.ts';
import type { SavablePlan } from '../../plan/plan-text.ts';
import { PlanConflict } from '../../plan/plan-errors.ts';
import { openFileSpool, type FileSpool } from './file-spool.ts';
import { openPlan, writePlan } from './plan-file.ts';

/** What the user said about the plan to apply. */
export interface PlanChoice {
  readonly plan: string | undefined;
  readonly planHash: string | undefined;
  /** The run folder. */
  readonly run: string;
  readonly resume: boolean;
}

/** What a plan must have been made of and for, and how a new one is made. */
export interface PlanFrame {
  readonly sourceHash: string;
  readonly target: { readonly organizationId: Guid; readonly url: string };
  /** What to say when the plan was made of something else. */
  readonly ofAnother: { readonly what: string; readonly next: string };
  /** Takes the slice that was asked for from the plan that was given. */
  readonly sliceOf?: ((plan: Plan, spool: FileSpool) => Promise<SavablePlan>) | undefined;
  readonly make: () => Promise<{ readonly plan: BuiltPlan; readonly spool: FileSpool }>;
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
  choice: PlanChoice,
  frame: PlanFrame,
  files: Files,
  signal: AbortSignal,
): Promise<ChosenPlan> {
  const ownPath = join(choice.run, 'plan.json');
  const { sliceOf } = frame;
  const isResumed =
    sliceOf === undefined && choice.resume && (await files.stat(ownPath)) !== undefined;
  const path = isResumed ? ownPath : choice.plan;
  if (path === undefined) {
    const { plan, spool } = await frame.make();
    try {
      checkApproved(plan, choice, 'the plan made now');
      await writePlan(ownPath, plan, files, signal);
    } catch (error) {
      await spool.remove();
      throw error;
    }
    return { plan, spool, isSaved: false };
  }
  const plan = await openPlan(path, files, signal);
  checkApproved(plan, choice, path);
  if (plan.target.organizationId !== frame.target.organizationId)
    throw new PlanConflict('URM1303', {
      what: `The plan was made for ${plan.target.url}, which is another environment than ${frame.target.url}`,
      where: path,
      next: 'Give the environment of the plan, or plan again.',
    });
  if (plan.package.hash !== frame.sourceHash)
    throw new PlanConflict('URM1303', { ...frame.ofAnother, where: path });
  if (sliceOf !== undefined) return chooseSlice(plan, sliceOf, ownPath, files, signal);
  if (path !== ownPath) await files.write(ownPath, files.read(path, signal));
  return { plan, spool: await openFileSpool(files), isSaved: true };
}

/** A slice is a plan of its own; that of a run that is resumed must be the same one. */
async function chooseSlice(
  whole: Plan,
  sliceOf: NonNullable<PlanFrame['sliceOf']>,
  ownPath: string,
  files: Files,
  signal: AbortSignal,
): Promise<ChosenPlan> {
  const spool = await openFileSpool(files);
  try {
    const slice = await sliceOf(whole, spool);
    if ((await files.stat(ownPath)) === undefined) await writePlan(ownPath, slice, files, signal);
    const plan = await openPlan(ownPath, files, signal);
    if (plan.hash !== slice.hash)
      throw new PlanConflict('URM1303', {
        what: 'The run folder holds another plan than this slice of the plan that was given',
        where: ownPath,
        next: 'Give each slice a run folder of its own.',
      });
    return { plan, spool, isSaved: true };
  } catch (error) {
    await spool.remove();
    throw error;
  }
}

/** Refuses a plan that is not the one whose hash was approved. */
function checkApproved(plan: Plan, { planHash }: PlanChoice, where: string): void {
  if (planHash === undefined || planHash === plan.hash) return;
  throw new PlanConflict('URM1302', {
    what: `The plan is not the approved one: its hash is ${plan.hash.slice(0, 12)}…, not ${planHash.slice(0, 12)}…`,
    where,
    next: 'Use the plan that was approved, or have this one approved.',
  });
}
