/** A column as it was collected. */
export interface FactColumn {
  readonly logicalName: string;
  readonly schemaName: string;
  readonly displayName?: string | null;
  readonly attributeType: string;
  readonly attributeTypeName?: string;
  readonly requiredLevel: string;
  readonly isValidForCreate?: boolean;
  readonly isValidForUpdate?: boolean;
  readonly isValidForRead?: boolean;
  readonly isSecured?: boolean;
  readonly isODataAttribute?: boolean;
  readonly targets?: readonly string[];
  readonly options?: readonly {
    readonly value: number;
    readonly label: string;
    readonly state?: number;
    readonly defaultStatus?: number;
  }[];
  readonly globalChoice?: string;
  readonly dateTimeBehavior?: string;
  readonly format?: string;
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly maxLength?: number;
  readonly precision?: number;
  readonly defaultValue?: number | boolean | string | null;
  readonly attributeOf?: string;
}

/** A lookup's relationship as it was collected. */
export interface FactLookup {
  readonly schemaName?: string | null;
  readonly referencingAttribute: string;
  readonly referencedEntity: string;
  readonly referencedAttribute: string;
  readonly referencingNavigationProperty: string;
  readonly referencedNavigationProperty?: string;
  readonly cascade?: { readonly Delete?: string };
}

/** A many-to-many relationship as it was collected. */
export interface FactLink {
  readonly schemaName: string;
  readonly intersectEntityName: string;
  readonly intersectEntitySetName?: string | null;
  readonly entity1: string;
  readonly entity1IntersectAttribute: string;
  readonly entity1NavigationProperty: string;
  readonly entity2: string;
  readonly entity2IntersectAttribute: string;
  readonly entity2NavigationProperty: string;
}

/** A table as it was collected: columns, lookups and links. */
export interface FactTable {
  readonly logicalName: string;
  readonly schemaName: string;
  readonly displayName?: string | null;
  readonly displayCollectionName?: string | null;
  readonly entitySetName: string;
  readonly logicalCollectionName?: string | null;
  readonly objectTypeCode?: number;
  readonly primaryIdAttribute: string;
  readonly primaryNameAttribute?: string | null;
  readonly primaryImageAttribute?: string | null;
  readonly ownershipType?: string;
  readonly isIntersect: boolean;
  readonly isActivity?: boolean;
  readonly scope: string;
  readonly solutionAware?: boolean;
  readonly attributes: readonly FactColumn[];
  readonly manyToOne: readonly FactLookup[];
  readonly manyToMany: readonly FactLink[];
  readonly privileges?: readonly (string | { readonly name: string; readonly id: string })[];
}
