import { alreadyClosed } from '../../errors/message-errors.ts';
import type { JsonObject } from '../../query/interface.ts';
import type { Cell } from '../../store/store.ts';
import { isJsonObject } from '../read-payload.ts';
import type { BoundRow } from '../bind.ts';
import {
  change,
  createParameter,
  make,
  numberParameter,
  pointedAt,
  reference,
  rowParameter,
  type MessageCall,
  type MessageHandler,
} from './message.ts';

/** What a message closes: the activity that tells of it, and the state the row is left in. */
interface Closing {
  readonly parameter: string;
  readonly activity: string;
  readonly column: string;
  readonly state: number;
}

/** Messages that close rows along with an activity: setting the state alone would leave it out. */
export const closingActions: ReadonlyMap<string, MessageHandler> = new Map<string, MessageHandler>([
  ['WinOpportunity', opportunityCloser(1)],
  ['LoseOpportunity', opportunityCloser(2)],
  [
    'CloseIncident',
    closer({
      parameter: 'IncidentResolution',
      activity: 'incidentresolution',
      column: 'incidentid',
      state: 1,
    }),
  ],
  [
    'WinQuote',
    closer({ parameter: 'QuoteClose', activity: 'quoteclose', column: 'quoteid', state: 2 }),
  ],
  [
    'CloseQuote',
    closer({ parameter: 'QuoteClose', activity: 'quoteclose', column: 'quoteid', state: 3 }),
  ],
  [
    'CancelSalesOrder',
    closer({ parameter: 'OrderClose', activity: 'orderclose', column: 'salesorderid', state: 2 }),
  ],
  [
    'FulfillSalesOrder',
    closer({ parameter: 'OrderClose', activity: 'orderclose', column: 'salesorderid', state: 3 }),
  ],
  ['QualifyLead', qualifyLead],
]);

function opportunityCloser(state: 1 | 2): MessageHandler {
  return closer({
    parameter: 'OpportunityClose',
    activity: 'opportunityclose',
    column: 'opportunityid',
    state,
  });
}

function closer(closing: Closing): MessageHandler {
  return (call) => {
    const { context } = call;
    const status = numberParameter(call, 'Status');
    const activity = createParameter(call, closing.parameter, closing.activity);
    const closed = pointedAt(context, activity, closing.column);
    if ((closed.row.cells.get('statecode') ?? 0) !== 0 && closing.column !== 'quoteid') {
      throw alreadyClosed(closed.entity);
    }
    const state = { statecode: closing.state, statuscode: status };
    const ended: Readonly<Record<string, Cell>> = {
      ...state,
      actualclosedate: new Date(context.environment.now()).toISOString().slice(0, 10),
    };
    change(context, closed, ended);
    const entity = context.environment.metadata.entity(closing.activity);
    if (entity !== undefined)
      change(context, { entity, row: activity }, { statecode: 1, statuscode: 2 });
    return undefined;
  };
}

/** Makes an account, a contact and an opportunity of a lead, as asked, and closes it as qualified. */
function qualifyLead(call: MessageCall): JsonObject {
  const { context, parameters } = call;
  const lead = call.boundTo ?? rowParameter(call, 'LeadId');
  if (lead.row.cells.get('statecode') !== 0) throw alreadyClosed(lead.entity);
  const text = (column: string): Cell => lead.row.cells.get(column) ?? null;
  const made: BoundRow[] = [];
  const add = (table: string, cells: Readonly<Record<string, Cell>>): BoundRow | undefined => {
    const entity = context.environment.metadata.entity(table);
    if (entity === undefined) return undefined;
    const bound = {
      entity,
      row: make(context, table, {
        ...cells,
        originatingleadid: { table: 'lead', id: lead.row.id },
      }),
    };
    made.push(bound);
    return bound;
  };
  const account =
    parameters['CreateAccount'] === true
      ? add('account', {
          name: text('companyname'),
          telephone1: text('telephone1'),
          emailaddress1: text('emailaddress1'),
        })
      : undefined;
  const parent: Cell = account === undefined ? null : { table: 'account', id: account.row.id };
  const contact =
    parameters['CreateContact'] === true
      ? add('contact', {
          firstname: text('firstname'),
          lastname: text('lastname'),
          emailaddress1: text('emailaddress1'),
          telephone1: text('telephone1'),
          parentcustomerid: parent,
        })
      : undefined;
  if (parameters['CreateOpportunity'] === true) {
    const given = isJsonObject(parameters['OpportunityCustomerId'])
      ? rowParameter(call, 'OpportunityCustomerId')
      : undefined;
    const customer = given ?? account ?? contact;
    const cell: Cell =
      customer === undefined ? null : { table: customer.entity.logicalName, id: customer.row.id };
    const opportunity = add('opportunity', { name: text('subject'), customerid: cell });
    if (opportunity !== undefined) {
      change(context, lead, {
        qualifyingopportunityid: { table: 'opportunity', id: opportunity.row.id },
      });
    }
  }
  const status = typeof parameters['Status'] === 'number' ? parameters['Status'] : 3;
  const current = context.environment.store.get('lead', lead.row.id) ?? lead.row;
  change(context, { entity: lead.entity, row: current }, { statecode: 1, statuscode: status });
  return { value: made.map(({ entity, row }) => reference(entity, row.id)) };
}
