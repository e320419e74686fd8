import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { composeSchema } from '#shared/cmt/schema.ts';
import type { ColumnType } from '#shared/model/table.ts';

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

/** Its schema: one table. */
export const generatedSchema = composeSchema([
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

/** Writes data.xml and data_schema.xml of about so many bytes. */
export async function generateData(
  folder: string,
  bytes: number,
  bodyChars: number,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'data_schema.xml'), generatedSchema.text);
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
  const owner = `00000000-0000-4000-9000-${(n % 40).toString(16).padStart(12, '0')}`;
  const values: readonly string[] = [
    id,
    `Item ${String(n)} &amp;amp; more`,
    `${String(n)}.0000`,
    `${String(n % 97)}.5000000000`,
    String(n % 7),
    n % 2 === 0 ? 'True' : 'False',
    '2024-03-01T09:30:00.0000000Z',
    `${owner}" lookupentity="systemuser`,
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
