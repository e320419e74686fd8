import { nameOf, type Row } from '../../model/row.ts';
import type { Check } from '../../report/report.ts';
import { isInactive, numberIn, textIn } from '../routing-state/routing-rows.ts';
import { placeOfRow, pageOfRow } from './check-place.ts';
import type { CheckProblem } from './check-book.ts';
import {
  activeConfigurations,
  called,
  namedOnly,
  queuesReached,
  rulesetsOf,
  type RoutingScene,
} from './routing-check.ts';

const workstreamTable = 'msdyn_liveworkstream';
/** Made with the experience before unified routing: they have no routing configuration. */
const legacyMode = 717210000;

/** Whether each workstream of the package can route. */
export function workstreamChecks(scene: RoutingScene): readonly Check[] {
  const workstreams = scene.rows
    .all(workstreamTable)
    .filter((row) => scene.isOurs(workstreamTable, row.id))
    .filter((row) => numberIn(row, 'msdyn_mode') !== legacyMode);
  return [
    ...workstreams.flatMap((row) => [
      ...configurationChecks(scene, row),
      ...queueChecks(scene, row),
      ...templateChecks(scene, row),
    ]),
    ...staffChecks(scene, workstreams),
  ];
}

function configurationChecks(scene: RoutingScene, workstream: Row): readonly Check[] {
  const { rows, book } = scene;
  const name = nameOf(workstream);
  const active = activeConfigurations(rows, workstream);
  const remedy = 'Leave exactly one routing configuration of the workstream active.';
  const checks = [
    book.asked(
      'active-configuration',
      `${name} has one active routing configuration`,
      active.length === 1
        ? undefined
        : {
            where: placeOfRow(workstream),
            summary:
              active.length === 0
                ? `The workstream "${name}" has no active routing configuration`
                : `The workstream "${name}" has ${active.length} active routing configurations: ${active.map(nameOf).join(', ')}`,
            remedy,
          },
    ),
  ];
  for (const configuration of active) {
    const steps = rows.pointingTo(
      'msdyn_routingconfigurationstep',
      'msdyn_routingconfigurationid',
      configuration.id,
    );
    checks.push(
      book.asked(
        'routing-steps',
        `${name}: the steps of ${nameOf(configuration)} are in order, each with a ruleset`,
        stepProblem(scene, steps),
      ),
      extraSteps(scene, configuration, steps),
    );
  }
  return checks;
}

/** Steps that somebody added to a configuration of the package. */
export function extraSteps(
  { book, isOurs }: RoutingScene,
  configuration: Row,
  steps: readonly Row[],
): Check {
  const extra = isOurs(configuration.shape.table.name, configuration.id)
    ? steps.filter((step) => !isOurs(step.shape.table.name, step.id))
    : [];
  return book.asked(
    'extra-step',
    `${nameOf(configuration)} has the steps of the package`,
    extra.length === 0
      ? undefined
      : {
          where: placeOfRow(configuration),
          summary: `"${nameOf(configuration)}" has steps that the package does not have: ${extra.map(nameOf).join(', ')}`,
          remedy: 'Remove the steps, or take them over into the source.',
        },
  );
}

/** What is wrong with the steps of one configuration; the first that is. */
function stepProblem({ rows }: RoutingScene, steps: readonly Row[]): CheckProblem | undefined {
  const remedy = 'Open the workstream in the target and save its routing rules again.';
  for (const step of steps) {
    const order = numberIn(step, 'msdyn_steporder');
    const where = placeOfRow(step);
    const ruleset = rows.follow(step, 'msdyn_rulesetid');
    if (ruleset === undefined) {
      const named = namedOnly(step, 'msdyn_rulesetid');
      const summary =
        named === 'nothing'
          ? `The routing step "${nameOf(step)}" has no ruleset`
          : `The routing step "${nameOf(step)}" uses ${named}, which is not there`;
      return { where, summary, remedy };
    }
    if (order === undefined)
      return { where, summary: `The routing step "${nameOf(step)}" has no place`, remedy };
    const twin = steps.find(
      (other) => other !== step && numberIn(other, 'msdyn_steporder') === order,
    );
    if (twin !== undefined)
      return {
        where,
        summary: `The routing steps "${nameOf(step)}" and "${nameOf(twin)}" share place ${order}`,
        remedy,
      };
  }
  return undefined;
}

/** Which type of queue takes the work of a stream source: calls, records, and messages of all kinds. */
const queueTypes: ReadonlyMap<number, number> = new Map([
  [192440000, 192350002],
  [192350000, 192350001],
]);
const messagingQueue = 192350000;

const typeWords: ReadonlyMap<number, string> = new Map([
  [192350000, 'messaging'],
  [192350001, 'record'],
  [192350002, 'voice'],
]);

