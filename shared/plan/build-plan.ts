import type { Finding } from '../errors/finding.ts';
import type { Action, PlanHead } from '../model/plan.ts';
import { noCounts, type Counts } from '../model/result.ts';
import { decodeAction, numbered } from './action-json.ts';
import { blockedRows } from './blocked-rows.ts';
import { DraftBook } from './draft-book.ts';
import { estimateOf } from './estimate.ts';
import { resolveIdentities, type ResolvedIdentities } from './identity.ts';
import { findLikelyMatches, wouldBeDuplicates, type LikelyMatches } from './likely-matches.ts';
import { orderRows } from './order.ts';
import type { PlanInput } from './plan-input.ts';
import { nameSolutions } from './name-solutions.ts';
import { planDeletes, type PlannedDeletes } from './plan-deletes.ts';
import { planLinks } from './plan-links.ts';
import { RowPlanner } from './plan-rows.ts';
import { planHash, type SavablePlan } from './plan-text.ts';
import { buildSourceIndex, type Node, type SourceIndex } from './source-index.ts';

/** A plan, and how the rows of its source are recognized in the target. */
export interface BuiltPlan extends SavablePlan {
  readonly index: SourceIndex;
  readonly identities: ResolvedIdentities;
  /** Sought only when asked for. */
  readonly likely: LikelyMatches;
}

const noDeletes: PlannedDeletes = { deleted: 0, deactivated: 0, complete: true, findings: [] };
const nothingSought: LikelyMatches = { proposals: new Map(), ambiguous: new Map() };

/**
 * Compares a source of rows with an environment: reads the source twice, asks the target in
 * groups, keeps ids and references in memory and everything else in the spool.
 */
export async function buildPlan(input: PlanInput, signal: AbortSignal): Promise<BuiltPlan> {
  const names = [...new Set(input.source.tables.map((table) => table.name))];
  const environment = await input.target.tables(names, signal);
  const index = await buildSourceIndex({ ...input, environment }, signal);
  const identities = await resolveIdentities(
    { index, environment, target: input.target, map: input.map ?? new Map() },
    signal,
  );
  const order = orderRows(index.references(), identities.isCreated);
  const drafts = new DraftBook(input.spool, order.levels);
  const planner = new RowPlanner({ input, environment, index, identities, order, drafts });
  for (const source of input.source.tables) await planner.planTable(source, signal);
  const { problems } = planner;
  await nameSolutions(problems, identities, input.target, signal);
  const blocked = blockedRows(index, identities, problems, (node) => drafts.isWritten(node));
  const links = await planLinks(
    { ...input, environment, index, identities, drafts, blocked },
    signal,
  );

  async function* lines(again: AbortSignal): AsyncGenerator<string> {
    let number = 0;
    for await (const line of drafts.lines(
      { index, identities, findingOf: blocked.findingOf },
      again,
    )) {
      number += 1;
      yield numbered(number, line);
    }
  }
  async function* actions(again: AbortSignal): AsyncGenerator<Action> {
    for await (const line of lines(again)) {
      const action = decodeAction(line);
      if (action !== undefined) yield action;
    }
  }
  const deletes =
    input.deletes === undefined
      ? noDeletes
      : await planDeletes(
          { orders: input.deletes, index, identities, target: input.target, drafts },
          signal,
        );
  const ofRows = rowCounts(index, drafts, blocked.findingOf);
  const counts = {
    ...ofRows,
    in: ofRows.in + deletes.deactivated,
    updated: ofRows.updated + deletes.deactivated,
    linked: links.linked,
    deleted: deletes.deleted,
  };
  const missingTables = names.filter((name) => !environment.has(name));
  const likely =
    input.seekDuplicates === true
      ? await findLikelyMatches(
          { index, identities, order, environment, target: input.target },
          signal,
        )
      : nothingSought;
  const findings = [
    ...input.findings,
    ...missingTables.map(missingTable),
    ...identities.unreadable,
    ...planner.notices,
    ...(input.policy?.findings() ?? []),
    ...deletes.findings,
    ...wouldBeDuplicates(likely, index),
  ];
  const head: PlanHead = {
    format: 1,
    hash: '',
    tool: input.tool,
    package: { hash: input.source.hash },
    target: input.environment,
    complete: missingTables.length === 0 && identities.unreadable.length === 0 && deletes.complete,
    applyable:
      input.policy?.hasErrors !== true &&
      ![...input.findings, ...deletes.findings].some((finding) => finding.severity === 'error'),
    counts,
    estimate: estimateOf(counts, names.length),
    findings,
    manual: input.manual,
  };
  const hash = await planHash(head, lines, signal);
  return { ...head, hash, actions, lines, index, identities, likely };
}

function rowCounts(
  index: SourceIndex,
  drafts: DraftBook,
  findingOf: (node: Node) => Finding | undefined,
): Counts {
  const counts = { ...noCounts, in: index.rows.length };
  for (const node of index.rows) {
    const fate = findingOf(node) === undefined ? drafts.fateOf(node) : 'blocked';
    if (fate === 'blocked') counts.failed += 1;
    else if (fate !== undefined) counts[fate] += 1;
  }
  return counts;
}

function missingTable(name: string): Finding {
  return {
    severity: 'error',
    code: 'URM1317',
    where: `table ${name}`,
    summary: `The target has no table ${name}`,
    detail: '',
    remedy: 'Install the solution that has the table, then plan again.',
  };
}
