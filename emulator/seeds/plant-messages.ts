import type { Environment } from '../environment.ts';
import { stableId } from '../metadata/stable-id.ts';
import type { Cell } from '../store/store.ts';

/** Messages whose tables clients look up before they use them. */
const bulkMessages = ['CreateMultiple', 'UpdateMultiple'] as const;

/**
 * Lists which tables take bulk messages: `sdkmessagefilters` is where clients ask. `UpsertMultiple` is
 * not listed by the service either.
 */
export function plantMessages(environment: Environment): void {
  const { store, metadata } = environment;
  store.transaction(() => {
    for (const message of bulkMessages) {
      const messageId = stableId(`message ${message}`);
      store.put(
        'sdkmessage',
        messageId,
        new Map<string, Cell>([
          ['name', message],
          ['isprivate', false],
          ['autotransact', true],
        ]),
      );
      for (const entity of metadata.entities()) {
        if (!entity.bulkMessages) continue;
        store.put(
          'sdkmessagefilter',
          stableId(`message ${message} ${entity.logicalName}`),
          new Map<string, Cell>([
            ['sdkmessageid', { table: 'sdkmessage', id: messageId }],
            ['primaryobjecttypecode', entity.logicalName],
            ['secondaryobjecttypecode', 'none'],
            ['iscustomprocessingstepallowed', true],
          ]),
        );
      }
    }
  });
}