function queueChecks(scene: RoutingScene, workstream: Row): readonly Check[] {
  const { book, rows } = scene;
  const name = nameOf(workstream);
  const reached = queuesReached(scene, workstream);
  const usable = reached.filter((queue) => !isInactive(queue));
  const source = numberIn(workstream, 'msdyn_streamsource');
  const wanted = queueTypes.get(source ?? 0) ?? messagingQueue;
  const wrong = reached.filter((queue) => {
    const type = numberIn(queue, 'msdyn_queuetype');
    return type !== undefined && source !== undefined && type !== wanted;
  });
  const off = inactiveRows(scene, workstream, reached);
  return [
    book.asked(
      'unreached-queue',
      `${name} leads to a queue`,
      usable.length > 0 || rows.unreadable.has('queue')
        ? undefined
        : {
            where: placeOfRow(workstream),
            summary: `The workstream "${name}" leads to no queue: no rule names one that is there, and it has no default queue`,
            remedy: 'Set a default queue, or add a rule that routes to a queue.',
          },
    ),
    book.asked(
      'wrong-queue-type',
      `${name} leads to queues of its kind of work`,
      wrong.length === 0
        ? undefined
        : {
            where: placeOfRow(workstream),
            summary: `The workstream "${name}" leads to queues that take other work than ${typeWords.get(wanted) ?? 'its own'}: ${wrong.map((queue) => `"${nameOf(queue)}" (${typeWords.get(numberIn(queue, 'msdyn_queuetype') ?? 0) ?? 'unknown'})`).join(', ')}`,
            remedy: 'Route to queues of the right type.',
          },
    ),
    book.asked(
      'inactive-row',
      `${name} leads only to what is switched on`,
      off.length === 0
        ? undefined
        : {
            where: placeOfRow(workstream),
            summary: `The workstream "${name}" leads to what is switched off: ${off.map(called).join(', ')}`,
            remedy: 'Activate it in the target, or take it out of the routing.',
          },
    ),
  ];
}

function inactiveRows(
  scene: RoutingScene,
  workstream: Row,
  reached: readonly Row[],
): readonly Row[] {
  const { rows } = scene;
  const outbound = rows.follow(workstream, 'msdyn_outboundqueueid');
  const intake = rows.follow(workstream, 'msdyn_masterentityroutingconfigurationid');
  const uses = [
    ...rulesetsOf(scene, workstream),
    ...reached,
    ...(outbound === undefined ? [] : [outbound]),
    ...(intake === undefined ? [] : [intake]),
  ];
  return [...new Set(uses)].filter(isInactive);
}

function staffChecks(scene: RoutingScene, workstreams: readonly Row[]): readonly Check[] {
  const reachedBy = new Map<Row, string[]>();
  for (const workstream of workstreams)
    for (const queue of queuesReached(scene, workstream))
      reachedBy.set(queue, [...(reachedBy.get(queue) ?? []), `"${nameOf(workstream)}"`]);
  return [...reachedBy].map(([queue, names]) => staffCheck(scene, queue, names));
}

function staffCheck(scene: RoutingScene, queue: Row, workstreams: readonly string[]): Check {
  const { rows, book, url } = scene;
  const subject = `Somebody takes work of ${nameOf(queue)}`;
  const members = rows.members.get(queue.id);
  if (members === undefined || rows.unreadable.has('queuemembership'))
    return book.skipped('unstaffed-queue', subject, 'the members of queues could not be read');
  return book.asked(
    'unstaffed-queue',
    subject,
    members.length > 0
      ? undefined
      : {
          where: placeOfRow(queue),
          summary: `The queue "${nameOf(queue)}" has no active members, and gets work from ${workstreams.join(', ')}`,
          remedy: `Add members to the queue: ${pageOfRow(url, queue)}`,
        },
  );
}

const templateTables = {
  msdyn_sessiontemplate_default: 'msdyn_sessiontemplate',
  msdyn_notificationtemplate_incoming_auth: 'msdyn_notificationtemplate',
  msdyn_notificationtemplate_incoming_unauth: 'msdyn_notificationtemplate',
  msdyn_notificationtemplate_consult: 'msdyn_notificationtemplate',
  msdyn_notificationtemplate_transfer: 'msdyn_notificationtemplate',
  msdyn_notificationtemplate_supervisorassign: 'msdyn_notificationtemplate',
} as const;

/** Unique names of templates that workstreams name, by table. */
export function templatesNamed(
  workstreams: readonly Row[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>();
  for (const row of workstreams)
    for (const [column, table] of Object.entries(templateTables)) {
      const name = textIn(row, column);
      if (name !== undefined) names.set(table, (names.get(table) ?? new Set()).add(name));
    }
  return names;
}

function templateChecks(scene: RoutingScene, workstream: Row): readonly Check[] {
  const missing = Object.entries(templateTables).flatMap(([column, table]) => {
    const name = textIn(workstream, column);
    const known = scene.templates.get(table);
    return name === undefined || known === undefined || known.has(name.toLowerCase())
      ? []
      : [{ column, name }];
  });
  const [first] = missing;
  const name = nameOf(workstream);
  return [
    scene.book.asked(
      'missing-template',
      `${name}: its templates are there`,
      first === undefined
        ? undefined
        : {
            where: placeOfRow(workstream, missing.map(({ column }) => column).join(', ')),
            summary: `The workstream "${name}" names templates that are not there: ${[...new Set(missing.map((each) => each.name))].join(', ')}`,
            remedy: 'Import the solution that holds the templates.',
          },
    ),
  ];
}
