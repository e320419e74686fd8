import type { Guid } from '../../model/guid.ts';
import { cell, isLookup, nameOf, type Row } from '../../model/row.ts';
import type { EnvironmentTable } from '../../model/table.ts';
import { disabledIds } from '../../routing/rule-sentences.ts';
import { readRuleset } from '../../routing/ruleset-text.ts';
import { descendants, readXml } from '../../routing/xml-tree.ts';
import { textReferences } from '../routing-state/read-routing.ts';
import { isInactive, lookupId, textIn, type RoutingRows } from '../routing-state/routing-rows.ts';
import type { CheckBook } from './check-book.ts';

/** What the checks of routing look at. */
export interface RoutingScene {
  readonly rows: RoutingRows;
  readonly book: CheckBook;
  /** Origin of the environment. */
  readonly url: string;
  /** Tables that rules use, and those that route. */
  readonly tables: ReadonlyMap<string, EnvironmentTable>;
  /** Whether the package brought the row. */
  readonly isOurs: (table: string, id: Guid) => boolean;
  /** Texts that nobody could read in the package either. */
  readonly isForeign: (id: Guid) => boolean;
  /** Calendars that operating hours name and the environment has; absent: not known. */
  readonly calendars: ReadonlySet<Guid> | undefined;
  /** Unique names of templates that the environment has; absent: not known. */
  readonly templates: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The rulesets that route for a workstream: of the steps of its active configurations, in order. */
export function rulesetsOf({ rows }: RoutingScene, workstream: Row): readonly Row[] {
  return activeConfigurations(rows, workstream).flatMap((configuration) =>
    rows
      .pointingTo(
        'msdyn_routingconfigurationstep',
        'msdyn_routingconfigurationid',
        configuration.id,
      )
      .flatMap((step) => rows.follow(step, 'msdyn_rulesetid') ?? []),
  );
}

export function activeConfigurations(rows: RoutingRows, workstream: Row): readonly Row[] {
  return rows
    .pointingTo('msdyn_routingconfiguration', 'msdyn_liveworkstreamid', workstream.id)
    .filter((row) => cell(row, 'msdyn_isactiveconfiguration') === true && !isInactive(row));
}

/** Queues that a workstream sends work to: by rules that are switched on, and by default. */
export function queuesReached(scene: RoutingScene, workstream: Row): readonly Row[] {
  const { rows } = scene;
  const queues = new Map<Guid, Row>();
  const reach = (id: Guid | undefined): void => {
    const queue = id === undefined ? undefined : rows.get('queue', id);
    if (queue !== undefined) queues.set(queue.id, queue);
  };
  for (const ruleset of rulesetsOf(scene, workstream))
    for (const id of queuesNamed(ruleset)) reach(id);
  reach(lookupId(workstream, 'msdyn_defaultqueue'));
  reach(lookupId(workstream, 'msdyn_bot_queue'));
  return [...queues.values()];
}

/** Queues that the rules of a ruleset name, but those that are switched off. */
export function queuesNamed(ruleset: Row): readonly Guid[] {
  const text = textIn(ruleset, 'msdyn_rulesetdefinition') ?? '';
  const off = new Set(disabledIds(textIn(ruleset, 'msdyn_disabledrules')));
  const shown = off.size === 0 ? text : withoutRules(text, off);
  return readRuleset(shown).references.flatMap(({ reference }) =>
    reference.tables[0] === 'queue' ? [reference.id] : [],
  );
}

function withoutRules(text: string, off: ReadonlySet<string>): string {
  const reading = readXml(text);
  if ('problem' in reading) return text;
  let kept = '';
  let at = 0;
  for (const { attributes, start, end } of descendants(reading.root, 'rule')) {
    if (start < at || !off.has(attributes.get('id') ?? '')) continue;
    kept += text.slice(at, start);
    at = end;
  }
  return kept + text.slice(at);
}

/** The queue that an overflow action transfers to. */
export function overflowQueue(action: Row): Guid | undefined {
  return textReferences(action)[0]?.id;
}

/** Overflow actions that a ruleset names. */
export function overflowActions({ rows }: RoutingScene, ruleset: Row): readonly Row[] {
  return textReferences(ruleset).flatMap(({ id, tables }) =>
    tables.includes('msdyn_overflowactionconfig')
      ? (rows.get('msdyn_overflowactionconfig', id) ?? [])
      : [],
  );
}

/** `queue "Billing"`, for sentences. */
export function called(row: Row): string {
  return `${words[row.shape.table.name] ?? row.shape.table.name} "${nameOf(row)}"`;
}

const words: Readonly<Record<string, string>> = {
  msdyn_liveworkstream: 'workstream',
  msdyn_decisionruleset: 'ruleset',
  msdyn_routingconfiguration: 'routing configuration',
  msdyn_routingconfigurationstep: 'routing step',
  msdyn_assignmentconfiguration: 'assignment configuration',
  msdyn_assignmentconfigurationstep: 'assignment step',
  msdyn_overflowactionconfig: 'overflow action',
  msdyn_operatinghour: 'operating hours',
  characteristic: 'skill',
  msdyn_ocvoicechannelsetting: 'voice channel',
  msdyn_livechatconfig: 'chat widget',
};

/** What a lookup names although no such row was found. */
export function namedOnly(row: Row, column: string): string {
  const value = cell(row, column);
  return isLookup(value) ? `${value.table} ${value.name ?? value.id}` : 'nothing';
}
