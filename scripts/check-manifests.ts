// Checks vss-extension.json and every task.json; status 1 when something is wrong.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toolVersion } from '../cli/tool-version.ts';
import { manifestProblems } from './manifest-problems.ts';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const common = { schema: 'schemas/vendor/tasks.schema.json', version: toolVersion };
const problems = [...(await manifestProblems('.', { ...common, built: false }))];
if (existsSync('dist/extension'))
  problems.push(...(await manifestProblems('dist/extension', { ...common, built: true })));
for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log('manifests: nothing to complain about');
process.exitCode = problems.length === 0 ? 0 : 1;
