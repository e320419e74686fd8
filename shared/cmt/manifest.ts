import type { Files } from '../host/files.ts';
import type { WithheldReason } from '../model/rules.ts';
import { FileFormatError } from './file-format-error.ts';
import { isJsonObject, numberOf, objectsOf, parseJson, textOf, textsOf } from './json.ts';
import type { JsonObject } from './json.ts';
import type { PackageManifest } from './package.ts';
import { readSmallText } from './read-small.ts';

/** Reads migration.json; what is missing but not needed is taken as empty. */
export async function readManifest(path: string, files: Files): Promise<PackageManifest> {
  const refuse = (what: string, cause?: unknown): FileFormatError =>
    new FileFormatError(
      'URM1107',
      { path },
      { what, next: 'Restore the file from the export, or export again.' },
      { cause },
    );
  const text = await readSmallText(path, files);
  let content: unknown;
  try {
    content = parseJson(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw refuse('The manifest is not valid JSON', error);
  }
  if (!isJsonObject(content)) throw refuse('The manifest is not a JSON object');
  if (content['format'] !== 1)
    throw refuse(`The manifest is of format ${JSON.stringify(content['format']) ?? '?'}, not 1`);
  const steps = objectsOf(content['steps']);
  const names = steps.map(({ step }) => textOf(step));
  for (const name of names)
    if (!/^[A-Za-z0-9][\w. -]*$/.test(name))
      throw refuse(`The manifest names the step ${JSON.stringify(name)}, which is no file name`);
  if (new Set(names).size !== names.length) throw refuse('The manifest names a step twice');
  return manifestOf(content, steps);
}

function manifestOf(content: JsonObject, steps: readonly JsonObject[]): PackageManifest {
  const source = isJsonObject(content['source']) ? content['source'] : {};
  const scope = isJsonObject(content['scope']) ? content['scope'] : {};
  return {
    format: 1,
    tool: textOf(content['tool']),
    source: { organizationId: textOf(source['organizationId']), url: textOf(source['url']) },
    channels: textsOf(content['channels']),
    scope: Object.fromEntries(Object.entries(scope).map(([name, list]) => [name, textsOf(list)])),
    steps: steps.map(({ step, area, tables, sha256 }) => ({
      step: textOf(step),
      area: textOf(area),
      tables: objectsOf(tables).map(({ name, rows, links }) => ({
        name: textOf(name),
        rows: numberOf(rows),
        links: numberOf(links),
      })),
      ...(typeof sha256 === 'string' ? { sha256 } : {}),
    })),
    withheld: objectsOf(content['withheld']).map(
      ({ step, table, column, rows, reason, names }) => ({
        step: textOf(step),
        table: textOf(table),
        column: textOf(column),
        rows: numberOf(rows),
        reason: withheldReasons.find((known) => known === reason) ?? 'environment',
        ...(names === undefined ? {} : { names: textsOf(names) }),
      }),
    ),
    removed: rowsIn(content['removed']),
    ...(content['leftToHands'] === undefined
      ? {}
      : {
          leftToHands: objectsOf(content['leftToHands']).map(({ what, names }) => ({
            what: textOf(what),
            names: textsOf(names),
          })),
        }),
    ...(content['carried'] === undefined
      ? {}
      : {
          carried: objectsOf(content['carried']).map(({ solution, rows }) => ({
            ...(isJsonObject(solution)
              ? {
                  solution: {
                    name: textOf(solution['name']),
                    title: textOf(solution['title']),
                    version: textOf(solution['version']),
                  },
                }
              : {}),
            rows: rowsIn(rows),
          })),
        }),
  };
}

function rowsIn(list: unknown): PackageManifest['removed'] {
  return objectsOf(list).map(({ table, id, name }) => ({
    table: textOf(table),
    id: textOf(id),
    name: textOf(name),
  }));
}

const withheldReasons: readonly WithheldReason[] = [
  'secret',
  'environment',
  'generated',
  'runtime',
];
