import { definitionNotFound, metadataOptionRefused } from '../errors/metadata-errors.ts';
import { unknownProperty, unknownSegment } from '../errors/query-errors.ts';
import type { Metadata } from './metadata.ts';
import {
  list,
  matches,
  namespace,
  ok,
  readKey,
  type Asked,
  type MetadataAnswer,
  type Segment,
} from './metadata-request.ts';
import { choiceDefinition } from './wire/choice-definition.ts';
import { choiceColumn } from './write/global-choice.ts';
import { listAnswers } from './wire/expand-definition.ts';
import type { Definition } from './wire/labels.ts';
import { contextSelection, projectRoot } from './wire/project-definition.ts';
import { manyToManyDefinition, manyToOneDefinition } from './wire/relationship-definition.ts';
import { inRootOrder } from './wire/root-order.ts';

const relationshipKinds = new Set([
  'OneToManyRelationshipMetadata',
  'ManyToManyRelationshipMetadata',
]);

const choiceKinds = new Set(['OptionSetMetadata', 'BooleanOptionSetMetadata']);

/** `RelationshipDefinitions` and one of them, with or without a cast to its kind. */
export function relationships(
  asked: Asked,
  first: Segment,
  rest: readonly Segment[],
): MetadataAnswer | undefined {
  const { context, metadata, options } = asked;
  const [cast, property, ...further] = rest;
  if (further.length > 0) return undefined;
  const kind =
    cast?.name.startsWith(namespace) === true ? cast.name.slice(namespace.length) : undefined;
  if (property !== undefined) {
    if (first.argument === undefined || property.argument !== undefined) return undefined;
    // One property is what selecting it gives: learn.microsoft.com/power-apps/developer/model-driven-apps/customize-menus
    const selected = { ...asked, options: { ...options, select: [property.name] } };
    return relationships(selected, first, cast === undefined ? [] : [cast]);
  }
  if (cast !== undefined && !relationshipKinds.has(kind ?? '')) throw unknownSegment(cast.name);
  const path = `RelationshipDefinitions${kind === undefined ? '' : `/${namespace}${kind}`}`;
  const all = allRelationships(metadata).filter((each) => kind === undefined || each.kind === kind);
  if (first.argument === undefined) {
    const members = all.flatMap(({ kind: own, definition }) => {
      const [shown] = listAnswers([definition], own, options);
      if (shown === undefined) return [];
      const ordered = options.select === undefined ? inRootOrder(shown, true) : shown;
      return [typed(ordered, kind === undefined ? own : undefined)];
    });
    return list(asked, path, members);
  }
  const key = readKey(first.argument);
  const found = all.find((each) => matches(each.definition, key));
  if (found === undefined) throw definitionNotFound('relationship', key.value);
  const type = { name: found.kind, properties: found.definition };
  const shown = projectRoot(found.definition, options.select, type);
  const body = typed(shown, kind === undefined ? found.kind : undefined);
  return ok(context, `${path}${contextSelection(options)}/$entity`, body);
}

function allRelationships(
  metadata: Metadata,
): readonly { readonly kind: string; readonly definition: Definition }[] {
  const lookups = [...metadata.entities()].flatMap((entity) =>
    metadata.manyToOne(entity.logicalName).map((each) => ({
      kind: 'OneToManyRelationshipMetadata',
      definition: manyToOneDefinition(each),
    })),
  );
  const links = [...metadata.entities()].flatMap((entity) =>
    metadata
      .manyToMany(entity.logicalName)
      .filter((each) => each.entity1 === entity.logicalName)
      .map((each) => ({
        kind: 'ManyToManyRelationshipMetadata',
        definition: manyToManyDefinition(each),
      })),
  );
  return [...lookups, ...links];
}

/** `GlobalOptionSetDefinitions` and one of them. */
export function globalChoices(
  asked: Asked,
  first: Segment,
  rest: readonly Segment[],
): MetadataAnswer | undefined {
  const { context, metadata, options } = asked;
  const [cast, ...further] = rest;
  if (further.length > 0) return undefined;
  const wanted =
    cast?.name.startsWith(namespace) === true ? cast.name.slice(namespace.length) : undefined;
  if (cast !== undefined && !choiceKinds.has(wanted ?? '')) throw unknownSegment(cast.name);
  // Options are values of the choice, not what a navigation property leads to.
  const [expanded] = options.expand.keys();
  if (expanded !== undefined) throw unknownProperty(expanded, wanted ?? 'OptionSetMetadataBase');
  const all = new Map<string, { readonly kind: string; readonly definition: Definition }>();
  for (const entity of metadata.entities()) {
    for (const attribute of entity.attributes.values()) {
      const name = attribute.globalChoice;
      if (name === undefined || all.has(name)) continue;
      const kind = attribute.type === 'Boolean' ? 'BooleanOptionSetMetadata' : 'OptionSetMetadata';
      all.set(name, { kind, definition: choiceDefinition(name, attribute, true) });
    }
  }
  for (const choice of metadata.choices.values()) {
    const shown = choiceDefinition(choice.name, choiceColumn(choice), true);
    const definition = { ...shown, MetadataId: choice.metadataId };
    all.set(choice.name, { kind: 'OptionSetMetadata', definition });
  }
  const path = `GlobalOptionSetDefinitions${wanted === undefined ? '' : `/${namespace}${wanted}`}`;
  const chosen = [...all.values()].filter(({ kind }) => wanted === undefined || kind === wanted);
  const shownAs = (each: { readonly kind: string; readonly definition: Definition }): Definition =>
    typed(
      projectRoot(each.definition, options.select, {
        name: each.kind,
        properties: each.definition,
      }),
      wanted === undefined ? each.kind : undefined,
    );
  if (first.argument === undefined) {
    if (options.filter !== undefined) throw metadataOptionRefused('$filter');
    return list(asked, path, chosen.map(shownAs));
  }
  const key = readKey(first.argument);
  const found = chosen.find((each) => matches(each.definition, key));
  if (found === undefined) throw definitionNotFound('option set', key.value);
  return ok(context, `${path}${contextSelection(options)}/$entity`, shownAs(found));
}

function typed(definition: Definition, kind: string | undefined): Definition {
  return kind === undefined ? definition : { '@odata.type': `#${namespace}${kind}`, ...definition };
}
