import type { RuleBook, TableRules, WithheldReason } from '../model/rules.ts';
import { areas } from './catalogue.ts';
import { withheldColumns, withheldEverywhere } from './withheld-columns.ts';

/** The catalogue's rules by table; tables it does not know are recognized by id and keep their columns. */
export const ruleBook: RuleBook = { of: rulesOf };

const rulesByTable: ReadonlyMap<string, Partial<TableRules>> = new Map(
  areas.flatMap((area) => Object.entries(area.rules)),
);

function rulesOf(table: string): TableRules {
  return {
    identities: [{ by: 'id' }],
    createOnly: new Set(),
    textReferences: new Map(),
    withheld: new Map<string, WithheldReason>([
      ...Object.entries(withheldEverywhere),
      ...Object.entries(withheldColumns[table] ?? {}),
    ]),
    ...rulesByTable.get(table),
  };
}
