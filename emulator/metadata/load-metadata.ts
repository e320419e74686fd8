import catalogue from './data/catalogue.json' with { type: 'json' };
import documentation from './data/documentation.json' with { type: 'json' };
import intersects from './data/intersects.json' with { type: 'json' };
import moreColumns from './data/more-columns.json' with { type: 'json' };
import platform from './data/platform.json' with { type: 'json' };
import related from './data/related.json' with { type: 'json' };
import standardColumns from './data/standard-columns.json' with { type: 'json' };
import targets from './data/targets.json' with { type: 'json' };
import writtenByHand from './data/written-by-hand.json' with { type: 'json' };
import { buildEntity } from './build-entity.ts';
import { buildManyToMany, buildManyToOne } from './build-relationships.ts';
import type { Entity, GlobalChoice, ManyToMany, ManyToOne, Metadata } from './metadata.ts';
import type { RawColumn, RawTable } from './raw-tables.ts';

/** The tables the product ships with; `typeCodeShift` gives custom tables other type codes per environment. */
export function loadMetadata(options: { readonly typeCodeShift: number }): Metadata {
  const raw = new Map<string, RawTable>();
  // The order decides: what was written by hand stands where collected facts name a table only.
  for (const group of [
    intersects,
    targets,
    related,
    catalogue,
    platform,
    writtenByHand,
    documentation,
  ]) {
    for (const [name, table] of Object.entries<RawTable>(group)) {
      raw.set(name, table);
    }
  }
  for (const [name, { columns }] of Object.entries<Pick<RawTable, 'columns'>>(moreColumns)) {
    const table = raw.get(name);
    if (table !== undefined) raw.set(name, withColumns(table, columns));
  }
  return createMetadata(raw, standardColumns, options.typeCodeShift);
}

/** Columns that a table lacks, and targets that its lookups lack. */
function withColumns(table: RawTable, more: RawTable['columns']): RawTable {
  const columns = new Map<string, string | RawColumn>();
  for (const column of table.columns) {
    columns.set(typeof column === 'string' ? column : column.name, column);
  }
  for (const column of more) {
    const name = typeof column === 'string' ? column : column.name;
    const known = columns.get(name);
    if (known === undefined) columns.set(name, column);
    else if (typeof known !== 'string' && typeof column !== 'string' && column.to !== undefined) {
      columns.set(name, { ...known, to: { ...column.to, ...known.to } });
    }
  }
  return { ...table, columns: [...columns.values()] };
}

/** Type codes from here on are given by each environment. */
const firstCustomTypeCode = 10_000;

