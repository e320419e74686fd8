import type { Command } from './command.ts';
import type { Flag } from './grammar.ts';

/** What `--help` of a command prints. */
export function usage(command: Command): readonly string[] {
  const required = command.flags.filter((flag) => flag.required);
  const words = [
    'urm',
    command.name,
    ...command.positionals,
    ...required.map((flag) => `--${flag.name} ${flag.hint ?? ''}`.trim()),
    ...(required.length < command.flags.length ? ['[flags]'] : []),
  ];
  return [
    words.join(' '),
    '',
    ...wrap(command.summary, 78),
    '',
    ...flagLines([...command.flags, helpFlag]),
    ...(command.notes === undefined
      ? []
      : ['', ...command.notes.flatMap((note) => wrap(note, 78))]),
  ];
}

/** What `urm --help` prints. */
export function overview(commands: readonly Command[]): readonly string[] {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'urm COMMAND [flags]',
    '',
    'Moves Dynamics 365 unified routing configuration between environments.',
    '',
    ...commands.flatMap(({ name, summary }) =>
      wrap(firstSentence(summary), 74 - width).map(
        (line, at) => `  ${(at === 0 ? name : '').padEnd(width)}  ${line}`,
      ),
    ),
    '',
    'urm COMMAND --help tells more. urm --version says the version.',
    '',
    'Sign-in, from the environment: DATAVERSE_TENANT_ID, DATAVERSE_CLIENT_ID and',
    'DATAVERSE_CLIENT_SECRET (or DATAVERSE_CERTIFICATE_PATH, a PEM file with certificate and',
    'key); with DATAVERSE_SOURCE_… and DATAVERSE_TARGET_… for two identities. A ready token in',
    'DATAVERSE_ACCESS_TOKEN overrides all. More principals write side by side with the first:',
    'the same names with _2, _3 and so on at the end.',
    '',
    'Exit status: 2 wrong usage, 1 failed or findings of severity error, 0 else.',
  ];
}

const helpFlag: Flag = { name: 'help', help: 'Shows this.' };

function flagLines(flags: readonly Flag[]): readonly string[] {
  const heads = flags.map(({ name, hint }) => `--${name}${hint === undefined ? '' : ` ${hint}`}`);
  const width = Math.min(30, Math.max(...heads.map((head) => head.length)));
  return flags.flatMap((flag, at) => {
    const head = heads[at] ?? '';
    const lines = wrap(flag.help, 78 - width - 4);
    const first = head.length > width ? [`  ${head}`] : [];
    const rest = head.length > width ? lines : lines.slice(1);
    const opening =
      head.length > width ? [] : [`  ${head.padEnd(width)}  ${lines[0] ?? ''}`.trimEnd()];
    return [...first, ...opening, ...rest.map((line) => `${' '.repeat(width + 4)}${line}`)];
  });
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

function firstSentence(text: string): string {
  const end = text.search(/[.:](\s|$)/);
  return end < 0 ? text : text.slice(0, end);
}
