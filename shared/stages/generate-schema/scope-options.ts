import { channels, type Channel, type Scope } from '../../routing/area.ts';
import type { OptionReader } from '../option-reader.ts';

/** Reads `channels` and `workstreams`; a channel that is not known is refused with the list of those that are. */
export function readScope(reader: OptionReader): Scope {
  const chosen: Channel[] = [];
  for (const name of reader.list('channels')) {
    const channel = channels.find((each) => each === name);
    if (channel === undefined)
      reader.refuse(
        'channels',
        `'${name}' is no channel`,
        `Use one or more of ${channels.join(', ')}, separated by commas.`,
      );
    else if (!chosen.includes(channel)) chosen.push(channel);
  }
  return { channels: chosen, queues: [], workstreams: reader.list('workstreams') };
}
