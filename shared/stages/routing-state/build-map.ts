import type { Finding } from '../../errors/finding.ts';
import type { Guid } from '../../model/guid.ts';
import { cell, nameOf, type Row } from '../../model/row.ts';
import type {
  MapMark,
  MapNode,
  MapQueue,
  MapRuleset,
  MapWorkstream,
  RoutingMap,
} from '../../report/routing-map.ts';
import { channelAccounts } from '../../routing/channel-accounts.ts';
import { rulesetLines, rulesetSentences } from '../../routing/rule-sentences.ts';
import { textReferences } from './read-routing.ts';
import { isInactive, lookupId, numberIn, textIn, type RoutingRows } from './routing-rows.ts';

/** What is to be said about rows, as `table/id`. */
export type RowMarks = ReadonlyMap<string, readonly MapMark[]>;

/** Labels of `msdyn_streamsource`, the channels as people call them. */
const channels: ReadonlyMap<number, string> = new Map([
  [192440000, 'Voice'],
  [192360000, 'Live chat'],
  [192350000, 'Records'],
  [192340000, 'SMS'],
  [192300000, 'WhatsApp'],
  [192310000, 'LINE'],
  [192320000, 'WeChat'],
  [192330000, 'Facebook'],
  [192350001, 'Twitter'],
  [192350002, 'Custom messaging'],
  [192450000, 'Apple Messages for Business'],
  [192450001, "Google's Business Messages"],
  [19241000, 'Microsoft Teams'],
]);

/** Labels of `queue.msdyn_assignmentstrategy`. */
const strategies: ReadonlyMap<number, string> = new Map([
  [192350000, 'highest capacity first'],
  [192350001, 'round robin'],
  [192350002, 'by own rules'],
  [192350003, 'longest idle first'],
]);

/** Labels of `msdyn_overflowactionconfig.msdyn_overflowactiontype`. */
const overflowWords: ReadonlyMap<number, string> = new Map([
  [192350001, 'End the conversation'],
  [192350002, 'Transfer to a phone number'],
  [192350003, 'Call back'],
  [192350004, 'Voicemail'],
  [192350005, 'Transfer to a queue'],
  [192350006, 'Stay in the queue'],
]);

/** Draws up the routing map of some rows, with marks pinned to the boxes that show their rows. */
export function buildMap(rows: RoutingRows, marks: RowMarks): RoutingMap {
  const maker = new MapMaker(rows, marks);
  const workstreams = rows
    .all('msdyn_liveworkstream')
    .map((row) => maker.workstream(row))
    .toSorted((one, other) => order(one) - order(other) || compare(one.title, other.title));
  const reached = new Set(
    workstreams.flatMap(({ rulesets, direct }) => [
      ...rulesets.flatMap(({ leadsTo }) => leadsTo),
      ...direct.map(({ queue }) => queue),
    ]),
  );
  const queues = rows
    .all('queue')
    .map((row) => maker.queue(row))
    .filter(({ key, marks: own }) => reached.has(key) || own.length > 0)
    .toSorted((one, other) => compare(one.title, other.title));
  return { workstreams, queues };
}

