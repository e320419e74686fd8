/** Was the table or column made in the environment itself, rather than brought by a solution? */
export function isMadeHere(of: {
  readonly custom: boolean;
  readonly given?: Readonly<Record<string, unknown>>;
}): boolean {
  return of.custom && of.given !== undefined;
}
