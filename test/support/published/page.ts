import type { Compared, Difference } from './compare.ts';
import { readDisagreements, reasonsFor, verdictOf, type Reason, type Verdict } from './verdict.ts';

/** The page that shows every published schema and query beside what the product makes. */
export function comparisonPage(compared: readonly Compared[], reasons: readonly Reason[]): string {
  const texts = [...new Set(reasons.map(({ reason }) => reason))];
  const numbersOf = (each: Compared): readonly number[] => {
    const own = each.differences
      .flatMap((difference) => reasonsFor(reasons, each, difference))
      .map(({ reason }) => texts.indexOf(reason) + 1);
    return [...new Set(own)].sort((a, b) => a - b);
  };
  const schemas = compared.filter(({ is }) => is === 'schema');
  const queries = compared.filter(({ is }) => is === 'query');
  const lines = [
    '# Published schemas beside generated ones',
    '',
    '<!-- Written by scripts/write-comparison.ts; a test compares it with what the product does. -->',
    '',
    'Microsoft publishes 16 schemas for the Configuration Migration tool, and its pages print 123 queries. For each',
    'this page says whether the product, asked for the same, gives the same: tables, columns, flags, relationships,',
    'and filters that select the same rows. Both filters are run on the emulator’s contact centre `contoso`, which',
    'has rows inside and outside of each, and the ids are compared.',
    '',
    'The facts of the published files stand in `test/fixtures/published`, together with the reviewed list of reasons.',
    'The schemas are those of [Dynamics365-Apps-Samples](https://github.com/microsoft/Dynamics365-Apps-Samples)',
    '(MIT, © Microsoft Corporation) at 656a881; the queries are those of the pages on migrating configuration at',
    '[learn.microsoft.com/dynamics365/customer-service/administer](https://learn.microsoft.com/dynamics365/customer-service/administer/).',
    '',
    '| | same | differs on purpose | missing |',
    '| --- | --- | --- | --- |',
    countRow('schemas', schemas, reasons),
    countRow('queries', queries, reasons),
    '',
    '## Schemas',
    '',
    'Rows are those that both filters select.',
    '',
    '| schema | asked for | step | tables | rows | verdict |',
    '| --- | --- | --- | --- | --- | --- |',
    ...schemas.map(
      (each) =>
        `| ${each.name} | ${scopeText(each)} | ${each.steps.map(code).join(' ')} | ${each.tables.length} | ${each.rows} | ${verdictText(verdictOf(reasons, each), numbersOf(each))} |`,
    ),
    '',
    '### Every difference',
    '',
    ...schemas.flatMap((each) => differencesOf(each, reasons, texts)),
    '## Queries',
    '',
    'Ids of workstreams in queries for a channel are replaced by those of the channel’s workstreams in the seed, and',
    'slips of the pages are put right first. Where a query asks for intake rules and workstreams together, the rows of',
    'both steps are taken.',
    '',
    '| query | table | asked for | put right | rows | verdict |',
    '| --- | --- | --- | --- | --- | --- |',
    ...queries.map(
      (each) =>
        `| ${each.name} | ${each.tables.map(code).join(' ')} | ${scopeText(each)} | ${each.repairs.join('; ')} | ${each.rows} | ${verdictText(verdictOf(reasons, each), numbersOf(each))} |`,
    ),
    '',
    '### Rows that differ',
    '',
    ...queries.flatMap((each) => differencesOf(each, reasons, texts)),
    '## Reasons',
    '',
    ...texts.map((text, at) => `${at + 1}. ${text}`),
    '',
    '## Where the sources disagree',
    '',
    'Pages, their editions, schemas and queries contradict each other on these points. A test holds the product to each',
    'reading: `test/pipeline/source-disagreements.test.ts`.',
    '',
    '| # | what is said | reading |',
    '| --- | --- | --- |',
    ...readDisagreements().map(({ point, reading }, at) => `| ${at + 1} | ${point} | ${reading} |`),
    '',
  ];
  return lines.join('\n');
}

function countRow(what: string, of: readonly Compared[], reasons: readonly Reason[]): string {
  const count = (verdict: Verdict): number =>
    of.filter((each) => verdictOf(reasons, each) === verdict).length;
  return `| ${of.length} ${what} | ${count('same')} | ${count('differs on purpose')} | ${count('missing')} |`;
}

function verdictText(verdict: Verdict, numbers: readonly number[]): string {
  return numbers.length === 0 ? verdict : `${verdict}: ${numbers.join(', ')}`;
}

function scopeText({ scope }: Compared): string {
  const parts = [
    scope.channels.join(', '),
    countOf(scope.queues, 'queue'),
    countOf(scope.workstreams, 'workstream'),
    (scope.recordTypes ?? []).join(' and '),
    scope.carriedBy === undefined ? '' : 'carried by solution',
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'everything' : parts.join('; ');
}

function countOf(names: readonly string[], what: string): string {
  return names.length === 0 ? '' : `${names.length} ${what}${names.length === 1 ? '' : 's'}`;
}

/** The differences of one schema or query, those with the same reason together. */
function differencesOf(
  each: Compared,
  reasons: readonly Reason[],
  texts: readonly string[],
): readonly string[] {
  if (each.differences.length === 0) return [];
  const groups = new Map<number, Difference[]>();
  for (const difference of each.differences) {
    const [first] = reasonsFor(reasons, each, difference);
    const number = first === undefined ? 0 : texts.indexOf(first.reason) + 1;
    groups.set(number, [...(groups.get(number) ?? []), difference]);
  }
  return [
    `**${each.name}**`,
    '',
    ...[...groups]
      .sort(([a], [b]) => a - b)
      .map(
        ([number, own]) =>
          `- ${number === 0 ? 'missing' : `reason ${number}`}: ${own.map(differenceText).join('; ')}`,
      ),
    '',
  ];
}

const shownRows = 8;

function differenceText({ table, what, rows }: Difference): string {
  const place = table === '*' ? 'tables stand in' : code(table);
  if (rows === undefined) return `${place} ${what}`;
  const rest = rows.length - shownRows;
  const names = rows.slice(0, shownRows).join(', ');
  return `${place} ${what}: ${names}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function code(text: string): string {
  return `\`${text}\``;
}
