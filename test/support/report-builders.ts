import type { Finding } from '#shared/errors/finding.ts';
import type { Action, PlanHead } from '#shared/model/plan.ts';
import { noCounts, type StageResult } from '#shared/model/result.ts';
import type { MapWorkstream, RoutingMap } from '#shared/report/routing-map.ts';

export const queueId = '11111111-2222-3333-4444-555555555555';

export function aFinding(more: Partial<Finding> = {}): Finding {
  return {
    severity: 'error',
    code: 'URM1001',
    where: 'queue Billing',
    summary: 'The queue has no type',
    detail: 'msdyn_queuetype is empty',
    remedy: 'Give it one.',
    ...more,
  };
}

export function aResult(more: Partial<StageResult> = {}): StageResult {
  return {
    stage: 'plan',
    outcome: 'succeeded',
    counts: { ...noCounts, in: 3, created: 1, updated: 1, unchanged: 1 },
    findings: [],
    outputs: { hasChanges: true },
    requests: { read: 12, write: 0, throttled: 0 },
    ...more,
  };
}

export function aPlanHead(more: Partial<PlanHead> = {}): PlanHead {
  return {
    format: 1,
    hash: 'a'.repeat(64),
    tool: 'unified-routing-migration 0.1.0',
    package: { hash: 'b'.repeat(64) },
    target: { organizationId: queueId, url: 'https://contoso.crm4.dynamics.com' },
    complete: true,
    applyable: true,
    counts: noCounts,
    estimate: { reads: 1, writes: 1, seconds: 1 },
    findings: [],
    manual: [],
    ...more,
  };
}

const at = {
  number: 1,
  step: '03-queues',
  phase: 'rows',
  level: 0,
  row: { table: 'queue', id: queueId },
  name: 'Billing',
} as const;

export function aCreate(name = 'Billing'): Action {
  return {
    ...at,
    name,
    kind: 'create',
    changes: [{ column: 'name', before: null, after: name }],
  };
}

export function anUpdate(before: string, after: string): Action {
  return {
    ...at,
    kind: 'update',
    changes: [
      {
        column: 'description',
        before,
        after,
        rewrites: [{ from: queueId, to: queueId, at: 'rule "Gold"' }],
      },
    ],
  };
}

export function aBlocked(): Action {
  return { ...at, kind: 'blocked', finding: aFinding() };
}

export function aLink(): Action {
  return {
    ...at,
    kind: 'link',
    phase: 'links',
    link: {
      relationship: 'queuemembership',
      from: { table: 'queue', id: queueId },
      to: { table: 'systemuser', id: queueId },
    },
  };
}

export function aDelete(): Action {
  return { ...at, kind: 'delete', phase: 'deletes', version: 'W/"1"', because: 'ours' };
}

/** A map of workstreams that share their queues; every second one answers chats. */
export function aMap(
  workstreams: number,
  title: string | ((at: number) => string) = 'Line',
): RoutingMap {
  const queues = ['a', 'b', 'c'].map((id) => ({
    key: `queue/${id}`,
    title: `Queue ${id}`,
    lines: ['Open: Weekdays', '2 people'],
    marks: id === 'b' ? [{ kind: 'problem' as const, text: 'is switched off' }] : [],
    overflow:
      id === 'a' ? [{ key: 'ruleset/o', title: 'Too long', lines: ['Voicemail'], marks: [] }] : [],
  }));
  return {
    queues,
    workstreams: Array.from({ length: workstreams }, (_, at): MapWorkstream => ({
      key: `workstream/${at}`,
      title: typeof title === 'string' ? `${title} ${at + 1}` : title(at),
      channel: at % 2 === 0 ? 'Voice' : 'Live chat',
      lines: ['Number +49'],
      marks: at === 1 ? [{ kind: 'changed', text: 'name, by Ann' }] : [],
      rulesets: [
        {
          key: `ruleset/${at}`,
          title: 'Route to queues',
          lines: ['1. Gold: when segment is gold → queue Queue a'],
          marks: [],
          leadsTo: ['queue/a', 'queue/b'],
        },
      ],
      direct: [{ queue: 'queue/c', why: 'otherwise: default queue' }],
    })),
  };
}
