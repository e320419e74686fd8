import type { Channel, HasColumn, Scope } from './area.ts';
import { allOf, anyOf, fetchText, join, oneOf, where, type FetchNode } from './fetch-filter.ts';
import { parseGuid } from '../model/guid.ts';

/** `queue.msdyn_queuetype` by channel: 192350000 Messaging, 192350001 Entity (records), 192350002 Voice. */
export const queueTypes: Readonly<Record<Channel, string>> = {
  voice: '192350002',
  record: '192350001',
  'live-chat': '192350000',
  sms: '192350000',
  whatsapp: '192350000',
  custom: '192350000',
  facebook: '192350000',
  line: '192350000',
  teams: '192350000',
  apple: '192350000',
  google: '192350000',
  wechat: '192350000',
};

const recordType = queueTypes.record;

/** The default entity queue has the same id everywhere and stays out of every published filter. */
const defaultEntityQueue = '{5A4B76B0-DAB5-4717-9743-9490F2F822C6}';

/** `msdyn_assignmentconfigurationstep.msdyn_type` 192350001: the step that selects an assignment ruleset. */
const selectionStep = '192350001';

/** Types of queues that the scope's channels use, in the order of their numbers. */
export function queueTypesOf(scope: Scope): readonly string[] {
  const channels = scope.channels.length === 0 ? Object.values(queueTypes) : [];
  return [...channels, ...scope.channels.map((channel) => queueTypes[channel])]
    .filter((type, at, all) => all.indexOf(type) === at)
    .sort();
}

/**
 * Which queues belong to the scope, as a condition on the table itself or on a linked one.
 *
 * For records this is the published filter. The default queues of messaging and voice have no
 * documented ids: they are told by `msdyn_isdefaultqueue`. Queues that are named are taken as named,
 * of whatever type.
 */
function queuesOf(scope: Scope, on?: string): FetchNode {
  if (scope.queues.length > 0) return allOf(named(scope.queues, on));
  const types = queueTypesOf(scope);
  const type = oneOf('msdyn_queuetype', types, on);
  const common = [
    type,
    where({ column: 'msdyn_isomnichannelqueue', operator: 'eq', values: ['1'], on }),
    where({ column: 'queueid', operator: 'ne', values: [defaultEntityQueue], on }),
  ];
  if (types.every((each) => each === recordType)) return allOf(...common);
  const noDefault = [
    where({ column: 'msdyn_isdefaultqueue', operator: 'eq', values: ['0'], on }),
    where({ column: 'msdyn_isdefaultqueue', operator: 'null', on }),
    ...(types.includes(recordType) ? [oneOf('msdyn_queuetype', [recordType], on)] : []),
  ];
  return allOf(...common, anyOf(...noDefault));
}

function named(queues: readonly string[], on?: string): FetchNode {
  const ids = queues.map(parseGuid).filter((id) => id !== undefined);
  const names = queues.filter((queue) => parseGuid(queue) === undefined);
  return anyOf(
    ...(names.length === 0 ? [] : [oneOf('name', names, on)]),
    ...(ids.length === 0 ? [] : [oneOf('queueid', ids, on)]),
  );
}

export function queueFilter(scope: Scope): string {
  return fetchText('queue', {}, queuesOf(scope));
}

/** Links from a ruleset to the queues that use it for overflow; the second lookup is of newer versions. */
function overflowLinks(
  has: HasColumn,
  prefix: string,
): readonly { alias: string; link: FetchNode }[] {
  const lookups = ['msdyn_prequeueoverflowrulesetid', 'msdyn_inqueueoverflowrulesetid'];
  return lookups
    .filter((column) => has('queue', column))
    .map((column, at) => {
      const alias = `${prefix}${'pq'.charAt(at)}`;
      const link = join('queue', {
        from: column,
        to: 'msdyn_decisionrulesetid',
        type: 'outer',
        alias,
      });
      return { alias, link };
    });
}

/** Step, configuration and queue behind a ruleset, each joined to the one before. */
function assignmentLinks(
  type: 'inner' | 'outer',
  [step, configuration, queue]: readonly [string, string, string],
  onStep: readonly FetchNode[],
  onQueue: readonly FetchNode[],
): FetchNode {
  return join(
    'msdyn_assignmentconfigurationstep',
    { from: 'msdyn_rulesetid', to: 'msdyn_decisionrulesetid', type, alias: step },
    ...onStep,
    join(
      'msdyn_assignmentconfiguration',
      {
        from: 'msdyn_assignmentconfigurationid',
        to: 'msdyn_assignmentconfigurationid',
        type,
        alias: configuration,
      },
      join('queue', { from: 'queueid', to: 'msdyn_queueid', type, alias: queue }, ...onQueue),
    ),
  );
}

