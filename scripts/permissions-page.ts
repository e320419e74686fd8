import type { Area } from '#shared/routing/area.ts';

/** The page of privileges: the least that each of two roles needs, table by table. */
export function permissionsPage(areas: readonly Area[]): string {
  const tables = new Map<string, Set<string>>();
  for (const area of areas)
    for (const { tables: own } of area.steps)
      for (const { table } of own) {
        const titles = tables.get(table) ?? new Set();
        titles.add(area.title);
        tables.set(table, titles);
      }
  return [
    '# Permissions',
    '',
    '<!-- The table is generated from shared/routing by `npm run docs`. -->',
    '',
    'An application user per purpose, with a role of its own. System Administrator is never needed. All rights at',
    'the level of the whole organization: with less, an export would silently hold fewer rows. `validate` checks',
    'them before anything is written and names each that is missing.',
    '',
    '- **Unified routing reader** exports, plans, verifies and checks drift: Read.',
    '- **Unified routing writer** imports and rolls back: Read, Create, Write, Append, Append To; and Delete where a',
    '  roll-back is to take away what a run created.',
    '',
    'Both also read the definitions of tables, columns and solutions: `prvReadEntity`, `prvReadAttribute`,',
    '`prvReadRelationship`, `prvReadOptionSet`, `prvReadSolution`, `prvReadOrganization`, `prvReadUser`,',
    '`prvReadRole`. Columns that column security protects need a profile that may read and write them; those that',
    'hold secrets are not moved and need none.',
    '',
    '`node examples/create-application-user.mjs --environment URL --application-id ID --role reader|writer` makes the',
    'role from this table and the application user, as whoever `az login` signed in; `--dry-run` prints the requests',
    'and sends none. It has not been run against a live environment.',
    '',
    '| table | reader | writer | for |',
    '| --- | --- | --- | --- |',
    ...[...tables]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([table, titles]) => {
        const isSystem = table === 'msdyn_decisioncontract';
        const writer = isSystem
          ? 'Read, Append To'
          : 'Read, Create, Write, Append, Append To (Delete)';
        return `| \`${table}\` | Read | ${writer} | ${[...titles].join(', ')} |`;
      }),
    '',
  ].join('\n');
}
