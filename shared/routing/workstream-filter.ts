import { channels, type Channel, type Scope } from './area.ts';
import { allOf, anyOf, fetchText, join, oneOf, where, type FetchNode } from './fetch-filter.ts';
import { parseGuid } from '../model/guid.ts';

/**
 * `msdyn_liveworkstream.msdyn_streamsource` by channel. 192440000 Voice call is "the voice channel";
 * 192370000 Voice is not used.
 */
export const streamSources: Readonly<Record<Channel, string>> = {
  voice: '192440000',
  'live-chat': '192360000',
  // Entity Records.
  record: '192350000',
  sms: '192340000',
  whatsapp: '192300000',
  custom: '192350002',
  facebook: '192330000',
  line: '192310000',
  // One digit shorter than all others, in the service's own metadata too.
  teams: '19241000',
  // Apple Messages for Business.
  apple: '192450000',
  // Google's Business Messages.
  google: '192450001',
  wechat: '192320000',
};

/** `msdyn_mode` 717210001 Simplified: every published query leaves legacy workstreams out. */
const simplified = '717210001';

/** Whether a workstream's stream source is that of one of the channels; none named means any that moves. */
export function isOfChannels(streamSource: unknown, named: readonly Channel[]): boolean {
  return (named.length === 0 ? channels : named).some(
    (channel) => streamSources[channel] === String(streamSource),
  );
}

export function isSimplified(mode: unknown): boolean {
  return String(mode) === simplified;
}

/** The channel's workstreams, as a condition on the table itself or on a linked one. */
export function workstreamsOf(channel: Channel, { workstreams }: Scope, on?: string): FetchNode {
  const ids = workstreams.map(parseGuid).filter((id) => id !== undefined);
  const names = workstreams.filter((each) => parseGuid(each) === undefined);
  const named = anyOf(
    ...(ids.length === 0 ? [] : [oneOf('msdyn_liveworkstreamid', ids, on)]),
    ...(names.length === 0 ? [] : [oneOf('msdyn_name', names, on)]),
  );
  return allOf(
    where({ column: 'msdyn_mode', operator: 'eq', values: [simplified], on }),
    where({ column: 'msdyn_streamsource', operator: 'eq', values: [streamSources[channel]], on }),
    ...(workstreams.length === 0 ? [] : [named]),
  );
}

/**
 * Workstreams that no filter of the channels selects: those in another mode, and, where everything was
 * asked for, those of stream sources that are no channel here (Twitter, video and others).
 */
export function skippedWorkstreamFilter(
  of: readonly Channel[],
  asked: 'channels' | 'everything',
): string {
  const sources = of.map((channel) => streamSources[channel]);
  const legacy = allOf(
    where({ column: 'msdyn_mode', operator: 'ne', values: [simplified] }),
    oneOf('msdyn_streamsource', sources),
  );
  const other = where({ column: 'msdyn_streamsource', operator: 'not-in', values: sources });
  return fetchText(
    'msdyn_liveworkstream',
    {},
    asked === 'channels' ? legacy : anyOf(legacy, allOf(other)),
  );
}

/** Rows of a table that look up a workstream of the channel. */
export function byWorkstream(
  table: string,
  column: string,
  channel: Channel,
): (scope: Scope) => string {
  return (scope) =>
    fetchText(table, {}, workstreamJoin(column, 'aa', workstreamsOf(channel, scope)));
}

/** The workstream that a column looks up. */
export function workstreamJoin(
  column: string,
  alias: string,
  ...conditions: readonly FetchNode[]
): FetchNode {
  return join(
    'msdyn_liveworkstream',
    { from: 'msdyn_liveworkstreamid', to: column, type: 'inner', alias },
    ...conditions,
  );
}

export function workstreamFilter(channel: Channel): (scope: Scope) => string {
  return (scope) => fetchText('msdyn_liveworkstream', {}, workstreamsOf(channel, scope));
}

