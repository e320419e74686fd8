import type { Finding } from '../errors/finding.ts';
import type { Phase } from '../model/plan.ts';
import { encodeAction, type Unnumbered } from './action-json.ts';
import type { ResolvedIdentities } from './identity.ts';
import type { Spool } from './ports.ts';
import type { Node, SourceIndex } from './source-index.ts';

/** What becomes of a row by this plan. */
export type Fate = 'created' | 'updated' | 'unchanged' | 'skipped' | 'blocked';

const fates: readonly Fate[] = ['created', 'updated', 'unchanged', 'skipped', 'blocked'];

/** Everything of an action but what it does. */
export type DraftPlace = Pick<Unnumbered, 'step' | 'phase' | 'level' | 'row' | 'source' | 'name'>;

export interface DraftFrame {
  readonly index: SourceIndex;
  readonly identities: ResolvedIdentities;
  readonly findingOf: (node: Node) => Finding | undefined;
}

/** Stands for a row that was found to be blocked while it was compared. */
const blockedMark = '!';

/**
 * Actions before they have numbers, kept per phase and level: only when all rows are compared is it
 * known which of them are blocked by others.
 */
export class DraftBook {
  readonly #spool: Spool;
  readonly #levels: number;
  #deletes = 0;
  readonly #fates: number[] = [];

  constructor(spool: Spool, levels: number) {
    this.#spool = spool;
    this.#levels = levels;
  }

  settle(node: Node, fate: Fate): void {
    this.#fates[node] = fates.indexOf(fate);
  }

  fateOf(node: Node): Fate | undefined {
    const fate = this.#fates[node];
    return fate === undefined ? undefined : fates[fate];
  }

  isWritten(node: Node): boolean {
    const fate = this.fateOf(node);
    return fate === 'created' || fate === 'updated';
  }

  async block(node: Node, level: number): Promise<void> {
    this.settle(node, 'blocked');
    await this.#spool.append(bucketOf('rows', level), `${node}\t${blockedMark}`);
  }

  async add(node: Node, action: Unnumbered): Promise<void> {
    const line = `${node}\t${encodeAction(action)}`;
    await this.#spool.append(bucketOf(action.phase, action.level), line);
  }

  /** An action that stands for itself, whatever becomes of its row. */
  async addIndependent(action: Unnumbered): Promise<void> {
    if (action.phase === 'deletes') this.#deletes = Math.max(this.#deletes, action.level + 1);
    await this.#spool.append(bucketOf(action.phase, action.level), `\t${encodeAction(action)}`);
  }

  /** All actions in apply order; blocked rows once each, instead of their actions. */
  async *lines(frame: DraftFrame, signal: AbortSignal): AsyncGenerator<string> {
    const told = new Set<Node>();
    for (const [phase, levels] of this.#buckets())
      for (let level = 0; level < levels; level += 1)
        for await (const line of this.#spool.lines(bucketOf(phase, level), signal)) {
          const tab = line.indexOf('\t');
          const rest = line.slice(tab + 1);
          const node = tab === 0 ? undefined : Number(line.slice(0, tab));
          const finding = node === undefined ? undefined : frame.findingOf(node);
          if (node === undefined || finding === undefined) yield rest;
          else if (!told.has(node)) {
            told.add(node);
            yield encodeAction(blockedAction(node, { phase, level }, finding, frame));
          }
        }
  }

  #buckets(): readonly (readonly [Phase, number])[] {
    return [
      ['rows', this.#levels],
      ['references', 1],
      ['links', 1],
      ['states', 2],
      ['deletes', this.#deletes],
    ];
  }
}

function bucketOf(phase: Phase, level: number): string {
  return `${phase}-${level}`;
}

function blockedAction(
  node: Node,
  at: { readonly phase: Phase; readonly level: number },
  finding: Finding,
  frame: DraftFrame,
): Unnumbered {
  const ref = frame.index.refOf(node);
  const row = frame.identities.targetOf(node) ?? ref;
  return {
    kind: 'blocked',
    step: frame.index.stepOf(node),
    ...at,
    row: { table: row.table, id: row.id },
    ...(row.id === ref.id ? {} : { source: ref.id }),
    name: frame.index.nameOf(node),
    finding,
  };
}
