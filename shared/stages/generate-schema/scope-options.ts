import { channels, extras, type Channel, type Extra, type Scope } from '../../routing/area.ts';
import { neverIncluded } from '../../routing/never-exported.ts';
import type { OptionReader } from '../option-reader.ts';

/** Reads `channels`, `workstreams`, `recordTypes` and `include`; a name that is not known is refused with the list of those that are. */
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
  const include: Extra[] = [];
  for (const name of reader.list('include')) {
    const extra = extras.find((each) => each === name);
    const never = neverIncluded(name);
    if (never !== undefined)
      reader.refuse('include', `'${name}' is never exported. ${never.reason}`, never.instead);
    else if (extra === undefined)
      reader.refuse(
        'include',
        `'${name}' is nothing that can be included`,
        `Use one or more of ${extras.join(', ')}, separated by commas.`,
      );
    else if (!include.includes(extra)) include.push(extra);
  }
  return {
    channels: chosen,
    queues: [],
    workstreams: reader.list('workstreams'),
    recordTypes: reader.list('recordTypes'),
    include,
  };
}
