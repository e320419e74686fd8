import type { Credential } from '#shared/host/host.ts';
import type { Timeouts } from '#shared/dataverse/request-sender.ts';
import type { Clock } from '#shared/host/clock.ts';
import type { Files } from '#shared/host/files.ts';
import { randomIds } from '#shared/host/node-ports.ts';
import { runStage, type StageEnd } from '#shared/stages/run-stage.ts';
import type { StageName } from '#shared/stages/stage-entry.ts';
import { stageEntry } from '#shared/stages/stage-table.ts';
import type { Stage } from '#shared/stages/stage.ts';
import { createTestHost } from '#support/test-host.ts';
import type { Holdings } from './environment-copy.ts';
import type { Place } from './world.ts';

/** One start of a stage: what it works with, and what may end it. */
export interface Attempt {
  /** Empty at the first attempt. */
  readonly folder: string;
  readonly files: Files;
  readonly clock: Clock;
  readonly credential: Credential;
  readonly signal: AbortSignal;
  /** Shorter than the emulator stalls, where it does. */
  readonly timeouts?: Timeouts;
}

/** Why a stage is started a second time. */
export type Reason =
  /** It stopped: go on where it was. */
  | 'stopped'
  /** Somebody else changed the target: what was planned no longer holds. */
  | 'overtaken';

/** A stage in one situation. */
export interface Scenario {
  readonly stage: StageName;
  readonly title: string;
  /** Whose operations are hit. */
  readonly place: Place;
  /** Puts the environments to the start. */
  begin(): void;
  run(attempt: Attempt): Promise<StageEnd>;
  /** What a user does after a stop; without faults it must lead to the wanted end. */
  again(attempt: Attempt, reason: Reason): Promise<StageEnd>;
  /** Only for stages that write: what the place holds at the start and at the end. */
  readonly states?: { readonly start: Holdings; readonly wanted: Holdings };
  /** What a stage that only reads found out and wrote, as text that compares. */
  look(end: StageEnd, folder: string): Promise<string>;
  /** What lies in the folder of a stage that stopped and could be taken for its output. */
  leftovers(folder: string): Promise<readonly string[]>;
}

/** Runs a stage as a host does. */
export function start<Options>(
  stage: Stage<Options>,
  inputs: Readonly<Record<string, string>>,
  { files, clock, credential, signal, timeouts }: Attempt,
): Promise<StageEnd> {
  const entry = stageEntry(stage.name);
  if (entry === undefined) throw new Error(`No stage is named ${stage.name}.`);
  const host = createTestHost(inputs, credential);
  const ports = { host, files, clock, ids: randomIds };
  return runStage(entry, stage, timeouts === undefined ? ports : { ...ports, timeouts }, signal);
}

/** A result without what differs from run to run: paths, and how many requests it took. */
export function resultText({ result }: StageEnd, folder: string, more: unknown = ''): string {
  const { outcome, counts, findings, outputs } = result;
  const told = findings
    .map(({ severity, code, where, summary }) => `${severity} ${code} ${where} ${summary}`)
    .sort();
  const text = JSON.stringify({ outcome, counts, told, outputs, more });
  return text.replaceAll(JSON.stringify(folder).slice(1, -1), '');
}