/**
 * Contracts that a queue of the scope uses: as its assignment input, or as input or output of one of
 * its assignment rulesets (the published filter) or overflow rulesets (which that filter misses).
 */
export function contractFilter(scope: Scope, has: HasColumn): string {
  const inputOverflow = overflowLinks(has, 'b');
  const outputOverflow = overflowLinks(has, 'c');
  const overflowAliases = [...inputOverflow, ...outputOverflow].map(({ alias }) => alias);
  return fetchText(
    'msdyn_decisioncontract',
    { distinct: true },
    anyOf(...['aw', 'be', 'bm', ...overflowAliases].map((alias) => queuesOf(scope, alias))),
    join('queue', {
      from: 'msdyn_assignmentinputcontractid',
      to: 'msdyn_decisioncontractid',
      type: 'outer',
      alias: 'aw',
    }),
    join(
      'msdyn_decisionruleset',
      {
        from: 'msdyn_inputcontractid',
        to: 'msdyn_decisioncontractid',
        type: 'outer',
        alias: 'bb',
      },
      assignmentLinks('outer', ['bc', 'bd', 'be'], [], []),
      ...inputOverflow.map(({ link }) => link),
    ),
    join(
      'msdyn_decisionruleset',
      {
        from: 'msdyn_outputcontractid',
        to: 'msdyn_decisioncontractid',
        type: 'outer',
        alias: 'bj',
      },
      assignmentLinks('outer', ['bk', 'bl', 'bm'], [], []),
      ...outputOverflow.map(({ link }) => link),
    ),
  );
}

/** Rulesets of the assignment steps that do not select (the published filter), and overflow rulesets. */
export function assignmentRulesetFilter(scope: Scope, has: HasColumn): string {
  const overflow = overflowLinks(has, 'a');
  const assigned = allOf(
    where({ column: 'msdyn_type', operator: 'ne', values: [selectionStep], on: 'am' }),
    queuesOf(scope, 'ao'),
  );
  return fetchText(
    'msdyn_decisionruleset',
    { distinct: true },
    anyOf(assigned, ...overflow.map(({ alias }) => queuesOf(scope, alias))),
    assignmentLinks('outer', ['am', 'an', 'ao'], [], []),
    ...overflow.map(({ link }) => link),
  );
}

export function selectionRulesetFilter(scope: Scope): string {
  return fetchText(
    'msdyn_decisionruleset',
    { distinct: true },
    assignmentLinks(
      'inner',
      ['am', 'an', 'ao'],
      [allOf(where({ column: 'msdyn_type', operator: 'eq', values: [selectionStep] }))],
      [queuesOf(scope)],
    ),
  );
}

export function assignmentConfigurationFilter(scope: Scope): string {
  return fetchText(
    'msdyn_assignmentconfiguration',
    {},
    join(
      'queue',
      { from: 'queueid', to: 'msdyn_queueid', type: 'inner', alias: 'bi' },
      queuesOf(scope),
    ),
  );
}

/** Assignment steps: those that select an assignment ruleset, or all others. */
export function assignmentStepFilter(scope: Scope, steps: 'selecting' | 'others'): string {
  return fetchText(
    'msdyn_assignmentconfigurationstep',
    {},
    allOf(
      where({
        column: 'msdyn_type',
        operator: steps === 'selecting' ? 'eq' : 'ne',
        values: [selectionStep],
      }),
    ),
    join(
      'msdyn_assignmentconfiguration',
      {
        from: 'msdyn_assignmentconfigurationid',
        to: 'msdyn_assignmentconfigurationid',
        type: 'inner',
        alias: 'bq',
      },
      join(
        'queue',
        { from: 'queueid', to: 'msdyn_queueid', type: 'inner', alias: 'br' },
        queuesOf(scope),
      ),
    ),
  );
}

/** Several queues may share an operating hour: without `distinct` it would come once for each. */
export function operatingHourFilter(scope: Scope): string {
  return fetchText(
    'msdyn_operatinghour',
    { distinct: true },
    join(
      'queue',
      { from: 'msdyn_operatinghourid', to: 'msdyn_operatinghourid', type: 'inner', alias: 'aa' },
      queuesOf(scope),
    ),
  );
}
