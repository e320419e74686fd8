import type { Write, WriteOutcome } from './client.ts';
import { DataverseError } from './dataverse-error.ts';
import type { Guid } from '../model/guid.ts';
import { answerError } from './service-answer.ts';
import { partOf, placeOf } from './write-parts.ts';
import { contextOf, noAnswer, outcomeOf, outcomeOfFailure, type WriteFrame } from './write-rows.ts';

/**
 * Sends writes as one change set: all of them take effect at once, or none does. Where one is refused,
 * its error is the outcome of each.
 */
export async function writeTogether(
  frame: WriteFrame,
  writes: readonly Write[],
  requestId: Guid,
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  const { session, clock } = frame;
  const all = (outcome: WriteOutcome): readonly WriteOutcome[] => writes.map(() => outcome);
  try {
    const context = await contextOf(frame, writes, signal);
    const parts = writes.map((write) => partOf(write, context));
    const answers = await session.writeChangeSet(parts, requestId, signal);
    const refused = answers.find(({ status }) => status >= 400);
    if (refused !== undefined) {
      const [first] = writes;
      const where = first === undefined ? '$batch' : placeOf(first);
      return all({ is: 'failed', error: answerError(refused, where, clock.now()) });
    }
    // All or nothing: what one of them became, all became; without any answer nothing is known.
    const [first] = writes;
    if (answers.length === 0 && first !== undefined)
      return all({ is: 'unknown', error: noAnswer(first) });
    return writes.map((write, at) => {
      const answer = answers[at];
      return answer === undefined ? { is: 'done' } : outcomeOf(write, answer, clock.now());
    });
  } catch (error) {
    if (!(error instanceof DataverseError)) throw error;
    return all(outcomeOfFailure(error));
  }
}
