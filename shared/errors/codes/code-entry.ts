/** What the troubleshooting page says of a code. */
export interface CodeEntry {
  /** What the code means, as a heading: `A required table is missing`. */
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
  /** How the documented procedure and its tool show the same: texts that people search for. */
  readonly seenAs?: readonly string[];
}
