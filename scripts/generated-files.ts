import { readFile } from 'node:fs/promises';
import { codes } from '#shared/errors/codes.ts';
import { stageTable } from '#shared/stages/stage-table.ts';
import { stageCommand } from '../cli/stage-command.ts';
import { toolVersion } from '../cli/tool-version.ts';
import { referencePage, taskReadme, taskTable } from './reference-page.ts';
import { taskManifest } from './task-manifest.ts';
import { troubleshootingPage } from './troubleshooting-page.ts';

/** Every generated file by its path from the root, as it should be. */
export async function generatedFiles(root: URL): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const entry of stageTable) {
    files.set(`tasks/${entry.task}/task.json`, json(taskManifest(entry, toolVersion)));
    files.set(`tasks/${entry.task}/README.md`, taskReadme(entry));
    files.set(`docs/reference/${entry.name}.md`, referencePage(entry, stageCommand(entry)));
  }
  files.set('docs/troubleshooting.md', troubleshootingPage(codes));
  const readme = await readFile(new URL('README.md', root), 'utf8');
  files.set('README.md', withTaskTable(readme));
  return files;
}

function withTaskTable(readme: string): string {
  return readme.replace(
    /(<!-- tasks -->\n)[^]*?(\n<!-- \/tasks -->)/,
    (_, before: string, after: string) => `${before}${taskTable(stageTable)}${after}`,
  );
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