/** Step, configuration and workstream behind a ruleset, each joined to the one before. */
function routingLinks(
  type: 'inner' | 'outer',
  [step, configuration, workstream]: readonly [string, string, string],
  ...conditions: readonly FetchNode[]
): FetchNode {
  return join(
    'msdyn_routingconfigurationstep',
    { from: 'msdyn_rulesetid', to: 'msdyn_decisionrulesetid', type, alias: step },
    join(
      'msdyn_routingconfiguration',
      {
        from: 'msdyn_routingconfigurationid',
        to: 'msdyn_routingconfigurationid',
        type,
        alias: configuration,
      },
      join(
        'msdyn_liveworkstream',
        {
          from: 'msdyn_liveworkstreamid',
          to: 'msdyn_liveworkstreamid',
          type,
          alias: workstream,
        },
        ...conditions,
      ),
    ),
  );
}

export function routingRulesetFilter(channel: Channel): (scope: Scope) => string {
  return (scope) =>
    fetchText(
      'msdyn_decisionruleset',
      { distinct: true },
      routingLinks('inner', ['ad', 'ae', 'af'], workstreamsOf(channel, scope)),
    );
}

export function routingStepFilter(channel: Channel): (scope: Scope) => string {
  return (scope) =>
    fetchText(
      'msdyn_routingconfigurationstep',
      {},
      join(
        'msdyn_routingconfiguration',
        {
          from: 'msdyn_routingconfigurationid',
          to: 'msdyn_routingconfigurationid',
          type: 'inner',
          alias: 'ak',
        },
        workstreamJoin('msdyn_liveworkstreamid', 'al', workstreamsOf(channel, scope)),
      ),
    );
}

/**
 * Contracts of a workstream, and inputs and outputs of its rulesets. The published filters also take
 * every contract of record routing and, for live chat, outputs only: neither is meant.
 */
export function routingContractFilter(channel: Channel): (scope: Scope) => string {
  return (scope) =>
    fetchText(
      'msdyn_decisioncontract',
      { distinct: true },
      anyOf(...['an', 'bd', 'bk'].map((alias) => workstreamsOf(channel, scope, alias))),
      join('msdyn_liveworkstream', {
        from: 'msdyn_routingcontractid',
        to: 'msdyn_decisioncontractid',
        type: 'outer',
        alias: 'an',
      }),
      join(
        'msdyn_decisionruleset',
        {
          from: 'msdyn_inputcontractid',
          to: 'msdyn_decisioncontractid',
          type: 'outer',
          alias: 'ba',
        },
        routingLinks('outer', ['bb', 'bc', 'bd']),
      ),
      join(
        'msdyn_decisionruleset',
        {
          from: 'msdyn_outputcontractid',
          to: 'msdyn_decisioncontractid',
          type: 'outer',
          alias: 'bh',
        },
        routingLinks('outer', ['bi', 'bj', 'bk']),
      ),
    );
}

/** Quick replies of the named workstreams; all where none is named, as the page has it. */
export function quickReplyFilter(channel: Channel): (scope: Scope) => string | undefined {
  return (scope) =>
    scope.workstreams.length === 0
      ? undefined
      : fetchText(
          'msdyn_cannedmessage',
          { distinct: true },
          repliesOfWorkstreams('msdyn_cannedmessageid', channel, scope),
        );
}

/** Tags of those replies. */
export function tagFilter(channel: Channel): (scope: Scope) => string | undefined {
  return (scope) =>
    scope.workstreams.length === 0
      ? undefined
      : fetchText(
          'msdyn_octag',
          { distinct: true },
          join(
            'msdyn_msdyn_cannedmessage_msdyn_octag',
            { from: 'msdyn_octagid', to: 'msdyn_octagid', type: 'inner', alias: 'ta' },
            repliesOfWorkstreams('msdyn_cannedmessageid', channel, scope),
          ),
        );
}

function repliesOfWorkstreams(to: string, channel: Channel, scope: Scope): FetchNode {
  return join(
    'msdyn_msdyn_cannedmessage_liveworkstream',
    { from: 'msdyn_cannedmessageid', to, type: 'inner', alias: 'ra' },
    workstreamJoin('msdyn_liveworkstreamid', 'aa', workstreamsOf(channel, scope)),
  );
}
