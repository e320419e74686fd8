import { join } from 'node:path';
import type { DataverseWriter, Write, WriteOutcome } from '#shared/dataverse/client.ts';
import { openWriter } from '#shared/dataverse/connect.ts';
import { randomIds } from '#shared/host/node-ports.ts';
import { noCounts, type StageResult } from '#shared/model/result.ts';
import { readJournal } from '#shared/stages/apply/journal.ts';
import { importPlan, importStage, type ImportOptions } from '#shared/stages/import.ts';
import { openFileSpool } from '#shared/stages/planning/file-spool.ts';
import { openBoth } from '#shared/stages/planning/make-plan.ts';
import { openPlan } from '#shared/stages/planning/plan-file.ts';
import type { Ports, Stage } from '#shared/stages/stage.ts';

/** What is wrong with an import; the campaign must notice each. */
export const defects = [
  'tells every end as a success',
  'forgets rows that failed',
  'counts links that it never sends',
  'creates again under another id when an answer is lost',
  'never ends once it failed',
] as const;
export type Defect = (typeof defects)[number];

/** The import of a saved plan with one defect. */
export function brokenImport(defect: Defect): Stage<ImportOptions> {
  return {
    ...importStage,
    run: async (options, ports, signal) => {
      const result = await importWith(
        (writer) => brokenWriter(writer, defect),
        options,
        ports,
        signal,
      );
      if (result.outcome !== 'failed') return result;
      if (defect === 'tells every end as a success')
        return { ...result, outcome: 'succeeded', findings: [] };
      if (defect === 'forgets rows that failed')
        return { ...result, counts: { ...noCounts, in: result.counts.in } };
      if (defect === 'never ends once it failed') return new Promise<never>(() => undefined);
      return result;
    },
  };
}

async function importWith(
  broken: (writer: DataverseWriter) => DataverseWriter,
  options: ImportOptions,
  ports: Ports,
  signal: AbortSignal,
): Promise<StageResult> {
  const writer = broken(openWriter(options.target, ports));
  const earlier = await readJournal(join(options.run, 'journal.jsonl'), ports.files, signal);
  const opened = await openBoth(options, writer, ports, signal);
  const plan = await openPlan(options.plan ?? '', ports.files, signal);
  const spool = await openFileSpool(ports.files);
  const begun = earlier?.begun ?? new Set<number>();
  try {
    return await importPlan(
      { options, ports, writer, opened, plan, spool, isSaved: true, begun },
      signal,
    );
  } finally {
    await spool.remove();
  }
}

function brokenWriter(writer: DataverseWriter, defect: Defect): DataverseWriter {
  const write: DataverseWriter['write'] = async (writes, requestId, signal) => {
    if (defect === 'counts links that it never sends' && writes.every(isLink))
      return writes.map((): WriteOutcome => ({ is: 'done' }));
    const outcomes = await writer.write(writes, requestId, signal);
    if (defect !== 'creates again under another id when an answer is lost') return outcomes;
    for (const [at, one] of writes.entries())
      if (one.kind === 'create' && outcomes[at]?.is === 'unknown')
        await writer.write([{ ...one, id: randomIds.next() }], randomIds.next(), signal);
    return outcomes;
  };
  // What the client knows it tells by getters, which a copy would lose.
  return Object.assign(Object.create(writer) as DataverseWriter, { write });
}

function isLink({ kind }: Write): boolean {
  return kind === 'link';
}
