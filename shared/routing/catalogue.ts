import type { Area, Channel, Extra, LeftOut } from './area.ts';
import { botRegistrations } from './bot-registrations.ts';
import { capacityProfiles } from './capacity-profiles.ts';
import { liveChatWidgets, liveChatWorkstreams } from './live-chat.ts';
import { queues } from './queues.ts';
import { skills } from './skills.ts';
import { templates } from './templates.ts';
import { voiceSettings, voiceWorkstreams } from './voice.ts';

/** Everything the product moves, in the order in which it must arrive. */
export const areas: readonly Area[] = [
  templates,
  skills,
  capacityProfiles,
  queues,
  voiceWorkstreams,
  liveChatWorkstreams,
  voiceSettings,
  liveChatWidgets,
  botRegistrations,
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
  const notAsked = areas
    .filter((area) => area.includedBy !== undefined && !chosen.includes(area))
    .map((area): LeftOut => ({
      what: area.title,
      known: area.steps.flatMap((step) => step.tables.map(({ table }) => table)),
      reason: extraReasons[area.includedBy ?? 'templates'],
      instead: `Include them with include: ${area.includedBy ?? ''}.`,
    }));
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
