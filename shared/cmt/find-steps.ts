import type { Finding } from '../errors/finding.ts';
import type { Files } from '../host/files.ts';
import { FileFormatError } from './file-format-error.ts';
import { notesName } from './folder/notes.ts';
import { openFolderStep } from './folder/open-folder-step.ts';
import { readManifest } from './manifest.ts';
import type { PackageManifest } from './package.ts';
import { listed, openDocument, openLooseStep, openZipStep } from './step-source.ts';
import { plainFileBytes, requireFolder } from './read-small.ts';
import type { StepSource } from './step-source.ts';

/** What stands at a path, opened but not read. */
export interface FoundSteps {
  readonly manifest?: PackageManifest;
  readonly sources: readonly StepSource[];
  readonly findings: readonly Finding[];
}

/** What stands at a path, before any of it is read. */
export async function findSteps(path: string, files: Files): Promise<FoundSteps> {
  const folder = path.replace(/(?<=[^\\/])[\\/]+$/, '');
  const stat = await files.stat(folder);
  if (stat === undefined)
    throw new FileFormatError(
      'URM1101',
      { path },
      {
        what: 'There is nothing at this path',
        next: 'Give the path of a package folder, of a zip, or of an unpacked folder.',
      },
    );
  if (stat.kind === 'file')
    return {
      sources: [
        /\.xml$/i.test(folder)
          ? await openDocument(folder, files)
          : await openZipStep(folder, stepName(folder), files),
      ],
      findings: [],
    };
  const names = await files.list(folder);
  if (names.includes('migration.json')) return packageSteps(folder, names, files);
  if (names.some((name) => name === notesName || /data(_schema)?\.xml$/i.test(name)))
    return { sources: [await openStepFolder(folder, stepName(folder), files)], findings: [] };
  throw new FileFormatError(
    'URM1102',
    { path },
    {
      what: `This folder is no package: it holds neither migration.json nor data_schema.xml, but ${listed(names)}`,
      next: 'Give a package folder with migration.json, or a folder with data.xml and data_schema.xml.',
    },
  );
}

async function packageSteps(
  folder: string,
  names: readonly string[],
  files: Files,
): Promise<FoundSteps> {
  const manifestPath = `${folder}/migration.json`;
  const manifest = await readManifest(manifestPath, files);
  const sources: StepSource[] = [];
  const used = new Set(['migration.json']);
  for (const { step } of manifest.steps) {
    const zip = `${step}.zip`;
    const forms = [zip, step].filter((name) => names.includes(name));
    if (forms.length !== 1)
      throw new FileFormatError(
        'URM1107',
        { path: manifestPath },
        forms.length === 0
          ? {
              what: `The manifest names the step '${step}', but neither ${zip} nor the folder ${step} is there`,
              next: 'Restore the step from the export, or take it out of migration.json.',
            }
          : {
              what: `The step '${step}' is there twice, as ${zip} and as a folder`,
              next: 'Remove the one that does not count.',
            },
      );
    for (const form of forms) used.add(form);
    if (forms[0] === zip) {
      await plainFileBytes(`${folder}/${zip}`, files);
      sources.push(await openZipStep(`${folder}/${zip}`, step, files));
    } else {
      await requireFolder(`${folder}/${step}`, files);
      sources.push(await openStepFolder(`${folder}/${step}`, step, files));
    }
  }
  const findings = names
    .filter((name) => !used.has(name) && !name.startsWith('.') && !/\.(md|txt)$/i.test(name))
    .map((name): Finding => ({
      severity: 'warning',
      code: 'URM1129',
      where: folder,
      summary: `'${name}' stands in the package folder, but migration.json does not name it`,
      detail: '',
      remedy: 'It is not read. Remove it, or add it to the steps.',
    }));
  return { manifest, sources, findings };
}

/** The folder form, or a zip's content side by side. */
async function openStepFolder(folder: string, step: string, files: Files): Promise<StepSource> {
  const isFolderForm = (await files.stat(`${folder}/${notesName}`)) !== undefined;
  return isFolderForm ? openFolderStep(folder, step, files) : openLooseStep(folder, step, files);
}

/** A plain zip or folder is one step, called as it is called. */
function stepName(path: string): string {
  const name = path.split(/[\\/]/).at(-1) ?? path;
  return name.replace(/\.zip$/i, '');
}
