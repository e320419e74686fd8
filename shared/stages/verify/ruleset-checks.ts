import type { Guid } from '../../model/guid.ts';
import { cell, isLookup, nameOf, type Row } from '../../model/row.ts';
import type { EnvironmentColumn } from '../../model/table.ts';
import type { Check } from '../../report/report.ts';
import { readRuleset, type RuleStatement } from '../../routing/ruleset-text.ts';
import { isInactive, lookupId, numberIn, textIn } from '../routing-state/routing-rows.ts';
import { textReferences } from '../routing-state/read-routing.ts';
import { placeOfRow } from './check-place.ts';
import { called, type RoutingScene } from './routing-check.ts';

const definition = 'msdyn_rulesetdefinition';
const machineLearning = 192350001;
const variableTable = 'msdyn_ocliveworkstreamcontextvariable';

/** Whether every ruleset can be read, and everything it names is there. */
export function rulesetChecks(scene: RoutingScene): readonly Check[] {
  return scene.rows.all('msdyn_decisionruleset').flatMap((row) => checksOf(scene, row));
}

function checksOf(scene: RoutingScene, ruleset: Row): readonly Check[] {
  const { book } = scene;
  const name = nameOf(ruleset);
  const text = cell(ruleset, definition);
  if (typeof text !== 'string') return [];
  const readable = `${name} can be read`;
  const reading = readRuleset(text);
  if (reading.problem !== undefined) {
    if (scene.isForeign(ruleset.id) || numberIn(ruleset, 'msdyn_rulesettype') === machineLearning)
      return [book.skipped('unreadable-ruleset', readable, reading.problem)];
    return [
      book.asked('unreadable-ruleset', readable, {
        where: placeOfRow(ruleset, definition),
        summary: `The rules of "${name}" cannot be read`,
        detail: reading.problem,
        remedy: 'Open the ruleset in the target and save it again, or import the package again.',
      }),
    ];
  }
  const conditions = reading.statements.filter(({ is }) => is === 'condition');
  return [
    book.asked('unreadable-ruleset', readable, undefined),
    referenceCheck(scene, ruleset),
    ...inactiveCheck(scene, ruleset),
    ...nameChecks(scene, ruleset, conditions),
    ...variableChecks(scene, ruleset, conditions),
  ];
}

function referenceCheck(scene: RoutingScene, ruleset: Row): Check {
  const { rows, book } = scene;
  const missing = textReferences(ruleset).filter(
    ({ id, tables }) =>
      !tables.some((table) => rows.has(table, id)) &&
      !tables.some((table) => rows.unreadable.has(table) || !scene.tables.has(table)),
  );
  return book.asked(
    'dangling-reference',
    `${nameOf(ruleset)}: every row it names is there`,
    missing.length === 0
      ? undefined
      : {
          where: placeOfRow(ruleset, definition),
          summary: `The ruleset "${nameOf(ruleset)}" names ${missing.length === 1 ? 'a row' : `${missing.length} rows`} that ${missing.length === 1 ? 'does' : 'do'} not exist: ${missing.map(({ at, id, tables }) => `${at} is ${tables.join(' or ')} ${id}`).join('; ')}`,
          remedy: 'Create or import the rows, or change the rule.',
        },
  );
}

function inactiveCheck({ rows, book }: RoutingScene, ruleset: Row): readonly Check[] {
  const off = textReferences(ruleset).flatMap(({ id, tables }) =>
    tables.flatMap((table) => {
      const row = rows.get(table, id);
      return row !== undefined && isInactive(row) ? [row] : [];
    }),
  );
  if (off.length === 0) return [];
  return [
    book.asked('inactive-row', `${nameOf(ruleset)} names only what is switched on`, {
      where: placeOfRow(ruleset, definition),
      summary: `The ruleset "${nameOf(ruleset)}" names what is switched off: ${[...new Set(off)].map(called).join(', ')}`,
      remedy: 'Activate it in the target, or change the rule.',
    }),
  ];
}

