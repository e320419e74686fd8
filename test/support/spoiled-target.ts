import type { Cell } from '#emulator/store/store.ts';
import { channelAccounts } from '#shared/routing/channel-accounts.ts';
import type { TestEmulator } from './emulator.ts';

/** An environment changed behind everybody's back: rows are put and taken without any server logic. */
export interface Spoiling {
  /** The id of the one row of that name. */
  readonly id: (table: string, name: string) => string;
  readonly set: (table: string, id: string, changes: Readonly<Record<string, Cell>>) => void;
  readonly cell: (table: string, id: string, column: string) => Cell;
  /** Replaces in a text column; fails where there is nothing to replace. */
  readonly edit: (
    table: string,
    id: string,
    column: string,
    from: string | RegExp,
    to: string,
  ) => void;
  readonly remove: (table: string, id: string) => void;
  readonly add: (table: string, id: string, cells: Readonly<Record<string, Cell>>) => void;
  /** Ids of rows whose lookup leads to a row. */
  pointingTo(table: string, column: string, to: { table: string; id: string }): readonly string[];
}

export function spoil(emulator: TestEmulator): Spoiling {
  const { environment } = emulator;
  const { store, metadata } = environment;
  const nameColumn = (table: string): string => metadata.entity(table)?.primaryName ?? 'name';
  const row = (table: string, id: string) => {
    const found = store.get(table, id);
    if (found === undefined) throw new Error(`There is no ${table} ${id}.`);
    return found;
  };
  const set: Spoiling['set'] = (table, id, changes) => {
    store.put(table, id, new Map([...row(table, id).cells, ...Object.entries(changes)]));
  };
  return {
    set,
    id: (table, name) => {
      const found = [...store.find(table, nameColumn(table), name)];
      if (found.length !== 1)
        throw new Error(`${found.length} rows of ${table} are called ${name}.`);
      return found[0]?.id ?? '';
    },
    cell: (table, id, column) => row(table, id).cells.get(column) ?? null,
    edit: (table, id, column, from, to) => {
      const text = row(table, id).cells.get(column);
      if (typeof text !== 'string') throw new Error(`${table}.${column} of ${id} holds no text.`);
      const edited = text.replace(from, to);
      if (edited === text) throw new Error(`${table}.${column} of ${id} does not hold ${from}.`);
      set(table, id, { [column]: edited });
    },
    remove: (table, id) => {
      row(table, id);
      store.delete(table, id);
    },
    add: (table, id, cells) => {
      store.put(table, id, new Map(Object.entries(cells)));
    },
    pointingTo: (table, column, to) => [...store.find(table, column, to)].map(({ id }) => id),
  };
}

/** Does by hand what the procedure leaves to hands: people, skills, calendars, numbers, templates. */
export function linkByHand(emulator: TestEmulator): void {
  const { environment } = emulator;
  const { store } = environment;
  const target = spoil(emulator);
  const id = (): string => environment.newId();
  const ann = id();
  target.add('systemuser', ann, {
    fullname: 'Ann Berger',
    domainname: 'ann@contoso.example',
    isdisabled: false,
  });
  const resource = id();
  target.add('bookableresource', resource, {
    name: 'Ann',
    userid: { table: 'systemuser', id: ann },
  });
  for (const queue of store.rows('queue'))
    target.add('queuemembership', id(), { queueid: queue.id, systemuserid: ann });
  for (const skill of store.rows('characteristic'))
    if (
      target.pointingTo('bookableresourcecharacteristic', 'characteristic', {
        table: 'characteristic',
        id: skill.id,
      }).length === 0
    )
      target.add('bookableresourcecharacteristic', id(), {
        characteristic: { table: 'characteristic', id: skill.id },
        resource: { table: 'bookableresource', id: resource },
        statecode: 0,
      });
  const calendar = id();
  target.add('calendar', calendar, { name: 'Office hours', type: 1 });
  for (const hours of store.rows('msdyn_operatinghour'))
    target.set('msdyn_operatinghour', hours.id, { msdyn_calendarid: calendar });
  const number = id();
  target.add('msdyn_ocphonenumber', number, { msdyn_name: '+4940', msdyn_phonenumber: '+4940' });
  for (const setting of store.rows('msdyn_ocvoicechannelsetting'))
    target.set('msdyn_ocvoicechannelsetting', setting.id, {
      msdyn_phonenumberid: { table: 'msdyn_ocphonenumber', id: number },
    });
  for (const { table, column } of channelAccounts)
    for (const account of store.rows(table))
      target.set(table, account.id, {
        [column]:
          column === 'msdyn_phonenumberid' ? { table: 'msdyn_ocphonenumber', id: number } : 'own',
      });
  for (const [table, names] of Object.entries(templates))
    for (const name of names) target.add(table, id(), { msdyn_name: name, msdyn_uniquename: name });
}

const templates = {
  msdyn_sessiontemplate: [
    'contoso_session_case',
    'contoso_session_chat',
    'contoso_session_default',
    'contoso_session_voice',
  ],
  msdyn_notificationtemplate: ['contoso_notification_incoming'],
};
