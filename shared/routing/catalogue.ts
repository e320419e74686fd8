import type { Area, Channel } from './area.ts';
import { capacityProfiles } from './capacity-profiles.ts';
import { queues } from './queues.ts';
import { skills } from './skills.ts';

/** Everything the product knows how to move, in the order in which it must arrive. */
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
