import type { Answer } from './answer.ts';
import type { LoggedRequest } from './request-log.ts';

/** What the page for people shows. */
export interface HomePage {
  readonly name: string;
  readonly organizationId: string;
  readonly tenantId: string;
  readonly version: string;
  readonly origin: string;
  readonly faults: string;
  readonly tables: Readonly<Record<string, number>>;
  /** Oldest first. */
  readonly requests: readonly LoggedRequest[];
}

const shownRequests = 50;

/** `GET /`: what this environment is, its tables and its last requests. */
export function homePage(page: HomePage): Answer {
  const facts: readonly (readonly [string, string])[] = [
    ['Web API', `${page.origin}/api/data/v9.2/`],
    ['Organization', page.organizationId],
    ['Tenant', page.tenantId],
    ['Version', page.version],
    ['Faults', page.faults === '' ? 'none' : page.faults],
  ];
  const tables = Object.entries(page.tables).map(([name, count]) => [name, String(count)]);
  const requests = page.requests
    .slice(-shownRequests)
    .reverse()
    .map(({ n, method, path, status, ms, parts }) => [
      String(n),
      method,
      path,
      status === 0 ? 'dropped' : String(status),
      String(ms),
      parts === undefined ? '' : String(parts.length),
    ]);
  const body = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(page.name)} – Dataverse emulator</title>
<style>
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 64rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin-bottom: 2rem; }
th, td { border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: .25rem .75rem .25rem 0; text-align: left; overflow-wrap: anywhere; }
</style>
</head>
<body>
<h1>${escape(page.name)}</h1>
<p>A Dataverse environment on this machine. Any bearer token signs in.</p>
${table('About', [], facts)}
${table('Tables', ['Table', 'Rows'], tables)}
${table('Last requests', ['No.', 'Method', 'Path', 'Status', 'ms', 'Parts'], requests)}
</body>
</html>
`;
  return { status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body };
}

function table(
  title: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  if (rows.length === 0) return `<h2>${escape(title)}</h2><p>None.</p>`;
  const head =
    heads.length === 0
      ? ''
      : `<thead><tr>${heads.map((text) => `<th scope="col">${escape(text)}</th>`).join('')}</tr></thead>`;
  const lines = rows.map(
    (cells) => `<tr>${cells.map((text) => `<td>${escape(text)}</td>`).join('')}</tr>`,
  );
  return `<h2>${escape(title)}</h2><table>${head}<tbody>${lines.join('\n')}</tbody></table>`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
