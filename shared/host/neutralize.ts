/**
 * Text from outside as one harmless log line. The agent looks for `##vso[` anywhere in a line and
 * runs what follows, and for `##[` to format it:
 * learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands. Control characters go first,
 * so that removing them cannot put a command together.
 */
export function neutralize(text: string): string {
  return withoutCommands(oneLine(text));
}

/** The same text with its commands broken; colours of our own stay. */
export function withoutCommands(text: string): string {
  return text.replaceAll(/##(vso)?\[/gi, (opening) => `${opening.slice(0, -1)}\u200B[`);
}

/** One line without characters that move a cursor, hide text or change its direction. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/[\r\n\u0085\u2028\u2029]+|\t/g, ' ')
    .replaceAll(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, '');
}
