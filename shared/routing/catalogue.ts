import type { Area, Channel, Extra, LeftOut } from './area.ts';
import { appleAccounts, appleWorkstreams } from './apple.ts';
import { botRegistrations } from './bot-registrations.ts';
import { capacityProfiles } from './capacity-profiles.ts';
import { customChannels, customWorkstreams } from './custom-messaging.ts';
import { facebookPages, facebookWorkstreams } from './facebook.ts';
import { googleAccounts, googleWorkstreams } from './google.ts';
import { intakeRules } from './intake-rules.ts';
import { lineAccounts, lineWorkstreams } from './line.ts';
import { liveChatWidgets, liveChatWorkstreams } from './live-chat.ts';
import { queues } from './queues.ts';
import { recordWorkstreams } from './record-workstreams.ts';
import { skills } from './skills.ts';
import { smsNumbers, smsWorkstreams } from './sms.ts';
import { teamsAccounts, teamsWorkstreams } from './teams.ts';
import { templates } from './templates.ts';
import { voiceSettings, voiceWorkstreams } from './voice.ts';
import { weChatAccounts, weChatWorkstreams } from './wechat.ts';
import { whatsAppNumbers, whatsAppWorkstreams } from './whatsapp.ts';

/** Everything the product moves, in the order in which it must arrive. */
export const areas: readonly Area[] = [
  templates,
  skills,
  capacityProfiles,
  queues,
  intakeRules,
  voiceWorkstreams,
  liveChatWorkstreams,
  voiceSettings,
  liveChatWidgets,
  botRegistrations,
  recordWorkstreams,
  smsWorkstreams,
  smsNumbers,
  whatsAppWorkstreams,
  whatsAppNumbers,
  customWorkstreams,
  customChannels,
  facebookWorkstreams,
  facebookPages,
  lineWorkstreams,
  lineAccounts,
  teamsWorkstreams,
  teamsAccounts,
  appleWorkstreams,
  appleAccounts,
  googleWorkstreams,
  googleAccounts,
  weChatWorkstreams,
  weChatAccounts,
];

/** The areas that the channels need, in area order; no channel named means all. */
export function areasFor(
  channels: readonly Channel[],
  include: readonly Extra[] = [],
): readonly Area[] {
  return areas.filter((area) =>
    area.includedBy === undefined ? isNeededBy(area, channels) : include.includes(area.includedBy),
  );
}

/** What these areas' procedures name and what does not move, unless it was asked for. */
export function leftOutOf(chosen: readonly Area[]): readonly LeftOut[] {
  const tablesOf = (area: Area): readonly string[] =>
    area.steps.flatMap((step) => step.tables.map(({ table }) => table));
  const moved = new Set(chosen.flatMap(tablesOf));
  const notAsked = areas
    .filter((area) => area.includedBy !== undefined && !chosen.includes(area))
    .map((area): LeftOut => ({
      what: area.title,
      known: tablesOf(area).filter((table) => !moved.has(table)),
      reason: extraReasons[area.includedBy ?? 'templates'],
      instead: `Include them with include: ${area.includedBy ?? ''}.`,
    }))
    .filter(({ known }) => known.length > 0);
  // Areas of several channels say the same of what they share.
  return [...new Set([...notAsked, ...chosen.flatMap((area) => area.leftOut ?? [])])];
}

const extraReasons: Readonly<Record<Extra, string>> = {
  templates: 'Solutions carry them; workstreams name them by unique names.',
  'bot-registrations': 'A bot and its application are registered for one environment.',
};

function isNeededBy(area: Area, channels: readonly Channel[]): boolean {
  return (
    channels.length === 0 ||
    area.channels.length === 0 ||
    area.channels.some((channel) => channels.includes(channel))
  );
}
