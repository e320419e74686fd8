import type { Area, Channel } from './area.ts';
import { capacityProfiles } from './capacity-profiles.ts';
import { queues } from './queues.ts';
import { skills } from './skills.ts';

/**
 * Everything the product moves, in the order in which it must arrive.
 *
 * `voice.ts` and `live-chat.ts` describe further areas, checked against the published schemas. They
 * join this list when an import can make rulesets wait for the context variables they use, and chat
 * widgets for the question sequences that refer back to them.
 */
export const areas: readonly Area[] = [skills, capacityProfiles, queues];

/** The areas that the channels need, in area order; no channel named means all. */
export function areasFor(channels: readonly Channel[]): readonly Area[] {
  return areas.filter(
    (area) =>
      channels.length === 0 ||
      area.channels.length === 0 ||
      area.channels.some((channel) => channels.includes(channel)),
  );
}
