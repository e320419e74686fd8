import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
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
import { composeSchema } from '#shared/cmt/schema.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { ColumnType } from '#shared/model/table.ts';

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

const columns: readonly (readonly [string, ColumnType])[] = [
  ['itemid', 'guid'],
  ['name', 'text'],
  ['amount', 'money'],
  ['rate', 'decimal'],
  ['kind', 'choice'],
  ['isdefault', 'boolean'],
  ['createdon', 'datetime'],
  ['ownerid', 'owner'],
  ['body', 'memo'],
];

const schema = composeSchema([
  {
    step: '',
    name: 'item',
    displayName: 'Item',
    idColumn: 'itemid',
    nameColumn: 'name',
    columns: new Map(
      columns.map(([name, type]) => [name, { name, displayName: name, type, targets: [] }]),
    ),
    manyToMany: [],
    compareBy: [],
    skipUpdate: false,
    forceCreate: false,
    disablePlugins: false,
  },
]);

async function generate(folder: string, bytes: number, bodyChars: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await files.write(join(folder, 'data_schema.xml'), schema.text);
  const out = createWriteStream(join(folder, 'data.xml'));
  const write = async (text: string): Promise<void> => {
    if (!out.write(text)) await once(out, 'drain');
  };
  await write(
    '\r\n<entities xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\r\n  <entity name="item" displayname="Item">\r\n    <records>',
  );
  for (let n = 0; out.bytesWritten + out.writableLength < bytes; n++)
    await write(record(n, bodyChars));
  await write('\r\n    </records>\r\n    <m2mrelationships />\r\n  </entity>\r\n</entities>');
  out.end();
  await once(out, 'close');
}

function record(n: number, bodyChars: number): string {
  const id = `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
  const values: readonly string[] = [
    id,
    `Item ${String(n)} &amp;amp; more`,
    `${String(n)}.0000`,
    `${String(n % 97)}.5000000000`,
    String(n % 7),
    n % 2 === 0 ? 'True' : 'False',
    '2024-03-01T09:30:00.0000000Z',
    `${id}" lookupentity="systemuser`,
    body(n, bodyChars),
  ];
  const fields = columns.map(
    ([name], at) => `\r\n        <field name="${name}" value="${values[at] ?? ''}" />`,
  );
  return `\r\n      <record id="${id}">${fields.join('')}\r\n      </record>`;
}

function body(n: number, chars: number): string {
  let text = '';
  for (
    let seed = n * 7919 + 1;
    text.length < chars;
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
  )
    text += seed.toString(36);
  return text.slice(0, chars);
}

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
      const written = await writer.step('step', schema);
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
    await generate(
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
