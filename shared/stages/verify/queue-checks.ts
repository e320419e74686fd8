import { cell, nameOf, type Row } from '../../model/row.ts';
import type { Check } from '../../report/report.ts';
import { findGuids } from '../../routing/guid-occurrence.ts';
import { isInactive, numberIn, textIn } from '../routing-state/routing-rows.ts';
import { placeOfRow, pageOfRow } from './check-place.ts';
import type { CheckProblem } from './check-book.ts';
import {
  called,
  overflowActions,
  overflowQueue,
  namedOnly,
  type RoutingScene,
} from './routing-check.ts';
import { extraSteps } from './workstream-checks.ts';

/** Whether queues give out their work, overflow to somewhere, and know when they are open. */
export function queueChecks(scene: RoutingScene): readonly Check[] {
  const { rows } = scene;
  return [
    ...rows
      .all('queue')
      .flatMap((queue) => [...assignmentChecks(scene, queue), ...overflowChecks(scene, queue)]),
    ...rows.all('msdyn_overflowactionconfig').map((action) => actionCheck(scene, action)),
    ...rows.all('msdyn_operatinghour').map((hours) => calendarCheck(scene, hours)),
  ];
}

function assignmentChecks(scene: RoutingScene, queue: Row): readonly Check[] {
  const { rows, book } = scene;
  const configurations = rows
    .pointingTo('msdyn_assignmentconfiguration', 'msdyn_queueid', queue.id)
    .filter((row) => !isInactive(row));
  const active = configurations.filter((row) => cell(row, 'msdyn_isactiveconfiguration') === true);
  return [
    ...configurations.flatMap((configuration) => [
      book.asked(
        'assignment-steps',
        `${nameOf(queue)}: the steps of ${nameOf(configuration)} are in order, each with a ruleset`,
        assignmentProblem(scene, configuration),
      ),
      extraSteps(scene, configuration, stepsOf(scene, configuration)),
    ]),
    ...(active.length <= 1
      ? []
      : [
          book.asked('assignment-steps', `${nameOf(queue)} has one way of assignment`, {
            where: placeOfRow(queue),
            summary: `The queue "${nameOf(queue)}" has ${active.length} active assignment configurations: ${active.map(nameOf).join(', ')}`,
            remedy: 'Leave one of them active.',
          }),
        ]),
  ];
}

function stepsOf({ rows }: RoutingScene, configuration: Row): readonly Row[] {
  return rows.pointingTo(
    'msdyn_assignmentconfigurationstep',
    'msdyn_assignmentconfigurationid',
    configuration.id,
  );
}

function assignmentProblem(scene: RoutingScene, configuration: Row): CheckProblem | undefined {
  const { rows } = scene;
  const steps = stepsOf(scene, configuration);
  const remedy = 'Open the queue in the target and save its assignment method again.';
  for (const step of steps) {
    const where = placeOfRow(step);
    const name = nameOf(step);
    if (rows.follow(step, 'msdyn_rulesetid') === undefined) {
      const named = namedOnly(step, 'msdyn_rulesetid');
      return {
        where,
        summary:
          named === 'nothing'
            ? `The assignment step "${name}" has no ruleset`
            : `The assignment step "${name}" uses ${named}, which is not there`,
        remedy,
      };
    }
    const order = numberIn(step, 'msdyn_steporder');
    if (order === undefined)
      return { where, summary: `The assignment step "${name}" has no place`, remedy };
    const type = numberIn(step, 'msdyn_type');
    const twin = steps.find(
      (other) =>
        other !== step &&
        numberIn(other, 'msdyn_steporder') === order &&
        numberIn(other, 'msdyn_type') === type,
    );
    if (twin !== undefined)
      return {
        where,
        summary: `The assignment steps "${name}" and "${nameOf(twin)}" share place ${order}`,
        remedy,
      };
  }
  return undefined;
}

const overflowColumns = ['msdyn_prequeueoverflowrulesetid', 'msdyn_inqueueoverflowrulesetid'];

function overflowChecks(scene: RoutingScene, queue: Row): readonly Check[] {
  const { rows, book } = scene;
  const hours = rows.follow(queue, 'msdyn_operatinghourid');
  const rulesets = overflowColumns.flatMap((column) => rows.follow(queue, column) ?? []);
  const off = [...rulesets, ...(hours === undefined ? [] : [hours])].filter(isInactive);
  const back = rulesets
    .flatMap((ruleset) => overflowActions(scene, ruleset))
    .find((action) => overflowQueue(action) === queue.id);
  return [
    ...(off.length === 0
      ? []
      : [
          book.asked('inactive-row', `${nameOf(queue)} uses only what is switched on`, {
            where: placeOfRow(queue),
            summary: `The queue "${nameOf(queue)}" uses what is switched off: ${off.map(called).join(', ')}`,
            remedy: 'Activate it in the target, or take it out of the queue.',
          }),
        ]),
    ...(rulesets.length === 0
      ? []
      : [
          book.asked(
            'overflow-target',
            `${nameOf(queue)} overflows to another place`,
            back === undefined
              ? undefined
              : {
                  where: placeOfRow(queue),
                  summary: `The queue "${nameOf(queue)}" overflows to itself, by the overflow action "${nameOf(back)}"`,
                  remedy: 'Let the overflow action lead to another queue.',
                },
          ),
        ]),
  ];
}

const overflowTypes = { phone: 192350002, queue: 192350005 } as const;

function actionCheck(scene: RoutingScene, action: Row): Check {
  const { rows, book } = scene;
  const name = nameOf(action);
  const type = numberIn(action, 'msdyn_overflowactiontype');
  const subject = `${name} leads somewhere`;
  const problem = (summary: string): Check =>
    book.asked('overflow-target', subject, {
      where: placeOfRow(action, 'msdyn_overflowactiondata'),
      summary,
      remedy: 'Correct the overflow action in the target, or import the package again.',
    });
  if (isInactive(action)) return problem(`The overflow action "${name}" is switched off`);
  if (type === overflowTypes.queue) {
    const id = overflowQueue(action);
    const queue = id === undefined ? undefined : rows.get('queue', id);
    if (id === undefined)
      return problem(`The overflow action "${name}" transfers to a queue and names none`);
    if (queue === undefined)
      return rows.unreadable.has('queue')
        ? book.skipped('overflow-target', subject, 'queues could not be read')
        : problem(`The overflow action "${name}" transfers to queue ${id}, which is not there`);
    if (isInactive(queue))
      return problem(
        `The overflow action "${name}" transfers to the queue "${nameOf(queue)}", which is switched off`,
      );
  }
  if (type === overflowTypes.phone && !/\d/.test(textIn(action, 'msdyn_overflowactiondata') ?? ''))
    return problem(`The overflow action "${name}" transfers to a phone and has no number`);
  return book.asked('overflow-target', subject, undefined);
}

function calendarCheck({ book, url, calendars }: RoutingScene, hours: Row): Check {
  const [calendar] = findGuids(textIn(hours, 'msdyn_calendarid') ?? '');
  const isThere = calendar !== undefined && (calendars === undefined || calendars.has(calendar.id));
  const set = isThere || cell(hours, 'msdyn_enablealldays') === true;
  return book.asked(
    'missing-calendar',
    `${nameOf(hours)} have a calendar`,
    set
      ? undefined
      : {
          where: placeOfRow(hours, 'msdyn_calendarid'),
          summary: `The operating hours "${nameOf(hours)}" have no calendar${calendar === undefined ? '' : `, for ${calendar.id} is not there`}: they say nothing of days and times`,
          remedy: `Set the times in the target: ${pageOfRow(url, hours)}`,
        },
  );
}
