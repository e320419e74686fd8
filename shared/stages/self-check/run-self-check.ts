import type { RequestSender } from '../../dataverse/request-sender.ts';
import type { Check, Verdict } from './check.ts';
import { definitionChecks } from './definition-checks.ts';
import { environmentChecks } from './environment-checks.ts';
import { logicChecks } from './logic-checks.ts';
import { pipelineChecks } from './pipeline-checks.ts';
import { platformChecks } from './platform-checks.ts';
import { Sandbox } from './sandbox.ts';

/** Every check, in the order of the document. */
export const checks: readonly Check[] = [
  ...logicChecks,
  ...definitionChecks,
  ...environmentChecks,
  ...platformChecks,
  ...pipelineChecks,
];

/** What one check found, and the rows it could not take away again. */
export interface Checked extends Verdict {
  readonly id: string;
  readonly title: string;
  readonly left: readonly string[];
}

/** Runs checks one after the other; each takes its rows away before the next begins. */
export async function* runSelfCheck(
  sender: RequestSender,
  chosen: readonly Check[],
  signal: AbortSignal,
): AsyncGenerator<Checked> {
  for (const check of chosen) {
    const sandbox = new Sandbox(sender, signal);
    let found: Verdict;
    try {
      found = await check.run(sandbox);
    } finally {
      await sandbox.clear();
    }
    yield { id: check.id, title: check.title, ...found, left: sandbox.left };
  }
}
