/** A lookup's relationship: its schema name when all else follows from the column. */
export type RawTarget =
  | string
  | {
      readonly name: string;
      /** Navigation property of the lookup's side; absent: the column's name. */
      readonly navigation?: string;
      /** What a delete of the target does; absent: `RemoveLink`, `NoCascade` for system lookups. */
      readonly delete?: string;
      /** Navigation property of the other side; absent: the schema name. */
      readonly referenced?: string;
    };

/** A column as the data files have it; what is absent has the usual value. */
export interface RawColumn {
  readonly name: string;
  /** Absent: the logical name. */
  readonly schema?: string;
  readonly display?: string;
  readonly type: string;
  readonly typeName?: string;
  /** Absent: `None`. */
  readonly required?: string;
  /** Absent: create and update. */
  readonly write?: string;
  readonly read?: boolean;
  readonly secured?: boolean;
  /** Lookups: target table → relationship. */
  readonly to?: Readonly<Record<string, RawTarget | undefined>>;
  /** Choices: value, label, and the state of a status or the default status of a state. */
  readonly options?: readonly (readonly (string | number)[])[];
  readonly global?: string;
  readonly length?: number;
  readonly min?: number;
  readonly max?: number;
  readonly precision?: number;
  readonly format?: string;
  readonly behavior?: string;
  readonly default?: number | boolean | string;
  /** The column this one mirrors, where its name does not follow from it. */
  readonly of?: string;
  /** Whether it is a member of the Web API's rows, where that is not what its kind says. */
  readonly odata?: boolean;
}

/** A many-to-many relationship, listed with its first table. */
export interface RawLink {
  readonly name: string;
  readonly intersect: string;
  readonly set?: string;
  readonly column: string;
  readonly navigation: string;
  readonly to: string;
  readonly toColumn: string;
  readonly toNavigation: string;
}

/** A table as the data files have it. */
export interface RawTable {
  readonly schema: string;
  readonly display: string;
  readonly collection: string;
  readonly set: string;
  readonly code?: number;
  readonly id: string;
  readonly nameColumn?: string;
  readonly image?: string;
  readonly ownership?: string;
  readonly intersect?: boolean;
  readonly activity?: boolean;
  readonly solutionAware?: boolean;
  /** A text names a column of `standard-columns.json`. */
  readonly columns: readonly (string | RawColumn)[];
  readonly links?: readonly RawLink[];
  /** Name and, where it is known, id. Absent: derived from the schema name. */
  readonly privileges?: readonly string[];
}
