/** Under which type reports are attached to a run, for the results tab. */
export const attachmentType = 'unified-routing-page';

/** Which report of a run it is. */
export interface AttachmentPlace {
  readonly stage: string;
  readonly pipelineStage: string;
  readonly job: string;
  readonly attempt: string;
  /** The step of the job: a job may run a task twice. */
  readonly step: string;
}

/** The attachment's name, which must be a file's: parts that no other step of the run shares. */
export function attachmentName(place: AttachmentPlace): string {
  const parts = [place.stage, place.pipelineStage, place.attempt, place.job, place.step];
  return parts.map((part) => part.replaceAll(/[^A-Za-z0-9_-]/g, '-')).join('.');
}

/** What an attachment's name says; `undefined` where it is none of ours. */
export function readAttachmentName(name: string): AttachmentPlace | undefined {
  const [stage, pipelineStage, attempt, job, step, ...rest] = name.split('.');
  if (stage === undefined || stage === '' || step === undefined || rest.length > 0)
    return undefined;
  return {
    stage,
    pipelineStage: pipelineStage ?? '',
    attempt: attempt ?? '1',
    job: job ?? '',
    step,
  };
}
