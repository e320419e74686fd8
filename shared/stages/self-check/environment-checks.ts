import { byHand, cannotTell, verdict, type Check } from './check.ts';
import { rowsIn, textOf } from './sandbox.ts';

/** Whether environments bring what the catalogue and the seeds count on. */
export const environmentChecks: readonly Check[] = [
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
    id: 'E7',
    title: 'managed rows are components of a solution',
    run: async (sandbox) => {
      const [contract] = rowsIn(
        await sandbox.get(
          'msdyn_decisioncontracts?$select=msdyn_decisioncontractid&$filter=ismanaged eq true&$top=1',
        ),
      );
      if (contract === undefined) return cannotTell('there is no managed contract');
      const id = textOf(contract, 'msdyn_decisioncontractid');
      const components = await sandbox.get(
        `solutioncomponents?$select=_solutionid_value&$filter=objectid eq ${id}`,
      );
      return verdict(rowsIn(components).length > 0, components.text.slice(0, 160));
    },
  },
  byHand(
    'E8',
    'rows that arrive with a solution keep their ids',
    'Compare the ids of a workstream before and after an import of its solution.',
  ),
  byHand(
    'E9',
    'how rules and context variables name related rows',
    'Make a context variable and a rule over a related row, read both texts.',
  ),
  byHand(
    'R1',
    'definitions are read with three privileges',
    'Read definitions as a user whose role lacks prvReadEntity, prvReadAttribute or prvReadRelationship.',
  ),
  byHand(
    'R2',
    'who may read users may ask what they hold',
    'Validate with importerApplicationId as a user whose role has prvReadUser and no more.',
  ),
  byHand(
    'R3',
    'a role can be given exactly a set of privileges',
    'Run examples/create-application-user.mjs, then RetrieveRolePrivilegesRole.',
  ),
];
