import { reasons, type Reason } from './applicability.ts';
import type { Era } from './exchange.ts';
import type { Outcome } from './replay.ts';

/** Why the emulator answers otherwise on purpose: the reason for each exchange that differs. */
const known: ReadonlyMap<string, string> = new Map([
  [
    'data-platform/query-json-columns-elastic-tables#1',
    'the page shows members that its own query does not select; the newer sample has another form of answer',
  ],
  [
    'common-data-service/use-change-tracking-synchronize-data-external-systems#3',
    'the page selects a column that its answer does not have',
  ],
  [
    'common-data-service/webapi/impersonate-another-user-web-api#2',
    'the page shows a column that its own request does not select',
  ],
  [
    'model-driven-apps/create-manage-model-driven-apps-using-code#3',
    'the page shows the answer of `ValidateApp`; the action has none',
  ],
  [
    'common-data-service/webapi/query-data-web-api#17',
    'a slip of the page: `transactioncurrencyid_value` without the underscore in front',
  ],
  [
    'common-data-service/webapi/query-metadata-web-api#1',
    'the page asks for one definition and shows a collection',
  ],
  [
    'common-data-service/webapi/retrieve-entity-using-web-api#7',
    'the page names the collection `AccountTasks`; it is `Account_Tasks`',
  ],
]);

export interface Figures {
  readonly replayed: number;
  readonly equal: number;
  readonly differing: number;
  readonly notApplicable: number;
  readonly withoutResponse: number;
}

/** Counts outcomes of some eras, or of all. */
export function figuresOf(outcomes: readonly Outcome[], eras?: readonly Era[]): Figures {
  const counted = outcomes.filter(
    ({ exchange }) => eras === undefined || eras.includes(exchange.era),
  );
  const of = (kind: Outcome['kind']): number =>
    counted.filter((outcome) => outcome.kind === kind).length;
  const withoutResponse = counted.filter(
    (outcome) => outcome.kind === 'not applicable' && outcome.reason === 'no response',
  ).length;
  return {
    replayed: of('equal') + of('differing'),
    equal: of('equal'),
    differing: of('differing'),
    notApplicable: of('not applicable') - withoutResponse,
    withoutResponse,
  };
}

const eras: readonly Era[] = ['current', 'recorded', '2020', '2019', 'other'];

/** The part of the README that tells how the emulator answers documented exchanges. */
export function conformanceTable(outcomes: readonly Outcome[]): string {
  const lines = [
    '| exchanges | replayed | equal | differing | not applicable | without response |',
    '|---|--:|--:|--:|--:|--:|',
    ...eras.map((era) => row(era, figuresOf(outcomes, [era]))),
    row('all', figuresOf(outcomes)),
    '',
    'Differing:',
    '',
    '| exchange | reason |',
    '|---|---|',
    ...outcomes.flatMap((outcome) => {
      if (outcome.kind !== 'differing') return [];
      const reason = known.get(outcome.exchange.id) ?? oneLine(outcome.differences[0] ?? '');
      return [`| \`${outcome.exchange.id}\` | ${reason} |`];
    }),
    '',
    'Not applicable:',
    '',
    '| reason | exchanges |',
    '|---|---|',
    ...Object.entries(reasons)
      .filter(([reason]) => reason !== 'no response')
      .map(([reason, why]) => `| ${reason}: ${why} | ${listOf(outcomes, reason as Reason)} |`),
  ];
  return `${lines.join('\n')}\n`;
}

function row(name: string, figures: Figures): string {
  const { replayed, equal, differing, notApplicable, withoutResponse } = figures;
  return `| ${[name, replayed, equal, differing, notApplicable, withoutResponse].join(' | ')} |`;
}

function listOf(outcomes: readonly Outcome[], reason: Reason): string {
  const ids = outcomes.flatMap((outcome) =>
    outcome.kind === 'not applicable' && outcome.reason === reason
      ? [`\`${outcome.exchange.id.split('/').at(-1) ?? ''}\``]
      : [],
  );
  return ids.length === 0 ? 'none' : ids.join(', ');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').slice(0, 200);
}

const begin = '<!-- documented exchanges: written by scripts/write-conformance.ts -->';
const end = '<!-- end of documented exchanges -->';

/** A README with the table in its place. */
export function withTable(readme: string, table: string): string {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < 0) throw new Error('The README has no place for the table.');
  return `${readme.slice(0, from)}${begin}\n\n${table}\n${readme.slice(to)}`;
}
