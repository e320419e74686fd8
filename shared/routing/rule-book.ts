import type { RuleBook, TableRules, WithheldReason } from '../model/rules.ts';
import { areas } from './catalogue.ts';
import { withheldColumns, withheldEverywhere, withheldFromAnyTable } from './withheld-columns.ts';

/** The catalogue's rules by table; tables it does not know are recognized by id and keep their columns. */
export const ruleBook: RuleBook = { of: rulesOf };

const rulesByTable: ReadonlyMap<string, Partial<TableRules>> = new Map(
  areas.flatMap((area) => Object.entries(area.rules)),
);

const knownTables: ReadonlySet<string> = new Set([
  ...Object.keys(withheldColumns),
  ...areas.flatMap((area) => [
    ...Object.keys(area.rules),
    ...area.steps.flatMap((step) => step.tables.map(({ table }) => table)),
  ]),
]);

function isKnown(table: string): boolean {
  return knownTables.has(table);
}

function rulesOf(table: string): TableRules {
  return {
    identities: [{ by: 'id' }],
    createOnly: new Set(),
    textReferences: new Map(),
    withheld: new Map<string, WithheldReason>([
      ...Object.entries(isKnown(table) ? withheldEverywhere : withheldFromAnyTable),
      ...Object.entries(withheldColumns[table] ?? {}),
    ]),
    ...rulesByTable.get(table),
  };
}
