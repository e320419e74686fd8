import type { TextNames, TextReferences } from '../model/rules.ts';
import {
  findGuids,
  keyBefore,
  keyReach,
  replaceReferences,
  type PlacedReference,
} from './guid-occurrence.ts';
import { anyReferenceTable, tablesOfPosition } from './reference-positions.ts';
import { decodeEntities, elementsOf, readXml, textOf, type XmlElement } from './xml-tree.ts';

/** One comparison or assignment of a rule: a variable and what it is compared with or set to. */
export interface RuleStatement {
  /** `liveworkitemcontext.segment`, `incident.caseorigincode`, `assign_to.queue`. */
  readonly path: string;
  readonly is: 'condition' | 'output';
  readonly operator: string | undefined;
  /** The right side's texts, decoded. */
  readonly values: readonly string[];
  /** For people: `rule "Gold customers" › assign_to.queue`. */
  readonly at: string;
}

export interface RulesetReading {
  readonly statements: readonly RuleStatement[];
  readonly references: readonly PlacedReference[];
  /** Why the text could not be read; absent for an empty one. */
  readonly problem?: string;
}

/**
 * Reads a declarative ruleset (`msdyn_rulesetdefinition`, or the selection and overflow rules of the
 * same form). Machine-learning rulesets hold JSON: they are left alone and said so.
 */
export function readRuleset(text: string): RulesetReading {
  const trimmed = text.trim();
  if (trimmed === '') return { statements: [], references: [] };
  if (/^[[{]/.test(trimmed))
    return {
      statements: [],
      references: [],
      problem:
        'it holds JSON, as machine-learning rulesets do, whose references nobody has described',
    };
  const reading = readXml(text);
  if ('problem' in reading)
    return { statements: [], references: [], problem: `it is not XML: ${reading.problem}` };
  const statements: RuleStatement[] = [];
  const references: PlacedReference[] = [];
  visit(reading.root, { rule: '', inAction: false }, statements, references);
  return { statements, references: onePerPlace(references) };
}

/** In the order of the text; of a statement inside the value of another the inner one tells. */
function onePerPlace(references: readonly PlacedReference[]): readonly PlacedReference[] {
  const byPlace = new Map(references.map((placed) => [placed.start, placed]));
  return [...byPlace.values()].sort((one, other) => one.start - other.start);
}

/** The row ids inside a ruleset's definition; ids of rules are no references. */
export const rulesetText: TextReferences = {
  find: (text) => {
    const { references, problem } = readRuleset(text);
    return {
      references: references.map(({ reference }) => reference),
      ...(problem === undefined ? {} : { problem }),
    };
  },
  rewrite: (text, replace) => replaceReferences(text, readRuleset(text).references, replace),
};

/** Variables of a workstream stand in rules by name, behind the key of the workstream's contract. */
const contextVariablePath = /^liveworkitemcontext\.(.+)$/i;

/**
 * The context variables that a ruleset names. The service refuses a ruleset whose variables are not
 * there: github.com/MicrosoftDocs/dynamics-365-customer-engagement/issues/2746.
 */
export const contextVariableNames: TextNames = {
  table: 'msdyn_ocliveworkstreamcontextvariable',
  column: 'msdyn_name',
  find: (text) =>
    readRuleset(text).statements.flatMap(({ path }) => contextVariablePath.exec(path)?.[1] ?? []),
};

interface Place {
  readonly rule: string;
  readonly inAction: boolean;
}

function visit(
  element: XmlElement,
  place: Place,
  statements: RuleStatement[],
  references: PlacedReference[],
): void {
  const name = element.name.toLowerCase();
  const here: Place = {
    rule: name === 'rule' ? ruleLabel(element) : place.rule,
    inAction: place.inAction || name === 'action' || name === 'setattribute',
  };
  const left = elementsOf(element).find((child) => child.name.toLowerCase() === 'lhs');
  if (left !== undefined) readStatement(element, left, here, statements, references);
  for (const child of elementsOf(element)) visit(child, here, statements, references);
}

function ruleLabel(rule: XmlElement): string {
  const label = rule.attributes.get('name') ?? rule.attributes.get('id');
  return label === undefined || label === '' ? 'unnamed rule' : `rule "${label}"`;
}

function readStatement(
  element: XmlElement,
  left: XmlElement,
  place: Place,
  statements: RuleStatement[],
  references: PlacedReference[],
): void {
  const path = textOf(left).trim();
  const at = place.rule === '' ? path : `${place.rule} › ${path}`;
  const right = elementsOf(element).filter((child) => child.name.toLowerCase() === 'rhs');
  const is = place.inAction ? 'output' : 'condition';
  statements.push({
    path,
    is,
    operator: element.attributes.get('operator'),
    values: right.map((value) => textOf(value).trim()),
    at,
  });
  const tables = tablesOfPosition(path) ?? (is === 'output' ? anyReferenceTable : undefined);
  // A condition on a lookup of some other table compares with a data row: no part of the configuration.
  if (tables === undefined) return;
  for (const value of right) collectReferences(value, tables, at, references);
}

function collectReferences(
  element: XmlElement,
  tables: readonly string[],
  at: string,
  references: PlacedReference[],
): void {
  for (const child of element.children) {
    if (child.is === 'element') {
      collectReferences(child, tables, at, references);
      continue;
    }
    for (const { id, start } of findGuids(child.raw)) {
      const key = keyBefore(decodeEntities(child.raw.slice(Math.max(0, start - keyReach), start)));
      const byKey = key === undefined ? undefined : tablesOfPosition(key);
      const where = key === undefined ? at : `${at} › ${key}`;
      references.push({
        reference: { id, tables: byKey ?? tables, at: where },
        start: child.start + start,
      });
    }
  }
}
