import type { JsonObject } from '../../dataverse/json.ts';
import { byHand, cannotTell, verdict, type Check } from './check.ts';
import { ownName, rowsIn, textOf } from './sandbox.ts';

/** Checks of the Web API, of files and parties, and of channel providers. */
export const platformChecks: readonly Check[] = [
  {
    id: 'W1',
    title: 'a row asked for by its key shows collections without links',
    run: async (sandbox) => {
      const account = await sandbox.make('accounts', { name: `${ownName} account` });
      if (account.path === undefined) return cannotTell(account.answer.text);
      await sandbox.make('tasks', {
        subject: ownName,
        'regardingobjectid_account_task@odata.bind': `/${account.path}`,
      });
      const read = await sandbox.get(
        `${account.path}?$select=name&$expand=Account_Tasks($select=subject)`,
      );
      const names = Object.keys(read.body).filter((name) => name.includes('Account_Tasks'));
      return verdict(names.join() === 'Account_Tasks', names.join(', '));
    },
  },
  {
    id: 'W2',
    title: 'accounts of one name are duplicates',
    run: async (sandbox) => {
      const name = `${ownName} duplicate`;
      await sandbox.make('accounts', { name });
      const second = await sandbox.make(
        'accounts',
        { name },
        { 'MSCRM.SuppressDuplicateDetection': 'false' },
      );
      return verdict(second.answer.code === '0x80040333', second.answer.text);
    },
  },
  byHand(
    'W3',
    'new ids sort in the order of creation',
    'POST two rows without ids and page through them.',
  ),
  byHand(
    'W4',
    'a range of a file column is answered as JSON',
    'GET a file column with a Range and without /$value.',
  ),
  {
    id: 'W5',
    title: 'rows of the audit history have no ETag',
    run: async (sandbox) => {
      const [row] = rowsIn(await sandbox.get('audits?$select=createdon&$top=1'));
      if (row === undefined) {
        return {
          outcome: 'by hand',
          seen: 'Nothing is audited here: switch auditing on and change a row.',
        };
      }
      return verdict(!('@odata.etag' in row), Object.keys(row).join(', '));
    },
  },
  {
    id: 'F1',
    title: 'putting the parties of an activity replaces those of all its columns',
    run: async (sandbox) => {
      const user = textOf((await sandbox.get('WhoAmI')).body, 'UserId');
      const party = (mask: number): JsonObject => ({
        'partyid_systemuser@odata.bind': `/systemusers(${user})`,
        participationtypemask: mask,
      });
      const email = await sandbox.make('emails', {
        subject: `${ownName} e-mail`,
        email_activity_parties: [party(2), party(3)],
      });
      if (email.path === undefined) return cannotTell(email.answer.text);
      const put = await sandbox.put(`${email.path}/email_activity_parties`, { value: [party(2)] });
      if (put.status >= 300) return cannotTell(put.text);
      const read = await sandbox.get(
        `${email.path}/email_activity_parties?$select=participationtypemask`,
      );
      const masks = rowsIn(read).map((row) => Number(row['participationtypemask']));
      return verdict(!masks.includes(3), `parties left: ${masks.join(', ')}`);
    },
  },
  byHand(
    'F2',
    'party columns are told apart by their masks',
    'Read the parties of a campaign response.',
  ),
  byHand(
    'F3',
    'only the primary image is taken by a create',
    'Create a row with a second image column.',
  ),
  byHand(
    'F4',
    'the name of a file travels in the address',
    'Upload a file whose name has an umlaut and read its name.',
  ),
  byHand('F5', 'a chunk cannot be sent again', 'Send the second chunk of an upload twice.'),
  byHand(
    'F6',
    'rate-limit headers tell of one web server',
    'Write for six minutes in a large environment and watch for 429.',
  ),
  byHand(
    'F7',
    'a row may be created for another owner',
    'Create a queue as a second application user for the first, with and without the privilege to assign.',
  ),
  ...[
    [
      'P1',
      "a new team gets the caller's business unit and administrator",
      'POST a team with a name only.',
    ],
    ['P2', 'a lookup to a row that is nowhere is left empty', 'Import a file with such a lookup.'],
    [
      'P3',
      'partners are parties of the kind 12',
      'Read activityparties of a campaign response with a vendor.',
    ],
    [
      'P4',
      'payloads of file columns need bin among the content types',
      'Import a package with and without.',
    ],
    ['P5', 'users that the target lacks are created as any row', 'Import a file with a user.'],
    ['P6', 'time zone columns may be given to new rows', 'POST a row with both.'],
    [
      'C1',
      'selectors name apps and roles by id, unique name or display name',
      'Read msdyn_appselector of a provider that was set up by hand.',
    ],
    [
      'C2',
      'an extension row makes an app load the library',
      'Read msdyn_applicationextensions and compare with session storage.',
    ],
    [
      'C3',
      'the view of active channel providers has to be enabled',
      'Look which of the two the procedure means.',
    ],
    [
      'C4',
      'a provider of 1.0 with API version 2.0 has to be migrated',
      'Open the app before and after.',
    ],
    ['C5', 'a user has one profile per app', 'Assign a user twice.'],
    ['C6', 'other profiles come first by name', 'Open an app as a user with several.'],
    ['C7', 'the docked panel is a frame of some size', 'Run the browser check in a real app.'],
    ['C8', 'keys of session storage may have a prefix', 'Look at session storage in a real app.'],
    ['C9', 'main.aspx opens an app by its unique name', 'Open it.'],
    ['C10', 'a panel begins minimized', 'Open a page that does not call setMode.'],
    [
      'C11',
      'attaching a provider needs no Append',
      'Attach one as an App Profile Manager Administrator.',
    ],
  ].map(([id = '', title = '', how = '']) => byHand(id, title, how)),
];
