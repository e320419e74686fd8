import type { Finding } from '../../errors/finding.ts';
import type { Files } from '../../host/files.ts';
import { contentTypesFor } from '../content-types.ts';
import { indexData } from '../data-index.ts';
import { canEncode } from '../encode-bytes.ts';
import { FileFormatError } from '../file-format-error.ts';
import type { CmtSchema } from '../package.ts';
import { readDocument } from '../read-document.ts';
import type { DocumentEvent } from '../read-document.ts';
import { readSmall } from '../read-small.ts';
import { readSchema } from '../schema.ts';
import { findName, requireName } from '../step-source.ts';
import type { StepSource } from '../step-source.ts';
import { decodeText, decodeWhole } from '../xml/decode-text.ts';
import type { TextEncoding } from '../xml/decode-text.ts';
import { nameProblem } from '../archive.ts';
import { findLayoutEdits } from './layout-edits.ts';
import { readLexemes, styleOf, usualStyle } from './lexemes.ts';
import type { LayoutStyle } from './lexemes.ts';
import { notesName, notesText } from './notes.ts';
import type { FolderNotes } from './notes.ts';
import { filesFolder, openFolderForm, styled, textHash } from './open-folder-step.ts';
import { writeFolder } from './write-folder.ts';

/** Where a step is unpacked to. */
export interface UnpackTarget {
  /** Missing or empty. */
  readonly folder: string;
  readonly files: Files;
  /** `usual` when the source was written by us: then nothing has to be compared. */
  readonly layout?: 'usual';
}

/** What was in a step. */
export interface UnpackedStep {
  readonly tables: readonly {
    readonly name: string;
    readonly rows: number;
    readonly links: number;
  }[];
  readonly findings: readonly Finding[];
}

/**
 * Writes a step as a folder, and reads the folder back to see what it does not say: packing it gives
 * the same bytes, or a finding says what differs.
 */
export async function unpackStep(
  source: StepSource,
  target: UnpackTarget,
  signal: AbortSignal,
): Promise<UnpackedStep> {
  const { folder, files } = target;
  const dataName = requireName(source, 'data.xml');
  const schemaName = findName(source, 'data_schema.xml');
  const dataPath = `${source.path} ${dataName}`;
  await files.makeFolder(folder);
  const schema = await copySchema(source, schemaName, target, signal);
  let encoding: TextEncoding = { label: 'utf-8', bom: false };
  const text = (): AsyncIterable<string> =>
    decodeText(source.read(dataName, signal), dataPath, (found) => {
      encoding = found;
    });
  const events = (): AsyncIterable<readonly DocumentEvent[]> =>
    readDocument(text(), dataPath, signal);
  const index = await indexData(events(), schema, {
    path: dataPath,
    files: () => ({ sha256: '', bytes: 0 }),
  });
  const notes: FolderNotes = {
    ...(await writeFolder(
      {
        events: events(),
        tables: schema.tables,
        rowsOf: (table) => index.tables.get(table)?.rows ?? 0,
      },
      folder,
      files,
    )),
    ...(encoding.label === 'utf-8' && !encoding.bom ? {} : { encoding }),
    ...(await copyOthers(source, target, signal)),
    ...(await styleNote(text())),
  };
  const writeNotes = (content: FolderNotes): Promise<void> =>
    files.write(`${folder}/${notesName}`, notesText(content));
  await writeNotes(notes);

  const findings = [...schemaFindings(source, schemaName), ...schema.findings, ...index.findings];
  const tables = [...index.tables].map(([name, { rows, links }]) => ({ name, rows, links }));
  if (target.layout === 'usual') return { findings, tables };
  const form = await openFolderForm(folder, files);
  const edits = canEncode(encoding)
    ? await findLayoutEdits(text(), styled(form, files))
    : undefined;
  if (edits !== undefined && edits.length > 0)
    await writeNotes({
      ...notes,
      layout: { sha256: await textHash(styled(form, files)), edits },
    });
  return {
    findings: edits === undefined ? [...findings, layoutFinding(dataPath)] : findings,
    tables,
  };
}

async function copySchema(
  source: StepSource,
  name: string | undefined,
  { folder, files }: UnpackTarget,
  signal: AbortSignal,
): Promise<CmtSchema> {
  if (name === undefined) return { tables: [], text: '', findings: [] };
  const path = `${source.path} ${name}`;
  const bytes = await readSmall(source.read(name, signal), path);
  await files.write(`${folder}/data_schema.xml`, bytes);
  return readSchema(decodeWhole(bytes, path), path);
}

/** Entries beside the two documents, and their order where it is not the usual one. */
async function copyOthers(
  source: StepSource,
  { folder, files }: UnpackTarget,
  signal: AbortSignal,
): Promise<Pick<FolderNotes, 'entries'>> {
  const entries: string[] = [];
  for (const name of source.names) {
    const lower = name.toLowerCase();
    if (name === findName(source, 'data.xml') || name === findName(source, 'data_schema.xml')) {
      entries.push(lower);
      continue;
    }
    entries.push(name);
    const problem = nameProblem(name);
    if (problem !== undefined)
      throw new FileFormatError(
        'URM1105',
        { path: source.path },
        { what: `'${name}' ${problem}`, next: 'Rename it.' },
      );
    if (name === '[Content_Types].xml' && (await isUsualContentTypes(source, name, signal)))
      continue;
    await files.write(`${folder}/${filesFolder}/${name}`, source.read(name, signal));
  }
  const usual = [
    'data.xml',
    'data_schema.xml',
    '[Content_Types].xml',
    ...entries.filter((name) => !/^(data|data_schema|\[content_types\])\.xml$/i.test(name)).sort(),
  ];
  return source.form !== 'zip' || entries.join('\n') === usual.join('\n') ? {} : { entries };
}

async function isUsualContentTypes(
  source: StepSource,
  name: string,
  signal: AbortSignal,
): Promise<boolean> {
  const bytes = await readSmall(source.read(name, signal), `${source.path} ${name}`);
  return Buffer.compare(bytes, contentTypesFor(source.names)) === 0;
}

async function styleNote(text: AsyncIterable<string>): Promise<{ readonly style?: LayoutStyle }> {
  const first: string[] = [];
  for await (const lexemes of readLexemes(text)) {
    first.push(...lexemes.slice(0, 200));
    if (first.length >= 50) break;
  }
  const style = styleOf(first);
  const isUsual =
    style.newline === usualStyle.newline &&
    style.indent === usualStyle.indent &&
    style.emptyEnd === usualStyle.emptyEnd;
  // A root without content shows no style.
  return isUsual || first.length < 4 ? {} : { style };
}

function schemaFindings(source: StepSource, name: string | undefined): readonly Finding[] {
  if (name !== undefined) return [];
  return [
    {
      severity: 'warning',
      code: 'URM1106',
      where: source.path,
      summary: 'The package has no data_schema.xml, so that nothing tells the types of its columns',
      detail: 'All values are kept as they are in the file.',
      remedy: 'Add the schema: without it the package cannot be imported.',
    },
  ];
}

function layoutFinding(path: string): Finding {
  return {
    severity: 'info',
    code: 'URM1130',
    where: path,
    summary: 'The layout of the file is not kept: it differs from the usual one in too many places',
    detail: 'The content is kept whole.',
    remedy: 'Nothing: packing gives the usual layout.',
  };
}
