import { readFile } from 'node:fs/promises';
import { codes } from '#shared/errors/codes.ts';
import { stageEntry, stageTable } from '#shared/stages/stage-table.ts';
import { areas } from '#shared/routing/catalogue.ts';
import { neverExported } from '#shared/routing/never-exported.ts';
import { catalogueView } from '../cli/catalogue/view.ts';
import { commands } from '../cli/commands.ts';
import { cataloguePage } from './catalogue-page.ts';
import { stageCommand } from '../cli/stage-command.ts';
import { toolVersion } from '../cli/tool-version.ts';
import { permissionsPage } from './permissions-page.ts';
import { areaTable, commandPage, referencePage, taskReadme, taskTable } from './reference-page.ts';
import { taskManifest } from './task-manifest.ts';
import { localizableManifest, taskStrings } from './task-strings.ts';
import { troubleshootingPage } from './troubleshooting-page.ts';

/** Every generated file by its path from the root, as it should be. */
export async function generatedFiles(root: URL): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const entry of stageTable) {
    const manifest = taskManifest(entry, toolVersion);
    files.set(`tasks/${entry.task}/task.json`, json(manifest));
    files.set(`tasks/${entry.task}/task.loc.json`, json(localizableManifest(manifest)));
    files.set(
      `tasks/${entry.task}/Strings/resources.resjson/en-US/resources.resjson`,
      json(taskStrings(manifest)),
    );
    files.set(`tasks/${entry.task}/README.md`, taskReadme(entry));
    files.set(`docs/reference/${entry.name}.md`, referencePage(entry, stageCommand(entry)));
  }
  const others = commands.filter((command) => stageEntry(command.name) === undefined);
  files.set('docs/reference/commands.md', commandPage(others));
  files.set('docs/reference/catalogue.md', cataloguePage(catalogueView(), neverExported));
  files.set('docs/guides/permissions.md', permissionsPage(areas));
  files.set('docs/troubleshooting.md', troubleshootingPage(codes));
  const readme = await readFile(new URL('README.md', root), 'utf8');
  files.set(
    'README.md',
    withParts(readme, { tasks: taskTable(stageTable), areas: areaTable(areas) }),
  );
  return files;
}

/** The generated parts of a page, each between its two marks. */
function withParts(text: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce(
    (page, [name, part]) =>
      page.replace(
        new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`),
        (_, before: string, after: string) => `${before}${part}\n${after}`,
      ),
    text,
  );
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
