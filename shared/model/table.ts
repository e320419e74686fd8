/** How a column's value is read, compared and written. Dataverse's kinds under one name each. */
export type ColumnType =
  | 'text'
  | 'memo'
  | 'integer'
  | 'bigint'
  | 'decimal'
  | 'double'
  | 'money'
  | 'boolean'
  | 'datetime'
  | 'date'
  | 'choice'
  | 'choices'
  | 'state'
  | 'status'
  | 'lookup'
  | 'owner'
  | 'party-list'
  | 'guid'
  | 'image'
  | 'file';

/** What is known of a column wherever its table is described: in a schema file or in an environment. */
export interface ColumnDefinition {
  readonly name: string;
  readonly displayName: string;
  readonly type: ColumnType;
  /** Tables a lookup may point to; empty for other types, and for an owner (users and teams). */
  readonly targets: readonly string[];
}

/** A many-to-many relationship as one of its two tables sees it. */
export interface ManyToManyDefinition {
  /** Name of the intersect table: what Configuration Migration files call the relationship. */
  readonly name: string;
  readonly target: string;
  /** Id column of the target table. */
  readonly targetIdColumn: string;
  readonly reflexive: boolean;
}

/** Enough to read rows of a table, wherever they come from. */
export interface TableDefinition {
  readonly name: string;
  readonly displayName: string;
  readonly idColumn: string;
  /** Some tables have no name column. */
  readonly nameColumn?: string;
  /** In the order of the source: a schema's order is the order of the columns in data.xml. */
  readonly columns: ReadonlyMap<string, ColumnDefinition>;
  readonly manyToMany: readonly ManyToManyDefinition[];
}

/** How a date moves at import: not at all, by whole weeks, or by whole days. */
export type DateMode = 'absolute' | 'relative' | 'relativeDaily';

export interface SourceColumn extends ColumnDefinition {
  readonly dateMode?: DateMode;
  /** The schema gives a type that nobody knows: the values are carried as text. */
  readonly untyped?: true;
  /** Added by a customization: schemas say so with `customfield`. */
  readonly custom?: boolean;
}

/** A table as a package has it: one per step and table, with the import flags of its schema. */
export interface SourceTable extends TableDefinition {
  readonly step: string;
  readonly columns: ReadonlyMap<string, SourceColumn>;
  /** Columns marked `updateCompare`, in schema order: rows are recognized by them together. */
  readonly compareBy: readonly string[];
  /** `skipupdate`: rows that exist are left alone. */
  readonly skipUpdate: boolean;
  /** `forcecreate`: rows are created unless their id exists. */
  readonly forceCreate: boolean;
  /** `disableplugins`: the package asks that server logic is bypassed for this table. */
  readonly disablePlugins: boolean;
  readonly typeCode?: number;
  /** FetchXML of the export: a whole `<fetch>`, or only its `<filter>`. */
  readonly filter?: string;
}

export type RequiredLevel = 'none' | 'recommended' | 'application' | 'system';

/** A column as an environment's metadata describes it. */
export interface EnvironmentColumn extends ColumnDefinition {
  readonly schemaName: string;
  readonly required: RequiredLevel;
  readonly creatable: boolean;
  readonly updatable: boolean;
  readonly readable: boolean;
  /** Protected by column security: without the profile a read returns nothing and a write fails. */
  readonly secured: boolean;
  readonly custom: boolean;
  /** Lookup columns: target table → the navigation property to bind. Names are case-sensitive. */
  readonly navigation: ReadonlyMap<string, string>;
  /** Choice columns: value → label. */
  readonly options?: ReadonlyMap<number, string>;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
  /** File and image columns: what a value may hold. */
  readonly maxBytes?: number;
  /** Date columns without time zone: their moment is the same wherever it is looked at. */
  readonly zoneless?: true;
  /** Image columns: the image is kept as it was given, not only as a thumbnail. */
  readonly fullImage?: boolean;
  /** Status columns: status value → the state it belongs to. */
  readonly stateOfStatus?: ReadonlyMap<number, number>;
}

/** A many-to-many relationship with what an environment needs to write it. */
export interface EnvironmentManyToMany extends ManyToManyDefinition {
  readonly schemaName: string;
  /** Collection-valued navigation property on this table. */
  readonly navigation: string;
  readonly intersectEntitySet?: string;
  /** Columns of the intersect table: this side's id and the target's. */
  readonly sourceColumn: string;
  readonly targetColumn: string;
}

export type PrivilegeVerb =
  | 'create'
  | 'read'
  | 'write'
  | 'delete'
  | 'assign'
  | 'share'
  | 'append'
  | 'appendTo';

/** A table as an environment's metadata describes it. */
export interface EnvironmentTable extends TableDefinition {
  readonly entitySet: string;
  readonly schemaName: string;
  /** Differs between environments for custom tables: never a key. */
  readonly typeCode: number;
  readonly ownership: 'user' | 'organization' | 'business' | 'none';
  readonly columns: ReadonlyMap<string, EnvironmentColumn>;
  readonly manyToMany: readonly EnvironmentManyToMany[];
  /** Privilege names by verb, as the environment spells them; a verb may be absent. */
  readonly privileges: ReadonlyMap<PrivilegeVerb, { readonly name: string; readonly id: string }>;
  readonly optimisticConcurrency: boolean;
  /** The one image column that a create may set. */
  readonly imageColumn?: string;
  /** Schema names of the relationships behind lookups, with the lookup's column. */
  readonly lookupRelationships?: ReadonlyMap<string, string>;
  /** Alternate keys: each the list of its columns. */
  readonly alternateKeys: readonly (readonly string[])[];
}
