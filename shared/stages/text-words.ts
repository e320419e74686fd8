import type { Action } from '../model/plan.ts';
import type { BuiltPlan } from '../plan/build-plan.ts';
import type { TextWords } from '../report/describe-action.ts';
import type { RoutingMap } from '../report/routing-map.ts';
import { rulesetLines, rulesetSentences, type SentenceNames } from '../routing/rule-sentences.ts';

/** Reads rulesets as people read them, with the names that the rows of a plan have. */
export function textWords(actions: readonly Action[], map?: RoutingMap): TextWords {
  const names = new Map<string, string>();
  for (const { key, title } of map?.queues ?? []) names.set(key.slice(key.indexOf('/') + 1), title);
  for (const { row, source, name } of actions) {
    names.set(row.id, name);
    if (source !== undefined) names.set(source, name);
  }
  return rulesetWords({ nameOf: (id) => names.get(id) });
}

/** Reads rulesets with the names that the rows of a package have, by the ids of both sides. */
export function planWords({ index, identities }: BuiltPlan): TextWords {
  const names = new Map<string, string>();
  for (const node of index.rows) {
    const name = index.nameOf(node);
    names.set(index.refOf(node).id, name);
    const target = identities.targetOf(node);
    if (target !== undefined) names.set(target.id, name);
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