function order({ channel }: MapWorkstream): number {
  const at = [...channels.values()].indexOf(channel);
  return at < 0 ? channels.size : at;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Findings as marks of the rows that they name. */
export function marksOfFindings(findings: readonly Finding[]): Map<string, MapMark[]> {
  const marks = new Map<string, MapMark[]>();
  for (const { where, summary, severity } of findings) {
    const [, table, id] = /^(\w+) ([0-9a-f]{8}-[0-9a-f-]{27})/.exec(where) ?? [];
    if (table === undefined || id === undefined) continue;
    const key = `${table}/${id}`;
    const kind = severity === 'info' ? 'to-do' : 'problem';
    marks.set(key, [...(marks.get(key) ?? []), { kind, text: summary }]);
  }
  return marks;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

class MapMaker {
  readonly #rows: RoutingRows;
  readonly #marks: RowMarks;

  constructor(rows: RoutingRows, marks: RowMarks) {
    this.#rows = rows;
    this.#marks = marks;
  }

  workstream(row: Row): MapWorkstream {
    const rows = this.#rows;
    const source = numberIn(row, 'msdyn_streamsource');
    const configurations = rows.pointingTo(
      'msdyn_routingconfiguration',
      'msdyn_liveworkstreamid',
      row.id,
    );
    const steps = configurations
      .filter((each) => cell(each, 'msdyn_isactiveconfiguration') === true)
      .flatMap(({ id }) =>
        rows.pointingTo('msdyn_routingconfigurationstep', 'msdyn_routingconfigurationid', id),
      )
      .toSorted(
        (one, other) =>
          (numberIn(one, 'msdyn_steporder') ?? 0) - (numberIn(other, 'msdyn_steporder') ?? 0),
      );
    const owned = [
      ...configurations,
      ...rows.pointingTo('msdyn_ocliveworkstreamcontextvariable', 'msdyn_liveworkstreamid', row.id),
      ...rows.pointingTo('msdyn_livechatconfig', 'msdyn_liveworkstreamid', row.id),
    ];
    const settings = rows.pointingTo(
      'msdyn_ocvoicechannelsetting',
      'msdyn_liveworkstreamid',
      row.id,
    );
    const states = settings.flatMap(({ id }) =>
      rows.pointingTo('msdyn_ocprovisioningstate', 'msdyn_voicechannelsettingid', id),
    );
    return {
      ...this.#node(row, this.#entrances(row, settings), [
        ...owned,
        ...settings,
        ...states,
        ...this.#accounts(row).map((account) => account.row),
      ]),
      channel: channels.get(source ?? 0) ?? (source === undefined ? 'Other' : `Channel ${source}`),
      rulesets: [
        ...this.#intake(row),
        ...steps.flatMap((step) => {
          const ruleset = rows.follow(step, 'msdyn_rulesetid');
          return ruleset === undefined ? [] : [this.#ruleset(ruleset, [step])];
        }),
      ],
      direct: [
        ['msdyn_defaultqueue', 'otherwise: default queue'],
        ['msdyn_bot_queue', 'queue of the bot'],
        ['msdyn_outboundqueueid', 'calls out'],
      ].flatMap(([column = '', why = '']) => {
        const id = lookupId(row, column);
        return id === undefined || !rows.has('queue', id) ? [] : [{ queue: `queue/${id}`, why }];
      }),
    };
  }

  queue(row: Row): MapQueue {
    const rows = this.#rows;
    const hours = rows.follow(row, 'msdyn_operatinghourid');
    const members = rows.members.get(row.id);
    const assignments = rows.pointingTo('msdyn_assignmentconfiguration', 'msdyn_queueid', row.id);
    const steps = assignments.flatMap(({ id }) =>
      rows.pointingTo('msdyn_assignmentconfigurationstep', 'msdyn_assignmentconfigurationid', id),
    );
    const rulesets = steps.flatMap((step) => rows.follow(step, 'msdyn_rulesetid') ?? []);
    const skills = new Set(
      rulesets.flatMap((ruleset) =>
        textReferences(ruleset).flatMap(({ id, tables }) =>
          tables.includes('characteristic')
            ? (rows.nameOf({ table: 'characteristic', id }) ?? [])
            : [],
        ),
      ),
    );
    const lines = [
      `Open: ${hours === undefined ? 'always' : nameOf(hours)}`,
      ...(members === undefined
        ? []
        : [members.length === 1 ? '1 person' : `${members.length} people`]),
      ...[strategies.get(numberIn(row, 'msdyn_assignmentstrategy') ?? 0)].flatMap((word) =>
        word === undefined ? [] : [`Given out ${word}`],
      ),
      ...(skills.size === 0 ? [] : [`Skills: ${[...skills].join(', ')}`]),
    ];
    const owned = [...assignments, ...steps, ...rulesets, ...(hours === undefined ? [] : [hours])];
    return {
      ...this.#node(row, lines, owned),
      overflow: [
        ['msdyn_prequeueoverflowrulesetid', 'before the queue'],
        ['msdyn_inqueueoverflowrulesetid', 'in the queue'],
      ].flatMap(([column = '', when = '']) => {
        const ruleset = rows.follow(row, column);
        return ruleset === undefined ? [] : [this.#overflow(ruleset, when)];
      }),
    };
  }

  /** How work of records comes to a workstream: the intake rules of its table. */
  #intake(row: Row): readonly MapRuleset[] {
    const intake = this.#rows.follow(row, 'msdyn_masterentityroutingconfigurationid');
    const ruleset = intake === undefined ? undefined : this.#rows.follow(intake, 'msdyn_rulesetid');
    return ruleset === undefined || intake === undefined ? [] : [this.#ruleset(ruleset, [intake])];
  }

  #entrances(row: Row, settings: readonly Row[]): readonly string[] {
    const numbers = settings.flatMap((setting) => {
      const number = this.#rows.follow(setting, 'msdyn_phonenumberid');
      return number === undefined ? [] : [textIn(number, 'msdyn_phonenumber') ?? nameOf(number)];
    });
    const widgets = this.#rows
      .pointingTo('msdyn_livechatconfig', 'msdyn_liveworkstreamid', row.id)
      .map(nameOf);
    return [
      ...numbers.map((number) => `Number ${number}`),
      ...widgets.map((name) => `Widget ${name}`),
      ...this.#accounts(row).map(({ what, row }) => `${capitalized(what)} ${nameOf(row)}`),
    ];
  }

  /** Numbers, pages and accounts of messaging channels. */
  #accounts(row: Row): readonly { readonly what: string; readonly row: Row }[] {
    return channelAccounts.flatMap(({ table, what }) =>
      this.#rows
        .pointingTo(table, 'msdyn_liveworkstreamid', row.id)
        .map((account) => ({ what, row: account })),
    );
  }

  #ruleset(row: Row, owned: readonly Row[]): MapRuleset {
    const text = cell(row, 'msdyn_rulesetdefinition');
    const disabled = textIn(row, 'msdyn_disabledrules');
    const sentences = rulesetSentences(typeof text === 'string' ? text : '', {
      ...(disabled === undefined ? {} : { disabled }),
      nameOf: (id, tables) =>
        tables.map((table) => this.#rows.nameOf({ table, id })).find((name) => name !== undefined),
    });
    return {
      ...this.#node(row, rulesetLines(sentences), owned),
      leadsTo: textReferences(row).flatMap(({ id, tables }) =>
        tables[0] === 'queue' && this.#rows.has('queue', id) ? [`queue/${id}`] : [],
      ),
    };
  }

  #overflow(ruleset: Row, when: string): MapNode {
    const actions = textReferences(ruleset).flatMap(({ id, tables }) =>
      tables.includes('msdyn_overflowactionconfig')
        ? (this.#rows.get('msdyn_overflowactionconfig', id) ?? [])
        : [],
    );
    const targets = actions.map((action) => this.#overflowTarget(action));
    return {
      ...this.#node(ruleset, [when, ...targets], actions),
    };
  }

  #overflowTarget(action: Row): string {
    const type = numberIn(action, 'msdyn_overflowactiontype') ?? 0;
    const id: Guid | undefined = textReferences(action)[0]?.id;
    const queue = id === undefined ? undefined : this.#rows.nameOf({ table: 'queue', id });
    const word = overflowWords.get(type) ?? nameOf(action);
    return queue === undefined ? word : `${word}: ${queue}`;
  }

  #node(row: Row, lines: readonly string[], owned: readonly Row[]): MapNode {
    const key = keyOf(row);
    const texts = new Set<string>();
    const marks = [row, ...owned]
      .flatMap((each) => this.#marks.get(keyOf(each)) ?? [])
      .filter(({ text }) => !texts.has(text) && texts.add(text));
    return {
      key,
      title: nameOf(row),
      lines: isInactive(row) ? ['Switched off', ...lines] : lines,
      marks,
    };
  }
}

function keyOf(row: Row): string {
  return `${row.shape.table.name}/${row.id}`;
}
