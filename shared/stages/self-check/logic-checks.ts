import { byHand, cannotTell, verdict, type Check } from './check.ts';
import { ownName, rowsIn, type Sandbox } from './sandbox.ts';

const messagingQueue = 192_350_000;
const voiceQueue = 192_350_002;
const messagingStream = 192_360_000;

/** Checks of what the server does when rows are written. */
export const logicChecks: readonly Check[] = [
  {
    id: 'L1',
    title: 'a queue refuses another type, and takes its own again',
    run: async (sandbox) => {
      const queue = await sandbox.make('queues', {
        name: `${ownName} queue`,
        msdyn_queuetype: messagingQueue,
      });
      if (queue.path === undefined)
        return cannotTell(`no queue could be made: ${queue.answer.text}`);
      const same = await sandbox.patch(queue.path, { msdyn_queuetype: messagingQueue });
      const other = await sandbox.patch(queue.path, { msdyn_queuetype: voiceQueue });
      const holds = same.status < 300 && other.code === '0x80040265';
      return verdict(holds, `same type: ${same.text}; other type: ${other.text}`);
    },
  },
  byHand(
    'L2',
    'a managed row cannot be deleted',
    'In a sandbox that may lose it, DELETE a managed msdyn_decisioncontract: it must fail.',
  ),
  byHand(
    'L3',
    'a managed row can be changed',
    'PATCH the description of a managed row and look at its solution layers.',
  ),
  {
    id: 'L4',
    title: 'a second decision contract of the name of a managed one is refused',
    run: async (sandbox) => {
      const made = await sandbox.make('msdyn_decisioncontracts', {
        msdyn_name: `${ownName} contract`,
        msdyn_uniquename: 'msdyn_assignmentoutput',
      });
      return verdict(made.path === undefined, made.answer.text);
    },
  },
  {
    id: 'L5',
    title: 'saving a ruleset lists the rows it names',
    run: async (sandbox) => {
      const { text, mappings } = await rulesetMappings(sandbox);
      return mappings === undefined ? cannotTell(text) : verdict(mappings === 1, text);
    },
  },
  {
    id: 'L6',
    title: 'a ruleset with a context variable that is not there is not saved',
    run: async (sandbox) => {
      const made = await sandbox.make('msdyn_decisionrulesets', {
        msdyn_name: `${ownName} ruleset`,
        msdyn_rulesetdefinition: ruleset('<lhs>liveworkitemcontext.urm_self_check_nosuch</lhs>'),
      });
      return verdict(made.path === undefined, made.answer.text);
    },
  },
  {
    id: 'L7',
    title: 'the rows a ruleset names are listed when it is created',
    run: async (sandbox) => {
      const { text, mappings } = await rulesetMappings(sandbox);
      return mappings === undefined ? cannotTell(text) : verdict(mappings > 0, text);
    },
  },
  {
    id: 'L8',
    title: 'creating a workstream overwrites its routing contract',
    run: async (sandbox) => {
      const contract = await sandbox.make('msdyn_decisioncontracts', {
        msdyn_name: `${ownName} contract`,
        msdyn_uniquename: 'urm_self_check_contract',
      });
      if (contract.path === undefined) return cannotTell(contract.answer.text);
      const stream = await workstream(sandbox, {
        'msdyn_routingcontractid@odata.bind': `/${contract.path}`,
      });
      if (stream.path === undefined) return cannotTell(stream.answer.text);
      const read = await sandbox.get(`${stream.path}?$select=_msdyn_routingcontractid_value`);
      const found = read.body['_msdyn_routingcontractid_value'];
      return verdict(found !== contract.id, `the workstream has the contract ${String(found)}`);
    },
  },
  {
    id: 'L9',
    title: 'creating a workstream makes no routing configuration',
    run: async (sandbox) => {
      const stream = await workstream(sandbox, {});
      if (stream.path === undefined) return cannotTell(stream.answer.text);
      const found = await sandbox.get(
        `msdyn_routingconfigurations?$select=msdyn_name&$filter=_msdyn_liveworkstreamid_value eq ${stream.id}`,
      );
      return verdict(rowsIn(found).length === 0, `${rowsIn(found).length} routing configurations`);
    },
  },
  {
    id: 'L10',
    title: 'activating a second routing configuration switches the first off',
    run: async (sandbox) => {
      const stream = await workstream(sandbox, {});
      if (stream.path === undefined) return cannotTell(stream.answer.text);
      const body = (name: string) => ({
        msdyn_name: `${ownName} ${name}`,
        msdyn_isactiveconfiguration: true,
        'msdyn_liveworkstreamid@odata.bind': `/${stream.path ?? ''}`,
      });
      const first = await sandbox.make('msdyn_routingconfigurations', body('one'));
      const second = await sandbox.make('msdyn_routingconfigurations', body('two'));
      if (first.path === undefined) return cannotTell(first.answer.text);
      const read = await sandbox.get(`${first.path}?$select=msdyn_isactiveconfiguration`);
      const isActive = read.body['msdyn_isactiveconfiguration'];
      const holds = second.path !== undefined && isActive === false;
      return verdict(holds, `second: ${second.answer.text}; first is active: ${String(isActive)}`);
    },
  },
  {
    id: 'L11',
    title: 'a table has one record type for routing',
    run: async (sandbox) => {
      const set = 'msdyn_masterentityroutingconfigurations';
      const [known] = rowsIn(await sandbox.get(`${set}?$select=msdyn_entitylogicalname&$top=1`));
      const table = known?.['msdyn_entitylogicalname'];
      if (typeof table !== 'string') return cannotTell('no table is set up for record routing');
      const second = await sandbox.make(set, {
        msdyn_name: `${ownName} ${table}`,
        msdyn_entitylogicalname: table,
      });
      return verdict(second.path === undefined, second.answer.text);
    },
  },
  {
    id: 'L12',
    title: 'the app id and the snippet of a widget are made by the server',
    run: async (sandbox) => {
      const stream = await workstream(sandbox, {});
      const widget = await sandbox.make('msdyn_livechatconfigs', {
        msdyn_name: `${ownName} widget`,
        msdyn_widgetappid: 'urm-self-check',
        msdyn_widgetsnippet: 'urm-self-check',
        ...(stream.path === undefined
          ? {}
          : { 'msdyn_liveworkstreamid@odata.bind': `/${stream.path}` }),
      });
      if (widget.path === undefined) return cannotTell(widget.answer.text);
      const read = await sandbox.get(
        `${widget.path}?$select=msdyn_widgetappid,msdyn_widgetsnippet`,
      );
      const kept = ['msdyn_widgetappid', 'msdyn_widgetsnippet'].filter(
        (column) => read.body[column] === 'urm-self-check',
      );
      return verdict(
        kept.length === 0,
        kept.length === 0 ? 'both were replaced' : `kept: ${kept.join()}`,
      );
    },
  },
  byHand(
    'L13',
    'a survey question in a widget makes a context variable',
    'Import a widget with a pre-conversation survey; list the context variables of its workstream before and after.',
  ),
  {
    id: 'L14',
    title: 'names of context variables are unique within a workstream',
    run: async (sandbox) => {
      const stream = await workstream(sandbox, {});
      if (stream.path === undefined) return cannotTell(stream.answer.text);
      const body = {
        msdyn_name: 'urm_self_check',
        msdyn_displayname: ownName,
        msdyn_datatype: 192_350_000,
        'msdyn_liveworkstreamid@odata.bind': `/${stream.path}`,
      };
      const set = 'msdyn_ocliveworkstreamcontextvariables';
      const first = await sandbox.make(set, body);
      if (first.path === undefined) return cannotTell(first.answer.text);
      const second = await sandbox.make(set, body);
      return verdict(second.path === undefined, second.answer.text);
    },
  },
];

