import { areas } from '#shared/routing/catalogue.ts';
import type { Channel, Scope } from '#shared/routing/area.ts';
import type { DocumentedQuery } from './facts.ts';

/** What the product is asked for, so that it must give what was published. */
export interface Match {
  readonly scope: Scope;
  /** Steps that together hold what the published file or query selects. */
  readonly steps: readonly string[];
}

const everything: Scope = { channels: [], queues: [], workstreams: [] };

/** Rows of the seed that the documented filters name; the seed gives them the ids of the pages. */
const queues = ['a5ed5caa-3a54-ec11-8f8f-000d3a1cbb9e', 'b2862b31-3b54-ec11-8f8f-000d3a1cbb9e'];
const lines: Readonly<Partial<Record<Channel, readonly string[]>>> = {
  record: ['759255c7-7ac8-98e0-7e3e-59a7f0312efc', 'e6246229-33ac-5a9e-2ffe-51668ad44215'],
  'live-chat': ['d3a1f09d-51a0-a6b7-266d-58e1bdb97b53', 'f9e18e67-d1a8-ed11-aad1-00224805c057'],
  voice: ['3fd4b82b-d5a1-f9e5-4034-52021c0e3442', '759255c7-7ac8-98e0-7e3e-59a7f0312abc'],
  sms: ['87bf4384-a02f-4802-8be7-1d6884a7e73f'],
  whatsapp: ['061957e3-48aa-a77f-aebb-39f29a5f293c'],
  custom: ['cc97a7b0-9ed9-89f2-0277-8471068b6a3e'],
  facebook: ['Facebook'],
  google: ['Google Messages'],
  line: ['LINE'],
  teams: ['Staff desk in Teams'],
};

function of(channel: Channel, step: string): Match {
  const { steps } = areas.find((area) => area.area === step) ?? { steps: [] };
  return {
    scope: { ...everything, channels: [channel], workstreams: lines[channel]?.slice(0, 1) ?? [] },
    steps: steps.map((each) => each.step),
  };
}

/** Each of the published schemas with the scope its filters have. */
export const schemaMatches: Readonly<Record<string, Match>> = {
  'Sample-schema-for-skill-based-routing': { scope: everything, steps: ['01-skills'] },
  'Sample-schema-for-capacity-profiles': { scope: everything, steps: ['02-capacity-profiles'] },
  'Sample-schema-for-unified-routing-record-queues-step-1': {
    scope: { ...everything, channels: ['record'] },
    steps: ['03-queues'],
  },
  'Sample-schema-for-unified-routing-record-queues-step-2': {
    scope: { ...everything, channels: ['record'] },
    steps: ['04-queues-selection'],
  },
  'Sample-schema-intake-rules-for-record-routing': {
    scope: { ...everything, channels: ['record'] },
    steps: ['05-intake-rules'],
  },
  'Sample-schema-for-unified-routing-record-workstreams': {
    scope: { ...everything, channels: ['record'] },
    steps: ['11-record-workstreams'],
  },
  'Live-chat-workstreams': of('live-chat', 'live-chat-workstreams'),
  'live-chat-channel-sample-config': of('live-chat', 'live-chat-widgets'),
  'voice-workstream-sample-schema': of('voice', 'voice-workstreams'),
  'voice-channel-config-sample': of('voice', 'voice-settings'),
  'sms-workstream-sample-schema': of('sms', 'sms-workstreams'),
  'sms-channel-config-sample': of('sms', 'sms-numbers'),
  'sample-schema-whatsapp-workstreams': of('whatsapp', 'whatsapp-workstreams'),
  'sample-schema-whatsapp-channel-config': of('whatsapp', 'whatsapp-numbers'),
  'sample-schema-custom-channel-workstreams': of('custom', 'custom-workstreams'),
  'sample-schema-custom-channel-config': of('custom', 'custom-channels'),
};

const prefixes: Readonly<Record<string, Channel>> = {
  livechat: 'live-chat',
  voice: 'voice',
  sms: 'sms',
  custom: 'custom',
  'channels-custom': 'custom',
  'channels-facebook': 'facebook',
  'channels-gbm': 'google',
  'channels-line': 'line',
  'channels-teams': 'teams',
  // Queries for any channel are tried with the one that has several workstreams.
  channels: 'live-chat',
};

