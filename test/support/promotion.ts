import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Credential } from '#shared/host/host.ts';
import type { Action } from '#shared/model/plan.ts';
import type { JournalEntry } from '#shared/model/journal.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { StageResult } from '#shared/model/result.ts';
import { exportStage } from '#shared/stages/export.ts';
import { importStage } from '#shared/stages/import.ts';
import { planStage } from '#shared/stages/plan.ts';
import { openPlan } from '#shared/stages/planning/plan-file.ts';
import { verifyStage } from '#shared/stages/verify.ts';
import type { SeenRequest, TestEmulator } from './emulator.ts';
import { actionsOf } from './plan-builders.ts';
import { runWith } from './stage-runs.ts';

type Inputs = Readonly<Record<string, string>>;

/** The stages of a promotion between two emulators, each with the inputs that matter to a test. */
export interface Promotion {
  export(more?: Inputs): Promise<StageResult>;
  plan(out: string, more?: Inputs): Promise<StageResult>;
  import(out: string, more?: Inputs, credential?: Credential): Promise<StageResult>;
  verify(more?: Inputs): Promise<StageResult>;
}

/** Paths are relative to the folder, which a suite opens before its first test. */
export function aPromotion(
  source: TestEmulator,
  target: TestEmulator,
  folder: { readonly path: string },
): Promotion {
  const packagePath = (): string => join(folder.path, 'package');
  const at = (inputs: Inputs): Inputs =>
    Object.fromEntries(
      Object.entries(inputs).map(([name, value]) =>
        ['out', 'plan', 'map', 'package'].includes(name)
          ? [name, join(folder.path, value)]
          : [name, value],
      ),
    );
  const onTarget = (more: Inputs): Inputs => ({
    target: target.url,
    package: packagePath(),
    ...at(more),
  });
  return {
    export: async (more = {}) =>
      (
        await runWith(exportStage, {
          source: source.url,
          out: packagePath(),
          format: 'folder',
          ...at(more),
        })
      ).result,
    plan: async (out, more = {}) => (await runWith(planStage, onTarget({ out, ...more }))).result,
    import: async (out, more = {}, credential) =>
      (await runWith(importStage, onTarget({ out, ...more }), credential)).result,
    verify: async (more = {}) => (await runWith(verifyStage, onTarget(more))).result,
  };
}

/** Actions of a saved plan. */
export async function savedActions(path: string): Promise<readonly Action[]> {
  return actionsOf(await openPlan(path, nodeFiles, new AbortController().signal));
}

/** Entries of a run's journal. */
export async function journalOf(run: string): Promise<readonly JournalEntry[]> {
  const text = await readFile(join(run, 'journal.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as JournalEntry);
}

/** Requests that change something, batch parts as requests of their own. */
export async function writesOf(
  emulator: TestEmulator,
  since: number,
): Promise<readonly Pick<SeenRequest, 'method' | 'path' | 'status'>[]> {
  const requests = await emulator.requests(since);
  return requests
    .flatMap((request) => request.parts ?? [request])
    .filter(({ method, path }) => method !== 'GET' && !path.endsWith('$batch'));
}

/** The number from which later requests count. */
export async function requestsSoFar(emulator: TestEmulator): Promise<number> {
  return ((await emulator.requests()).at(-1)?.n ?? 0) + 1;
}
