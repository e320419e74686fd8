import type { CodeEntry } from '#shared/errors/codes/code-entry.ts';

const ranges = [
  ['URM10', 'Inputs, sign-in, connection and what the service answers'],
  ['URM11', 'Files and packages'],
  ['URM12', 'Environments: validation and export'],
  ['URM13', 'Planning and identities'],
  ['URM14', 'Import'],
  ['URM15', 'Verification'],
  ['URM16', 'Drift'],
  ['URM17', 'Roll-back'],
  ['URM18', 'Channel providers'],
  ['URM19', 'Faults of this tool'],
] as const;

/** The troubleshooting page: every code with its cause and what to do. */
export function troubleshootingPage(codes: Readonly<Record<string, CodeEntry>>): string {
  const lines = [
    '# Troubleshooting',
    '',
    '<!-- Generated from shared/errors/codes by `npm run docs`. -->',
    '',
    'Every problem has a code that never changes its meaning. The message says what happened, where, and what to do next; this page adds the cause.',
    '',
  ];
  const seen = Object.entries(codes).filter(([, each]) => each.seenAs !== undefined);
  lines.push(
    '## What the documented procedure shows',
    '',
    '| text or symptom | code |',
    '| --- | --- |',
    ...seen.flatMap(([code, entry]) =>
      (entry.seenAs ?? []).map((text) => `| ${text} | [${code}](#${code.toLowerCase()}) |`),
    ),
    '',
  );
  for (const [prefix, title] of ranges) {
    const own = Object.entries(codes)
      .filter(([code]) => code.startsWith(prefix))
      .sort(([a], [b]) => a.localeCompare(b));
    if (own.length === 0) continue;
    lines.push(`## ${title}`, '');
    for (const [code, entry] of own)
      lines.push(
        `<a id="${code.toLowerCase()}"></a>`,
        '',
        `### ${code}: ${entry.title}`,
        '',
        entry.cause,
        '',
        `**What to do:** ${entry.remedy}`,
        '',
        ...seenAs(entry),
      );
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function seenAs(entry: CodeEntry): readonly string[] {
  if (entry.seenAs === undefined) return [];
  return [`**Elsewhere:** ${entry.seenAs.map((text) => `"${text}"`).join(', ')}`, ''];
}
