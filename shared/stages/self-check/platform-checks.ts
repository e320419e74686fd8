import type { JsonObject } from '../../dataverse/json.ts';
import { byHand, cannotTell, verdict, type Check } from './check.ts';
import { ownName, rowsIn } from './sandbox.ts';

const textOf = (row: JsonObject, column: string): string =>
  typeof row[column] === 'string' ? row[column] : '';

/** Checks of definitions, of what an environment comes with, and of files and parties. */
export const platformChecks: readonly Check[] = [
  {
    id: 'M1',
    title: 'a table that is not there is told as the metadata cache tells it',
    run: async (sandbox) => {
      const answer = await sandbox.get(
        "EntityDefinitions(LogicalName='urm_nosuch')?$select=LogicalName",
      );
      return verdict(answer.status === 404 && answer.code === '0x80041102', answer.text);
    },
  },
  {
    id: 'M2',
    title: 'functions in a filter on definitions are not served',
    run: async (sandbox) => {
      const filter = "startswith(LogicalName,'msdyn_')";
      const answer = await sandbox.get(`EntityDefinitions?$select=LogicalName&$filter=${filter}`);
      return verdict(answer.status === 501, answer.text);
    },
  },
  {
    id: 'M3',
    title: 'navigation properties are named as the schema names of their lookups',
    run: async (sandbox) => {
      const table = "EntityDefinitions(LogicalName='msdyn_liveworkstream')";
      const lookups = await sandbox.get(
        `${table}/ManyToOneRelationships?$select=ReferencingAttribute,ReferencingEntityNavigationPropertyName`,
      );
      const columns = await sandbox.get(`${table}/Attributes?$select=LogicalName,SchemaName`);
      const schemaOf = new Map(
        rowsIn(columns).map((row) => [textOf(row, 'LogicalName'), textOf(row, 'SchemaName')]),
      );
      const custom = rowsIn(lookups).filter((row) =>
        textOf(row, 'ReferencingAttribute').startsWith('msdyn_'),
      );
      if (custom.length === 0) return cannotTell('the table has no lookups of its own');
      const other = custom.filter((row) => {
        const column = textOf(row, 'ReferencingAttribute');
        const name = textOf(row, 'ReferencingEntityNavigationPropertyName');
        return name !== schemaOf.get(column) && !name.startsWith(`${schemaOf.get(column) ?? ''}_`);
      });
      // The document knows exceptions: it counts on most, not on all.
      return verdict(
        other.length * 2 <= custom.length,
        `${custom.length - other.length} of ${custom.length}`,
      );
    },
  },
  {
    id: 'M4',
    title: 'the tables of unified routing have no alternate keys',
    run: async (sandbox) => {
      const answer = await sandbox.get(
        'EntityDefinitions?$select=LogicalName&$expand=Keys($select=LogicalName)',
      );
      const keyed = rowsIn(answer)
        .filter((row) => Array.isArray(row['Keys']) && row['Keys'].length > 0)
        .map((row) => textOf(row, 'LogicalName'))
        .filter((name) => name.startsWith('msdyn_'));
      return verdict(
        keyed.length === 0,
        keyed.length === 0 ? 'none' : keyed.join(', ').slice(0, 200),
      );
    },
  },
  {
    id: 'M5',
    title: 'tables of unified routing allow optimistic concurrency',
    run: async (sandbox) => {
      const off: string[] = [];
      for (const table of ['msdyn_liveworkstream', 'msdyn_decisionruleset', 'queue']) {
        const answer = await sandbox.get(
          `EntityDefinitions(LogicalName='${table}')?$select=IsOptimisticConcurrencyEnabled`,
        );
        if (answer.body['IsOptimisticConcurrencyEnabled'] !== true) off.push(table);
      }
      return verdict(off.length === 0, off.length === 0 ? 'all asked' : `not ${off.join(', ')}`);
    },
  },
  {
    id: 'M6',
    title: 'queue and team take no bulk messages, other tables do',
    run: async (sandbox) => {
      const taken: string[] = [];
      for (const table of ['queue', 'team', 'account']) {
        const answer = await sandbox.get(
          `sdkmessagefilters?$select=sdkmessagefilterid&$filter=sdkmessageid/name eq 'CreateMultiple' and primaryobjecttypecode eq '${table}'`,
        );
        if (rowsIn(answer).length > 0) taken.push(table);
      }
      return verdict(taken.join() === 'account', `taken by ${taken.join(', ')}`);
    },
  },
  byHand(
    'M7',
    'ids of privileges and definitions agree between environments',
    'Compare EntityDefinitions and privileges of two environments.',
  ),
  byHand(
    'M8',
    'options without a label show an empty one',
    'Read a choice of which an option has no label.',
  ),
  byHand(
    'M9',
    'what a schema does not say is guessed',
    'Compare a table added by --tables-from with its own definition.',
  ),
  {
    id: 'E1',
    title: 'seven decision contracts are managed',
    run: async (sandbox) => {
      const answer = await sandbox.get(
        'msdyn_decisioncontracts?$select=msdyn_uniquename&$filter=ismanaged eq true',
      );
      return verdict(rowsIn(answer).length === 7, `${rowsIn(answer).length} managed contracts`);
    },
  },
  {
    id: 'E2',
    title: 'the default record queue has the documented id',
    run: async (sandbox) => {
      const id = '5a4b76b0-dab5-4717-9743-9490f2f822c6';
      const answer = await sandbox.get(`queues(${id})?$select=name`);
      return verdict(answer.status === 200, answer.text);
    },
  },
  byHand(
    'E3',
    'languages have the same ids everywhere',
    'Compare msdyn_oclanguages of two environments.',
  ),
  {
    id: 'E4',
    title: 'the unique names of the solutions',
    run: async (sandbox) => {
      const answer = await sandbox.get(
        'solutions?$select=uniquename&$filter=ismanaged eq true&$top=5000',
      );
      const names = rowsIn(answer).map((row) => textOf(row, 'uniquename'));
      const routing = names.filter((name) => /omnichannel|unifiedrouting|routing/i.test(name));
      return verdict(
        routing.length > 0,
        `${names.length} managed solutions, of routing: ${routing.join(', ').slice(0, 160)}`,
      );
    },
  },
  {
    id: 'E5',
    title: 'rulesets are XML with rules',
    run: async (sandbox) => {
      const answer = await sandbox.get(
        'msdyn_decisionrulesets?$select=msdyn_rulesetdefinition&$filter=msdyn_rulesetdefinition ne null&$top=20',
      );
      const texts = rowsIn(answer).map((row) => textOf(row, 'msdyn_rulesetdefinition'));
      if (texts.length === 0) return cannotTell('there are no rulesets');
      const read = texts.filter((text) => /^\s*[<{]/.test(text));
      return verdict(
        read.length >= 0.9 * texts.length,
        `${read.length} of ${texts.length} are XML or JSON`,
      );
    },
  },
  byHand(
    'E6',
    'how deep a privilege reaches counts in queries',
    'Query as a user with a privilege at user depth.',
  ),
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
