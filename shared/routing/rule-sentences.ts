import { findGuids } from './guid-occurrence.ts';
import { tablesOfPosition } from './reference-positions.ts';
import { descendants, elementsOf, readXml, textOf, type XmlElement } from './xml-tree.ts';

/** What a reader of sentences knows beyond the text; names decide nothing. */
export interface SentenceNames {
  /** Rules that are switched off: the value of `msdyn_disabledrules`. */
  readonly disabled?: string;
  /** What people call the row that a text names. */
  readonly nameOf?: (id: string, tables: readonly string[]) => string | undefined;
  /** What people call the value of a choice column, `incident.prioritycode` 1: `High`. */
  readonly labelOf?: (path: string, value: string) => string | undefined;
}

/** One rule as people read it. */
export interface RuleSentence {
  readonly id: string;
  readonly name: string;
  readonly isDisabled: boolean;
  /** `when segment is gold → queue Voice: Gold customers`. */
  readonly text: string;
}

/** A ruleset as people read it. */
export interface RulesetSentences {
  readonly kind: 'rules' | 'empty' | 'machine-learning' | 'unreadable';
  /** How the rules work together, or why there are none to read. */
  readonly summary: string;
  readonly rules: readonly RuleSentence[];
}

/** Renders a ruleset's definition. */
export function rulesetSentences(text: string, names: SentenceNames = {}): RulesetSentences {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'empty', summary: 'No rules: the text is empty.', rules: [] };
  if (/^[[{]/.test(trimmed))
    return {
      kind: 'machine-learning',
      summary: 'A machine-learning model decides: there are no rules to read.',
      rules: [],
    };
  const reading = readXml(text);
  if ('problem' in reading)
    return { kind: 'unreadable', summary: `Cannot be read: ${reading.problem}.`, rules: [] };
  const off = new Set(disabledIds(names.disabled));
  const rules = descendants(reading.root, 'rule').map((rule) => sentenceOf(rule, off, names));
  if (rules.length === 0) return { kind: 'empty', summary: 'No rules.', rules };
  const policy = reading.root.attributes.get('hit-policy')?.toLowerCase();
  return {
    kind: 'rules',
    summary:
      policy === 'all'
        ? 'Every rule that matches applies, later ones over earlier ones.'
        : 'The first rule that matches applies.',
    rules,
  };
}

/** A ruleset in lines, for reports: the summary, then a line per rule. */
export function rulesetLines(sentences: RulesetSentences): readonly string[] {
  return [
    sentences.summary,
    ...sentences.rules.map(
      (rule, at) => `${at + 1}. ${rule.name}: ${rule.text}${rule.isDisabled ? ' (disabled)' : ''}`,
    ),
  ];
}

/** Ids of rules that are switched off: a JSON array or a list with commas, as both were seen. */
export function disabledIds(text: string | undefined): readonly string[] {
  return (text ?? '').split(/[[\],\s"']+/).filter((id) => id !== '');
}

function sentenceOf(
  rule: XmlElement,
  off: ReadonlySet<string>,
  names: SentenceNames,
): RuleSentence {
  const id = rule.attributes.get('id') ?? '';
  const parts = elementsOf(rule);
  const conditions = parts
    .filter(({ name }) => name === 'logical' || name === 'condition')
    .map((part) => conditionText(part, names))
    .filter((part) => part !== '');
  const when = conditions.length === 0 ? 'always' : `when ${conditions.join(' and ')}`;
  const outputs = outputTexts(
    descendants(rule, 'setattribute').map((set) => ({
      path: side(set, 'lhs'),
      value: side(set, 'rhs'),
    })),
    names,
  );
  const name = rule.attributes.get('name') ?? '';
  return {
    id,
    name: name === '' ? 'Unnamed rule' : name,
    isDisabled: id !== '' && off.has(id),
    text: `${when} → ${outputs.length === 0 ? 'nothing' : outputs.join(', ')}`,
  };
}

function conditionText(element: XmlElement, names: SentenceNames): string {
  if (element.name === 'logical') {
    const word = element.attributes.get('operator')?.toLowerCase() === 'or' ? ' or ' : ' and ';
    const parts = elementsOf(element)
      .filter(({ name }) => name === 'logical' || name === 'condition')
      .map((part) => ({ text: conditionText(part, names), nested: part.name === 'logical' }))
      .filter(({ text }) => text !== '');
    if (parts.length === 1) return parts[0]?.text ?? '';
    return parts.map(({ text, nested }) => (nested ? `(${text})` : text)).join(word);
  }
  const path = side(element, 'lhs');
  const operator = element.attributes.get('operator') ?? '==';
  const unary = unaryWords[operator.toLowerCase()];
  if (unary !== undefined) return `${variableText(path)} ${unary}`;
  const word = operatorWords[operator.toLowerCase()] ?? operator;
  const values = elementsOf(element)
    .filter(({ name }) => name === 'rhs')
    .map((right) => valueText(path, textOf(right).trim(), names));
  return `${variableText(path)} ${word} ${values.join(' or ')}`;
}

const unaryWords: Readonly<Record<string, string>> = {
  'not-null': 'has a value',
  null: 'has no value',
  'is-null': 'has no value',
};

const operatorWords: Readonly<Record<string, string>> = {
  '==': 'is',
  '=': 'is',
  eq: 'is',
  equals: 'is',
  '!=': 'is not',
  ne: 'is not',
  'not-equals': 'is not',
  '>': 'is more than',
  gt: 'is more than',
  '>=': 'is at least',
  ge: 'is at least',
  '<': 'is less than',
  lt: 'is less than',
  '<=': 'is at most',
  le: 'is at most',
  contains: 'contains',
  'not-contains': 'does not contain',
  'begins-with': 'begins with',
  'ends-with': 'ends with',
  in: 'is',
  'not-in': 'is not',
};

/** Variables of the conversation by their own name; columns with their table. */
function variableText(path: string): string {
  return path.replace(/^liveworkitemcontext\./i, '').replaceAll('_', ' ');
}

function valueText(path: string, value: string, names: SentenceNames): string {
  const label = names.labelOf?.(path, value);
  if (label !== undefined) return label;
  const named = namedValues(path, value, names);
  if (named.length > 0) return named.join(' or ');
  return value === '' ? 'empty' : value;
}

/** The rows that a value names, by their names, else by the beginning of their ids. */
function namedValues(path: string, value: string, names: SentenceNames): readonly string[] {
  const tables = tablesOfPosition(path) ?? [];
  return findGuids(value).map(({ id }) => names.nameOf?.(id, tables) ?? `${id.slice(0, 8)}…`);
}

interface Output {
  readonly path: string;
  readonly value: string;
}

/** Percentage routing writes pairs of an output and its share. */
function outputTexts(outputs: readonly Output[], names: SentenceNames): readonly string[] {
  const texts: string[] = [];
  for (let at = 0; at < outputs.length; at += 1) {
    const output = outputs[at];
    if (output === undefined) continue;
    const next = outputs[at + 1];
    const text = outputText(output, names);
    if (next !== undefined && isShare(next) && !isShare(output)) {
      texts.push(`${next.value} % ${text}`);
      at += 1;
    } else texts.push(text);
  }
  return texts;
}

function isShare({ path }: Output): boolean {
  return /(?:^|\.)(?:weight|percentage|percent)$/i.test(path);
}

function outputText({ path, value }: Output, names: SentenceNames): string {
  const ending = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  const word = outputWords[ending];
  const named = namedValues(path, value, names);
  if (skillEndings.has(ending))
    return named.length === 0 ? `skills ${value}` : `skills ${named.join(', ')}`;
  if (word !== undefined && named.length > 0) return `${word} ${named.join(', ')}`;
  const shown = named.length > 0 ? named.join(', ') : value === '' ? 'empty' : value;
  return `${word ?? variableText(path)} ${shown}`;
}

const skillEndings = new Set(['requiredskills', 'requiredskill', 'characteristic', 'skills']);

const outputWords: Readonly<Record<string, string>> = {
  queue: 'queue',
  queueid: 'queue',
  workstream: 'workstream',
  msdyn_liveworkstreamid: 'workstream',
  msdyn_overflowactionconfigid: 'overflow action',
  msdyn_overflowactionconfig: 'overflow action',
  rulesetid: 'ruleset',
  capacityprofile: 'capacity profile',
  priority: 'priority',
};

function side(element: XmlElement, name: 'lhs' | 'rhs'): string {
  const found = elementsOf(element).find((child) => child.name === name);
  return found === undefined ? '' : textOf(found).trim();
}
