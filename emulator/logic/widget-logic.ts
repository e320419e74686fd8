import { refusedByPlugin } from '../errors/logic-errors.ts';
import type { Cell } from '../store/store.ts';
import { cellAfter, idIn, putServerRow, type TableLogic, type WriteEvent } from './write-event.ts';

/** The app id and the snippet of a chat widget are the environment's own: it makes them and keeps them. */
export const widgetLogic: TableLogic = {
  beforeWrite(event) {
    const { before, cells, environment } = event;
    if (before !== undefined) {
      cells.delete('msdyn_widgetappid');
      cells.delete('msdyn_widgetsnippet');
      return;
    }
    const appId = environment.newId();
    const { organizationId } = environment;
    cells.set('msdyn_widgetappid', appId);
    cells.set(
      'msdyn_widgetsnippet',
      `<script v2 id="Microsoft_Omnichannel_LCWidget" src="https://oc-cdn-ocprod.azureedge.net/livechatwidget/scripts/LiveChatBootstrapper.js" data-app-id="${appId}" data-lcw-version="prod" data-org-id="${organizationId}" data-org-url="https://unq${organizationId.replaceAll('-', '').slice(0, 20)}-crm.omnichannelengagementhub.com"></script>`,
    );
  },
};

/** Answers to a question become context variables of the workstream, text unless the question says else. */
const textVariable = 192350000;

/**
 * Putting a question into a widget's survey makes a context variable of its name for the workstream. Where
 * somebody made the variable before, this fails: the documentation says only that it might not work.
 */
export const questionSequenceLogic: TableLogic = {
  afterWrite(event) {
    if (event.before !== undefined) return;
    const { store } = event.environment;
    const questionId = idIn(cellAfter(event, 'msdyn_surveyquestion'));
    const question =
      questionId === undefined ? undefined : store.get('msdyn_surveyquestion', questionId);
    const workstream = question?.cells.get('msdyn_liveworkstreamtochatquestion');
    const name = question?.cells.get('msdyn_name');
    if (workstream === undefined || typeof name !== 'string') return;
    const table = 'msdyn_ocliveworkstreamcontextvariable';
    const known = store.findAll(
      table,
      new Map<string, Cell>([
        ['msdyn_liveworkstreamid', workstream],
        ['msdyn_name', name],
      ]),
    );
    if (known.length > 0) {
      throw refusedByPlugin(
        `A context variable with the name '${name}' already exists in the workstream.`,
      );
    }
    putServerRow(
      event,
      table,
      new Map<string, Cell>([
        ['msdyn_name', name],
        ['msdyn_displayname', name],
        ['msdyn_liveworkstreamid', workstream],
        ['msdyn_datatype', textVariable],
        ['msdyn_isdisplayable', true],
        ['msdyn_ismodifiable', false],
      ]),
    );
  },
};

/** Names of context variables are unique in their workstream. */
export const contextVariableLogic: TableLogic = {
  beforeWrite(event: WriteEvent) {
    const name = cellAfter(event, 'msdyn_name');
    const workstream = cellAfter(event, 'msdyn_liveworkstreamid');
    if (typeof name !== 'string' || idIn(workstream) === undefined) return;
    const others = event.environment.store.findAll(
      'msdyn_ocliveworkstreamcontextvariable',
      new Map<string, Cell>([
        ['msdyn_liveworkstreamid', workstream],
        ['msdyn_name', name],
      ]),
    );
    if (others.some((row) => row.id !== event.id)) {
      throw refusedByPlugin(
        `A context variable with the name '${name}' already exists in the workstream.`,
      );
    }
  },
};