/** A query with the scope that asks for the same, and the ids that stand in for those of the page. */
export function queryMatch(
  query: string,
  table: string,
): Match & { readonly ids: readonly string[] } {
  const many = query.includes('-1-all') ? 0 : query.includes('-3-') ? 2 : 1;
  if (query.startsWith('records-capacityprofile'))
    return { scope: everything, steps: ['02-capacity-profiles'], ids: [] };
  if (query.startsWith('records-queue')) {
    const step = query.includes('with-selection') ? '04-queues-selection' : '03-queues';
    const named = query.includes('overflow') ? [] : queues.slice(0, many);
    return {
      scope: { ...everything, channels: ['record'], queues: named },
      steps: [step],
      ids: [],
    };
  }
  if (query.startsWith('records-')) {
    const isIntake = query.startsWith('records-intake');
    const hasRules = isIntake || /decision(?:contract|ruleset)/.test(query);
    const ids = isIntake ? [] : (lines.record ?? []).slice(0, many);
    return {
      scope: {
        ...everything,
        channels: ['record'],
        workstreams: ids,
        ...(hasRules ? { recordTypes: ['incident', 'task'].slice(0, many) } : {}),
      },
      steps: [
        ...(hasRules ? ['05-intake-rules'] : []),
        ...(isIntake ? [] : ['11-record-workstreams']),
      ],
      ids,
    };
  }
  const [, channel = 'voice'] =
    Object.entries(prefixes).find(([prefix]) => query.startsWith(prefix)) ?? [];
  const isWhole = many === 0 || query.endsWith('-localization');
  const ids = isWhole ? [] : (lines[channel] ?? []).slice(0, many);
  const steps = areas
    .filter((area) => area.channels.length === 1 && area.channels[0] === channel)
    .flatMap((area) =>
      area.steps.filter((step) => step.tables.some((each) => each.table === table)),
    );
  return {
    scope: {
      ...everything,
      channels: [channel],
      workstreams: ids,
      ...(query.startsWith('channels-') ? { carriedBy: 'solution' as const } : {}),
    },
    steps: steps.map(({ step }) => step),
    ids,
  };
}

export interface Repaired {
  readonly fetch: string;
  readonly repairs: readonly string[];
}

/** A printed query made usable: slips of the page put right, ids and placeholders filled in. */
export function repaired({ query, fetch }: DocumentedQuery, ids: readonly string[]): Repaired {
  let text = fetch;
  const repairs: string[] = [];
  for (const [pattern, by, what] of slips) {
    const better = text.replaceAll(pattern, by);
    if (better !== text) repairs.push(what);
    text = better;
  }
  for (const [name, from, to, what] of swaps)
    if (name === query) {
      text = text.replaceAll(from, to);
      repairs.push(what);
    }
  if (query === 'sms-localization') {
    text = text.replaceAll('192360000', '192340000');
    repairs.push('the value is that of live chat');
  }
  const known = new Map<string, string>();
  if (ids.length > 0)
    text = text.replaceAll(/\{[0-9a-f-]{36}\}/gi, (id) => {
      const key = id.toLowerCase();
      known.set(key, known.get(key) ?? ids[known.size] ?? key);
      return known.get(key) ?? key;
    });
  return { fetch: text, repairs };
}

const slips: readonly (readonly [RegExp, string, string])[] = [
  [/^XMLCopy\s*/g, '', 'a word stands before the query'],
  [/<a name="[^"]*"><\/a>/g, '', 'an anchor stands in the query'],
  [/<a name="[^"]*"\s*\/>/g, '', 'an anchor stands in the query'],
  [/linktype=/g, 'link-type=', 'link-type is misspelt'],
  [/\/>\s*\/>/g, '/>', 'a bracket stands twice'],
  [/(name|from|to|value)=" +/g, '$1="', 'a value begins with a blank'],
  [/&lt;CHANNEL_ID&gt;/g, '192360000', 'a placeholder'],
  [/uiname="192440000"/g, 'value="192440000"', 'the value stands in uiname'],
  [/^(<fetch(?:(?!<\/fetch>)[^])*<\/entity>)$/g, '$1</fetch>', 'the end is missing'],
];

/** The lookup stands on the other table. */
const swaps: readonly (readonly [string, string, string, string])[] = [
  [
    'channels-gbm-partneraccount',
    'from="msdyn_ocgooglebusinessmessagespartneraccountid" to="msdyn_ocgbmpartneraccount"',
    'from="msdyn_ocgbmpartneraccount" to="msdyn_ocgooglebusinessmessagespartneraccountid"',
    'the ends of a link are swapped',
  ],
  [
    'channels-custommessagingaccount',
    'from="msdyn_ocgbmagentaccount" to="msdyn_ocgooglebusinessmessagesagentaccountid"',
    'from="msdyn_ocgooglebusinessmessagesagentaccountid" to="msdyn_ocgbmagentaccount"',
    'the ends of a link are swapped',
  ],
];
