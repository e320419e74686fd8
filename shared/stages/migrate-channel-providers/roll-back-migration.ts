import { join } from 'node:path';
import type { MigrateOptions, MigrateResult } from '../migrate-channel-providers.ts';
import { rollBackStage } from '../roll-back.ts';
import type { Ports } from '../stage.ts';

/** Takes back what a run did, as any run is rolled back; what it detached before comes last. */
export async function rollBackMigration(
  options: MigrateOptions,
  ports: Ports,
  signal: AbortSignal,
): Promise<MigrateResult> {
  const rollBack = async (run: string, out: string): Promise<MigrateResult> => ({
    ...(await rollBackStage.run(
      {
        target: options.environment,
        run,
        out,
        overwriteChanged: false,
        allowBlocked: false,
        planOnly: false,
      },
      ports,
      signal,
    )),
    stage: 'migrate-channel-providers',
  });
  const run = options.run ?? '';
  const result = await rollBack(run, options.out);
  const detached = join(run, 'detach');
  const isDetached = (await ports.files.stat(join(detached, 'plan.json'))) !== undefined;
  if (!isDetached || result.outcome === 'failed') return result;
  const { counts, outcome, findings } = await rollBack(detached, join(options.out, 'detach'));
  return {
    ...result,
    outcome: outcome === 'succeeded' ? result.outcome : outcome,
    findings: [...result.findings, ...findings],
    counts: { ...result.counts, linked: result.counts.linked + counts.linked },
  };
}
