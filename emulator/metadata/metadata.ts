/** Dataverse's own words here: this is the wire side. */
export type AttributeType =
  | 'BigInt'
  | 'Boolean'
  | 'Customer'
  | 'DateTime'
  | 'Decimal'
  | 'Double'
  | 'EntityName'
  | 'Integer'
  | 'Lookup'
  | 'ManagedProperty'
  | 'Memo'
  | 'Money'
  | 'Owner'
  | 'PartyList'
  | 'Picklist'
  | 'State'
  | 'Status'
  | 'String'
  | 'Uniqueidentifier'
  | 'Virtual';

export interface Option {
  readonly value: number;
  readonly label: string;
  /** Status options: the state they belong to. */
  readonly state?: number;
  /** State options: the status a row gets with the state. */
  readonly defaultStatus?: number;
  readonly description?: string;
  /** `#0000ff` */
  readonly color?: string;
  readonly externalValue?: string;
}

export interface Attribute {
  /** Given by whoever made the column; absent: derived from its name. */
  readonly metadataId?: string;
  /** Members of its definition that whoever made it gave, in the service's form. */
  readonly given?: Readonly<Record<string, unknown>>;
  readonly logicalName: string;
  readonly schemaName: string;
  readonly displayName: string;
  readonly type: AttributeType;
  /** `MultiSelectPicklistType`, `ImageType`, `FileType`; otherwise the type plus `Type`. */
  readonly typeName: string;
  readonly requiredLevel: 'None' | 'Recommended' | 'ApplicationRequired' | 'SystemRequired';
  readonly validForCreate: boolean;
  readonly validForUpdate: boolean;
  readonly validForRead: boolean;
  readonly secured: boolean;
  readonly custom: boolean;
  readonly targets: readonly string[];
  readonly options?: readonly Option[];
  readonly globalChoice?: string;
  /** The global choice that was made here and that the column shows. */
  readonly sharedChoice?: Omit<GlobalChoice, 'name' | 'options'>;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly precision?: number;
  readonly format?: string;
  readonly dateTimeBehavior?: 'UserLocal' | 'DateOnly' | 'TimeZoneIndependent';
  readonly defaultValue?: number | boolean | string;
  /** The column this one mirrors: `primarycontactidname` of `primarycontactid`. */
  readonly attributeOf?: string;
  readonly validODataAttribute: boolean;
}

export interface ManyToOne {
  readonly schemaName: string;
  readonly referencingEntity: string;
  readonly referencingAttribute: string;
  readonly referencedEntity: string;
  readonly referencedAttribute: string;
  /** Navigation property of the lookup's side: what `@odata.bind` and `$expand` name. */
  readonly referencingNavigation: string;
  /** Collection-valued navigation property of the other side. */
  readonly referencedNavigation: string;
  readonly cascadeDelete: 'NoCascade' | 'Cascade' | 'RemoveLink' | 'Restrict';
  /** Members of its definition that whoever made it gave, in the service's form. */
  readonly given?: Readonly<Record<string, unknown>>;
}

export interface ManyToMany {
  readonly schemaName: string;
  readonly intersectEntity: string;
  readonly intersectEntitySet?: string;
  readonly entity1: string;
  readonly entity1Attribute: string;
  readonly entity1Navigation: string;
  readonly entity2: string;
  readonly entity2Attribute: string;
  readonly entity2Navigation: string;
  /** Members of its definition that whoever made it gave, in the service's form. */
  readonly given?: Readonly<Record<string, unknown>>;
}

export interface Entity {
  /** Given by whoever made the table; absent: derived from its name. */
  readonly metadataId?: string;
  /** Absent: `Standard`. */
  readonly tableType?: 'Standard' | 'Elastic';
  /** Members of its definition that whoever made it gave, in the service's form. */
  readonly given?: Readonly<Record<string, unknown>>;
  readonly logicalName: string;
  readonly schemaName: string;
  readonly displayName: string;
  readonly displayCollectionName: string;
  readonly entitySetName: string;
  readonly logicalCollectionName: string;
  readonly objectTypeCode: number;
  readonly primaryId: string;
  readonly primaryName?: string;
  readonly primaryImage?: string;
  readonly ownership: 'UserOwned' | 'OrganizationOwned' | 'BusinessOwned' | 'None';
  readonly isIntersect: boolean;
  readonly isActivity: boolean;
  readonly custom: boolean;
  readonly solutionAware: boolean;
  readonly optimisticConcurrency: boolean;
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** Alternate keys. */
  readonly keys: readonly { readonly schemaName: string; readonly attributes: readonly string[] }[];
  readonly privileges: readonly {
    readonly name: string;
    readonly id: string;
    readonly type:
      | 'Create'
      | 'Read'
      | 'Write'
      | 'Delete'
      | 'Assign'
      | 'Share'
      | 'Append'
      | 'AppendTo'
      /** Belongs to the table and to no verb. */
      | 'None';
  }[];
  /** Bulk messages refused: `queue` and `team`. */
  readonly bulkMessages: boolean;
}

/** A choice that columns share. */
export interface GlobalChoice {
  readonly name: string;
  readonly metadataId: string;
  readonly displayName: string;
  readonly options: readonly Option[];
  /** Members of its definition that whoever made it gave, in the service's form. */
  readonly given?: Readonly<Record<string, unknown>>;
}

/** Everything an environment knows about its tables. Lookups by name are exact: names are case-sensitive. */
export interface Metadata {
  entity(logicalName: string): Entity | undefined;
  entityOfSet(entitySetName: string): Entity | undefined;
  entityOfTypeCode(typeCode: number): Entity | undefined;
  entities(): Iterable<Entity>;
  /** Lookups of a table. */
  manyToOne(logicalName: string): readonly ManyToOne[];
  /** Lookups of other tables that point at it. */
  oneToMany(logicalName: string): readonly ManyToOne[];
  manyToMany(logicalName: string): readonly ManyToMany[];
  /** Grows when tables are added: clients cache by it. */
  readonly version: number;
  /** Adds or replaces tables and relationships (seeds, `--tables-from`, tests that break a target). */
  add(tables: {
    readonly entities: readonly Entity[];
    readonly manyToOne: readonly ManyToOne[];
    readonly manyToMany: readonly ManyToMany[];
  }): void;
  removeEntity(logicalName: string): void;
  removeRelationship(schemaName: string): void;
  /** Remembers what is defined now; the function it gives brings that back. */
  checkpoint(): () => void;
  /** Global choices that were made here, used by a column or not. */
  readonly choices: Map<string, GlobalChoice>;
}
