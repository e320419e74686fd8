import { InputError } from '../../errors/migration-error.ts';
import type { Files } from '../../host/files.ts';
import type { Plan, PlanHead } from '../../model/plan.ts';
import { planLines, readPlan } from '../../plan/plan-text.ts';

/** A plan whose actions can be written down. */
export interface WritablePlan extends PlanHead {
  lines(signal: AbortSignal): AsyncIterable<string>;
}

/** Writes plan.json, whole or not at all. */
export async function writePlan(
  path: string,
  plan: WritablePlan,
  files: Files,
  signal: AbortSignal,
): Promise<void> {
  const text = planLines(plan, (again) => plan.lines(again), signal);
  await files.write(path, inChunks(text));
}

/** Opens a saved plan; its content must match its hash. */
export async function openPlan(path: string, files: Files, signal: AbortSignal): Promise<Plan> {
  if ((await files.stat(path))?.kind !== 'file')
    throw new InputError('plan', `There is no plan at ${path}`, 'Give the path of a plan.json.');
  return readPlan((again) => files.read(path, again), path, signal);
}

const chunkChars = 64 * 1024;

async function* inChunks(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let chunk = '';
  for await (const line of lines) {
    chunk += line;
    if (chunk.length < chunkChars) continue;
    yield Buffer.from(chunk);
    chunk = '';
  }
  if (chunk !== '') yield Buffer.from(chunk);
}
