import type { Area, Channel } from './area.ts';
import { capacityProfiles } from './capacity-profiles.ts';
import { liveChatWidgets, liveChatWorkstreams } from './live-chat.ts';
import { queues } from './queues.ts';
import { skills } from './skills.ts';
import { voiceSettings, voiceWorkstreams } from './voice.ts';

/** Everything the product moves, in the order in which it must arrive. */
export const areas: readonly Area[] = [
  skills,
  capacityProfiles,
  queues,
  voiceWorkstreams,
  liveChatWorkstreams,
  voiceSettings,
  liveChatWidgets,
];

/** The areas that the channels need, in area order; no channel named means all. */
export function areasFor(channels: readonly Channel[]): readonly Area[] {
  return areas.filter(
    (area) =>
      channels.length === 0 ||
      area.channels.length === 0 ||
      area.channels.some((channel) => channels.includes(channel)),
  );
}
