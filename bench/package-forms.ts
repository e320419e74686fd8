import { join } from 'node:path';
import JSZip from 'jszip';
import { convertPackage } from '#shared/cmt/convert-package.ts';
import { openPackage } from '#shared/cmt/open-package.ts';
import { nodeFiles } from '#shared/host/node-ports.ts';
import type { Figure, Measurement } from './measurement.ts';
import { writeSamplePackage } from './sample-package.ts';

const size = { tables: 40, rowsPerTable: 60 };
/** In turn, so that other work on the machine disturbs all alike; the least of each counts. */
const rounds = 7;

const { signal } = new AbortController();

/** A package of everyday size as it lies: everything a plan reads of it. */
export const packageForms: Measurement = {
  name: 'package-forms',
  title: 'Opening a package and reading all its rows: a folder of small files, and a zip',
  run: async (folder) => {
    const at = (name: string): string => join(folder, name);
    const zip = at('package.zip');
    await writeSamplePackage(zip, size);
    await convertPackage(zip, { path: at('folder'), form: 'folder', files: nodeFiles }, signal);
    await unzip(zip, at('loose'));
    const readings = {
      loose: () => readRows(at('loose')),
      zip: () => readRows(zip),
      folder: () => readRows(at('folder')),
      naive: () => unpackForEachTable(zip),
    };
    const least = { loose: Infinity, zip: Infinity, folder: Infinity, naive: Infinity };
    for (let round = 0; round < rounds; round += 1)
      for (const form of ['loose', 'zip', 'folder', 'naive'] as const)
        least[form] = Math.min(least[form], await millisecondsOf(readings[form]));
    const figures: readonly Figure[] = [
      { name: 'data.xml and schema side by side', value: least.loose, unit: 'ms' },
      { name: 'zip', value: least.zip, unit: 'ms' },
      { name: 'folder', value: least.folder, unit: 'ms' },
      { name: 'naive: the document unpacked for each table', value: least.naive, unit: 'ms' },
      {
        name: 'zip, of side by side',
        value: least.zip / least.loose,
        unit: 'x',
        bar: { atMost: 1.3 },
      },
      {
        name: 'folder, of side by side',
        value: least.folder / least.loose,
        unit: 'x',
        bar: { atMost: 4 },
      },
      { name: 'naive, of the zip', value: least.naive / least.zip, unit: 'x', bar: { atLeast: 2 } },
    ];
    return {
      conditions: `${size.tables * size.rowsPerTable} rows in ${size.tables} tables; the least of ${rounds}, in turn`,
      figures,
    };
  },
};

async function unzip(path: string, to: string): Promise<void> {
  const zip = await JSZip.loadAsync(await nodeFiles.readWhole(path));
  for (const [name, entry] of Object.entries(zip.files))
    await nodeFiles.write(`${to}/${name}`, await entry.async('nodebuffer'));
}

async function millisecondsOf(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

async function readRows(path: string): Promise<void> {
  const opened = await openPackage(path, nodeFiles, signal);
  let rows = 0;
  for (const table of opened.tables)
    for await (const row of opened.rows(table, signal)) rows += row.cells.length > 0 ? 1 : 0;
  if (rows !== size.tables * size.rowsPerTable) throw new Error(`${rows} rows were read.`);
}

async function unpackForEachTable(path: string): Promise<void> {
  for (let table = 0; table < size.tables; table += 1) {
    const zip = await JSZip.loadAsync(await nodeFiles.readWhole(path));
    await zip.file('data.xml')?.async('nodebuffer');
  }
}
