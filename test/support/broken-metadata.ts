import type { Environment } from '#emulator/environment.ts';
import type { Attribute, Entity } from '#emulator/metadata/metadata.ts';
import type { Cell } from '#emulator/store/store.ts';

/** Brings back what was broken. */
export type Undo = () => void;

/** Takes something away from an environment, behind everybody's back. */
export interface Breaking {
  table(name: string): Undo;
  column(table: string, column: string): Undo;
  /** Changes how a column is defined. */
  redefine(table: string, column: string, change: (was: Attribute) => Attribute): Undo;
  /** An option of a choice. */
  option(table: string, column: string, value: number): Undo;
  relationship(schemaName: string): Undo;
  /** All rows of a table for which `is` says so. */
  rows(table: string, is: (cells: ReadonlyMap<string, Cell>, id: string) => boolean): Undo;
  /** Cells of the rows for which `is` says so. */
  cells(
    table: string,
    is: (cells: ReadonlyMap<string, Cell>) => boolean,
    changes: Readonly<Record<string, Cell>>,
  ): Undo;
}

export function breaking({ metadata, store }: Environment): Breaking {
  const entityOf = (table: string): Entity => {
    const entity = metadata.entity(table);
    if (entity === undefined) throw new Error(`There is no table ${table}.`);
    return entity;
  };
  const put = (entity: Entity): void =>
    metadata.add({ entities: [entity], manyToOne: [], manyToMany: [] });
  const redefine: Breaking['redefine'] = (table, column, change) => {
    const entity = entityOf(table);
    const attribute = entity.attributes.get(column);
    if (attribute === undefined) throw new Error(`There is no column ${table}.${column}.`);
    put({ ...entity, attributes: new Map([...entity.attributes, [column, change(attribute)]]) });
    return () => put(entity);
  };
  return {
    redefine,
    table: (name) => {
      const entity = entityOf(name);
      const manyToOne = [...metadata.manyToOne(name), ...metadata.oneToMany(name)];
      const manyToMany = [...metadata.manyToMany(name)];
      metadata.removeEntity(name);
      return () => metadata.add({ entities: [entity], manyToOne, manyToMany });
    },
    column: (table, column) => {
      const entity = entityOf(table);
      if (!entity.attributes.has(column)) throw new Error(`There is no column ${table}.${column}.`);
      const attributes = new Map(
        [...entity.attributes].filter(
          ([name, { attributeOf }]) => name !== column && attributeOf !== column,
        ),
      );
      put({ ...entity, attributes });
      return () => put(entity);
    },
    option: (table, column, value) =>
      redefine(table, column, (was) => {
        const options = was.options?.filter((each) => each.value !== value) ?? [];
        if (options.length === was.options?.length)
          throw new Error(`${table}.${column} has no option ${value}.`);
        return { ...was, options };
      }),
    relationship: (schemaName) => {
      const tables = [...metadata.entities()].map(({ logicalName }) => logicalName);
      const is = (each: { readonly schemaName: string }): boolean => each.schemaName === schemaName;
      const manyToOne = tables.flatMap((name) => metadata.manyToOne(name).filter(is));
      const manyToMany = tables.flatMap((name) =>
        metadata.manyToMany(name).filter((each) => is(each) && each.entity1 === name),
      );
      if (manyToOne.length + manyToMany.length === 0)
        throw new Error(`There is no relationship ${schemaName}.`);
      metadata.removeRelationship(schemaName);
      return () => metadata.add({ entities: [], manyToOne, manyToMany });
    },
    rows: (table, is) => {
      const taken = [...store.rows(table)].filter(({ cells, id }) => is(cells, id));
      if (taken.length === 0) throw new Error(`No such row of ${table} is there.`);
      for (const { id } of taken) store.delete(table, id);
      return () => {
        for (const { id, cells } of taken) store.put(table, id, cells);
      };
    },
    cells: (table, is, changes) => {
      const changed = [...store.rows(table)].filter(({ cells }) => is(cells));
      if (changed.length === 0) throw new Error(`No such row of ${table} is there.`);
      for (const { id, cells } of changed)
        store.put(table, id, new Map([...cells, ...Object.entries(changes)]));
      return () => {
        for (const { id, cells } of changed) store.put(table, id, cells);
      };
    },
  };
}
