import type { Definition } from './labels.ts';

/** What all relationships and all choices have; the other members belong to their kinds. */
const ofAllKinds: ReadonlySet<string> = new Set([
  'Description',
  'DisplayName',
  'ExternalTypeName',
  'IntroducedVersion',
  'IsCustomizable',
  'IsCustomOptionSet',
  'IsCustomRelationship',
  'IsGlobal',
  'IsManaged',
  'IsValidForAdvancedFind',
  'Name',
  'OptionSetType',
  'RelationshipType',
  'SchemaName',
  'SecurityTypes',
]);

/**
 * A definition that is asked for by itself: first the plain members of its kind, then those of all
 * kinds and the id, then the structured ones. Inside another definition the id comes first:
 * learn.microsoft.com/power-apps/developer/data-platform/webapi/web-api-metadata-operations-sample
 */
export function inRootOrder(definition: Definition, hasKinds: boolean): Definition {
  const rank = (name: string, value: unknown): number => {
    const base = hasKinds && ofAllKinds.has(name) ? 1 : 0;
    if (name.startsWith('@')) return -1;
    if (name === 'MetadataId' || name === 'HasChanged') return 2;
    return typeof value === 'object' && value !== null ? 3 + base : base;
  };
  return Object.fromEntries(
    Object.entries(definition).toSorted(
      ([one, left], [other, right]) => rank(one, left) - rank(other, right),
    ),
  );
}
