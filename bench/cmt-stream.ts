import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SaxesParser } from 'saxes';
import { parseStringPromise } from 'xml2js';
import { convertPackage } from '#shared/cmt/convert-package.ts';
import { createPlainPackage } from '#shared/cmt/create-package.ts';
import { inspectPackage } from '#shared/cmt/inspect-package.ts';
import { isJsonObject } from '#shared/cmt/json.ts';
import { openPackage } from '#shared/cmt/open-package.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import { generateData, generatedSchema } from './generated-data.ts';

/**
 * Generated data.xml of any size through inspect, unpack, pack and export, each in a process of its
 * own: megabytes a second, the ratio to the bare parser, and peak memory. `npx tsx
 * bench/cmt-stream.ts [megabytes] [small|large] [step,…]`; a step alone reads the documents as they were
 * generated.
 */
const megabyte = 1024 * 1024;
const { signal } = new AbortController();
const files = nodeFiles;
const steps = ['parser', 'xml2js', 'inspect', 'unpack', 'pack', 'export'] as const;
type Step = (typeof steps)[number];

async function run(step: Step, folder: string): Promise<void> {
  const at = (name: string): string => join(folder, name);
  switch (step) {
    case 'parser': {
      const parser = new SaxesParser();
      const text = createReadStream(at('loose/data.xml'), 'utf8');
      for await (const chunk of text as AsyncIterable<string>) parser.write(chunk);
      parser.close();
      return;
    }
    case 'xml2js':
      await parseStringPromise(await readFile(at('loose/data.xml'), 'utf8'));
      return;
    case 'inspect':
      await inspectPackage(at('loose'), files, signal);
      return;
    case 'unpack':
      await convertPackage(at('loose'), { path: at('folder'), form: 'folder', files }, signal);
      return;
    case 'pack':
      await convertPackage(at('folder'), { path: at('packed.zip'), form: 'zip', files }, signal);
      return;
    case 'export': {
      const packed = await files.stat(at('packed.zip'));
      const from = packed === undefined ? 'loose' : 'packed.zip';
      const opened = await openPackage(at(from), files, signal);
      const writer = await createPlainPackage(at('exported.zip'), 'zip', files);
      const written = await writer.step('step', generatedSchema);
      for (const table of opened.tables)
        await written.table(table, opened.rows(table, signal), opened.links(table, signal), signal);
      await written.close();
      await writer.finish(() => {
        throw new Error('A plain package has no manifest.');
      });
    }
  }
}

async function measure(
  step: Step,
  folder: string,
): Promise<{ seconds: number; megabytes: number }> {
  const child = fork(fileURLToPath(import.meta.url), [], {
    env: { ...process.env, BENCH_STEP: step, BENCH_FOLDER: folder },
  });
  const message = new Promise<unknown>((resolve) => {
    child.once('message', resolve);
  });
  await once(child, 'exit');
  const result = await message;
  if (!isJsonObject(result)) throw new Error(`${step} told nothing`);
  const { seconds, megabytes } = result;
  return { seconds: Number(seconds), megabytes: Number(megabytes) };
}

const child = steps.find((step) => step === process.env['BENCH_STEP']);
if (child !== undefined) {
  const started = performance.now();
  await run(child, process.env['BENCH_FOLDER'] ?? '');
  process.send?.({
    seconds: (performance.now() - started) / 1000,
    megabytes: process.resourceUsage().maxRSS / 1024,
  });
} else {
  const [size = '1024', kind = 'small', only = steps.join(',')] = process.argv.slice(2);
  const folder = join(tmpdir(), `urm-bench-${String(process.pid)}`);
  try {
    await generateData(
      join(folder, 'loose'),
      Number(size) * megabyte,
      kind === 'large' ? megabyte : 40,
    );
    const { size: bytes } = await stat(join(folder, 'loose/data.xml'));
    let bare = 0;
    for (const step of steps.filter((each) => only.split(',').includes(each))) {
      // It holds the text and the tree: of large documents there is nothing to compare with.
      if (step === 'xml2js' && bytes > 64 * megabyte) continue;
      const { seconds, megabytes } = await measure(step, folder);
      if (step === 'parser') bare = seconds;
      const speed = bytes / megabyte / seconds;
      console.log(
        `${step.padEnd(8)} ${speed.toFixed(1).padStart(7)} MB/s  ${bare === 0 ? '    ?' : (seconds / bare).toFixed(1).padStart(5)} times the bare parser  peak ${megabytes.toFixed(0)} MB`,
      );
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
