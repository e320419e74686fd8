import { buildAttribute } from '../build-attribute.ts';
import type { Attribute, GlobalChoice, Metadata } from '../metadata.ts';

/** A column that shows what a global choice offers: definitions of choices are written from columns. */
export function choiceColumn(choice: GlobalChoice): Attribute {
  const raw = { name: choice.name, display: choice.displayName, type: 'Picklist' };
  const column = buildAttribute(raw, /^[a-z][a-z0-9]*_/.exec(choice.name)?.[0]);
  return {
    ...column,
    options: choice.options,
    globalChoice: choice.name,
    sharedChoice: sharedBy(choice),
    given: {},
  };
}

/** What columns show of the global choice they share. */
export function sharedBy({
  metadataId,
  displayName,
  given,
}: GlobalChoice): NonNullable<Attribute['sharedChoice']> {
  return { metadataId, displayName, ...(given === undefined ? {} : { given }) };
}

/** Changes what a global choice is called, in the columns that share it too. */
export function changeChoice(metadata: Metadata, choice: GlobalChoice): void {
  metadata.choices.set(choice.name, choice);
  for (const entity of metadata.entities()) {
    const sharing = [...entity.attributes].filter(([, each]) => each.globalChoice === choice.name);
    if (sharing.length === 0) continue;
    const attributes = new Map(entity.attributes);
    for (const [name, each] of sharing) {
      attributes.set(name, { ...each, sharedChoice: sharedBy(choice) });
    }
    metadata.add({ entities: [{ ...entity, attributes }], manyToOne: [], manyToMany: [] });
  }
}