/** Tables are built when they are first asked for; an environment uses few of the three hundred. */
function createMetadata(
  raw: ReadonlyMap<string, RawTable>,
  standard: Readonly<Record<string, RawColumn>>,
  typeCodeShift: number,
): Metadata {
  const built = new Map<string, Entity>();
  const nameOfSet = new Map<string, string>();
  const nameOfCode = new Map<number, string>();
  const removed = new Set<string>();
  const lookupsOf = new Map<string, ManyToOne[]>();
  const linksOf = new Map<string, ManyToMany[]>();
  let referencing: Map<string, ManyToOne[]> | undefined;
  const choices = new Map<string, GlobalChoice>();
  let version = 1;

  let nextCode = firstCustomTypeCode + 900;
  const codes = new Map<string, number>();
  for (const [name, table] of raw) {
    const given = table.code ?? (nextCode += 1);
    const code = given >= firstCustomTypeCode ? given + typeCodeShift : given;
    codes.set(name, code);
    nameOfSet.set(table.set, name);
    nameOfCode.set(code, name);
    for (const link of table.links ?? []) {
      const relationship = buildManyToMany(name, link);
      push(linksOf, name, relationship);
      if (link.to !== name) push(linksOf, link.to, relationship);
    }
  }

  function entity(name: string): Entity | undefined {
    const known = built.get(name);
    if (known !== undefined) return known;
    const table = raw.get(name);
    const objectTypeCode = codes.get(name);
    if (table === undefined || objectTypeCode === undefined || removed.has(name)) return undefined;
    const fresh = buildEntity(name, table, { standard, objectTypeCode });
    built.set(name, fresh);
    return fresh;
  }

  function lookups(name: string): ManyToOne[] {
    const known = lookupsOf.get(name);
    if (known !== undefined) return known;
    const table = removed.has(name) ? undefined : raw.get(name);
    const fresh =
      table === undefined
        ? []
        : buildManyToOne(name, table, { standard, idOf: (each) => raw.get(each)?.id });
    lookupsOf.set(name, fresh);
    return fresh;
  }

  function* names(): Iterable<string> {
    for (const name of raw.keys()) if (!removed.has(name)) yield name;
    for (const name of built.keys()) if (!raw.has(name)) yield name;
  }

  function allReferencing(): Map<string, ManyToOne[]> {
    if (referencing !== undefined) return referencing;
    referencing = new Map();
    for (const name of names()) {
      for (const lookup of lookups(name)) push(referencing, lookup.referencedEntity, lookup);
    }
    return referencing;
  }

  return {
    entity,
    entityOfSet: (set) => {
      const name = nameOfSet.get(set);
      return name === undefined ? undefined : entity(name);
    },
    entityOfTypeCode: (code) => {
      const name = nameOfCode.get(code);
      return name === undefined ? undefined : entity(name);
    },
    *entities() {
      for (const name of names()) {
        const each = entity(name);
        if (each !== undefined) yield each;
      }
    },
    manyToOne: lookups,
    oneToMany: (name) => allReferencing().get(name) ?? [],
    manyToMany: (name) => linksOf.get(name) ?? [],
    get version() {
      return version;
    },
    add(tables) {
      version += 1;
      referencing = undefined;
      for (const each of tables.entities) {
        removed.delete(each.logicalName);
        built.set(each.logicalName, each);
        nameOfSet.set(each.entitySetName, each.logicalName);
        nameOfCode.set(each.objectTypeCode, each.logicalName);
        // A table that comes back without a lookup comes back without its relationship.
        const kept = lookups(each.logicalName).filter((lookup) =>
          each.attributes.has(lookup.referencingAttribute),
        );
        lookupsOf.set(each.logicalName, kept);
      }
      for (const each of tables.manyToOne) replaceIn(lookups(each.referencingEntity), each);
      for (const each of tables.manyToMany) {
        for (const side of new Set([each.entity1, each.entity2])) {
          const list = linksOf.get(side) ?? [];
          linksOf.set(side, list);
          replaceIn(list, each);
        }
      }
    },
    choices,
    checkpoint() {
      const restores = [
        keeping(built),
        keeping(nameOfSet),
        keeping(nameOfCode),
        keeping(choices),
        keeping(lookupsOf, (list) => [...list]),
        keeping(linksOf, (list) => [...list]),
      ];
      const gone = [...removed];
      return () => {
        for (const restore of restores) restore();
        removed.clear();
        for (const name of gone) removed.add(name);
        referencing = undefined;
        version += 1;
      };
    },
    removeRelationship(schemaName) {
      version += 1;
      referencing = undefined;
      for (const other of names()) {
        const kept = lookups(other).filter((each) => each.schemaName !== schemaName);
        lookupsOf.set(other, kept);
      }
      for (const [side, list] of linksOf) {
        linksOf.set(
          side,
          list.filter((each) => each.schemaName !== schemaName),
        );
      }
    },
    removeEntity(name) {
      version += 1;
      referencing = undefined;
      const gone = entity(name);
      if (gone === undefined) return;
      removed.add(name);
      built.delete(name);
      nameOfSet.delete(gone.entitySetName);
      nameOfCode.delete(gone.objectTypeCode);
      lookupsOf.delete(name);
      linksOf.delete(name);
      for (const [side, list] of linksOf) {
        linksOf.set(
          side,
          list.filter((each) => each.entity1 !== name && each.entity2 !== name),
        );
      }
      for (const other of names()) {
        const kept = lookups(other).filter((each) => each.referencedEntity !== name);
        lookupsOf.set(other, kept);
      }
    },
  };
}

/** Fills the map again with what it holds now. */
function keeping<Key, Value>(
  map: Map<Key, Value>,
  copy: (value: Value) => Value = (value) => value,
): () => void {
  const kept = [...map].map(([key, value]) => [key, copy(value)] as const);
  return () => {
    map.clear();
    for (const [key, value] of kept) map.set(key, value);
  };
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function replaceIn<Relationship extends { readonly schemaName: string }>(
  list: Relationship[],
  relationship: Relationship,
): void {
  const index = list.findIndex((each) => each.schemaName === relationship.schemaName);
  if (index === -1) list.push(relationship);
  else list[index] = relationship;
}
