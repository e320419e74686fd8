import type { Metadata } from '../metadata/metadata.ts';

/** What an environment is to lack of what others have: for trying out checks before a migration. */
export interface MissingMetadata {
  /** `msdyn_capacityprofile` */
  readonly tables: readonly string[];
  /** `queue.msdyn_priority` */
  readonly columns: readonly string[];
  /** `queue.msdyn_queuetype=192350002` */
  readonly choices: readonly string[];
}

/** Takes tables, columns and options of choices out of an environment's metadata. */
export function removeMetadata(metadata: Metadata, missing: MissingMetadata): void {
  for (const name of missing.tables) metadata.removeEntity(name);
  for (const path of missing.columns) removeColumn(metadata, path);
  for (const text of missing.choices) removeOption(metadata, text);
}

function removeColumn(metadata: Metadata, path: string): void {
  const [table = '', column = ''] = path.split('.');
  const entity = metadata.entity(table);
  if (!entity?.attributes.has(column)) throw new Error(`There is no column ${path} to leave out`);
  const attributes = new Map(
    [...entity.attributes].filter(
      ([name, attribute]) => name !== column && attribute.attributeOf !== column,
    ),
  );
  metadata.add({ entities: [{ ...entity, attributes }], manyToOne: [], manyToMany: [] });
}

function removeOption(metadata: Metadata, text: string): void {
  const found = /^(\w+)\.(\w+)=(-?\d+)$/.exec(text);
  const [, table = '', column = '', value = ''] = found ?? [];
  const entity = metadata.entity(table);
  const attribute = entity?.attributes.get(column);
  const options = attribute?.options?.filter((each) => each.value !== Number(value));
  if (entity === undefined || attribute === undefined || options === undefined) {
    throw new Error(`There is no choice ${text} to leave out`);
  }
  const attributes = new Map([...entity.attributes, [column, { ...attribute, options }] as const]);
  metadata.add({ entities: [{ ...entity, attributes }], manyToOne: [], manyToMany: [] });
}
