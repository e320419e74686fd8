import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPackage } from '#shared/cmt/open-package.ts';
import type { Finding } from '#shared/errors/finding.ts';
import type { Credential } from '#shared/host/host.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { Row } from '#shared/model/row.ts';
import { runStage, type StageEnd } from '#shared/stages/run-stage.ts';
import { stageEntry } from '#shared/stages/stage-table.ts';
import type { Stage } from '#shared/stages/stage.ts';
import { createTestHost, testPorts } from './test-host.ts';

/** Runs a stage as a host does: inputs as text, errors as findings. */
export async function runWith<Options>(
  stage: Stage<Options>,
  inputs: Readonly<Record<string, string>>,
  credential?: Credential,
): Promise<StageEnd> {
  const host = createTestHost(inputs, credential);
  const entry = stageEntry(stage.name);
  if (entry === undefined) throw new Error(`No stage is named ${stage.name}.`);
  return runStage(entry, stage, testPorts(host), new AbortController().signal);
}

/** A folder that is there while the surrounding `describe` runs. */
export function withFolder(): { readonly path: string } {
  let path = '';
  before(async () => {
    path = await mkdtemp(join(tmpdir(), 'urm-test-'));
  });
  after(async () => {
    await rm(path, { recursive: true, force: true });
  });
  return {
    get path() {
      return path;
    },
  };
}

/** Rows of a package by step and table: `03-queues queue`. */
export async function rowsOf(path: string): Promise<ReadonlyMap<string, readonly Row[]>> {
  const { signal } = new AbortController();
  const opened = await openPackage(path, nodeFiles, signal);
  const rows = new Map<string, readonly Row[]>();
  for (const table of opened.tables) {
    const ofTable: Row[] = [];
    for await (const row of opened.rows(table, signal)) ofTable.push(row);
    if (ofTable.length > 0) rows.set(`${table.step} ${table.name}`, ofTable);
  }
  return rows;
}

/** Code and place of each finding, in one line each. */
export function told(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ severity, code, where }) => `${severity} ${code} ${where}`);
}
