import { buildAttribute } from '../build-attribute.ts';
import type { Attribute, GlobalChoice } from '../metadata.ts';

/** A column that shows what a global choice offers: definitions of choices are written from columns. */
export function choiceColumn(choice: GlobalChoice): Attribute {
  const raw = { name: choice.name, display: choice.displayName, type: 'Picklist' };
  const column = buildAttribute(raw, /^[a-z][a-z0-9]*_/.exec(choice.name)?.[0]);
  return { ...column, options: choice.options, globalChoice: choice.name, given: {} };
}
