import type { Node, SourceIndex } from './source-index.ts';

/** Finds the lines that a row decides about: the workstreams and queues that route by it. */
export class AffectedLines {
  readonly #index: SourceIndex;
  readonly #next = new Map<Node, Node[]>();

  constructor(index: SourceIndex) {
    this.#index = index;
    for (const { from, to, column } of index.references()) {
      if (this.#leads(from, column, undefined)) this.#add(from, to);
      if (this.#leads(to, column, index.refOf(from).table)) this.#add(to, from);
    }
  }

  /** Lines reached over the rows in between; the row itself where it is one. */
  of(node: Node): readonly Node[] {
    const seen = new Set([node]);
    const lines: Node[] = [];
    for (const each of seen) {
      if (this.#rules(each)?.isLine === true) lines.push(each);
      else for (const next of this.#next.get(each) ?? []) seen.add(next);
    }
    return lines.filter((line) => this.#index.inPackage(line));
  }

  /** Whether a row leads on over a lookup of its own, or over one of another table that points to it. */
  #leads(node: Node, column: string, table: string | undefined): boolean {
    const leading = this.#rules(node)?.leadsToLine ?? [];
    return leading.some((each) => each.column === column && each.of === table);
  }

  #add(from: Node, to: Node): void {
    const list = this.#next.get(from);
    if (list === undefined) this.#next.set(from, [to]);
    else list.push(to);
  }

  #rules(node: Node): NonNullable<ReturnType<SourceIndex['tables']['get']>>['rules'] | undefined {
    return this.#index.tables.get(this.#index.refOf(node).table)?.rules;
  }
}
