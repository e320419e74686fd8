import { channels, type Area } from '#shared/routing/area.ts';
import { definitionNeeds } from '#shared/stages/privileges/needed-privileges.ts';
import { minimalRole, rights, type Right } from './minimal-role.ts';

/** The page of privileges: the least that each role needs, table by table. */
export function permissionsPage(areas: readonly Area[]): string {
  const rows = minimalRole(areas).map(({ table, reader, writer, linker, purposes }) => {
    const cells = [reader, writer, linker].map(words);
    return `| \`${table}\` | ${cells.join(' | ')} | ${purposeWords(purposes)} |`;
  });
  const definitions = definitionNeeds.map(({ name }) => `\`${name}\``).join(', ');
  return `# Permissions

<!-- Generated from shared/routing by \`npm run docs\`. -->

An application user per purpose, with a role of its own. System Administrator is never needed.

- **Unified routing reader** validates, exports, plans, verifies and checks drift.
- **Unified routing writer** imports, rolls back and migrates channel providers. Without Delete a roll-back cannot
  take away what a run created; everything else works.
- **With map files** it also links people, bots, numbers and music: the rights of the third column come on top.

All rights at the level of the whole organization (in the service's words: Organization, \`Global\`). With less an
export would hold fewer rows without saying so. Share is never needed, and Assign only by the further principals of
an import with several: new rows are given to the first of them (\`--with-assign\`).
Every role also reads definitions: ${definitions}.

Nothing is written before the rights are known:

| stage | what it asks first | what happens without |
| --- | --- | --- |
| \`validate\` | all rights of the reader in source and target, all that an import and a roll-back of these rows need | one finding each (\`URM1206\`), by the privilege's own name and depth |
| \`export\` | Read on every table of its channels | stops, naming each privilege |
| \`plan\`, \`verify\`, \`check-drift\` | Read on every table of the package | stop, naming each privilege |
| \`import\`, \`roll-back\`, \`migrate-channel-providers\` | what the actions of the plan need, no more | stop before the first write, naming each privilege |

Where one identity plans and another imports, \`--importer-application-id\` lets \`validate\` and \`plan\` ask for the
other one. A right that is held and does not reach the whole organization is a finding of \`validate\`, and a warning
of the other stages: whether it reaches far enough only the rows can tell.

Columns that column security protects need a profile that may read and write them; those that hold secrets are not
moved and need none.

## Making the roles

\`\`\`
node examples/create-application-user.mjs --environment URL --application-id ID --role reader|writer [--with-map-files] [--without-delete] [--with-assign] [--channels voice,live-chat] [--dry-run]
\`\`\`

makes the role from the table below, or brings it up to date, and the application user that has it: as whoever
\`az login\` signed in, or with the token in \`DATAVERSE_ACCESS_TOKEN\`. With \`--channels\` the role gets no more than
these words of the last column need; \`--dry-run\` prints the requests and sends none. Tests run it against the
emulator, then every stage with exactly these roles, and take each privilege away in turn; it has not been run
against a live environment.

## Table by table

| table | reader | writer | with map files | for |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

/** What every channel needs is not listed by channel. */
function purposeWords(purposes: ReadonlySet<string>): string {
  const told = [...purposes].filter(
    (purpose) => !purposes.has('every channel') || !channels.some((each) => each === purpose),
  );
  return told.join(', ');
}

function words(granted: ReadonlySet<Right>): string {
  const told = rights.filter((right) => granted.has(right));
  return told.length === 0 ? '–' : told.map((right) => right.replace('To', ' To')).join(', ');
}
