import type { TableRules } from '../model/rules.ts';

/** What the user asks to move. */
export const channels = [
  'voice',
  'live-chat',
  'record',
  'sms',
  'whatsapp',
  'custom',
  'facebook',
  'line',
  'teams',
  'apple',
  'google',
  'wechat',
] as const;
export type Channel = (typeof channels)[number];

/** Areas that move only when they are asked for. */
export const extras = ['templates', 'bot-registrations'] as const;
export type Extra = (typeof extras)[number];

/** What limits an export: names or ids; an empty list means everything. */
export interface Scope {
  readonly channels: readonly Channel[];
  readonly queues: readonly string[];
  readonly workstreams: readonly string[];
  /** Tables whose rows are routed, such as `incident`. */
  readonly recordTypes?: readonly string[];
  /** Areas that move only when they are asked for. */
  readonly include?: readonly Extra[];
  /** Solutions carry what they can: only the rest moves. */
  readonly carriedBy?: 'solution';
}

/** Something that a procedure names and that stays behind. */
export interface LeftOut {
  /** For people: `Phone numbers`. */
  readonly what: string;
  /** Tables or columns it is known by. */
  readonly known: readonly string[];
  readonly reason: string;
  /** What includes it, or how it gets to the target. */
  readonly instead: string;
}

/** Which columns the environment has, for filters that use columns of newer versions only. */
export type HasColumn = (table: string, column: string) => boolean;

/** A text column whose rows decide which rows of another table belong to the scope. */
export interface TextColumn {
  readonly table: string;
  readonly column: string;
}

/** How rows of a table belong to others: where those move, these come along. */
export type Belonging =
  | { readonly by: 'lookup'; readonly column: string }
  | { readonly by: 'link'; readonly relationship: string }
  | { readonly by: 'text'; readonly column: string; readonly tables: readonly string[] };

/** One table of one step of an area: a fact of the catalogue. */
export interface AreaTable {
  readonly table: string;
  /** Why its rows move, for people. */
  readonly why: string;
  readonly belongsTo?: readonly Belonging[];
  /** Columns that Microsoft's published schema or procedure names, in its order. */
  readonly columns: readonly string[];
  /** Columns that exist in some versions only: taken when the environment has them, without a word when not. */
  readonly optionalColumns?: readonly string[];
  /** Many-to-many relationships by intersect table. */
  readonly relationships?: readonly string[];
  readonly skipUpdate?: true;
  /** The filter's whole `<fetch>` for a scope; absent: every row. */
  readonly filter?: (scope: Scope, has: HasColumn) => string | undefined;
  /** Instead of a filter: the rows that these texts name, in rows of the same step. */
  readonly namedIn?: readonly TextColumn[];
}

/** A step yields one zip of the package. */
export interface AreaStep {
  /** Place and name: `03-queues`. */
  readonly step: string;
  readonly title: string;
  /** Where this table is not there the channel is not provisioned: the step is left out whole. */
  readonly needs?: string;
  readonly tables: readonly AreaTable[];
}

/** A part of the configuration that moves together. */
export interface Area {
  readonly area: string;
  readonly title: string;
  /** Channels that need it; empty: all. */
  readonly channels: readonly Channel[];
  /** Moves only when `include` names it. */
  readonly includedBy?: Extra;
  /** What the procedure of the area names and the area leaves out. */
  readonly leftOut?: readonly LeftOut[];
  /** Page and section the facts come from. */
  readonly source: string;
  readonly steps: readonly AreaStep[];
  readonly rules: Readonly<Record<string, Partial<TableRules>>>;
  /** What stays to be done by hand afterwards, one sentence each. */
  readonly manual: readonly string[];
}
