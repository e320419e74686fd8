/** What the troubleshooting page says of a code. */
export interface CodeEntry {
  /** What the code means, as a heading: `A required table is missing`. */
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
}
