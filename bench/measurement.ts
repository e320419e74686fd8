/** One figure with what it is to be held against. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit:
    | 's'
    | 'ms'
    | 'x'
    | 'requests'
    | 'rows'
    | 'rows/s'
    | 'requests/row'
    | 'MB'
    | 'MB/s'
    | 'bytes/row';
  /** What is asked for: at least or at most so much. */
  readonly bar?: { readonly atLeast: number } | { readonly atMost: number };
}

/** What one measurement found. */
export interface Measured {
  /** What the emulator was told, and the scale of time. */
  readonly conditions: string;
  readonly figures: readonly Figure[];
}

/** A thing to measure; `run` may use the folder and leave it as it likes. */
export interface Measurement {
  readonly name: string;
  readonly title: string;
  run(folder: string): Promise<Measured>;
}

/** Does the figure reach what is asked for? Figures of which nothing is asked do. */
export function isReached({ value, bar }: Figure): boolean {
  if (bar === undefined) return true;
  return 'atLeast' in bar ? value >= bar.atLeast : value <= bar.atMost;
}

/** A figure as a line of a table. */
export function figureText(figure: Figure): string {
  const { name, value, unit, bar } = figure;
  const shown = Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : 1);
  const wanted =
    bar === undefined ? '' : 'atLeast' in bar ? `at least ${bar.atLeast}` : `at most ${bar.atMost}`;
  const mark = bar === undefined ? '' : isReached(figure) ? 'reached' : 'not reached';
  return `| ${name} | ${shown} ${unit} | ${wanted} | ${mark} |`;
}
