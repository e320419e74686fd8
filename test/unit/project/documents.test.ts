import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import {
  connectionInput,
  connectionTypeInput,
  connectionTypes,
} from '#shared/stages/connection-types.ts';
import { inputName } from '#shared/stages/stage-options.ts';
import type { StageEntry } from '#shared/stages/stage-entry.ts';
import { stageTable } from '#shared/stages/stage-table.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
  ...stageTable.map(({ task }) => join('tasks', task, 'README.md')),
];

/** Steps of a pipeline wherever they stand in it. */
function stepsIn(value: unknown): readonly { task: string; inputs: Record<string, unknown> }[] {
  if (Array.isArray(value)) return value.flatMap(stepsIn);
  if (typeof value !== 'object' || value === null) return [];
  if ('task' in value) return [value as { task: string; inputs: Record<string, unknown> }];
  return Object.values(value).flatMap(stepsIn);
}

/** Tasks that come with Azure Pipelines. */
const foreign = ['DownloadPipelineArtifact@2', 'ManualValidation@1'];

function checkSteps(text: string, where: string): void {
  for (const { task, inputs } of stepsIn(parse(text))) {
    if (foreign.includes(task)) continue;
    const entry = (stageTable as readonly StageEntry[]).find(
      (candidate) => `${candidate.task}@${candidate.major}` === task,
    );
    assert.ok(entry, `${where}: there is no task ${task}`);
    const known = [
      connectionTypeInput,
      'managedIdentityClientId',
      ...entry.connections.flatMap((item) => [
        ...connectionTypes.map((type) => connectionInput(item, type)),
        item.environmentUrl,
      ]),
      ...entry.connections.flatMap(({ additional }) =>
        additional === undefined
          ? []
          : connectionTypes.map((type) => connectionInput({ serviceConnection: additional }, type)),
      ),
      ...entry.options.filter(({ only }) => only !== 'cli').map(inputName),
    ];
    const required = [
      ...entry.connections.filter((item) => item.required).map((item) => item.serviceConnection),
      ...entry.options.filter((option) => option.required).map(inputName),
    ];
    for (const name of Object.keys(inputs))
      assert.ok(known.includes(name), `${where}: ${task} has no input ${name}`);
    for (const name of required)
      assert.ok(name in inputs, `${where}: ${task} needs the input ${name}`);
  }
}

describe('the documents', () => {
  it('begin with what they are about', () => {
    for (const page of pages)
      assert.match(readFileSync(join(root, page), 'utf8'), /^# \S/, `${page} has no title`);
  });

  it('link to files that exist', () => {
    for (const page of pages) {
      const text = readFileSync(join(root, page), 'utf8').replaceAll(/```[^]*?```/g, '');
      for (const [, target = ''] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g))
        if (!/^[a-z]+:/.test(target))
          assert.ok(existsSync(join(root, dirname(page), target)), `${page} links to ${target}`);
    }
  });

  it('show pipeline steps that the tasks accept', () => {
    for (const page of pages)
      for (const [, text = ''] of readFileSync(join(root, page), 'utf8').matchAll(
        /```yaml\n([^]*?)```/g,
      ))
        checkSteps(text, page);
    for (const name of readdirSync(join(root, 'examples')).filter((file) => file.endsWith('.yml')))
      checkSteps(readFileSync(join(root, 'examples', name), 'utf8'), name);
  });
});
