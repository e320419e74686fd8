import type { DataverseReader, DataverseWriter } from '../../dataverse/client.ts';
import { DataverseError } from '../../dataverse/dataverse-error.ts';
import type { Finding } from '../../errors/finding.ts';
import type { Plan } from '../../model/plan.ts';
import { checkPrivileges, type PrivilegeHolder } from './check-privileges.ts';
import { asWarning, assertPrivileges } from './missing-privileges.ts';
import { readingNeeds } from './needed-privileges.ts';
import { besideNeeds, planNeeds } from './plan-needs.ts';

/** Whose tables are read, and what for. */
export interface Reading {
  readonly environment: 'source' | 'target';
  readonly tables: readonly string[];
  /** `export`, `comparison`. */
  readonly purpose: string;
}

/** Throws when tables are not to be read at all; tells which are read only in part. */
export async function assertReading(
  reader: DataverseReader,
  { environment, tables, purpose }: Reading,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const metadata = await reader.tables(tables, signal);
  const needed = readingNeeds(new Set(tables), metadata, { purpose, severity: 'error' });
  return assertPrivileges(reader, needed, { environment }, signal);
}

/** Reads, and tells of a refusal all privileges that are missing instead of the first. */
export async function withRefusalsTold<Result>(
  reader: DataverseReader,
  reading: Reading,
  work: () => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DataverseError && error.status === 403)
      await assertReading(reader, reading, signal);
    throw error;
  }
}

/** What those who write lack for a plan. */
export interface WritingRights {
  readonly findings: readonly Finding[];
  /** A privilege is not held at all: nothing is to be begun. */
  readonly isRefused: boolean;
}

/**
 * Whether everybody who writes may do what the actions of a plan do: known before the first of them.
 * Where several principals write, each of them may get any action.
 */
export async function writingRights(
  writer: DataverseWriter,
  plan: Plan,
  signal: AbortSignal,
): Promise<WritingRights> {
  const needed = await planNeeds(plan, writer, 'the plan', signal);
  const [, ...others] = (await writer.users?.(signal)) ?? [];
  const holders: readonly PrivilegeHolder[] = [
    { environment: 'target' },
    ...others.map((userId) => ({
      environment: 'target' as const,
      userId,
      called: `the user ${userId}`,
    })),
  ];
  const findings: Finding[] = [];
  let isRefused = false;
  const beside = others.length === 0 ? needed : await besideNeeds(plan, writer, 'the plan', signal);
  for (const holder of holders) {
    const asked = holder.userId === undefined ? needed : beside;
    const { missing, findings: all } = await checkPrivileges(writer, asked, holder, signal);
    if (missing.length > 0) isRefused = true;
    findings.push(...all.map((each) => (missing.includes(each) ? each : asWarning(each))));
  }
  return { findings, isRefused };
}
