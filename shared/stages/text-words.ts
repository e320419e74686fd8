import type { Action } from '../model/plan.ts';
import type { TextWords } from '../report/describe-action.ts';
import { rulesetLines, rulesetSentences, type SentenceNames } from '../routing/rule-sentences.ts';

/** Reads rulesets as people read them, with the names that the rows of a plan have. */
export function textWords(actions: readonly Action[]): TextWords {
  const names = new Map<string, string>();
  for (const { row, source, name } of actions) {
    names.set(row.id, name);
    if (source !== undefined) names.set(source, name);
  }
  return rulesetWords({ nameOf: (id) => names.get(id) });
}

/** Reads rulesets with names from anywhere. */
export function rulesetWords(names: SentenceNames): TextWords {
  return (table, column, text) =>
    table === 'msdyn_decisionruleset' && column === 'msdyn_rulesetdefinition'
      ? rulesetLines(rulesetSentences(text, names))
      : undefined;
}