async function workstream(
  sandbox: Sandbox,
  more: Readonly<Record<string, unknown>>,
): ReturnType<Sandbox['make']> {
  const stream = await sandbox.make('msdyn_liveworkstreams', {
    msdyn_name: `${ownName} workstream`,
    msdyn_streamsource: messagingStream,
    ...more,
  });
  if (stream.path === undefined) return stream;
  const columns = 'createdon,_msdyn_routingcontractid_value';
  const { body } = await sandbox.get(`${stream.path}?$select=${columns}`);
  const path = `msdyn_decisioncontracts(${String(body['_msdyn_routingcontractid_value'])})`;
  const contract = (await sandbox.get(`${path}?$select=createdon,ismanaged`)).body;
  const apartMs = Date.parse(String(contract['createdon'])) - Date.parse(String(body['createdon']));
  // Only one that was made along with the workstream: others may be anybody's.
  const isOurs = contract['ismanaged'] === false && Math.abs(apartMs) <= 30_000;
  if (isOurs) sandbox.adopt(path);
  return stream;
}

function ruleset(condition: string): string {
  return `<ruleset><rule id="urm-1" name="${ownName}"><condition>${condition}</condition></rule></ruleset>`;
}

async function rulesetMappings(
  sandbox: Sandbox,
): Promise<{ readonly text: string; readonly mappings?: number }> {
  const queue = await sandbox.make('queues', { name: `${ownName} queue` });
  if (queue.path === undefined) return { text: queue.answer.text };
  const made = await sandbox.make('msdyn_decisionrulesets', {
    msdyn_name: `${ownName} ruleset`,
    msdyn_rulesetdefinition: ruleset(`<rhs>${queue.id}</rhs>`),
  });
  if (made.path === undefined) return { text: made.answer.text };
  const found = await sandbox.get(
    `msdyn_rulesetdependencymappings?$select=msdyn_name&$filter=_msdyn_referencingrulesetid_value eq ${made.id}`,
  );
  for (const row of rowsIn(found)) {
    const id = row['msdyn_rulesetdependencymappingid'];
    if (typeof id === 'string') sandbox.adopt(`msdyn_rulesetdependencymappings(${id})`);
  }
  const mappings = rowsIn(found).length;
  return { text: `${mappings} rows in msdyn_rulesetdependencymapping`, mappings };
}
