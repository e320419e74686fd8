import type { Finding } from '../errors/finding.ts';
import type { Rewrite } from '../model/plan.ts';
import {
  isLookup,
  isPartyList,
  type Lookup,
  type Row,
  type RowRef,
  type Value,
} from '../model/row.ts';
import type { TextReferences } from '../model/rules.ts';
import type { EnvironmentColumn } from '../model/table.ts';
import { isFilledByPlatform } from './allowed-values.ts';
import type { ComparisonFrame, RowPair } from './comparison.ts';
import { shiftDate } from './relative-dates.ts';
import { placeOf } from './row-finding.ts';
import type { RowRefusals } from './row-refusals.ts';

/** A value as the target is to have it, with the ids that were rewritten inside. */
export interface Wanted {
  readonly value: Value;
  readonly rewrites?: readonly Rewrite[];
}

/** Says what values of one row become in the target: references under its ids, dates moved. */
export class ValueInTarget {
  readonly #pair: RowPair;
  readonly #frame: ComparisonFrame;
  readonly #refusals: RowRefusals;
  /** Notices by column: only those of columns that change are told. */
  readonly notices = new Map<string, Finding>();

  constructor(pair: RowPair, frame: ComparisonFrame, refusals: RowRefusals) {
    this.#pair = pair;
    this.#frame = frame;
    this.#refusals = refusals;
  }

  /** The value as the target would have it; `undefined` where it is to be left alone. */
  of(column: EnvironmentColumn, value: Value): Wanted | undefined {
    if (isLookup(value)) return this.#lookupInTarget(column, value);
    if (isPartyList(value)) return this.#partiesInTarget(column, value);
    const texts = this.#pair.table.rules.textReferences.get(column.name);
    if (texts !== undefined && typeof value === 'string')
      return this.#textInTarget(column.name, value, texts);
    const mode = this.dateModeOf(column.name);
    if (mode !== 'absolute' && typeof value === 'string') {
      const exportedAt = this.#frame.exportedAt.get(this.#frame.index.stepOf(this.#pair.node));
      return { value: shiftDate(value, { mode, exportedAt, now: this.#frame.now }) };
    }
    return { value };
  }

  #lookupInTarget(column: EnvironmentColumn, value: Lookup): Wanted | undefined {
    const { index, identities } = this.#frame;
    const node = index.nodeOf(value);
    if (node !== undefined && identities.matchOf(node).is === 'dropped') return undefined;
    const target = node === undefined ? undefined : identities.targetOf(node);
    if (target !== undefined)
      return {
        value: value.name === undefined ? target : { ...target, name: value.name },
      };
    const { leave } = this.#frame;
    const isNeeded = column.required === 'system' && !isFilledByPlatform(column);
    if (leave !== undefined && (this.#pair.target !== undefined || !isNeeded)) {
      leave(this.#refusals.named, column.name, value);
      return undefined;
    }
    if (this.#refusals.waitsFor(column.name, column.name, [value])) return undefined;
    this.#refusals.refuse('URM1313', column.name, {
      summary: `${column.name} refers to ${value.table} ${value.id}${value.name === undefined ? '' : ` ${value.name}`}, which is neither in the package nor in the target`,
      remedy: 'Bring the referenced row along, create it in the target, or map it.',
    });
    return undefined;
  }

  #partiesInTarget(column: EnvironmentColumn, parties: readonly Row[]): Wanted {
    const moved: Row[] = [];
    for (const party of parties) {
      const at = party.shape.columns.indexOf('partyid');
      const who = party.cells[at];
      if (!isLookup(who)) {
        moved.push(party);
        continue;
      }
      const wanted = this.#lookupInTarget(column, who);
      if (wanted !== undefined) moved.push({ ...party, cells: party.cells.with(at, wanted.value) });
    }
    return { value: moved };
  }

  #textInTarget(column: string, text: string, texts: TextReferences): Wanted {
    const { index, identities } = this.#frame;
    const { references, problem } = texts.find(text);
    if (problem !== undefined)
      this.notices.set(column, {
        severity: 'warning',
        code: 'URM1324',
        where: placeOf(this.#refusals.named, column),
        summary: 'The text cannot be searched for references; it moves unchanged',
        detail: problem,
        remedy: 'Check the row by hand after the import.',
      });
    const rewrites: Rewrite[] = [];
    const targets = new Map<string, RowRef>();
    for (const reference of references) {
      const node = index.nodeOfAny(reference.tables, reference.id);
      const target = node === undefined ? undefined : identities.targetOf(node);
      if (target === undefined) {
        if (reference.isOptional) continue;
        const { id } = reference;
        if (
          this.#refusals.waitsFor(
            column,
            reference.at,
            reference.tables.map((table) => ({ table, id })),
          )
        )
          continue;
        this.#refusals.refuse('URM1314', column, {
          summary: `${reference.at} names ${reference.tables.join(' or ')} ${reference.id}, which is neither in the package nor in the target`,
          remedy: 'Bring the referenced row along, create it in the target, or map it.',
        });
        continue;
      }
      targets.set(`${reference.tables.join('|')}/${reference.id}`, target);
      if (target.id !== reference.id)
        rewrites.push({ from: reference.id, to: target.id, at: reference.at });
    }
    if (rewrites.length === 0) return { value: text };
    const rewritten = texts.rewrite(
      text,
      (reference) => targets.get(`${reference.tables.join('|')}/${reference.id}`)?.id,
    );
    return { value: rewritten, rewrites };
  }

  /** Whether a date is to move with the day of the import. */
  dateModeOf(column: string): 'absolute' | 'relative' | 'relativeDaily' {
    for (const source of this.#pair.sources) {
      const mode = source.columns.get(column)?.dateMode;
      if (mode !== undefined) return mode;
    }
    return 'absolute';
  }
}
