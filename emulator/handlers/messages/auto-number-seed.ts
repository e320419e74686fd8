import { invalidArgument } from '../../errors/payload-errors.ts';
import { autoNumberFormat, nextNumber, setNextNumber } from '../../logic/auto-numbers.ts';
import { unquote } from '../../protocol/path.ts';
import type { RequestContext } from '../../protocol/request.ts';
import type { JsonObject } from '../../query/interface.ts';
import type { FunctionHandler } from '../function-handler.ts';
import {
  numberParameter,
  tableOf,
  textParameter,
  type MessageCall,
  type MessageHandler,
} from './message.ts';

/** Messages about the numbers of columns that number themselves: learn.microsoft.com/power-apps/developer/data-platform/create-auto-number-attributes */
export const autoNumberActions: ReadonlyMap<string, MessageHandler> = new Map<
  string,
  MessageHandler
>([
  ['GetNextAutoNumberValue', nextValue],
  ['SetAutoNumberSeed', setSeed],
]);

/** `GetAutoNumberSeed`. */
export const autoNumberFunctions: ReadonlyMap<string, FunctionHandler> = new Map<
  string,
  FunctionHandler
>([
  [
    'GetAutoNumberSeed',
    ({ context, parameters }) => {
      const name = unquote(parameters.get('EntityName') ?? '');
      const column = numbered(context, name, unquote(parameters.get('AttributeName') ?? ''));
      return {
        AutoNumberSeedValue: nextNumber(context.environment, column.table, column.column),
      };
    },
  ],
]);

function nextValue(call: MessageCall): JsonObject {
  const { environment } = call.context;
  const { table, column } = named(call);
  return { NextAutoNumberValue: nextNumber(environment, table, column) };
}

function setSeed(call: MessageCall): undefined {
  const number = numberParameter(call, 'Value');
  setNextNumber(call.context.environment, { ...named(call), number });
}

interface NumberedColumn {
  readonly table: string;
  readonly column: string;
}

function named(call: MessageCall): NumberedColumn {
  const table = textParameter(call, 'EntityName');
  return numbered(call.context, table, textParameter(call, 'AttributeName'));
}

/** Names are taken in any case. */
function numbered(context: RequestContext, table: string, column: string): NumberedColumn {
  const entity = tableOf(context, table.toLowerCase());
  const attribute = entity.attributes.get(column.toLowerCase());
  if (attribute === undefined || autoNumberFormat(attribute) === undefined) {
    throw invalidArgument(
      `The attribute '${column}' of '${table}' is not an auto number attribute.`,
    );
  }
  return { table: entity.logicalName, column: attribute.logicalName };
}
