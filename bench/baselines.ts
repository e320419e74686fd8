import { setMaxListeners } from 'node:events';
import { isObject, objectsIn, parseJson, textIn } from '#shared/dataverse/json.ts';
import { cellsOf, idOf, tableName, type PackageSize } from './sample-package.ts';
import type { ServiceRules } from './service-rules.ts';

const headers = {
  Authorization: 'Bearer bench',
  Accept: 'application/json',
  'OData-Version': '4.0',
  'OData-MaxVersion': '4.0',
};

/** Entity sets of the sample's tables, by number. */
export async function entitySets(url: string, tables: number): Promise<readonly string[]> {
  const answer = await fetch(
    `${url}/api/data/v9.2/EntityDefinitions?$select=LogicalName,EntitySetName`,
    { headers },
  );
  const json = parseJson(await answer.text());
  const sets = new Map(
    objectsIn(isObject(json) ? json['value'] : []).map((each) => [
      textIn(each['LogicalName']),
      textIn(each['EntitySetName']),
    ]),
  );
  return Array.from({ length: tables }, (_, at) => sets.get(tableName(at)) ?? '');
}

function bodyOf(at: number, row: number, size: PackageSize, sets: readonly string[]): string {
  const members: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(cellsOf(at, row, size)))
    if (typeof value === 'object' && value !== null && 'table' in value) {
      const target = Array.from({ length: size.tables }, (_, each) => tableName(each)).indexOf(
        value.table,
      );
      members[`${column}@odata.bind`] = `/${sets[target] ?? ''}(${value.id})`;
    } else members[column] = value;
  return JSON.stringify(members);
}

/**
 * One lookup and one write per row, in order, one at a time: as the stock tool is documented to work. A sample
 * is sent; the seconds are those of all rows.
 */
export async function naiveSeconds(
  url: string,
  size: PackageSize,
  rules: ServiceRules,
  sample: number,
): Promise<number> {
  const sets = await entitySets(url, size.tables);
  const started = performance.now();
  for (let row = 0; row < sample; row += 1) {
    const set = sets[0] ?? '';
    await (await fetch(`${url}/api/data/v9.2/${set}(${idOf(0, row)})`, { headers })).text();
    const answer = await fetch(`${url}/api/data/v9.2/${set}`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: bodyOf(0, row, size, sets),
    });
    if (answer.status !== 204) throw new Error(await answer.text());
  }
  const perRow = ((performance.now() - started) * rules.timeScale) / 1000 / sample;
  return perRow * size.tables * size.rowsPerTable;
}

/** The same rows as batches put together beforehand, table after table, as many at a time as the hint says. */
export async function bareSeconds(
  url: string,
  size: PackageSize,
  rules: ServiceRules,
  rowsPerBatch: number,
): Promise<number> {
  const sets = await entitySets(url, size.tables);
  const tables = Array.from({ length: size.tables }, (_, at) =>
    batchesOf(at, size, sets, rowsPerBatch),
  );
  setMaxListeners(0);
  const started = performance.now();
  for (const batches of tables) {
    const open = [...batches];
    await Promise.all(
      Array.from({ length: rules.hint }, async () => {
        for (let body = open.shift(); body !== undefined; body = open.shift()) {
          const answer = await fetch(`${url}/api/data/v9.2/$batch`, {
            method: 'POST',
            headers: { ...headers, 'Content-Type': 'multipart/mixed; boundary=b' },
            body,
          });
          if (answer.status !== 200) throw new Error(await answer.text());
          await answer.arrayBuffer();
        }
      }),
    );
  }
  return ((performance.now() - started) * rules.timeScale) / 1000;
}

function batchesOf(
  at: number,
  size: PackageSize,
  sets: readonly string[],
  rowsPerBatch: number,
): readonly string[] {
  const batches: string[] = [];
  for (let from = 0; from < size.rowsPerTable; from += rowsPerBatch) {
    let text = '';
    for (let row = from; row < Math.min(from + rowsPerBatch, size.rowsPerTable); row += 1)
      text += `--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nPOST /api/data/v9.2/${sets[at] ?? ''} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n${bodyOf(at, row, size, sets)}\r\n`;
    batches.push(`${text}--b--\r\n`);
  }
  return batches;
}
