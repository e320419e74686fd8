import type { Guid } from '../model/guid.ts';
import type { FileValue, Link, Row } from '../model/row.ts';
import type { RowSource } from '../model/row-source.ts';
import type { SourceTable } from '../model/table.ts';
import type { Finding } from '../errors/finding.ts';
import type { WithheldReason } from '../model/rules.ts';

/** What a data_schema.xml says, decoded; the document itself is kept beside it. */
export interface CmtSchema {
  readonly tables: readonly SourceTable[];
  /** The file's text as given; rewriting a schema that was not changed gives these characters. */
  readonly text: string;
  /** Tables that `entityImportOrder` names, in its order; without it the schema's order counts. */
  readonly importOrder?: readonly string[];
  /** Oddities that do not keep the schema from being used. */
  readonly findings: readonly Finding[];
}

/** `migration.json`. */
export interface PackageManifest {
  readonly format: 1;
  readonly tool: string;
  readonly source: { readonly organizationId: Guid; readonly url: string };
  readonly channels: readonly string[];
  readonly scope: Readonly<Record<string, readonly string[]>>;
  readonly steps: readonly {
    readonly step: string;
    readonly area: string;
    readonly tables: readonly {
      readonly name: string;
      readonly rows: number;
      readonly links: number;
    }[];
    /** Zip form only. */
    readonly sha256?: string;
  }[];
  readonly withheld: readonly {
    readonly step: string;
    readonly table: string;
    readonly column: string;
    readonly rows: number;
    readonly reason: WithheldReason;
    /** Names of the first of these rows, where their values have to be set in the target. */
    readonly names?: readonly string[];
  }[];
  readonly removed: readonly {
    readonly table: string;
    readonly id: Guid;
    readonly name: string;
  }[];
  /** What the source has and the procedures leave to hands, with names of the first rows. */
  readonly leftToHands?: readonly { readonly what: string; readonly names: readonly string[] }[];
  /** Rows that rows of the package refer to and that a solution is to bring; without one: none was found. */
  readonly carried?: readonly {
    readonly solution?: {
      readonly name: string;
      readonly title: string;
      readonly version: string;
    };
    readonly rows: readonly {
      readonly table: string;
      readonly id: Guid;
      readonly name: string;
    }[];
  }[];
}

/** A package opened for reading: a package folder, one zip, or an unpacked folder of either. */
export interface MigrationPackage extends RowSource {
  /** Absent for a plain Configuration Migration zip or folder. */
  readonly manifest?: PackageManifest;
  readonly steps: readonly string[];
  /** Oddities of the files that do not keep them from being read. */
  readonly findings: readonly Finding[];
  /** How much a table holds, known without reading it again. */
  counts(table: SourceTable): { readonly rows: number; readonly links: number };
  /** When a step was exported, as its data.xml says: what relative dates are counted from. */
  timestamp(step: string): string | undefined;
  /** The content of a file column's value. */
  payload(step: string, file: FileValue, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** Writes a package; nothing appears at its path until `finish`. */
export interface PackageWriter {
  /** A timestamp is written only when given: relative dates are counted from it at import. */
  step(name: string, schema: CmtSchema, timestamp?: string): Promise<StepWriter>;
  finish(
    manifest: (steps: readonly WrittenStep[]) => PackageManifest,
  ): Promise<{ readonly hash: string }>;
  abort(): Promise<void>;
}

export interface StepWriter {
  /** Rows may come in any order; they are written in the stock tool's. */
  table(
    table: SourceTable,
    rows: AsyncIterable<Row>,
    links: AsyncIterable<Link>,
    signal: AbortSignal,
  ): Promise<{ readonly rows: number; readonly links: number }>;
  /** Takes the content of a file column; the value it gives goes into the row's cell. */
  payload(fileName: string, content: AsyncIterable<Uint8Array>): Promise<FileValue>;
  close(): Promise<WrittenStep>;
}

export interface WrittenStep {
  readonly step: string;
  readonly sha256: string;
  readonly tables: readonly {
    readonly name: string;
    readonly rows: number;
    readonly links: number;
  }[];
}
