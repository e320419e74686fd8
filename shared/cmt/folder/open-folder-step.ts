import { createHash } from 'node:crypto';
import type { Files } from '../../host/files.ts';
import { contentTypesFor, contentTypesName } from '../content-types.ts';
import { encodeBytes } from '../encode-bytes.ts';
import { readSchema } from '../schema.ts';
import { filesUnder } from '../step-source.ts';
import type { StepSource } from '../step-source.ts';
import { decodeWhole } from '../xml/decode-text.ts';
import { applyLayoutEdits } from './layout-edits.ts';
import { readLexemes, restyle } from './lexemes.ts';
import type { LayoutStyle } from './lexemes.ts';
import { readNotes } from './notes.ts';
import { renderFolder, renderTable } from './render-folder.ts';
import type { FolderForm } from './render-folder.ts';
import { readSmallFile } from '../read-small.ts';

/** Where entries that are no part of the format, and payloads of file columns, stand in the folder form. */
export const filesFolder = '_files';

/** Opens the folder form as if it were the zip it stands for. */
export async function openFolderStep(
  path: string,
  step: string,
  files: Files,
): Promise<StepSource> {
  const form = await openFolderForm(path, files);
  const top = await files.list(path);
  const extras = top.includes(filesFolder)
    ? await filesUnder(`${path}/${filesFolder}`, '', files)
    : [];
  const usual = [
    'data.xml',
    ...(top.includes('data_schema.xml') ? ['data_schema.xml'] : []),
    ...(extras.includes(contentTypesName) ? [] : [contentTypesName]),
    ...extras,
  ];
  const noted = form.notes.entries ?? [];
  const names =
    form.notes.entries === undefined
      ? usual
      : [
          ...noted.filter((name) => usual.includes(name)),
          ...usual.filter((name) => !noted.includes(name) && name !== contentTypesName),
        ];
  let holds: boolean | undefined;
  return {
    step,
    path,
    form: 'folder',
    names,
    read: async function* (name) {
      if (name === 'data.xml') {
        holds ??= await layoutHolds(form, files);
        yield* encodeBytes(laidOut(form, holds, files), form.notes.encoding);
      } else if (extras.includes(name)) yield* files.read(`${path}/${filesFolder}/${name}`);
      else if (name === contentTypesName) yield contentTypesFor(names);
      else yield* files.read(`${path}/${name}`);
    },
    tableText: async function* (table) {
      for (const noted of tablesCalled(form, table)) yield* renderTable(form, noted, files);
    },
  };
}

/** Reads what the folder form says of itself: notes and schema. */
export async function openFolderForm(path: string, files: Files): Promise<FolderForm> {
  const notes = await readNotes(path, files);
  const schemaPath = `${path}/data_schema.xml`;
  const hasSchema = (await files.stat(schemaPath)) !== undefined;
  const tables = hasSchema
    ? readSchema(decodeWhole(await readSmallFile(schemaPath, files), schemaPath), schemaPath).tables
    : [];
  return { path, notes, tables };
}

function tablesCalled(
  form: FolderForm,
  table: string,
): readonly { readonly folder: string; readonly attributes: Readonly<Record<string, string>> }[] {
  const noted = (form.notes.tables ?? []).filter(({ attributes }) => attributes['name'] === table);
  if (noted.length > 0) return noted;
  const definition = form.tables.find(({ name }) => name === table);
  return definition === undefined
    ? []
    : [{ folder: table, attributes: { name: table, displayname: definition.displayName } }];
}

/** The document in the style that was noted, before single edits. */
export function styled(form: FolderForm, files: Files): AsyncIterable<string> {
  const text = renderFolder(form, files);
  return form.notes.style === undefined ? text : restyled(text, form.notes.style);
}

async function* restyled(text: AsyncIterable<string>, style: LayoutStyle): AsyncGenerator<string> {
  for await (const batch of readLexemes(text))
    yield batch.map((lexeme) => restyle(lexeme, style)).join('');
}

function laidOut(form: FolderForm, holds: boolean, files: Files): AsyncIterable<string> {
  const text = styled(form, files);
  const { layout } = form.notes;
  return layout === undefined || !holds ? text : applyLayoutEdits(text, layout.edits);
}

/** Edits of the layout belong to one content: after an edit of a row the usual layout is right. */
async function layoutHolds(form: FolderForm, files: Files): Promise<boolean> {
  const { layout } = form.notes;
  return layout !== undefined && (await textHash(styled(form, files))) === layout.sha256;
}

/** SHA-256 of a text's UTF-8 bytes. */
export async function textHash(text: AsyncIterable<string>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of text) hash.update(piece);
  return hash.digest('hex');
}
