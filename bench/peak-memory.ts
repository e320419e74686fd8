/** The most memory this process had while it lived, looked at often. */
export class PeakMemory {
  #peakBytes = process.memoryUsage.rss();
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => this.#look(), 50);
    this.#timer.unref();
  }

  /** Megabytes. */
  stop(): number {
    this.#look();
    clearInterval(this.#timer);
    return this.#peakBytes / 2 ** 20;
  }

  #look(): void {
    this.#peakBytes = Math.max(this.#peakBytes, process.memoryUsage.rss());
  }
}