/** Complex keys of contracts that are no tables. */
const contextKeys = new Set([
  'assign_to',
  'liveworkitemcontext',
  'overflowaction',
  'queue',
  'queue_inqueue',
  'queue_prequeue',
  'selectionrule',
]);

/** Tables without a publisher's prefix whose rows are routed or conditions look at. */
const platformTables = new Set([
  'account',
  'activitypointer',
  'appointment',
  'contact',
  'email',
  'incident',
  'lead',
  'opportunity',
  'phonecall',
  'queueitem',
  'systemuser',
  'task',
  'team',
]);

/** Tables that rules use as `<table>.<column>`, for their metadata. */
export function tablesUsed(rulesets: readonly Row[]): readonly string[] {
  const heads = rulesets.flatMap((row) =>
    readRuleset(textIn(row, definition) ?? '').statements.map(headOf),
  );
  return [...new Set(heads)].filter((head) => head !== '' && !contextKeys.has(head));
}

function headOf({ path }: RuleStatement): string {
  const parts = path.split('.');
  return parts.length === 2 ? (parts[0] ?? '').toLowerCase() : '';
}

function nameChecks(
  scene: RoutingScene,
  ruleset: Row,
  conditions: readonly RuleStatement[],
): readonly Check[] {
  const used = conditions.filter((statement) => {
    const head = headOf(statement);
    return head !== '' && !contextKeys.has(head);
  });
  if (used.length === 0) return [];
  const problems = used.flatMap((statement) => nameProblem(scene, statement) ?? []);
  return [
    scene.book.asked(
      'unknown-name',
      `${nameOf(ruleset)}: every table, column and choice value it uses exists`,
      problems.length === 0
        ? undefined
        : {
            where: placeOfRow(ruleset, definition),
            summary: `The ruleset "${nameOf(ruleset)}" uses what does not exist: ${problems.join('; ')}`,
            remedy: 'Import the solution that holds it, or change the rule.',
          },
    ),
  ];
}

function nameProblem(scene: RoutingScene, statement: RuleStatement): string | undefined {
  const head = headOf(statement);
  const column = statement.path.slice(head.length + 1).toLowerCase();
  const table = scene.tables.get(head);
  if (table === undefined)
    return platformTables.has(head) || head.includes('_')
      ? `${statement.at}: there is no table ${head}`
      : undefined;
  const known = table.columns.get(column);
  if (known === undefined) return `${statement.at}: the table ${head} has no column ${column}`;
  const strange = statement.values.find((value) => !isAllowed(known, value));
  return strange === undefined
    ? undefined
    : `${statement.at}: ${head}.${column} has no choice ${strange}`;
}

function isAllowed(column: EnvironmentColumn, value: string): boolean {
  const isChoice = ['choice', 'choices', 'state', 'status'].includes(column.type);
  if (!isChoice || column.options === undefined) return true;
  const numbers = value.split(',').map((part) => part.trim());
  return numbers.every(
    (number) => !/^-?\d+$/.test(number) || column.options?.has(Number(number)) === true,
  );
}

function variableChecks(
  scene: RoutingScene,
  ruleset: Row,
  conditions: readonly RuleStatement[],
): readonly Check[] {
  const { rows, book } = scene;
  const used = [
    ...new Set(
      conditions.flatMap(({ path }) => /^liveworkitemcontext\.(.+)$/i.exec(path)?.[1] ?? []),
    ),
  ];
  if (used.length === 0) return [];
  const workstreams = workstreamsOf(scene, ruleset);
  const variables = rows.all(variableTable).filter((row) => !isInactive(row));
  const has = (name: string, workstream?: Guid): boolean =>
    variables.some(
      (row) =>
        textIn(row, 'msdyn_name')?.toLowerCase() === name.toLowerCase() &&
        (workstream === undefined || lookupId(row, 'msdyn_liveworkstreamid') === workstream),
    );
  const isKnown = (name: string): boolean =>
    workstreams.length === 0 ? has(name) : workstreams.every(({ id }) => has(name, id));
  const missing = used.filter((name) => !isKnown(name));
  // A ruleset that belongs to queues may serve workstreams that are not looked at here.
  const isOpen = workstreams.length === 0 && variables.length === 0;
  const subject = `${nameOf(ruleset)}: the context variables it uses exist`;
  if (isOpen)
    return [book.skipped('unknown-context-variable', subject, 'no workstream of it is known here')];
  const exists = book.asked(
    'unknown-context-variable',
    subject,
    missing.length === 0
      ? undefined
      : {
          where: placeOfRow(ruleset, definition),
          summary: `The ruleset "${nameOf(ruleset)}" uses context variables that ${workstreams.length === 0 ? 'no workstream has' : `${workstreams.map(called).join(', ')} does not have`}: ${missing.join(', ')}`,
          remedy: 'Add the context variables to the workstream, or import the package again.',
        },
  );
  return [exists, ...mappingChecks(scene, ruleset, used.filter(isKnown))];
}

