import type { Guid } from './guid.ts';
import type { Identity } from './identity.ts';

/** A row id found inside a text, at a position where it is known to be a reference. */
export interface TextReference {
  readonly id: Guid;
  /** Tables the position may point to, most likely first. */
  readonly tables: readonly string[];
  /** Where in the text, for people: `rule "Gold customers" › assign_to.queue`. */
  readonly at: string;
  /** Nothing depends on the row: where it is not found the id stays as it is. */
  readonly isOptional?: true;
}

/** Finds and rewrites the references inside one text column. Lossless: rewriting nothing returns the same text. */
export interface TextReferences {
  /** All references, in document order. Texts that do not parse hold none; `problem` says why. */
  find(text: string): {
    readonly references: readonly TextReference[];
    readonly problem?: string;
  };
  /** Replaces each reference for which `replace` gives an id; every other character stays. */
  rewrite(text: string, replace: (reference: TextReference) => Guid | undefined): string;
}

/**
 * Rows that a text names by a value of theirs instead of an id, as rules name context variables. Names
 * are never rewritten; new rows of that name are written before the text.
 */
export interface TextNames {
  readonly table: string;
  /** The column of that table that holds the name. */
  readonly column: string;
  /** No two rows have the same name: the row that is named is known by it. */
  readonly isUnique?: true;
  find(text: string): readonly string[];
}

/** Rows that the server makes by itself when rows of another table are created. */
export interface ServerMade {
  /** The table whose new rows make it. */
  readonly by: string;
  /** The lookup of that table that leads to the row with the key. */
  readonly through: string;
  /** Columns here, with the columns there that hold the same. */
  readonly key: ReadonlyMap<string, string>;
}

/** Rows that the server writes whenever a text is saved, as a list of what the text names. */
export interface DerivedRows {
  /** The text column. */
  readonly from: string;
  readonly table: string;
  /** The lookup of that table to the row that holds the text. */
  readonly lookup: string;
}

/** How a row leads to the lines that route by it: over its own lookup, or over one of a table `of`. */
export interface LeadsToLine {
  readonly column: string;
  readonly of?: string;
}

/** Why a column's value does not leave the source or is not written to the target. */
export type WithheldReason = 'secret' | 'environment' | 'generated' | 'runtime';

/** What the product knows about a table beyond its metadata. */
export interface TableRules {
  /** Tried in order until one is decisive: a row found by an earlier one is not sought by a later one. */
  readonly identities: readonly Identity[];
  /** Columns that tell rows of the same name apart, where a row is looked for by its name. */
  readonly toldApartBy?: readonly string[];
  /** Rows that every environment has of its own: matched, never created, never updated. Holds unique names. */
  readonly systemRows?: {
    readonly column: string;
    readonly values: ReadonlySet<string>;
    /** Those that some versions do not have: nothing is missing where no row refers to them. */
    readonly optional?: ReadonlySet<string>;
  };
  /** Sent on create, never on update; a difference in the target blocks the row. */
  readonly createOnly: ReadonlySet<string>;
  /** Never exported, compared or written, with the reason. */
  readonly withheld: ReadonlyMap<string, WithheldReason>;
  /** Columns whose text holds row ids. */
  readonly textReferences: ReadonlyMap<string, TextReferences>;
  /** Columns whose text names rows. */
  readonly textNames?: ReadonlyMap<string, TextNames>;
  readonly serverMade?: ServerMade;
  readonly derivedRows?: DerivedRows;
  /**
   * Columns that take effect on live conversations the moment they change: updates of existing rows
   * that touch one run last, when everything they lead to is there.
   */
  readonly liveColumns?: ReadonlySet<string>;
  /** Calls, chats and records come in here: what is switched for one line is switched at once. */
  readonly isLine?: true;
  readonly leadsToLine?: readonly LeadsToLine[];
}

export interface RuleBook {
  /** Rules of any table; a table the product knows nothing of gets the neutral ones. */
  of(table: string): TableRules;
}