function mappingChecks(
  { rows, book, tables }: RoutingScene,
  ruleset: Row,
  used: readonly string[],
): readonly Check[] {
  const table = 'msdyn_rulesetdependencymapping';
  if (used.length === 0 || !tables.has(table)) return [];
  const subject = `${nameOf(ruleset)}: the platform knows which context variables it uses`;
  if (rows.unreadable.has(table))
    return [book.skipped('missing-dependency-mapping', subject, `${table} could not be read`)];
  const mapped = new Set(
    rows.pointingTo(table, 'msdyn_referencingrulesetid', ruleset.id).flatMap((mapping) => {
      const value = cell(mapping, 'msdyn_referencedpolymorphicentityid');
      if (!isLookup(value)) return [];
      const name = rows.nameOf(value) ?? value.name;
      return name === undefined ? [] : [name.toLowerCase()];
    }),
  );
  const missing = used.filter((name) => !mapped.has(name.toLowerCase()));
  return [
    book.asked(
      'missing-dependency-mapping',
      subject,
      missing.length === 0
        ? undefined
        : {
            where: placeOfRow(ruleset),
            summary: `The platform has no dependency mapping of the ruleset "${nameOf(ruleset)}" to the context variables it uses: ${missing.join(', ')}`,
            remedy: 'Save the ruleset again in the target, or import the package again.',
          },
    ),
  ];
}

/** Workstreams that route by a ruleset. */
function workstreamsOf({ rows }: RoutingScene, ruleset: Row): readonly Row[] {
  const found = rows
    .pointingTo('msdyn_routingconfigurationstep', 'msdyn_rulesetid', ruleset.id)
    .flatMap((step) => rows.follow(step, 'msdyn_routingconfigurationid') ?? [])
    .flatMap((configuration) => rows.follow(configuration, 'msdyn_liveworkstreamid') ?? []);
  return [...new Set(found)];
}

/** Whether somebody has each skill that rules ask for. */
export function skillChecks(scene: RoutingScene): readonly Check[] {
  const { rows, book, url } = scene;
  const table = 'bookableresourcecharacteristic';
  if (rows.unreadable.has(table) || !scene.tables.has(table)) return [];
  const asked = new Map<Guid, string[]>();
  for (const ruleset of rows.all('msdyn_decisionruleset'))
    for (const { id, tables } of textReferences(ruleset))
      if (tables.includes('characteristic') && rows.has('characteristic', id))
        asked.set(id, [...(asked.get(id) ?? []), nameOf(ruleset)]);
  return [...asked].flatMap(([id, rulesets]) => {
    const skill = rows.get('characteristic', id);
    if (skill === undefined) return [];
    const held = rows.pointingTo(table, 'characteristic', id).some((row) => !isInactive(row));
    return [
      book.asked(
        'unheld-skill',
        `Somebody has the skill ${nameOf(skill)}`,
        held
          ? undefined
          : {
              where: placeOfRow(skill),
              summary: `Nobody has the skill "${nameOf(skill)}", which rules ask for: ${[...new Set(rulesets)].join(', ')}`,
              remedy: `Give the skill to bookable resources: ${url}/main.aspx?pagetype=entityrecord&etn=characteristic&id=${id}`,
            },
      ),
    ];
  });
}
